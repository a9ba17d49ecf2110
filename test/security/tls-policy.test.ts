// Versions, cipher suites, curves and renegotiation at the endpoint; HTTP/1.1 only.

import { constants } from 'node:crypto';
import { connect as connectH2 } from 'node:http2';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ALLOWED_CIPHERS } from '../../adapter/transport/policy.ts';
import type { DevPki } from '../../tools/certs/index.ts';
import { testPki } from '../fixtures/pki.ts';
import {
  closeAll,
  type Endpoint,
  exchangeRaw,
  materialOf,
  PATH,
  startEndpoint,
  statuses,
  tcp,
  tls,
} from '../transport/rig.ts';
import { underAttack } from './attacked-endpoint.ts';

let pki: DevPki;
beforeAll(async () => {
  pki = await testPki();
});
afterEach(closeAll);

const start = () => startEndpoint({ listener: { kind: 'mtls', tls: materialOf(pki, pki.party('partij-b').tls) } });
const POST = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 4\r\n\r\n<x/>`;

/** Connects as partij-a; the error's code when the handshake is refused. */
async function offer(port: number, options: ConnectionOptions): Promise<TLSSocket | string> {
  const { keyPem: key, chainPem: cert } = pki.party('partij-a').tls;
  try {
    return await tls(port, { ca: pki.caPem, key, cert, ...options });
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

/** The same, with a neighbour that is served meanwhile. */
const attempt = (endpoint: Endpoint, options: ConnectionOptions) =>
  underAttack(endpoint, () => offer(endpoint.port, options));

describe('TLS policy', () => {
  test.each(['TLSv1', 'TLSv1.1'] as const)('TLS003 TLS004 row 96 %s is refused', async (version) => {
    const endpoint = await start();
    const { events } = endpoint;
    // Level 0 makes our own OpenSSL willing to offer it, so that the refusal is the server's.
    const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    const result = await attempt(endpoint, old);
    expect(result).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'tls.refused', reason: 'ERR_SSL_UNSUPPORTED_PROTOCOL' }),
    );
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('TLS004 %s is spoken', async (version) => {
    const { port } = await start();
    const socket = await offer(port, { minVersion: version, maxVersion: version });
    if (typeof socket === 'string') throw new Error(socket);
    expect(socket.getProtocol()).toBe(version);
    expect(statuses((await exchangeRaw(socket, POST)).text)).toEqual([204]);
  });

  test('TLS004 both sides offering 1.3 end on 1.3 with an allowed suite', async () => {
    const { port } = await start();
    const socket = await offer(port, {});
    if (typeof socket === 'string') throw new Error(socket);
    expect(socket.getProtocol()).toBe('TLSv1.3');
    expect(ALLOWED_CIPHERS).toContain(socket.getCipher().name);
    socket.destroy();
  });

  test.each([
    'ECDHE-RSA-AES256-SHA384',
    'ECDHE-RSA-AES128-SHA256',
    'ECDHE-RSA-AES128-SHA',
    'DHE-RSA-AES256-GCM-SHA384',
    'AES256-GCM-SHA384',
    'AES128-SHA',
  ])('TLSCIPH001 row 96 suite %s is refused', async (ciphers) => {
    const endpoint = await start();
    const result = await attempt(endpoint, { maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` });
    expect(result).toBe('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE');
  });

  test.each(ALLOWED_CIPHERS.filter((name) => name.startsWith('ECDHE-RSA')))(
    'TLSCIPH001 suite %s is spoken',
    async (ciphers) => {
      const { port } = await start();
      const socket = await offer(port, { maxVersion: 'TLSv1.2', ciphers });
      if (typeof socket === 'string') throw new Error(socket);
      expect(socket.getCipher().name).toBe(ciphers);
      socket.destroy();
    },
  );

  test('TLS006 §1.3 the phase-out curve secp224r1 is refused', async () => {
    const endpoint = await start();
    const result = await attempt(endpoint, {
      maxVersion: 'TLSv1.2',
      ecdhCurve: 'secp224r1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    expect(result).toBe('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE');
  });

  test.each(['X25519', 'prime256v1', 'secp384r1', 'X448', 'secp521r1', 'brainpoolP256r1', 'brainpoolP512r1'])(
    'TLS006 §1.3 curve %s is spoken',
    async (ecdhCurve) => {
      const { port } = await start();
      const socket = await offer(port, { maxVersion: 'TLSv1.2', ecdhCurve });
      expect(typeof socket).toBe('object');
      if (typeof socket !== 'string') socket.destroy();
    },
  );

  test.each(['RSA+SHA1', 'RSA+SHA224'])('TLS006 §1.3 a handshake signature with %s is refused', async (sigalgs) => {
    const endpoint = await start();
    const result = await attempt(endpoint, { maxVersion: 'TLSv1.2', sigalgs, ciphers: 'DEFAULT:@SECLEVEL=0' });
    expect(result).toBe('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE');
  });

  test('TLS006 §1.3 row 96 renegotiation by the client is refused', async () => {
    const endpoint = await start();
    const socket = await offer(endpoint.port, { maxVersion: 'TLSv1.2' });
    if (typeof socket === 'string') throw new Error(socket);
    const renegotiate = () =>
      new Promise<string>((resolve) => {
        socket.once('error', () => resolve('refused'));
        socket.once('close', () => resolve('refused'));
        socket.renegotiate({ rejectUnauthorized: false }, (error) =>
          resolve(error === null ? 'renegotiated' : 'refused'),
        );
      });
    expect(await underAttack(endpoint, renegotiate)).toBe('refused');
    socket.destroy();
  });

  test('PKI002 no session is resumed: every connection proves its certificate', async () => {
    const { port } = await start();
    const first = await offer(port, { maxVersion: 'TLSv1.2' });
    if (typeof first === 'string') throw new Error(first);
    const session = first.getSession();
    expect(session?.length).toBeGreaterThan(0);
    first.destroy();
    const second = await offer(port, { maxVersion: 'TLSv1.2', ...(session === undefined ? {} : { session }) });
    if (typeof second === 'string') throw new Error(second);
    expect(second.isSessionReused()).toBe(false);
    second.destroy();
  });

  test('row 97 a handshake that does not begin is cut, others are served meanwhile', async () => {
    const listener = { kind: 'mtls' as const, tls: materialOf(pki, pki.party('partij-b').tls) };
    const endpoint = await startEndpoint({ listener, limits: { handshakeTimeoutMs: 300 } });
    const silence = async () => exchangeRaw(await tcp(endpoint.port), '', 2500);
    expect(await underAttack(endpoint, silence)).toEqual({ text: '', closed: true });
  });

  test('peer-wire §1 row 99 of h2 and http/1.1 the endpoint takes http/1.1', async () => {
    const { port } = await start();
    const socket = await offer(port, { ALPNProtocols: ['h2', 'http/1.1'] });
    if (typeof socket === 'string') throw new Error(socket);
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.destroy();
  });

  test('row 99 a client that only speaks HTTP/2 gets nowhere', async () => {
    const endpoint = await start();
    const { keyPem: key, chainPem: cert } = pki.party('partij-a').tls;
    const connect = () =>
      new Promise<boolean>((resolve) => {
        const session = connectH2(`https://localhost:${endpoint.port}`, { ca: pki.caPem, key, cert });
        session.once('error', () => resolve(false));
        session.once('connect', () => resolve(true));
      });
    expect(await underAttack(endpoint, connect)).toBe(false);
    expect(endpoint.seen).toHaveLength(0);
  });

  test('§1.3 compression and renegotiation are switched off in both directions', async () => {
    const { tlsPolicy } = await import('../../adapter/transport/policy.ts');
    const flags = Number(tlsPolicy().secureOptions);
    expect(flags & constants.SSL_OP_NO_COMPRESSION).toBe(constants.SSL_OP_NO_COMPRESSION);
    expect(flags & constants.SSL_OP_NO_RENEGOTIATION).toBe(constants.SSL_OP_NO_RENEGOTIATION);
  });
});
