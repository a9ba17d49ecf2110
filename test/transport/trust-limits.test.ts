// What a revocation list or an authority is limited to: users, authorities, one distribution point, a length of path.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import {
  createTrustStore,
  type TrustFailureCode,
  type TrustMaterial,
  verifyPeerCertificate,
} from '../../adapter/transport/index.ts';
import { sequence, tlv } from './hand-made-crl.ts';

const DAY = 86_400_000;
const NOW = Date.now();
const KEY = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };
const [YESTERDAY, NEXT_WEEK] = [new Date(NOW - DAY), new Date(NOW + 7 * DAY)];

interface Made {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly der: Buffer;
}

/** Signs itself without an issuer. */
async function certificate(name: string, issuer: Made | undefined, ...extensions: x509.Extension[]): Promise<Made> {
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: '5501',
    subject: name,
    issuer: issuer?.name ?? name,
    notBefore: YESTERDAY,
    notAfter: NEXT_WEEK,
    publicKey: keys.publicKey,
    signingKey: (issuer ?? { keys }).keys.privateKey,
    signingAlgorithm: SIGNATURE,
    extensions,
  });
  return { name, keys, der: Buffer.from(made.rawData) };
}

const authority = (pathLength?: number) => new x509.BasicConstraintsExtension(true, pathLength, true);
const user = () => new x509.BasicConstraintsExtension(false, undefined, true);

/** A fresh list without entries; `scope` are the fields of its issuingDistributionPoint, should it have one. */
async function emptyList(issuer: Made, ...scope: readonly Buffer[]): Promise<Buffer> {
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.name,
    thisUpdate: YESTERDAY,
    nextUpdate: NEXT_WEEK,
    entries: [],
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: SIGNATURE,
    extensions: scope.length === 0 ? [] : [new x509.Extension('2.5.29.28', true, sequence(...scope))],
  });
  return Buffer.from(list.rawData);
}

const YES = Buffer.from([0xff]);
const USERS_ONLY = tlv(0x81, YES);
const AUTHORITIES_ONLY = tlv(0x82, YES);
const point = (uri: string): Buffer => tlv(0xa0, tlv(0xa0, tlv(0x86, Buffer.from(uri))));

function verdict(of: Made, material: TrustMaterial): TrustFailureCode | 'trusted' {
  const trust = createTrustStore(material);
  if (!trust.ok) throw new Error(JSON.stringify(trust.error));
  const judged = verifyPeerCertificate(of.der, { trust: trust.value, now: NOW, purpose: 'clientAuth' });
  return judged.ok ? 'trusted' : judged.error.code;
}

describe('a list speaks only about those in its scope', () => {
  test.each<[string, Buffer[], Buffer[], TrustFailureCode | 'trusted']>([
    ['everybody', [], [], 'trusted'],
    ['just those they are asked about', [AUTHORITIES_ONLY], [USERS_ONLY], 'trusted'],
    ['users only, where an authority is judged', [USERS_ONLY], [], 'crlMissing'],
    ['authorities only, where a user is judged', [], [AUTHORITIES_ONLY], 'crlMissing'],
  ])('PKI003 lists of %s', async (_title, ofRoot, ofIssuing, expected) => {
    const root = await certificate('CN=root', undefined, authority());
    const issuing = await certificate('CN=issuing', root, authority());
    const crl = [await emptyList(root, ...ofRoot), await emptyList(issuing, ...ofIssuing)];
    const peer = await certificate('CN=peer', issuing, user());
    expect(verdict(peer, { ca: [root.der, issuing.der], crl })).toBe(expected);
  });

  test.each<[string, string | undefined, TrustFailureCode | 'trusted']>([
    ['that names the same', 'http://crl.test/1', 'trusted'],
    ['that names another', 'http://crl.test/2', 'crlMissing'],
    ['that names none', undefined, 'crlMissing'],
  ])('PKI003 the list of one distribution point and a certificate %s', async (_title, uri, expected) => {
    const root = await certificate('CN=root', undefined, authority());
    const named = uri === undefined ? [] : [new x509.Extension('2.5.29.31', false, sequence(sequence(point(uri))))];
    const peer = await certificate('CN=peer', root, user(), ...named);
    const crl = [await emptyList(root, point('http://crl.test/1'))];
    expect(verdict(peer, { ca: [root.der], crl })).toBe(expected);
  });
});

test.each<[number, TrustFailureCode | 'trusted']>([
  [0, 'purpose'],
  [1, 'trusted'],
])('PKI002 one authority below another that allows %i: %s', async (allowed, expected) => {
  const root = await certificate('CN=root', undefined, authority());
  const domain = await certificate('CN=domain', root, authority(allowed));
  const issuing = await certificate('CN=issuing', domain, authority());
  const peer = await certificate('CN=peer', issuing, user());
  expect(verdict(peer, { ca: [root.der, domain.der, issuing.der], crl: [], revocation: 'none' })).toBe(expected);
});
