// Chains, dates, uses and revocation lists by our own judgement, and what readers do with junk.

import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createTrustStore,
  readCertificate,
  readCrl,
  type TrustFailureCode,
  type TrustMaterial,
  type TrustStore,
  verifyPeerCertificate,
} from '../../adapter/transport/index.ts';
import { type BadKind, type DevPki, makeDevPki } from '../../tools/certs/index.ts';
import { OIN_A, OIN_B, testPki } from '../fixtures/pki.ts';
import { type CrlParts, extension, handMadeCrl, oid, sequence, tlv } from './hand-made-crl.ts';

const DAY = 86_400_000;
let pki: DevPki;
let pss: DevPki;
beforeAll(async () => {
  pki = await testPki();
  pss = await makeDevPki({ parties: [{ oin: OIN_A, name: 'partij-a' }], pss: true, bad: true, reuseKeys: true });
});

function storeOf(material: TrustMaterial): TrustStore {
  const store = createTrustStore(material);
  if (!store.ok) throw new Error(JSON.stringify(store.error));
  return store.value;
}
const trustOf = (of: DevPki, crl: TrustMaterial['crl'] = of.crlPems): TrustStore => storeOf({ ca: [of.caPem], crl });
const failureOf = (der: Uint8Array, trust: TrustStore, now = Date.now()): TrustFailureCode | 'trusted' => {
  const verdict = verifyPeerCertificate(der, { trust, now, purpose: 'clientAuth' });
  return verdict.ok ? 'trusted' : verdict.error.code;
};

describe.each(['PKCS#1 v1.5 (G1)', 'RSASSA-PSS (G4)'])('a certificate under %s', (style) => {
  const current = (): DevPki => (style.startsWith('PKCS') ? pki : pss);

  test('PKI001 PKI002 §2.3 a good one is trusted over four levels, as long as all it rests on is valid', () => {
    const of = current();
    const { certificateDer } = of.party('partij-a').tls;
    const verdict = verifyPeerCertificate(certificateDer, {
      trust: trustOf(of),
      now: Date.now(),
      purpose: 'clientAuth',
    });
    if (!verdict.ok) throw new Error(verdict.error.detail);
    expect(verdict.value.facts.oin).toBe(OIN_A);
    expect(verdict.value.path).toHaveLength(4);
    const lists = of.crlPems.map((pem) => readCrl(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')));
    const ends = lists.map((list) => (list.ok ? list.value.nextUpdate : 0));
    expect(verdict.value.validUntil).toBe(Math.min(...ends));
  });

  test.each<[BadKind, TrustFailureCode | 'trusted']>([
    ['expired', 'expired'],
    ['notYetValid', 'notYetValid'],
    ['revoked', 'revoked'],
    ['otherRoot', 'unknownIssuer'],
    ['selfSigned', 'unknownIssuer'],
    ['noClientAuth', 'purpose'],
    ['otherOin', 'trusted'],
  ])('PKI002 rows 90 92 %s is %s', (kind, code) => {
    expect(failureOf(current().bad(kind).certificateDer, trustOf(current()))).toBe(code);
  });

  test('PKI003 stale, missing and revoked authority lists refuse everybody', () => {
    const of = current();
    const { certificateDer } = of.party('partij-a').tls;
    expect(failureOf(certificateDer, trustOf(of, of.staleCrlPems))).toBe('crlStale');
    expect(failureOf(certificateDer, trustOf(of, of.crlPems.slice(0, 2)))).toBe('crlMissing');
    expect(failureOf(certificateDer, trustOf(of, of.crlPems.slice(1)))).toBe('crlMissing');
    expect(failureOf(certificateDer, trustOf(of, of.revokedAuthorityCrlPems))).toBe('revoked');
    expect(failureOf(certificateDer, trustOf(of), Date.now() + 200 * DAY)).toBe('crlStale');
  });

  test('a list of another authority with the same name does not count', async () => {
    const twin = await makeDevPki({ parties: [], reuseKeys: true });
    const { certificateDer } = current().party('partij-a').tls;
    expect(failureOf(certificateDer, trustOf(current(), twin.crlPems))).toBe('crlMissing');
  });
});

describe('chains', () => {
  test('row 89 intermediates may come from the partner or from our list', () => {
    const rootOnly = storeOf({ ca: [pki.root.certificatePem], crl: pki.crlPems });
    const { certificateDer } = pki.party('partij-a').tls;
    expect(failureOf(certificateDer, rootOnly)).toBe('unknownIssuer');
    const chain = [pki.domain.certificateDer, pki.issuing.certificateDer];
    const verdict = verifyPeerCertificate(certificateDer, {
      trust: rootOnly,
      now: Date.now(),
      purpose: 'clientAuth',
      chain,
    });
    expect(verdict.ok).toBe(true);
  });

  test('a root that comes with the message is not trusted for that', async () => {
    const other = await makeDevPki({ parties: [{ oin: OIN_A, name: 'partij-a' }], reuseKeys: true });
    const chain = [other.issuing, other.domain, other.root].map(({ certificateDer }) => certificateDer);
    const query = { trust: trustOf(pki), now: Date.now(), purpose: 'clientAuth' as const, chain };
    const verdict = verifyPeerCertificate(other.party('partij-a').tls.certificateDer, query);
    expect(verdict).toMatchObject({ ok: false, error: { code: 'unknownIssuer' } });
  });

  test('an end-entity certificate cannot issue', () => {
    const leaf = pki.party('partij-a').tls;
    const trust = storeOf({ ca: [pki.caPem, leaf.certificatePem], crl: pki.crlPems });
    expect(failureOf(leaf.certificateDer, trust)).toBe('trusted');
    expect(failureOf(pki.bad('otherRoot').certificateDer, trust)).toBe('unknownIssuer');
  });

  test('one changed octet anywhere in a certificate is never trusted', () => {
    const { certificateDer } = pki.party('partij-a').tls;
    const trust = trustOf(pki);
    fc.assert(
      fc.property(fc.nat(certificateDer.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(certificateDer);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(failureOf(changed, trust)).not.toBe('trusted');
      }),
      { numRuns: 200 },
    );
  });

  test('signing certificates are judged by key usage, not by TLS purpose', () => {
    const { certificateDer } = pki.party('partij-b').signing;
    const query = { trust: trustOf(pki), now: Date.now() };
    expect(verifyPeerCertificate(certificateDer, { ...query, purpose: 'signing' }).ok).toBe(true);
    expect(verifyPeerCertificate(certificateDer, { ...query, purpose: 'clientAuth' })).toMatchObject({
      error: { code: 'purpose' },
    });
  });

  test('row 100 trust material that cannot work is named', () => {
    const refused = createTrustStore({ ca: ['geen pem', Buffer.from('geen der')], crl: [] });
    expect(refused.ok ? [] : refused.error.map(({ where }) => where)).toEqual(['ca[0]', 'ca[1]', 'ca', 'crl']);
    expect(createTrustStore({ ca: [pki.caPem], crl: [], revocation: 'none' }).ok).toBe(true);
  });
});

describe('reading certificates', () => {
  test('PKI001 the OIN, names and dates agree with node:crypto', () => {
    const { certificateDer, fingerprint, serial } = pki.party('partij-b').tls;
    const facts = readCertificate(certificateDer);
    if (!facts.ok) throw new Error(facts.error);
    const x509 = new X509Certificate(certificateDer);
    expect(facts.value).toMatchObject({ oin: OIN_B, fingerprint, serial, subjectAltName: true, unknownCritical: [] });
    expect(facts.value.subject).toBe(x509.subject.split('\n').join(', '));
    expect(facts.value.notAfter).toBe(Date.parse(x509.validTo));
    expect(facts.value.notBefore).toBe(Date.parse(x509.validFrom));
    expect(facts.value.extendedKeyUsage).toEqual(x509.keyUsage);
  });

  test.each(['1234', '0000009900000000100', '000000990000000010000', '0000009x000000001000', ''])(
    'PKI001 serialNumber "%s" is no OIN',
    async (oin) => {
      const { certificateDer } = await pki.issue({ commonName: 'x', ...(oin === '' ? {} : { oin }) });
      const facts = readCertificate(certificateDer);
      expect(facts.ok ? facts.value.oin : 'unreadable').toBeUndefined();
    },
  );

  test('junk and cut or changed certificates are a failure or facts, never a throw', () => {
    const { certificateDer } = pki.party('partij-a').tls;
    const mutated = fc
      .tuple(fc.nat(certificateDer.length - 1), fc.uint8Array({ maxLength: 6 }), fc.nat(certificateDer.length))
      .map(([at, bytes, cut]) => {
        const copy = Buffer.from(certificateDer);
        copy.set(bytes.subarray(0, copy.length - at), at);
        return copy.subarray(0, cut % 3 === 0 ? cut : copy.length);
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
        expect(typeof readCertificate(bytes).ok).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('reading revocation lists', () => {
  const issuerKey = (of: DevPki) =>
    createPublicKey(new X509Certificate(of.issuing.certificatePem).publicKey.export({ type: 'spki', format: 'pem' }));

  test('PKI003 20,000 entries are read, found and proven quickly', () => {
    const serials = Array.from({ length: 20_000 }, (_, i) =>
      createHash('sha256').update(String(i)).digest().subarray(0, 16),
    );
    for (const serial of serials) serial[0] = 0x55;
    const { der, publicKey } = handMadeCrl({ serials });
    const started = performance.now();
    const crl = readCrl(der);
    const tookMs = performance.now() - started;
    if (!crl.ok) throw new Error(crl.error);
    expect(crl.value.entries).toBe(20_000);
    expect(crl.value.isRevoked(serials[12_345]?.toString('latin1') ?? '')).toBe(true);
    expect(crl.value.isRevoked('\u005f'.repeat(16))).toBe(false);
    expect(crl.value.isSignedBy(publicKey)).toBe(true);
    expect(crl.value.isSignedBy(issuerKey(pki))).toBe(false);
    expect(tookMs).toBeLessThan(10_000);
  });

  test.each<[string, Partial<CrlParts>, boolean]>([
    ['plain', {}, true],
    ['with a reason per entry', { entryExtension: extension('2.5.29.21', false, Buffer.from('0a0101', 'hex')) }, true],
    [
      'indirect: a critical certificateIssuer in an entry',
      { entryExtension: extension('2.5.29.29', true, sequence()) },
      false,
    ],
    ['delta', { extension: extension('2.5.29.27', true, Buffer.from('020101', 'hex')) }, false],
    [
      'for users only',
      { extension: extension('2.5.29.28', true, sequence(tlv(0x81, Buffer.from('ff', 'hex')))) },
      true,
    ],
    [
      'for some reasons only',
      { extension: extension('2.5.29.28', true, sequence(tlv(0x83, Buffer.from('0640', 'hex')))) },
      false,
    ],
    [
      'indirect by its distribution point',
      { extension: extension('2.5.29.28', true, sequence(tlv(0x84, Buffer.from('ff', 'hex')))) },
      false,
    ],
    ['with an unknown critical extension', { extension: extension('1.2.3.4', true, sequence()) }, false],
    ['with an unknown extension that is not critical', { extension: extension('1.2.3.4', false, sequence()) }, true],
    ['without nextUpdate', { nextUpdate: Buffer.alloc(0) }, false],
    ['signed with SHA-1', { algorithm: sequence(oid('1.2.840.113549.1.1.5'), Buffer.from('0500', 'hex')) }, false],
    ['naming PSS with its SHA-1 defaults', { algorithm: sequence(oid('1.2.840.113549.1.1.10'), sequence()) }, false],
  ])('PKI003 a list %s', (_, parts, expected) => {
    const serial = Buffer.from('55aa', 'hex');
    const crl = readCrl(handMadeCrl({ serials: [serial], ...parts }).der);
    expect(crl.ok).toBe(expected);
    if (crl.ok) expect(crl.value.isRevoked(serial.toString('latin1'))).toBe(true);
  });

  test('§2.4 a PSS signature is proven; one changed octet of a list is never proven', () => {
    for (const made of [pki, pss]) {
      const der = made.issuing.crlDer;
      const key = issuerKey(made);
      const good = readCrl(der);
      expect(good.ok && good.value.isSignedBy(key)).toBe(true);
      fc.assert(
        fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
          const changed = Buffer.from(der);
          changed[at] = (changed[at] ?? 0) ^ flip;
          const crl = readCrl(changed);
          expect(crl.ok && crl.value.isSignedBy(key)).toBe(false);
        }),
        { numRuns: 150 },
      );
    }
  });

  test('junk is a failure, never a throw', () => {
    const der = pki.issuing.crlDer;
    const mutated = fc.tuple(fc.nat(der.length - 1), fc.uint8Array({ maxLength: 6 })).map(([at, bytes]) => {
      const copy = Buffer.from(der);
      copy.set(bytes.subarray(0, copy.length - at), at);
      return copy;
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          mutated,
          fc.nat(der.length - 1).map((cut) => der.subarray(0, cut)),
        ),
        (bytes) => {
          expect(typeof readCrl(bytes).ok).toBe('boolean');
        },
      ),
      { numRuns: 2000 },
    );
    expect(readCrl(new Uint8Array()).ok).toBe(false);
    expect(readCrl(Buffer.from('3080', 'hex')).ok).toBe(false);
  });

  test('PKI003 row 90 of two fresh lists of one issuer the one that revokes is enough, whatever the order', async () => {
    const a = pki.party('partij-a').tls;
    const revoking = await pki.issuingCrl({ serials: [a.serial], thisUpdate: new Date(Date.now() - DAY / 2) });
    const lists = [...pki.crlPems, revoking];
    for (const crl of [lists, lists.toReversed()]) {
      expect(failureOf(a.certificateDer, trustOf(pki, crl))).toBe('revoked');
      expect(failureOf(pki.party('partij-b').tls.certificateDer, trustOf(pki, crl))).toBe('trusted');
    }
  });

  test('a list that is not yet valid is not fresh', async () => {
    const future = await pki.issuingCrl({ serials: [], thisUpdate: new Date(Date.now() + DAY) });
    const trust = storeOf({ ca: [pki.caPem], crl: [pki.root.crlPem, pki.domain.crlPem, future] });
    expect(failureOf(pki.party('partij-a').tls.certificateDer, trust)).toBe('crlStale');
  });
});
