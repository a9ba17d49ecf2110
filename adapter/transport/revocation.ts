// Reads certificate revocation lists from DER and proves who signed them; 20,000 entries are read in milliseconds.
import type { KeyObject } from 'node:crypto';
import { fail, type Instant, ok, type Result } from '../base/index.ts';
import { DerError, DerReader, readTime, TAG } from './der.ts';
import { EXTENSION, readExtensions } from './extensions.ts';
import { checkSignature, readSignatureAlgorithm } from './signature-algorithm.ts';

/** Which certificates a list speaks about (issuingDistributionPoint); everything when there is none. */
export interface CrlScope {
  readonly onlyUsers: boolean;
  readonly onlyAuthorities: boolean;
  /** DER of the distribution point's name; the certificate must name the same one. */
  readonly distributionPoint: Buffer | undefined;
}

export interface Crl {
  readonly issuerName: Buffer;
  readonly thisUpdate: Instant;
  /** A list without nextUpdate is refused: it could never go stale (security sheet §2.6). */
  readonly nextUpdate: Instant;
  readonly scope: CrlScope;
  readonly entries: number;
  /** `serialKey`: the serial number's octets, one character per octet, as `CertificateFacts.serialKey`. */
  isRevoked(serialKey: string): boolean;
  /** True when this key made the list's signature. */
  isSignedBy(issuerKey: KeyObject): boolean;
}

const MAX_CRL_BYTES = 32 * 1024 * 1024;

/** Reads one CRL. Delta lists, indirect lists and lists limited to some reasons are refused: they cannot prove absence. */
export function readCrl(input: Uint8Array): Result<Crl, string> {
  if (input.length > MAX_CRL_BYTES) return fail('intrekkingslijst is groter dan 32 MB');
  try {
    return readCertificateList(Buffer.from(input.buffer, input.byteOffset, input.byteLength));
  } catch (error) {
    if (error instanceof DerError) return fail('intrekkingslijst is niet leesbaar');
    throw error;
  }
}

function readCertificateList(der: Buffer): Result<Crl, string> {
  const outer = new DerReader(der);
  const list = outer.enter(TAG.sequence);
  outer.expectEnd();
  const tbsElement = list.next(TAG.sequence);
  const algorithmElement = list.next(TAG.sequence);
  const algorithm = readSignatureAlgorithm(list.inside(algorithmElement));
  const signature = list.content(list.next(TAG.bitString));
  list.expectEnd();
  if (algorithm === undefined) return fail('intrekkingslijst is ondertekend met een algoritme dat niet is toegestaan');
  const tbs = list.inside(tbsElement);
  tbs.optional(TAG.integer);
  // RFC 5280 §5.1.1.2: the algorithm outside the signature is the one inside; and a signature has whole octets.
  const isSame = tbs.whole(tbs.next(TAG.sequence)).equals(list.whole(algorithmElement));
  if (!isSame || signature[0] !== 0) throw new DerError('signature algorithm differs inside and outside');
  const issuerName = tbs.whole(tbs.next(TAG.sequence));
  const thisUpdate = readTime(tbs, tbs.next());
  if (tbs.peek() !== TAG.utcTime && tbs.peek() !== TAG.generalizedTime)
    return fail('intrekkingslijst zonder nextUpdate');
  const nextUpdate = readTime(tbs, tbs.next());
  const entries = readEntries(tbs);
  const scope = readScope(tbs);
  if (!entries.ok) return entries;
  if (!scope.ok) return scope;
  const signedBytes = list.whole(tbsElement);
  return ok({
    issuerName,
    thisUpdate,
    nextUpdate,
    scope: scope.value,
    entries: entries.value.size,
    isRevoked: (serialKey) => entries.value.has(serialKey),
    isSignedBy: (key) => checkSignature(algorithm, key, signedBytes, signature.subarray(1)),
  });
}

function readEntries(tbs: DerReader): Result<ReadonlySet<string>, string> {
  const serials = new Set<string>();
  const list = tbs.optional(TAG.sequence);
  if (list === undefined) return ok(serials);
  const { bytes } = tbs;
  const entries = tbs.inside(list);
  while (!entries.done) {
    const entry = entries.next(TAG.sequence);
    const fields = entries.inside(entry);
    const serial = fields.next(TAG.integer);
    fields.next();
    if (!fields.done && hasUnknownCritical(fields)) return fail('intrekkingslijst met een onbekende kritieke extensie');
    serials.add(bytes.toString('latin1', serial.from, serial.to));
  }
  return ok(serials);
}

const ENTRY_EXTENSIONS: ReadonlySet<string> = new Set([EXTENSION.reasonCode, EXTENSION.invalidityDate]);

function hasUnknownCritical(fields: DerReader): boolean {
  return readExtensions(fields.enter(TAG.sequence)).some((e) => e.critical && !ENTRY_EXTENSIONS.has(e.oid));
}

function readScope(tbs: DerReader): Result<CrlScope, string> {
  let scope: CrlScope = { onlyUsers: false, onlyAuthorities: false, distributionPoint: undefined };
  const wrapper = tbs.optional(0xa0);
  tbs.expectEnd();
  if (wrapper === undefined) return ok(scope);
  for (const extension of readExtensions(tbs.inside(wrapper).enter(TAG.sequence))) {
    if (extension.oid === EXTENSION.issuingDistributionPoint) {
      const read = readDistributionPoint(extension.value);
      if (read === undefined) return fail('intrekkingslijst is indirect of beperkt tot bepaalde redenen');
      scope = read;
    } else if (extension.critical) {
      return fail('intrekkingslijst met een onbekende kritieke extensie (bijvoorbeeld een delta)');
    }
  }
  return ok(scope);
}

/** [0] name, [1] users only, [2] authorities only; [3] some reasons, [4] indirect and [5] attributes are refused. */
function readDistributionPoint(value: Buffer): CrlScope | undefined {
  const fields = new DerReader(value).enter(TAG.sequence);
  const name = fields.optional(0xa0);
  const onlyUsers = fields.optional(0x81) !== undefined;
  const onlyAuthorities = fields.optional(0x82) !== undefined;
  if (!fields.done) return undefined;
  return { onlyUsers, onlyAuthorities, distributionPoint: name === undefined ? undefined : fields.content(name) };
}
