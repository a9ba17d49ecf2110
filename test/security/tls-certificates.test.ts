// Each certificate that must be refused, tried on the endpoint and on the client.

import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { BadKind, DevIdentity, DevPki } from '../../tools/certs/index.ts';
import { OIN_A, OIN_B, testPki } from '../fixtures/pki.ts';
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
} from '../transport/rig.ts';
import { underAttack } from './attacked-endpoint.ts';

const servers: { close(): void }[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await closeAll();
});

const POST = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 4\r\n\r\n<x/>`;

const OIN_C = '00000099000000003000';
const partyC = (pki: DevPki): Promise<DevIdentity> =>
  pki.issue({ commonName: 'localhost', oin: OIN_C, dnsNames: ['localhost'] });

const NO_LIST = 'geen intrekkingslijst van de uitgever, of uitgever onbekend (UNABLE_TO_GET_CRL)';

/** What the endpoint's own statement of refusal must be, per certificate (node's name of OpenSSL's last verdict: a self-signed one
 * is unknown, and then has no list either). */
const REFUSED: [BadKind, string][] = [
  ['selfSigned', NO_LIST],
  ['otherRoot', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['expired', 'CERT_HAS_EXPIRED'],
  ['notYetValid', 'CERT_NOT_YET_VALID'],
  ['revoked', 'CERT_REVOKED'],
  ['noClientAuth', 'INVALID_PURPOSE'],
];

describe('client certificates at the endpoint', () => {
  const start = async (crl?: readonly string[]) => {
    const pki = await testPki();
    const tlsMaterial = materialOf(pki, pki.party('partij-b').tls, crl ?? pki.crlPems);
    return { pki, endpoint: await startEndpoint({ listener: { kind: 'mtls', tls: tlsMaterial } }) };
  };

  /** Sends a POST over TLS with this certificate; the answer is empty when the handshake is refused. */
  const attempt = async (port: number, identity: DevIdentity | undefined) => {
    const pki = await testPki();
    const own = identity === undefined ? {} : { key: identity.keyPem, cert: identity.chainPem };
    const socket = await tls(port, { ca: pki.caPem, ...own }).catch(() => undefined);
    return socket === undefined ? '' : (await exchangeRaw(socket, POST)).text;
  };

  test('TLS001 TLS002 R148 T199 row 92 without a client certificate nothing is processed', async () => {
    const { endpoint } = await start();
    expect(await underAttack(endpoint, () => attempt(endpoint.port, undefined))).toBe('');
    expect(endpoint.seen).toHaveLength(0);
    expect(endpoint.events).toContainEqual(
      expect.objectContaining({ kind: 'tls.refused', remoteAddress: '127.0.0.1' }),
    );
  });

  test.each(REFUSED)('TLS001 PKI002 rows 90 92 certificate %s is refused with reason %s', async (kind, reason) => {
    const { pki, endpoint } = await start();
    expect(await underAttack(endpoint, () => attempt(endpoint.port, pki.bad(kind)))).toBe('');
    expect(endpoint.seen).toHaveLength(0);
    expect(endpoint.events).toContainEqual({ kind: 'tls.refused', remoteAddress: '127.0.0.1', reason });
  });

  test.each([
    ['row 91 past the nextUpdate of its list a good certificate', 'staleCrlPems', 'CRL_HAS_EXPIRED'],
    ['a certificate under a revoked authority', 'revokedAuthorityCrlPems', 'CERT_REVOKED'],
  ] as const)('PKI003 %s is refused, as all are; with new lists all are served again', async (_, lists, reason) => {
    const { pki, endpoint } = await start((await testPki())[lists]);
    const all = [pki.party('partij-a').tls, pki.party('partij-b').tls, await partyC(pki)];
    for (const one of all) expect(await attempt(endpoint.port, one)).toBe('');
    expect(endpoint.seen).toEqual([]);
    expect(endpoint.events).toEqual(all.map(() => expect.objectContaining({ kind: 'tls.refused', reason })));
    const tls = materialOf(pki, pki.party('partij-b').tls, pki.crlPems);
    expect(endpoint.server.reload({ tls, trust: tls })).toMatchObject({ ok: true });
    for (const one of all) expect(statuses(await attempt(endpoint.port, one))).toEqual([204]);
    expect(endpoint.seen.map(({ request }) => request.peer?.oin)).toEqual([OIN_A, OIN_B, OIN_C]);
  });

  test('PKI003 the lists of all levels are needed: without the domain list nobody comes in', async () => {
    const pki = await testPki();
    const { endpoint } = await start([pki.root.crlPem, pki.issuing.crlPem]);
    const all = [pki.party('partij-a').tls, await partyC(pki)];
    for (const one of all) expect(await attempt(endpoint.port, one)).toBe('');
    const reason = NO_LIST;
    expect(endpoint.events).toEqual(all.map(() => expect.objectContaining({ kind: 'tls.refused', reason })));
  });

  test('row 93 another organisation comes in under its own OIN: the gateway decides', async () => {
    const { pki, endpoint } = await start();
    expect(statuses(await attempt(endpoint.port, pki.bad('otherOin')))).toEqual([204]);
    expect(endpoint.seen[0]?.request.peer?.oin).toBe('00000099999999990000');
  });

  test('row 89 a partner that forgets its intermediates is completed from our own list', async () => {
    const { pki, endpoint } = await start();
    const a = pki.party('partij-a').tls;
    expect(statuses(await attempt(endpoint.port, { ...a, chainPem: a.certificatePem }))).toEqual([204]);
    expect(endpoint.seen[0]?.request.peer?.oin).toBe(OIN_A);
  });

  test('a G1 certificate without extendedKeyUsage is let in (security sheet §2.4)', async () => {
    const { pki, endpoint } = await start();
    const g1 = await pki.issue({ commonName: 'g1', oin: OIN_A, extendedKeyUsage: [] });
    expect(statuses(await attempt(endpoint.port, g1))).toEqual([204]);
  });

  test('DK-001 plain HTTP on the TLS port is not answered', async () => {
    const { endpoint } = await start();
    const { text, closed } = await underAttack(endpoint, async () => exchangeRaw(await tcp(endpoint.port), POST));
    expect(statuses(text)).toEqual([]);
    expect(closed).toBe(true);
    expect(endpoint.seen).toHaveLength(0);
  });
});

describe('server certificates at the client', () => {
  /** A partner with any certificate, that answers every request with 204. */
  const partner = async (identity: DevIdentity): Promise<{ url: string; requests: () => number }> => {
    let requests = 0;
    const server = createServer({ key: identity.keyPem, cert: identity.chainPem }, (request, response) => {
      requests += 1;
      request.resume().on('end', () => response.writeHead(204).end());
    });
    servers.push(server);
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `https://localhost:${(server.address() as AddressInfo).port}${PATH}`, requests: () => requests };
  };
  const post = async (identity: DevIdentity, crl?: readonly string[]) => {
    const pki = await testPki();
    const { url, requests } = await partner(identity);
    const client = startClient({ tls: materialOf(pki, pki.party('partij-a').tls, crl ?? pki.crlPems) });
    const outcome = await client.post({ url, peerOin: OIN_B }, xmlBody());
    return { outcome, requests: requests() };
  };

  test.each<[BadKind, string]>([
    ['expired', 'verlopen (CERT_HAS_EXPIRED)'],
    ['notYetValid', 'nog niet geldig (CERT_NOT_YET_VALID)'],
    ['revoked', 'ingetrokken (CERT_REVOKED)'],
    ['otherRoot', 'niet vertrouwd (UNABLE_TO_VERIFY_LEAF_SIGNATURE)'],
    ['selfSigned', 'uitgever onbekend (UNABLE_TO_GET_CRL)'],
    ['noServerAuth', 'niet bedoeld voor een server (INVALID_PURPOSE)'],
    ['otherHost', 'andere hostnaam (ERR_TLS_CERT_ALTNAME_INVALID)'],
  ])('PKI002 DK-007 rows 86 90 a partner with certificate %s gets nothing', async (kind, words) => {
    const { outcome, requests } = await post((await testPki()).bad(kind));
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'tls' });
    expect(outcome.kind === 'failed' ? outcome.detail : '').toContain(words);
    expect(requests).toBe(0);
  });

  test('DK-007 §2.4 the common name does not stand in for a missing subject alternative name', async () => {
    const nameless = await (await testPki()).issue({ commonName: 'localhost', oin: OIN_B });
    const { outcome, requests } = await post(nameless);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'tls' });
    expect(requests).toBe(0);
  });

  test('PKI003 row 91 with a stale list no partner is trusted', async () => {
    const pki = await testPki();
    for (const partner of [pki.party('partij-b').tls, await partyC(pki)]) {
      const { outcome, requests } = await post(partner, pki.staleCrlPems);
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'tls' });
      expect(outcome.kind === 'failed' ? outcome.detail : '').toContain('CRL_HAS_EXPIRED');
      expect(requests).toBe(0);
    }
  });

  test('a good partner certificate is accepted', async () => {
    const pki = await testPki();
    for (const partner of [pki.party('partij-b').tls, await partyC(pki)]) {
      const { outcome, requests } = await post(partner);
      expect(outcome).toMatchObject({ kind: 'response', status: 204 });
      expect(requests).toBe(1);
    }
  });
});
