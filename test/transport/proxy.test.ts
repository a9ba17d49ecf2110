// Behind a proxy: whose header is believed, in which forms, and what happens to the rest.

import { request as httpRequest } from 'node:http';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseAddressList } from '../../adapter/transport/address-list.ts';
import { type ProxyListener, TransportConfigError } from '../../adapter/transport/index.ts';
import { type DistinctHeaders, readForwardedCertificate } from '../../adapter/transport/proxy-header.ts';
import type { DevIdentity, DevPki } from '../../tools/certs/index.ts';
import { OIN_A, OIN_B, testPki } from '../fixtures/pki.ts';
import { type Neighbour, underAttack } from '../security/attacked-endpoint.ts';
import {
  closeAll,
  exchangeRaw,
  materialOf,
  PATH,
  startClient,
  startEndpoint,
  statuses,
  tcp,
  tls,
  xmlBody,
} from './rig.ts';

const DAY = 86_400_000;
let pki: DevPki;
let a: DevIdentity;
/** Another party behind the same proxy, who is served while one is refused. */
let neighbour: Neighbour;
beforeAll(async () => {
  pki = await testPki();
  a = pki.party('partij-a').tls;
  const c = await pki.issue({ oin: '00000099000000003000', commonName: 'partij-c' });
  neighbour = { lines: [`X-SSL-Client-Cert: ${base64(c)}`] };
});
afterEach(closeAll);

const proxied = (proxies: readonly string[] = ['127.0.0.1'], crl = pki.crlPems): ProxyListener => ({
  kind: 'proxy',
  proxies,
  trust: { ca: [pki.caPem], crl },
});
const start = (listener: ProxyListener = proxied()) => startEndpoint({ listener });

/** Posts with these headers as a proxy on this machine would; gives the status. */
function forward(port: number, headers: Record<string, string | string[]>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: PATH, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end('<x/>');
  });
}

const base64 = (identity: DevIdentity): string => identity.certificateDer.toString('base64');

describe('a certificate from a listed proxy', () => {
  const forms: [string, (identity: DevIdentity) => Record<string, string>][] = [
    ['URL-encoded PEM (nginx)', (it) => ({ 'X-SSL-Client-Cert': encodeURIComponent(it.certificatePem) })],
    ['PEM on one line (Apache)', (it) => ({ 'X-SSL-Client-Cert': it.certificatePem.trim().replace(/\n/g, ' ') })],
    ['base64 DER (HAProxy)', (it) => ({ 'X-SSL-Client-Cert': base64(it) })],
    ['RFC 9440', (it) => ({ 'Client-Cert': `:${base64(it)}:` })],
    [
      'RFC 9440 with its chain',
      (it) => ({
        'Client-Cert': `:${base64(it)}:`,
        'Client-Cert-Chain': `:${pki.issuing.certificateDer.toString('base64')}:`,
      }),
    ],
  ];

  test.each(forms)('security sheet §2.7 form %s is read, and taken off before the door', async (_, headers) => {
    const endpoint = await start();
    expect(await forward(endpoint.port, headers(a))).toBe(204);
    const [seen] = endpoint.seen;
    expect(seen?.request.peer).toMatchObject({ oin: OIN_A, fingerprint: a.fingerprint });
    expect(Object.keys(seen?.request.headers ?? {}).filter((name) => name.includes('cert'))).toEqual([]);
    expect(endpoint.events).toEqual([]);
  });

  test.each(['expired', 'notYetValid', 'revoked', 'otherRoot', 'selfSigned', 'noClientAuth'] as const)(
    'PKI002 rows 90 92 certificate %s gets 403 and its body is not processed',
    async (kind) => {
      const endpoint = await start();
      const attack = () => forward(endpoint.port, { 'X-SSL-Client-Cert': base64(pki.bad(kind)) });
      expect(await underAttack(endpoint, attack, neighbour)).toBe(403);
      expect(endpoint.seen).toHaveLength(0);
      expect(endpoint.events).toContainEqual(expect.objectContaining({ kind: 'peer.refused' }));
    },
  );

  test('PKI003 PKI004 with stale lists nobody comes in, after a reload everybody does', async () => {
    const endpoint = await start(proxied(['127.0.0.1'], pki.staleCrlPems));
    const headers = { 'X-SSL-Client-Cert': base64(a) };
    expect(await forward(endpoint.port, headers)).toBe(403);
    expect(endpoint.server.reload({ trust: proxied().trust }).ok).toBe(true);
    expect(await forward(endpoint.port, headers)).toBe(204);
    const revoking = await pki.issuingCrl({ serials: [a.serial] });
    endpoint.server.reload({ trust: { ca: [pki.caPem], crl: [pki.root.crlPem, pki.domain.crlPem, revoking] } });
    expect(await underAttack(endpoint, () => forward(endpoint.port, headers), neighbour)).toBe(403);
  });

  test('PKI002 PKI003 who came in before comes in no more after the end of the certificate, or of the lists', async () => {
    let now = Date.now();
    const endpoint = await startEndpoint({ listener: proxied(), clock: { now: () => now } });
    const tenDays = await pki.issue({ oin: OIN_A, commonName: 'tien dagen', notAfter: new Date(now + 10 * DAY) });
    const both = () =>
      Promise.all([tenDays, a].map((one) => forward(endpoint.port, { 'X-SSL-Client-Cert': base64(one) })));
    expect(await both()).toEqual([204, 204]);
    now += 11 * DAY;
    expect(await both()).toEqual([403, 204]);
    now += 80 * DAY;
    expect(await both()).toEqual([403, 403]);
  });

  test('without a certificate header the answer is 403', async () => {
    const endpoint = await start();
    expect(await underAttack(endpoint, () => forward(endpoint.port, {}), neighbour)).toBe(403);
    expect(endpoint.seen).toHaveLength(0);
  });

  test('a proxy that speaks HTTP/1.0 inwards is served', async () => {
    const endpoint = await start();
    const bytes = `POST ${PATH} HTTP/1.0\r\nX-SSL-Client-Cert: ${base64(a)}\r\nContent-Length: 4\r\n\r\n<x/>`;
    const { text } = await exchangeRaw(await tcp(endpoint.port), bytes, 300);
    expect(statuses(text)).toEqual([204]);
  });
});

describe('row 94 the header from anybody else', () => {
  test('a direct caller of a proxied endpoint gets 403 and is reported', async () => {
    const from = '127.0.0.2';
    const endpoint = await start(proxied(['10.1.2.3', '192.168.0.0/16', from]));
    const attack = () => forward(endpoint.port, { 'X-SSL-Client-Cert': base64(a) });
    expect(await underAttack(endpoint, attack, { ...neighbour, from })).toBe(403);
    expect(endpoint.seen).toHaveLength(0);
    expect(endpoint.events).toContainEqual({
      kind: 'proxy.spoofed',
      remoteAddress: '127.0.0.1',
      header: 'x-ssl-client-cert',
    });
  });

  test('on a mutual TLS endpoint the header changes nothing: the peer is who the handshake proved', async () => {
    const endpoint = await startEndpoint({
      listener: { kind: 'mtls', tls: materialOf(pki, pki.party('partij-b').tls) },
    });
    const stranger = pki.bad('otherOin');
    const socket = await tls(endpoint.port, { ca: pki.caPem, key: stranger.keyPem, cert: stranger.chainPem });
    const bytes = `POST ${PATH} HTTP/1.1\r\nHost: l\r\nX-SSL-Client-Cert: ${base64(a)}\r\nClient-Cert: :${base64(a)}:\r\nContent-Length: 0\r\n\r\n`;
    const { text } = await underAttack(endpoint, () => exchangeRaw(socket, bytes, 300));
    expect(statuses(text)).toEqual([204]);
    expect(endpoint.seen[0]?.request.peer?.oin).toBe('00000099999999990000');
    expect(endpoint.seen[0]?.request.headers).not.toHaveProperty('x-ssl-client-cert');
    expect(endpoint.events.map((event) => event.kind)).toEqual(['proxy.spoofed', 'proxy.spoofed']);
  });

  test('the hop from the proxy may itself be mutual TLS', async () => {
    const b = pki.party('partij-b').tls;
    const endpoint = await start({ ...proxied(), tls: materialOf(pki, b) });
    const bytes = `POST ${PATH} HTTP/1.1\r\nHost: l\r\nX-SSL-Client-Cert: ${base64(a)}\r\nContent-Length: 0\r\n\r\n`;
    const socket = await tls(endpoint.port, { ca: pki.caPem, key: b.keyPem, cert: b.chainPem });
    expect(statuses((await exchangeRaw(socket, bytes, 300)).text)).toEqual([204]);
    expect(endpoint.seen[0]?.request.peer?.oin).toBe(OIN_A);
    const nobody = await tls(endpoint.port, { ca: pki.caPem });
    expect((await exchangeRaw(nobody, bytes, 500)).text).toBe('');
  });
});

describe('the hop from the proxy', () => {
  test('row 90 security sheet §2.6 on an open connection the proxy has to prove itself again after a reload with a new CRL', async () => {
    const b = pki.party('partij-b').tls;
    const proxy = await pki.issue({ oin: '00000099000000004000', commonName: 'proxy' });
    const endpoint = await start({ ...proxied(), tls: materialOf(pki, b) });
    const client = startClient({ tls: materialOf(pki, proxy) });
    const body = xmlBody();
    const headers = { ...body.headers, 'X-SSL-Client-Cert': base64(a) };
    const post = () => client.post({ url: endpoint.url, peerOin: OIN_B }, { ...body, headers });
    expect(await post()).toMatchObject({ kind: 'response', status: 204 });
    const revoking = await pki.issuingCrl({ serials: [proxy.serial] });
    const crl = [pki.root.crlPem, pki.domain.crlPem, revoking];
    expect(endpoint.server.reload({ tls: { ...materialOf(pki, b), crl } }).ok).toBe(true);
    // A new connection would end in its handshake: an answer was given on the open one.
    expect(await post()).toMatchObject({ kind: 'response', status: 403 });
    expect(endpoint.seen).toHaveLength(1);
  });
});

describe('row 95 headers that are no single certificate', () => {
  const read = (...values: string[]) => readForwardedCertificate({ 'x-ssl-client-cert': values });

  test.each<[string, () => string[]]>([
    ['empty', () => ['']],
    ['two certificates in one value', () => [encodeURIComponent(a.certificatePem + pki.issuing.certificatePem)]],
    ['two headers', () => [base64(a), base64(a)]],
    ['text around the PEM', () => [encodeURIComponent(`x ${a.certificatePem}`)]],
    ['broken percent encoding', () => ['%zz']],
    ['PEM without end', () => ['-----BEGIN CERTIFICATE-----AAAA']],
    ['a private key', () => ['-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----']],
    ['RFC 9440 without closing colon', () => [`:${base64(a)}`]],
    ['the word null', () => ['(null)']],
  ])('%s is refused', (_, values) => {
    expect(read(...values()).ok).toBe(false);
  });

  test('both header names at once are refused', () => {
    expect(readForwardedCertificate({ 'x-ssl-client-cert': [base64(a)], 'client-cert': [`:${base64(a)}:`] }).ok).toBe(
      false,
    );
  });

  test('an unreadable chain is refused', () => {
    const headers = { 'client-cert': [`:${base64(a)}:`], 'client-cert-chain': ['geen keten'] };
    expect(readForwardedCertificate(headers).ok).toBe(false);
  });

  test('64 kB, folded lines and two headers over the wire: answered with a refusal, endpoint unharmed', async () => {
    const endpoint = await start();
    const send = async (lines: string) => {
      const bytes = `POST ${PATH} HTTP/1.1\r\nHost: l\r\n${lines}\r\nContent-Length: 0\r\n\r\n`;
      const attack = async () => exchangeRaw(await tcp(endpoint.port), bytes, 400);
      return statuses((await underAttack(endpoint, attack, neighbour)).text);
    };
    expect(await send(`X-SSL-Client-Cert: ${'A'.repeat(65_536)}`)).toEqual([431]);
    const folded = a.certificatePem.trim().replace(/\n/g, '\r\n\t');
    expect([[204], [400], [403]]).toContainEqual(await send(`X-SSL-Client-Cert: ${folded}`));
    expect(await send(`X-SSL-Client-Cert: ${base64(a)}\r\nX-SSL-Client-Cert: ${base64(pki.bad('otherOin'))}`)).toEqual([
      403,
    ]);
    expect(await send(`X-SSL-Client-Cert: ${base64(a)}`)).toEqual([204]);
  });

  test('any text gives a value or a refusal, never a throw', () => {
    const names = fc.constantFrom('x-ssl-client-cert', 'client-cert', 'client-cert-chain');
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(':', '%', '-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', 'AAAA', ','),
    );
    const value = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.dictionary(names, fc.array(value, { maxLength: 3 })), (headers: DistinctHeaders) => {
        expect(typeof readForwardedCertificate(headers).ok).toBe('boolean');
      }),
      { numRuns: 300 },
    );
  });
});

describe('the list of proxies', () => {
  test.each<[string, string, boolean]>([
    ['10.0.0.5', '10.0.0.5', true],
    ['10.0.0.5', '10.0.0.6', false],
    ['10.0.0.0/24', '10.0.0.255', true],
    ['10.0.0.0/24', '10.0.1.0', false],
    ['10.0.0.0/24', '::ffff:10.0.0.9', true],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['::1', '::1', true],
    ['10.0.0.5', 'geen adres', false],
  ])('%s holds %s: %s', (entry, address, expected) => {
    expect(parseAddressList([entry])?.has(address)).toBe(expected);
  });

  test.each(['', 'proxy.example', '10.0.0.0/33', '0.0.0.0/0', '10.0.0.0/8/8', '10.0.0.0/x', '300.1.1.1'])(
    'row 94 entry "%s" stops the start',
    async (entry) => {
      expect(parseAddressList([entry])).toBeUndefined();
      await expect(start(proxied([entry]))).rejects.toThrow(TransportConfigError);
    },
  );

  test('row 94 an empty list stops the start', async () => {
    await expect(start(proxied([]))).rejects.toThrow(TransportConfigError);
  });
});
