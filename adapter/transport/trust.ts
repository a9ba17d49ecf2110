// Judges a certificate against the trust store: chain, dates, uses, revocation at every level; fails closed (PKI002–PKI004).
import { fail, type Instant, ok, type Result } from '../base/index.ts';
import { type CertificateFacts, readCertificate } from './certificate.ts';
import type { Crl } from './revocation.ts';
import { type Authority, asAuthority, type TrustStore } from './trust-store.ts';

export type TrustFailureCode =
  | 'unreadable'
  | 'unknownIssuer'
  | 'expired'
  | 'notYetValid'
  | 'purpose'
  | 'weak'
  | 'revoked'
  | 'crlMissing'
  | 'crlStale';

export interface TrustFailure {
  readonly code: TrustFailureCode;
  /** Dutch, one sentence, for operators. */
  readonly detail: string;
}

export type CertificatePurpose = 'clientAuth' | 'serverAuth' | 'signing';

export interface TrustQuery {
  readonly trust: TrustStore;
  readonly now: Instant;
  readonly purpose: CertificatePurpose;
  /** Certificates that came along, in any order; untrusted. */
  readonly chain?: readonly Uint8Array[];
}

export interface TrustedCertificate {
  readonly facts: CertificateFacts;
  /** Leaf first, root last. */
  readonly path: readonly CertificateFacts[];
  /** The verdict may be kept until this moment: the first end of a certificate or revocation list it rests on. */
  readonly validUntil: Instant;
}

const MAX_DEPTH = 8;
const MAX_CHAIN = 8;
const EKU: Readonly<Record<CertificatePurpose, string | undefined>> = {
  clientAuth: '1.3.6.1.5.5.7.3.2',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  signing: undefined,
};

/**
 * Verifies one end-entity certificate (DER). Every level must be inside its dates, properly issued and absent from a fresh
 * revocation list of its issuer. A certificate without extendedKeyUsage may be used for TLS, as the G1 line prescribes (§2.4).
 */
export function verifyPeerCertificate(der: Uint8Array, query: TrustQuery): Result<TrustedCertificate, TrustFailure> {
  const facts = readCertificate(der);
  if (!facts.ok) return fail({ code: 'unreadable', detail: facts.error });
  const leaf = asAuthority(facts.value);
  if (leaf === undefined) return fail({ code: 'unreadable', detail: 'certificaat is niet leesbaar' });
  const path = buildPath(leaf, query, readPresented(query.chain ?? []));
  if (path === undefined)
    return fail({
      code: 'unknownIssuer',
      detail: 'certificaat is niet uitgegeven onder een vertrouwd stamcertificaat',
    });
  const failure = checkPurpose(facts.value, query.purpose) ?? checkPath(path, query.now);
  if (failure !== undefined) return fail(failure);
  const ends = path.map(({ facts: { notAfter } }) => notAfter);
  const revocation = query.trust.revocation === 'none' ? ok([]) : checkRevocation(path, query);
  if (!revocation.ok) return revocation;
  return ok({ facts: facts.value, path: path.map((a) => a.facts), validUntil: Math.min(...ends, ...revocation.value) });
}

function readPresented(chain: readonly Uint8Array[]): readonly Authority[] {
  return chain.slice(0, MAX_CHAIN).flatMap((der) => {
    const facts = readCertificate(der);
    const authority = facts.ok ? asAuthority(facts.value) : undefined;
    return authority === undefined ? [] : [authority];
  });
}

/**
 * Depth first; issuers inside their dates before others (a renewed authority keeps its name and key, row 89), trusted before
 * presented. The budget bounds what a crafted chain can cost.
 */
function buildPath(
  leaf: Authority,
  { trust, now }: TrustQuery,
  presented: readonly Authority[],
): readonly Authority[] | undefined {
  let budget = 32;
  const extend = (path: readonly Authority[]): readonly Authority[] | undefined => {
    const last = path[path.length - 1];
    if (last === undefined || path.length > MAX_DEPTH) return undefined;
    if (path.length > 1 && trust.isRoot(last.facts)) return path;
    const named = presented.filter(({ facts }) => facts.subjectName.equals(last.facts.issuerName));
    const issuers = [...trust.issuersNamed(last.facts.issuerName), ...named];
    const current = issuers.filter(({ facts }) => checkDates(facts, now) === undefined);
    for (const issuer of [...current, ...issuers.filter((other) => !current.includes(other))]) {
      if (path.includes(issuer) || budget-- <= 0 || !isIssuer(issuer, last)) continue;
      const found = extend([...path, issuer]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return extend([leaf]);
}

function isIssuer(issuer: Authority, child: Authority): boolean {
  const { basicConstraints, keyUsage } = issuer.facts;
  if (basicConstraints?.ca !== true || keyUsage?.keyCertSign === false) return false;
  return child.x509.checkIssued(issuer.x509) && child.x509.verify(issuer.key);
}

function checkPurpose(facts: CertificateFacts, purpose: CertificatePurpose): TrustFailure | undefined {
  const usage = EKU[purpose];
  const { keyUsage, extendedKeyUsage } = facts;
  if (usage !== undefined && extendedKeyUsage !== undefined && !extendedKeyUsage.includes(usage)) {
    return { code: 'purpose', detail: `certificaat is niet bedoeld voor ${purpose}` };
  }
  const maySign =
    keyUsage === undefined || keyUsage.digitalSignature || (purpose === 'signing' && keyUsage.nonRepudiation);
  return maySign ? undefined : { code: 'purpose', detail: 'certificaat mag niet voor ondertekening worden gebruikt' };
}

function checkPath(path: readonly Authority[], now: Instant): TrustFailure | undefined {
  for (const [level, authority] of path.entries()) {
    const isRoot = level === path.length - 1;
    const failure =
      checkDates(authority.facts, now) ?? checkStrength(authority, isRoot) ?? checkConstraints(authority.facts, level);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function checkDates(facts: CertificateFacts, now: Instant): TrustFailure | undefined {
  if (now < facts.notBefore) return { code: 'notYetValid', detail: 'certificaat is nog niet geldig' };
  return now > facts.notAfter ? { code: 'expired', detail: 'certificaat is verlopen' } : undefined;
}

const CURVES = new Set([
  'prime256v1',
  'secp384r1',
  'secp521r1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
]);

/** RSA from 2048 bits (below 3072 is worth a warning elsewhere), the curves of §1.3; the root vouches for itself. */
function checkStrength({ facts, key }: Authority, isRoot: boolean): TrustFailure | undefined {
  if (!isRoot && facts.signatureAlgorithm === undefined) {
    return { code: 'weak', detail: 'certificaat is ondertekend met een algoritme dat niet is toegestaan' };
  }
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const isStrong =
    modulusLength !== undefined
      ? modulusLength >= 2048
      : namedCurve !== undefined
        ? CURVES.has(namedCurve)
        : key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448';
  return isStrong ? undefined : { code: 'weak', detail: 'sleutel van het certificaat is te zwak' };
}

function checkConstraints(facts: CertificateFacts, level: number): TrustFailure | undefined {
  if (facts.unknownCritical.length > 0) {
    return { code: 'purpose', detail: `certificaat heeft een onbekende kritieke extensie ${facts.unknownCritical[0]}` };
  }
  const limit = facts.basicConstraints?.pathLength;
  const tooLong = level > 0 && limit !== undefined && level - 1 > limit;
  return tooLong ? { code: 'purpose', detail: 'certificaatketen is langer dan de uitgever toestaat' } : undefined;
}

/** Every certificate below the root against its issuer's lists; gives the ends of the lists it rests on. */
function checkRevocation(path: readonly Authority[], query: TrustQuery): Result<readonly Instant[], TrustFailure> {
  const ends: Instant[] = [];
  for (const [level, child] of path.entries()) {
    const issuer = path[level + 1];
    if (issuer === undefined) continue;
    const lists = query.trust.crlsOf(issuer).filter((crl) => isInScope(crl, child.facts));
    const fresh = lists.filter((crl) => crl.thisUpdate <= query.now && query.now < crl.nextUpdate);
    const name = issuer.facts.subject;
    if (lists.length === 0) return fail({ code: 'crlMissing', detail: `geen geldige intrekkingslijst van ${name}` });
    if (fresh.length === 0)
      return fail({ code: 'crlStale', detail: `intrekkingslijst van ${name} is niet meer actueel` });
    if (fresh.some((crl) => crl.isRevoked(child.facts.serialKey))) {
      return fail({ code: 'revoked', detail: `certificaat is ingetrokken volgens de lijst van ${name}` });
    }
    ends.push(Math.max(...fresh.map((crl) => crl.nextUpdate)));
  }
  return ok(ends);
}

function isInScope(crl: Crl, facts: CertificateFacts): boolean {
  const { onlyUsers, onlyAuthorities, distributionPoint } = crl.scope;
  const isAuthority = facts.basicConstraints?.ca === true;
  if ((onlyUsers && isAuthority) || (onlyAuthorities && !isAuthority)) return false;
  return distributionPoint === undefined || facts.crlDistributionPoints?.includes(distributionPoint) === true;
}
