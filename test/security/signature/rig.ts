// What the signature tests share: the attacker's tools, and a canary server that must not be called.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testPki } from '../../fixtures/pki.ts';
import type { Tools } from './mutation.ts';
import { prepareKeys } from './signer.ts';

export interface Canary {
  readonly url: string;
  /** Connections so far; anything but 0 is a fetch caused by message content. */
  calls(): number;
  close(): Promise<void>;
}

export async function openCanary(): Promise<Canary> {
  let calls = 0;
  const server: Server = createServer((_request, response) => response.end());
  server.on('connection', () => {
    calls += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls: () => calls,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export async function makeTools(canary: string): Promise<Tools> {
  await prepareKeys();
  const pki = await testPki();
  const [a, b] = [pki.party('partij-a'), pki.party('partij-b')];
  return {
    canary,
    certificateOfA: { der: a.signing.certificateDer, pem: a.signing.certificatePem },
    other: { key: createPrivateKey(b.signing.keyPem), der: b.signing.certificateDer },
    tlsKeyOfA: createPrivateKey(a.tls.keyPem),
    stranger: {
      key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
      ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    },
  };
}
