// Makes a throw-away PKI like PKIoverheid's (root, domain, issuing authority, leaves with an OIN) for development and tests.
import type { webcrypto } from 'node:crypto';
import { type Authority, DAY_MS, makeAuthority, newKeyPair, newSerial, type SignatureStyle } from './authority.ts';
import { makeBadOnes } from './bad.ts';
import type {
  BadKind,
  DevAuthority,
  DevIdentity,
  DevParty,
  DevPartyOptions,
  DevPki,
  DevPkiOptions,
  LeafRequest,
} from './types.ts';

export { BAD_KINDS } from './bad.ts';
export type * from './types.ts';
export { type WrittenPki, writeDevPki } from './write.ts';

type KeyPair = webcrypto.CryptoKeyPair;

/** nextUpdate of the lists: long, because nobody refreshes them on a developer's machine. */
const CRL_DAYS = 90;

/** Makes everything in memory; about 100 ms per RSA-2048 key. See `DevPkiOptions` for what to leave out. */
export async function makeDevPki(options: DevPkiOptions): Promise<DevPki> {
  const now = options.now ?? new Date();
  const keys = await makeKeys(options);
  const [root, domain, issuing] = await makeChain(keys.authorities, options.pss === true ? 'pss' : 'pkcs1', now);
  const parties = await Promise.all(options.parties.map((party, i) => makeParty(party, issuing, keys.leaf(i))));
  const revokedSerial = newSerial();
  const bad =
    options.bad === true
      ? await makeBadOnes({
          issuing,
          now,
          revokedSerial,
          oin: options.parties[0]?.oin ?? '',
          dnsNames: hostNames(options.parties[0]),
          keys: keys.leaf(0).tls,
          otherRootKeys: keys.otherRoot,
        })
      : new Map<BadKind, DevIdentity>();
  const lists = await makeLists({ root, domain, issuing, now, revokedSerial });
  return {
    root: authority(root, lists.root),
    domain: authority(domain, lists.domain),
    issuing: authority(issuing, lists.issuing),
    caPem: root.pem + domain.pem + issuing.pem,
    crlPems: [lists.root, lists.domain, lists.issuing].map(crlPem),
    staleCrlPems: [lists.root, lists.domain, lists.stale].map(crlPem),
    revokedAuthorityCrlPems: [lists.root, lists.domainRevoking, lists.issuing].map(crlPem),
    parties,
    party: (name) =>
      found(
        parties.find((party) => party.name === name),
        `no party ${name}`,
      ),
    bad: (kind) => found(bad.get(kind), `no bad certificate ${kind}`),
    badKinds: [...bad.keys()],
    issue: (request: LeafRequest) => issuing.issue(request, keys.leaf(0).tls),
    issuingCrl: ({ serials, thisUpdate = new Date(now.getTime() - DAY_MS), nextUpdate = daysAfter(now, CRL_DAYS) }) =>
      issuing.crl({ serials, thisUpdate, nextUpdate }),
  };
}

function found<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new Error(message);
  return value;
}

interface Keys {
  readonly authorities: readonly [KeyPair, KeyPair, KeyPair];
  readonly otherRoot: KeyPair;
  leaf(index: number): { readonly tls: KeyPair; readonly signing: KeyPair };
}

async function makeKeys(options: DevPkiOptions): Promise<Keys> {
  const bits = options.keyBits ?? 2048;
  const leaves = options.reuseKeys === true ? 1 : Math.max(1, options.parties.length * 2);
  const make = (): Promise<KeyPair> => newKeyPair(bits);
  const [root, domain, issuing, ...rest] = await Promise.all([
    make(),
    make(),
    make(),
    ...Array.from({ length: leaves }, make),
  ]);
  const at = (i: number): KeyPair => found(rest[i % leaves], 'no key');
  return {
    authorities: [root, domain, issuing],
    // Another root only needs another key than ours; the last leaf's will do.
    otherRoot: at(leaves - 1),
    leaf: (i) => ({ tls: at(2 * i), signing: at(2 * i + 1) }),
  };
}

async function makeChain(
  keys: Keys['authorities'],
  style: SignatureStyle,
  now: Date,
): Promise<[Authority, Authority, Authority]> {
  const root = await makeAuthority({ commonName: 'Ontwikkel Root CA', keys: keys[0], style, now });
  const domain = await makeAuthority({ commonName: 'Ontwikkel Domein CA', keys: keys[1], style, now, parent: root });
  const issuing = await makeAuthority({
    commonName: 'Ontwikkel Uitgevende CA',
    keys: keys[2],
    style,
    now,
    parent: domain,
  });
  return [root, domain, issuing];
}

async function makeParty(
  party: DevPartyOptions,
  issuing: Authority,
  keys: { readonly tls: KeyPair; readonly signing: KeyPair },
): Promise<DevParty> {
  const dnsNames = hostNames(party);
  const request = { oin: party.oin, commonName: party.name };
  return {
    oin: party.oin,
    name: party.name,
    tls: await issuing.issue({ ...request, dnsNames, ipAddresses: ['127.0.0.1'] }, keys.tls),
    signing: await issuing.issue({ ...request, purpose: 'signing' }, keys.signing),
  };
}

function hostNames(party: DevPartyOptions | undefined): readonly string[] {
  return [...(party === undefined ? [] : [`${party.name}.localhost`]), 'localhost', ...(party?.dnsNames ?? [])];
}

interface ListRequest {
  readonly root: Authority;
  readonly domain: Authority;
  readonly issuing: Authority;
  readonly now: Date;
  readonly revokedSerial: string;
}

async function makeLists({ root, domain, issuing, now, revokedSerial }: ListRequest) {
  const current = { thisUpdate: new Date(now.getTime() - DAY_MS), nextUpdate: daysAfter(now, CRL_DAYS) };
  const past = { thisUpdate: daysAfter(now, -9), nextUpdate: daysAfter(now, -2) };
  return {
    root: await root.crl({ serials: [], ...current }),
    domain: await domain.crl({ serials: [], ...current }),
    issuing: await issuing.crl({ serials: [revokedSerial], ...current }),
    stale: await issuing.crl({ serials: [revokedSerial], ...past }),
    domainRevoking: await domain.crl({ serials: [issuing.certificate.serialNumber], ...current }),
  };
}

function daysAfter(at: Date, days: number): Date {
  return new Date(at.getTime() + days * DAY_MS);
}

function authority(from: Authority, crlDer: Buffer): DevAuthority {
  return { certificatePem: from.pem, certificateDer: from.der, crlDer, crlPem: crlPem(crlDer) };
}

function crlPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN X509 CRL-----\n${lines.join('\n')}\n-----END X509 CRL-----\n`;
}
