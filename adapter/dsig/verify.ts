// Verifies the signature of an envelope and says what it covers; the key is the CPA's, KeyInfo is never read (R63, row 147).
import { createHash, type KeyObject, verify } from 'node:crypto';
import { NS } from '../base/index.ts';
import { type CanonicalXml, child, childrenOf } from '../xml/index.ts';
import { DIGESTS, SIGNATURES } from './algorithms.ts';
import { publicKeyOf } from './keys.ts';
import { envelopeOctets, partOctets, signedInfoOctets } from './octets.ts';
import {
  contentIdOf,
  type ReferenceParts,
  type SignatureParts,
  takeApart,
  toDigestReference,
  Unacceptable,
} from './structure.ts';
import type { ReferenceVerdict, SignaturePolicy, SignatureVerdict, SignedPart } from './types.ts';

/** Of all parts of one message together: a part may be anything, and its worst canonical form takes a second for 4 MB (row 148). */
const MOST_CANONICAL_BYTES = 2 * 1024 * 1024;

/**
 * The verdict on the message's signature with the certificate (DER) that the CPA gives. Shape and algorithms are judged
 * before anything is computed, then SignatureValue: whoever lacks the key makes us canonicalise nothing but SignedInfo. Every
 * reference is judged as far as that goes, so that the operator sees which part differs (row 139).
 */
export async function verifySignature(
  xml: CanonicalXml,
  parts: readonly SignedPart[],
  certificateDer: Uint8Array,
  policy: SignaturePolicy,
): Promise<SignatureVerdict> {
  const header = child(xml.root, NS.soap, 'Header');
  if (header === undefined || childrenOf(header, NS.ds, 'Signature').length === 0) return { kind: 'absent' };
  try {
    const taken = takeApart(xml);
    const key = publicKeyOf(certificateDer);
    if (typeof key === 'string') return { kind: 'invalid', reason: key, references: [] };
    return await judge(xml, taken, parts, { key, policy });
  } catch (error) {
    if (error instanceof Unacceptable) return { kind: 'invalid', reason: error.message, references: [] };
    throw error;
  }
}

async function judge(
  xml: CanonicalXml,
  taken: SignatureParts,
  parts: readonly SignedPart[],
  by: { readonly key: KeyObject; readonly policy: SignaturePolicy },
): Promise<SignatureVerdict> {
  const fits = valueFits(xml, taken, by.key);
  const budget = fits ? { left: MOST_CANONICAL_BYTES } : undefined;
  const references: ReferenceVerdict[] = [];
  for (const reference of taken.references)
    references.push(await judgeReference({ xml, taken, parts, budget }, reference));
  const bad = references.find(({ verdict }) => verdict !== 'valid' && verdict !== 'notJudged');
  if (bad !== undefined) {
    const what = bad.uri === '' ? 'the envelope' : bad.uri;
    return { kind: 'invalid', reason: `${what}: ${REASONS[bad.verdict]}`, references };
  }
  if (!fits)
    return {
      kind: 'invalid',
      reason: 'SignatureValue does not fit SignedInfo and the certificate of the CPA',
      references,
    };
  const weak =
    SIGNATURES[taken.signatureMethod]?.weak === true ||
    taken.references.some((reference) => DIGESTS[reference.digestMethod]?.weak === true);
  if (weak && !by.policy.allowSha1) {
    return { kind: 'invalid', reason: 'the signature is right but uses SHA-1, which policy refuses', references };
  }
  return {
    kind: 'valid',
    coveredParts: taken.references.flatMap((reference) => (reference.uri === '' ? [] : [contentIdOf(reference.uri)])),
    references,
    /** Made when a signed acknowledgment asks for them. */
    get digestReferences() {
      return taken.references.map((reference) => toDigestReference(reference, xml));
    },
    signatureMethod: taken.signatureMethod,
    digestMethods: [...new Set(taken.references.map((reference) => reference.digestMethod))],
  };
}

const REASONS: Readonly<Record<ReferenceVerdict['verdict'], string>> = {
  valid: 'valid',
  notJudged: 'not judged',
  digestMismatch: 'the digest differs, it was changed after signing',
  notResolved: 'the part is not in the message, or more than once',
  notAllowed: 'the transforms cannot be applied',
  tooLarge: 'too large to be canonicalised: at most 1 MB of a part and 2 MB of all together',
};

interface Judging {
  readonly xml: CanonicalXml;
  readonly taken: SignatureParts;
  readonly parts: readonly SignedPart[];
  /** Octets of parts that may still be canonicalised; undefined for a signer who has proved nothing. */
  readonly budget: { left: number } | undefined;
}

async function judgeReference(
  { xml, taken, parts, budget }: Judging,
  reference: ReferenceParts,
): Promise<ReferenceVerdict> {
  const { uri } = reference;
  const hash = DIGESTS[reference.digestMethod]?.hash ?? '';
  if (uri === '') {
    const canonicalization = reference.canonicalization ?? { kind: 'inclusive' };
    if (budget === undefined && canonicalization.kind !== 'inclusive') return { uri, verdict: 'notJudged' };
    const octets = envelopeOctets(xml, taken.signature, reference.filtered, canonicalization);
    return octets === undefined
      ? { uri, verdict: 'notAllowed' }
      : compare(uri, createHash(hash).update(octets, 'utf8').digest(), reference.digest);
  }
  const found = parts.filter((part) => part.contentId === contentIdOf(uri));
  const [part] = found;
  if (part === undefined || found.length > 1) return { uri, verdict: 'notResolved' };
  if (reference.canonicalization === undefined) return compare(uri, await part.digest(hash), reference.digest);
  if (budget === undefined) return { uri, verdict: 'notJudged' };
  const bytes = await withinBudget(part, budget);
  if (bytes === undefined) return { uri, verdict: 'tooLarge' };
  const octets = partOctets(bytes, reference.canonicalization);
  return octets === undefined
    ? { uri, verdict: 'notAllowed' }
    : compare(uri, createHash(hash).update(octets, 'utf8').digest(), reference.digest);
}

/** Undefined for what is too large, alone or beside what was canonicalised already. */
async function withinBudget(part: SignedPart, budget: { left: number }): Promise<Uint8Array | undefined> {
  const bytes = budget.left <= 0 ? undefined : await part.bytes?.();
  budget.left -= bytes?.length ?? 0;
  return budget.left < 0 ? undefined : bytes;
}

const compare = (uri: string, found: Buffer, expected: Buffer): ReferenceVerdict => ({
  uri,
  verdict: found.equals(expected) ? 'valid' : 'digestMismatch',
});

function valueFits(xml: CanonicalXml, taken: SignatureParts, key: KeyObject): boolean {
  const octets = signedInfoOctets(xml, taken.signedInfo, taken.canonicalization);
  const hash = SIGNATURES[taken.signatureMethod]?.hash;
  if (octets === undefined || hash === undefined) return false;
  return verify(hash, Buffer.from(octets, 'utf8'), key, taken.value);
}
