// Key, certificate, trusted authorities and revocation lists of one side of a connection, checked before they are used.
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { fail, hasError, type Instant, type Issue, ok, type Result } from '../base/index.ts';
import { type CertificateFacts, readCertificate } from './certificate.ts';
import { errorCode } from './error-code.ts';
import { derBlocks, toPem } from './pem.ts';
import { DEVELOPMENT_ORGANISATION, tlsPolicy } from './policy.ts';
import { asAuthority, createTrustStore, type TrustMaterial, type TrustStore } from './trust-store.ts';

export interface TlsMaterial extends TrustMaterial {
  /** PEM. */
  readonly key: string;
  readonly passphrase?: string;
  /** PEM: leaf first, then its intermediates. */
  readonly cert: string;
}

/** The same as paths of files. */
export interface TlsFiles {
  readonly key: string;
  readonly passphrase?: string;
  readonly cert: string;
  readonly ca: readonly string[];
  readonly crl: readonly string[];
  readonly revocation?: 'crl' | 'none';
}

export interface PreparedTls {
  /** For `tls.createSecureContext` and `https.createServer` alike. */
  readonly options: SecureContextOptions;
  readonly trust: TrustStore;
  /** Our own leaf. */
  readonly own: CertificateFacts;
}

/** Reads the files; every one that cannot be read is named with its path (row 100). */
export async function readTlsFiles(files: TlsFiles): Promise<Result<TlsMaterial, readonly Issue[]>> {
  const issues: Issue[] = [];
  const read = async (where: string, path: string): Promise<Buffer> => {
    try {
      return await readFile(path);
    } catch (error) {
      issues.push(problem(where, `bestand ${path} is niet leesbaar (${errorCode(error)})`));
      return Buffer.alloc(0);
    }
  };
  const key = (await read('key', files.key)).toString('latin1');
  const cert = (await read('cert', files.cert)).toString('latin1');
  const ca = await Promise.all(files.ca.map((path, i) => read(`ca[${i}]`, path)));
  const crl = await Promise.all(files.crl.map((path, i) => read(`crl[${i}]`, path)));
  if (issues.length > 0) return fail(issues);
  const { passphrase, revocation } = files;
  return ok({
    key,
    cert,
    ca,
    crl,
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(revocation === undefined ? {} : { revocation }),
  });
}

/** Turns material into TLS options; fails when anything is unreadable or key and certificate do not belong together. */
export function prepareTls(material: TlsMaterial): Result<PreparedTls, readonly Issue[]> {
  const trust = createTrustStore(material);
  const [leaf] = derBlocks(material.cert, 'CERTIFICATE');
  const own = leaf === undefined ? fail('bevat geen certificaat') : readCertificate(leaf);
  const issues = [...(trust.ok ? [] : trust.error), ...(own.ok ? [] : [problem('cert', own.error)])];
  if (!trust.ok || !own.ok) return fail(issues);
  const options = secureOptions(material, trust.value);
  try {
    createSecureContext(options);
  } catch (error) {
    return fail([problem('key', `sleutel en certificaat zijn samen niet bruikbaar (${errorCode(error)})`)]);
  }
  return ok({ options, trust: trust.value, own: own.value });
}

/** node:tls reads one CRL per element, so bundles are split and DER becomes PEM. */
function secureOptions(material: TlsMaterial, trust: TrustStore): SecureContextOptions {
  const crl = material.crl.flatMap((file) => derBlocks(file, 'X509 CRL').map((der) => toPem(der, 'X509 CRL')));
  return {
    ...tlsPolicy(),
    key: material.key,
    cert: material.cert,
    ca: trust.authorities.map(({ facts }) => toPem(facts.der, 'CERTIFICATE')),
    ...(trust.revocation === 'none' ? {} : { crl }),
    ...(material.passphrase === undefined ? {} : { passphrase: material.passphrase }),
  };
}

/** What an operator should know about material in use. */
export interface MaterialReport {
  /** Errors stop a production start; warnings are told. */
  readonly issues: readonly Issue[];
  readonly ownNotAfter: Instant;
  /** The first revocation list to go stale; undefined without lists. */
  readonly crlNextUpdate: Instant | undefined;
}

const DAY_MS = 86_400_000;

/** Reports ends, strength and origin of prepared material (rows 88, 91; security sheet §1.3, §3.1). */
export function reportMaterial(prepared: PreparedTls, now: Instant): MaterialReport {
  const { own, trust } = prepared;
  const crlEnds = trust.crls.map((crl) => crl.nextUpdate);
  return {
    issues: [...ownIssues(own, now), ...crlIssues(crlEnds, now)],
    ownNotAfter: own.notAfter,
    crlNextUpdate: crlEnds.length === 0 ? undefined : Math.min(...crlEnds),
  };
}

/** True when a certificate in this PEM or DER comes from `dk certs dev`; a leaf shows it by the name of its issuer. */
export function holdsDevelopment(file: string | Uint8Array): boolean {
  return derBlocks(file, 'CERTIFICATE').some((der) => {
    const facts = readCertificate(der);
    return facts.ok && isDevelopment(facts.value);
  });
}

const isDevelopment = ({ subjectName, issuerName }: CertificateFacts): boolean =>
  [subjectName, issuerName].some((name) => name.includes(DEVELOPMENT_ORGANISATION));

function ownIssues(own: CertificateFacts, now: Instant): Issue[] {
  const bits = asAuthority(own)?.key.asymmetricKeyDetails?.modulusLength;
  const days = Math.floor((own.notAfter - now) / DAY_MS);
  return [
    ...(own.oin === undefined ? [problem('cert', 'certificaat bevat geen OIN in subject.serialNumber', 'PKI001')] : []),
    ...(now < own.notBefore || now > own.notAfter
      ? [problem('cert', 'eigen certificaat is niet geldig', 'PKI002')]
      : []),
    ...(days >= 0 && days < 90 ? [warning('cert', `eigen certificaat verloopt over ${days} dagen`, 'row 88')] : []),
    ...(bits !== undefined && bits < 3072
      ? [warning('cert', `RSA-sleutel van ${bits} bits; 3072 wordt aangeraden`, 'TLSCIPH001')]
      : []),
  ];
}

function crlIssues(ends: readonly Instant[], now: Instant): Issue[] {
  const stale = ends.filter((end) => end <= now).length;
  return stale === 0
    ? []
    : [problem('crl', `${stale} intrekkingslijst(en) niet meer actueel: die certificaten worden geweigerd`)];
}

function problem(where: string, detail: string, rule = 'row 100'): Issue {
  return { code: 'CertificateConfig', severity: 'Error', where, detail, rule };
}

function warning(where: string, detail: string, rule: string): Issue {
  return { code: 'CertificateConfig', severity: 'Warning', where, detail, rule };
}

/** Thrown where broken material can only be a start-up failure; a reload gets the issues as a value instead. */
export class TransportConfigError extends Error {
  override readonly name = 'TransportConfigError';
  readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[]) {
    super(issues.map(({ where, detail }) => `${where}: ${detail}`).join('; '));
    this.issues = issues;
  }
}

export function orThrow<T>(result: Result<T, readonly Issue[]>): T {
  if (result.ok) return result.value;
  if (!hasError(result.error)) throw new Error('a failure without an error among its issues');
  throw new TransportConfigError(result.error);
}
