// What the signature tests share: the attacker's tools.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { testPki } from '../../fixtures/pki.ts';
import type { Tools } from './mutation.ts';
import { prepareKeys } from './signer.ts';

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
