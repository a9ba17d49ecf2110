// The authorities we trust and their revocation lists, read once and asked many times.
import { type KeyObject, X509Certificate } from 'node:crypto';
import { fail, type Issue, ok, type Result } from '../base/index.ts';
import { type CertificateFacts, readCertificate } from './certificate.ts';
import { derBlocks } from './pem.ts';
import { type Crl, readCrl } from './revocation.ts';

export interface TrustMaterial {
  /** PEM bundles or single DER files: roots, and intermediates that partners may forget to send (row 89). */
  readonly ca: readonly (string | Uint8Array)[];
  /** PEM bundles or single DER files; one list per authority in use. */
  readonly crl: readonly (string | Uint8Array)[];
  /** `crl` when absent: every level needs a fresh list (PKI003). `none` is for development only. */
  readonly revocation?: 'crl' | 'none';
}

export interface Authority {
  readonly facts: CertificateFacts;
  readonly x509: X509Certificate;
  readonly key: KeyObject;
}

export interface TrustStore {
  readonly revocation: 'crl' | 'none';
  readonly authorities: readonly Authority[];
  readonly crls: readonly Crl[];
  /** Trusted authorities with this subject. */
  issuersNamed(name: Buffer): readonly Authority[];
  /** Lists of this authority whose signature is its own. */
  crlsOf(issuer: Authority): readonly Crl[];
  /** True for a self-signed certificate of the trust list: chains end here. */
  isRoot(facts: CertificateFacts): boolean;
}

/** Reads authorities and lists; each unreadable file is named by its place in the list (row 100). */
export function createTrustStore(material: TrustMaterial): Result<TrustStore, readonly Issue[]> {
  const issues: Issue[] = [];
  const authorities = readAuthorities(material.ca, issues);
  const crls = readCrls(material.crl, issues);
  const revocation = material.revocation ?? 'crl';
  if (!authorities.some(isSelfIssued))
    issues.push(problem('ca', 'geen stamcertificaat in de lijst van vertrouwde certificaten'));
  if (revocation === 'crl' && crls.length === 0) issues.push(problem('crl', 'geen intrekkingslijst (CRL) opgegeven'));
  return issues.length > 0 ? fail(issues) : ok(makeStore(authorities, crls, revocation));
}

function makeStore(authorities: readonly Authority[], crls: readonly Crl[], revocation: 'crl' | 'none'): TrustStore {
  const byName = groupByName(authorities);
  const roots = new Set(authorities.filter(isSelfIssued).map(({ facts }) => facts.fingerprint));
  const signedBy = new Map<string, readonly Crl[]>();
  const crlsOf = (issuer: Authority): readonly Crl[] => {
    const known = signedBy.get(issuer.facts.fingerprint);
    if (known !== undefined) return known;
    const usable = issuer.facts.keyUsage === undefined || issuer.facts.keyUsage.cRLSign;
    const named = usable ? crls.filter((crl) => crl.issuerName.equals(issuer.facts.subjectName)) : [];
    const found = named.filter((crl) => crl.isSignedBy(issuer.key));
    // Only our own authorities are remembered, so that strangers' chains cannot fill the map.
    if (byName.get(nameKey(issuer.facts.subjectName))?.includes(issuer) === true)
      signedBy.set(issuer.facts.fingerprint, found);
    return found;
  };
  return {
    revocation,
    authorities,
    crls,
    issuersNamed: (name) => byName.get(nameKey(name)) ?? [],
    crlsOf,
    isRoot: (facts) => roots.has(facts.fingerprint),
  };
}

/** A certificate as a possible issuer; undefined when node:crypto cannot read it or its key. */
export function asAuthority(facts: CertificateFacts): Authority | undefined {
  try {
    const x509 = new X509Certificate(facts.der);
    return { facts, x509, key: x509.publicKey };
  } catch {
    return undefined;
  }
}

function readAuthorities(files: TrustMaterial['ca'], issues: Issue[]): readonly Authority[] {
  const found = new Map<string, Authority>();
  for (const [i, file] of files.entries()) {
    const blocks = derBlocks(file, 'CERTIFICATE');
    if (blocks.length === 0) issues.push(problem(`ca[${i}]`, 'bevat geen certificaat'));
    for (const der of blocks) {
      const facts = readCertificate(der);
      const authority = facts.ok ? asAuthority(facts.value) : undefined;
      if (authority === undefined) issues.push(problem(`ca[${i}]`, 'bevat een onleesbaar certificaat'));
      else found.set(authority.facts.fingerprint, authority);
    }
  }
  return [...found.values()];
}

function readCrls(files: TrustMaterial['crl'], issues: Issue[]): readonly Crl[] {
  const found: Crl[] = [];
  for (const [i, file] of files.entries()) {
    const blocks = derBlocks(file, 'X509 CRL');
    if (blocks.length === 0) issues.push(problem(`crl[${i}]`, 'bevat geen intrekkingslijst'));
    for (const der of blocks) {
      const crl = readCrl(der);
      if (crl.ok) found.push(crl.value);
      else issues.push(problem(`crl[${i}]`, crl.error));
    }
  }
  return found;
}

function groupByName(authorities: readonly Authority[]): ReadonlyMap<string, readonly Authority[]> {
  const groups = new Map<string, Authority[]>();
  for (const authority of authorities) {
    const key = nameKey(authority.facts.subjectName);
    groups.set(key, [...(groups.get(key) ?? []), authority]);
  }
  return groups;
}

const nameKey = (name: Buffer): string => name.toString('latin1');

function isSelfIssued({ facts, x509, key }: Authority): boolean {
  return facts.subjectName.equals(facts.issuerName) && x509.verify(key);
}

function problem(where: string, detail: string): Issue {
  return { code: 'CertificateConfig', severity: 'Error', where, detail, rule: 'PKI003' };
}
