// What a certificate says about itself, read from its DER: names, OIN, dates, uses. Reading proves nothing; trust.ts does.
import { createHash } from 'node:crypto';
import { fail, type Instant, ok, type Result } from '../base/index.ts';
import { type DerElement, DerError, DerReader, expectDer, readOid, readTime, TAG } from './der.ts';
import {
  type BasicConstraints,
  EXTENSION,
  type KeyUsage,
  type RawExtension,
  readBasicConstraints,
  readExtendedKeyUsage,
  readExtensions,
  readKeyUsage,
} from './extensions.ts';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts';

export interface CertificateFacts {
  readonly der: Buffer;
  /** Lower-case hex SHA-256 of the DER. */
  readonly fingerprint: string;
  /** Upper-case hex of the serial number's octets, without a leading zero octet. */
  readonly serial: string;
  /** Octets of the serial number as they stand, one character per octet: the key of revocation lists. */
  readonly serialKey: string;
  readonly issuerName: Buffer;
  readonly subjectName: Buffer;
  /** `CN=…, O=…, serialNumber=…` in the order of the certificate; control characters removed. */
  readonly subject: string;
  readonly organisations: readonly string[];
  /** subject.serialNumber when there is exactly one and it has the form of an OIN (PKI001). */
  readonly oin: string | undefined;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** Undefined when the issuer signed with something that is not allowed (SHA-1, MD5, unknown). */
  readonly signatureAlgorithm: SignatureAlgorithm | undefined;
  readonly basicConstraints: BasicConstraints | undefined;
  readonly keyUsage: KeyUsage | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly subjectAltName: boolean;
  readonly crlDistributionPoints: Buffer | undefined;
  /** Critical extensions that this reader does not know: such a certificate must not be relied on (RFC 5280 §4.2). */
  readonly unknownCritical: readonly string[];
}

const MAX_CERTIFICATE_BYTES = 32 * 1024;
/** 8 digits of prefix and 12 positions; BRIN numbers hold letters (security sheet §3.1). */
const OIN = /^[0-9]{8}[0-9A-Z]{12}$/;

const KNOWN_CRITICAL: ReadonlySet<string> = new Set([
  EXTENSION.keyUsage,
  EXTENSION.basicConstraints,
  EXTENSION.extendedKeyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.certificatePolicies,
]);

/** Reads one X.509 certificate; the failure is a short reason without its content. */
export function readCertificate(der: Uint8Array): Result<CertificateFacts, string> {
  if (der.length > MAX_CERTIFICATE_BYTES) return fail('certificaat is groter dan 32 kB');
  try {
    return ok(readTbs(Buffer.from(der)));
  } catch (error) {
    if (error instanceof DerError) return fail('certificaat is niet leesbaar');
    throw error;
  }
}

function readTbs(der: Buffer): CertificateFacts {
  // OpenSSL takes more than DER and writes it anew: its octets, and so its fingerprint, would be others than ours.
  expectDer(new DerReader(der));
  const outer = new DerReader(der);
  const certificate = outer.enter(TAG.sequence);
  outer.expectEnd();
  const tbs = certificate.enter(TAG.sequence);
  tbs.optional(0xa0);
  const serial = tbs.content(tbs.next(TAG.integer));
  tbs.next(TAG.sequence);
  const issuer = tbs.next(TAG.sequence);
  const validity = tbs.enter(TAG.sequence);
  const notBefore = readTime(validity, validity.next());
  const notAfter = readTime(validity, validity.next());
  const subject = tbs.next(TAG.sequence);
  tbs.next(TAG.sequence);
  const attributes = readName(tbs, subject);
  return {
    der,
    fingerprint: createHash('sha256').update(der).digest('hex'),
    serial: serialText(serial),
    serialKey: serial.toString('latin1'),
    issuerName: tbs.whole(issuer),
    subjectName: tbs.whole(subject),
    subject: attributes.map(({ oid, value }) => `${ATTRIBUTE_NAMES[oid] ?? oid}=${value}`).join(', '),
    organisations: attributes.filter(({ oid }) => oid === ATTRIBUTE.organisation).map(({ value }) => value),
    oin: oinOf(attributes),
    notBefore,
    notAfter,
    signatureAlgorithm: readSignatureAlgorithm(certificate.enter(TAG.sequence)),
    ...extensionFacts(tbs),
  };
}

type ExtensionFacts = Pick<
  CertificateFacts,
  'basicConstraints' | 'keyUsage' | 'extendedKeyUsage' | 'subjectAltName' | 'crlDistributionPoints' | 'unknownCritical'
>;

function extensionFacts(tbs: DerReader): ExtensionFacts {
  const extensions = new Map(extensionsOf(tbs).map((extension) => [extension.oid, extension]));
  const read = <T>(oid: string, how: (value: Buffer) => T): T | undefined => {
    const extension = extensions.get(oid);
    return extension === undefined ? undefined : how(extension.value);
  };
  return {
    basicConstraints: read(EXTENSION.basicConstraints, readBasicConstraints),
    keyUsage: read(EXTENSION.keyUsage, readKeyUsage),
    extendedKeyUsage: read(EXTENSION.extendedKeyUsage, readExtendedKeyUsage),
    subjectAltName: extensions.has(EXTENSION.subjectAltName),
    crlDistributionPoints: extensions.get(EXTENSION.crlDistributionPoints)?.value,
    unknownCritical: [...extensions.values()].filter((e) => e.critical && !KNOWN_CRITICAL.has(e.oid)).map((e) => e.oid),
  };
}

/** Skips the two unique identifiers of version 2 and reads the list of version 3. */
function extensionsOf(tbs: DerReader): readonly RawExtension[] {
  tbs.optional(0x81);
  tbs.optional(0x82);
  const wrapper = tbs.optional(0xa3);
  tbs.expectEnd();
  return wrapper === undefined ? [] : readExtensions(tbs.inside(wrapper).enter(TAG.sequence));
}

const ATTRIBUTE = { serialNumber: '2.5.4.5', organisation: '2.5.4.10' } as const;
const ATTRIBUTE_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.97': 'organizationIdentifier',
};

interface NameAttribute {
  readonly oid: string;
  readonly value: string;
}

function readName(reader: DerReader, name: DerElement): NameAttribute[] {
  const attributes: NameAttribute[] = [];
  const sets = reader.inside(name);
  while (!sets.done) {
    const set = sets.enter(TAG.set);
    while (!set.done) {
      const pair = set.enter(TAG.sequence);
      const oid = readOid(pair.content(pair.next(TAG.oid)));
      attributes.push({ oid, value: readText(pair, pair.next()) });
      if (attributes.length > 64) throw new DerError('name too long');
    }
  }
  return attributes;
}

const UTF8_STRING = 0x0c;
const BMP_STRING = 0x1e;
/** NumericString, PrintableString, TeletexString, IA5String: OpenSSL reads one octet as one character in each. */
const ONE_OCTET_STRINGS: ReadonlySet<number> = new Set([0x12, 0x13, 0x14, 0x16]);

/** Control characters become spaces (log safety). What is no text has none: its octets could look like an OIN. */
function readText(reader: DerReader, element: DerElement): string {
  return onOneLine(decodeText(element.tag, reader.content(element)));
}

function decodeText(tag: number, content: Buffer): string {
  if (tag === UTF8_STRING) return content.toString('utf8');
  if (ONE_OCTET_STRINGS.has(tag)) return content.toString('latin1');
  if (tag === BMP_STRING && content.length % 2 === 0) return Buffer.from(content).swap16().toString('utf16le');
  return '';
}

const MAX_NAME_VALUE = 256;

/** A value of a name as facts hold it: control characters as spaces, cut at 256 characters. */
export const onOneLine = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ').slice(0, MAX_NAME_VALUE);

/** Two serial numbers in one subject would let the reader choose: then there is no OIN. */
function oinOf(attributes: readonly NameAttribute[]): string | undefined {
  const values = attributes.filter(({ oid }) => oid === ATTRIBUTE.serialNumber).map(({ value }) => value);
  const [value] = values;
  return values.length === 1 && value !== undefined && OIN.test(value) ? value : undefined;
}

function serialText(octets: Buffer): string {
  const trimmed = octets.length > 1 && octets[0] === 0 ? octets.subarray(1) : octets;
  return trimmed.toString('hex').toUpperCase();
}
