// The extensions of certificates and CRLs that a judgement needs; critical ones we do not know are named.
import { DerError, DerReader, readOid, TAG } from './der.ts';

/** `2.5.29.x` numbers in use. */
export const EXTENSION = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  issuingDistributionPoint: '2.5.29.28',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

export interface RawExtension {
  readonly oid: string;
  readonly critical: boolean;
  /** Content of the OCTET STRING. */
  readonly value: Buffer;
}

/** Reads `SEQUENCE OF Extension`; at most 64, none twice (RFC 5280 §4.2). */
export function readExtensions(list: DerReader): readonly RawExtension[] {
  const found = new Map<string, RawExtension>();
  while (!list.done) {
    const fields = list.enter(TAG.sequence);
    const oid = readOid(fields.content(fields.next(TAG.oid)));
    const flag = fields.optional(TAG.boolean);
    const critical = flag !== undefined && fields.content(flag)[0] !== 0;
    const value = fields.content(fields.next(TAG.octetString));
    if (found.has(oid) || found.size >= 64) throw new DerError('extension twice or too many');
    found.set(oid, { oid, critical, value });
  }
  return [...found.values()];
}

/** Bits of KeyUsage, named as RFC 5280 §4.2.1.3 does. */
export interface KeyUsage {
  readonly digitalSignature: boolean;
  readonly nonRepudiation: boolean;
  readonly keyCertSign: boolean;
  readonly cRLSign: boolean;
}

export function readKeyUsage(value: Buffer): KeyUsage {
  const reader = new DerReader(value);
  const bits = reader.content(reader.next(TAG.bitString));
  const first = bits[1] ?? 0;
  return {
    digitalSignature: (first & 0x80) !== 0,
    nonRepudiation: (first & 0x40) !== 0,
    keyCertSign: (first & 0x04) !== 0,
    cRLSign: (first & 0x02) !== 0,
  };
}

export function readExtendedKeyUsage(value: Buffer): readonly string[] {
  const list = new DerReader(value).enter(TAG.sequence);
  const usages: string[] = [];
  while (!list.done && usages.length < 64) usages.push(readOid(list.content(list.next(TAG.oid))));
  return usages;
}

export interface BasicConstraints {
  readonly ca: boolean;
  readonly pathLength: number | undefined;
}

export function readBasicConstraints(value: Buffer): BasicConstraints {
  const fields = new DerReader(value).enter(TAG.sequence);
  const flag = fields.optional(TAG.boolean);
  const length = fields.optional(TAG.integer);
  const ca = flag !== undefined && fields.content(flag)[0] !== 0;
  return { ca, pathLength: length === undefined ? undefined : readSmall(fields.content(length)) };
}

function readSmall(octets: Buffer): number {
  const [value] = octets;
  if (octets.length !== 1 || value === undefined || value > 0x7f) throw new DerError('number out of range');
  return value;
}
