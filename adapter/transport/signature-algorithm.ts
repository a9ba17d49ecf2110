// The signature algorithms that certificates and revocation lists may bear, and the check of such a signature.
import { constants, type KeyObject, verify } from 'node:crypto';
import { type DerReader, readOid, TAG } from './der.ts';

export interface SignatureAlgorithm {
  /** node:crypto name; undefined for Ed25519 and Ed448, which hash by themselves. */
  readonly hash: string | undefined;
  readonly family: 'rsa' | 'ec' | 'ed';
  /** Present for RSASSA-PSS, as the G4 line uses it. */
  readonly pssSaltLength?: number;
}

/** SHA-256 and up only (security sheet §1.3): anything else is not in the table and therefore not accepted. */
const ALGORITHMS: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.113549.1.1.11': { family: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { family: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { family: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { family: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { family: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { family: 'ec', hash: 'sha512' },
  '1.3.101.112': { family: 'ed', hash: undefined },
  '1.3.101.113': { family: 'ed', hash: undefined },
};
const RSASSA_PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Reads the content of an AlgorithmIdentifier; undefined when it is not in the table. Throws DerError on junk. */
export function readSignatureAlgorithm(fields: DerReader): SignatureAlgorithm | undefined {
  const oid = readOid(fields.content(fields.next(TAG.oid)));
  return oid === RSASSA_PSS ? readPss(fields) : ALGORITHMS[oid];
}

/** RSASSA-PSS-params; absent fields mean SHA-1 and are refused, and MGF1 must use the same hash. */
function readPss(fields: DerReader): SignatureAlgorithm | undefined {
  const params = fields.enter(TAG.sequence);
  const hash = params.optional(0xa0);
  const mask = params.optional(0xa1);
  const salt = params.optional(0xa2);
  if (hash === undefined || mask === undefined || salt === undefined) return undefined;
  const name = readHash(params.inside(hash));
  const mgf = params.inside(mask).enter(TAG.sequence);
  const isMgf1 = readOid(mgf.content(mgf.next(TAG.oid))) === MGF1;
  const length = params.inside(salt);
  const octets = length.content(length.next(TAG.integer));
  if (name === undefined || !isMgf1 || readHash(mgf) !== name || octets.length !== 1) return undefined;
  return { family: 'rsa', hash: name, pssSaltLength: octets[0] ?? 0 };
}

function readHash(reader: DerReader): string | undefined {
  const algorithm = reader.enter(TAG.sequence);
  return HASHES[readOid(algorithm.content(algorithm.next(TAG.oid)))];
}

const FAMILIES: Readonly<Record<string, SignatureAlgorithm['family']>> = {
  rsa: 'rsa',
  'rsa-pss': 'rsa',
  ec: 'ec',
  ed25519: 'ed',
  ed448: 'ed',
};

/** True when `key` made `signature` over `bytes` with this algorithm; a key of another family is simply no match. */
export function checkSignature(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  bytes: Buffer,
  signature: Buffer,
): boolean {
  const { family, hash, pssSaltLength } = algorithm;
  if (FAMILIES[key.asymmetricKeyType ?? ''] !== family) return false;
  if (pssSaltLength === undefined) return verify(hash, bytes, key, signature);
  return verify(hash, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pssSaltLength }, signature);
}
