// The references that an Acknowledgment carries, and whether they are those of what we sent (R92, R94).
import { createHash } from 'node:crypto';
import { type DigestReference, NS, type SignedDigest } from '../base/index.ts';
import { type CanonicalXml, canonicalWriter, findAll, type Markup } from '../xml/index.ts';
import { C14N, DIGESTS, ENVELOPED, NOT_NEXT_ACTOR, XPATH } from './algorithms.ts';
import { envelopeOctets } from './octets.ts';
import { takeApart, toDigestReference, Unacceptable } from './structure.ts';
import type { SignedPart } from './types.ts';

/** Writes ds: elements that stand on their own; SOAP is declared because the XPath names it. */
const w = canonicalWriter({ SOAP: NS.soap, ds: NS.ds });

/** The envelope's reference with the agreed transforms, or a part's without any (R54, R57). */
export function writeReference(uri: string, digestMethod: string, digest: Buffer): string {
  return w.root('ds:Reference', { URI: uri }, ...contentOf(uri, digestMethod, digest.toString('base64')));
}

/** A reference of ours as it stands inside a SignedInfo of ours, where its namespaces are declared already. */
export function embeddedReference({ uri, digestMethod, digestValue }: SignedDigest): Markup {
  return w.element('ds:Reference', { URI: uri }, ...contentOf(uri, digestMethod, digestValue));
}

function contentOf(uri: string, digestMethod: string, digestValue: string): readonly Markup[] {
  const transforms =
    uri === ''
      ? [
          w.element(
            'ds:Transforms',
            {},
            w.element('ds:Transform', { Algorithm: ENVELOPED }),
            w.element('ds:Transform', { Algorithm: XPATH }, w.leaf('ds:XPath', {}, NOT_NEXT_ACTOR)),
            w.element('ds:Transform', { Algorithm: C14N }),
          ),
        ]
      : [];
  return [
    ...transforms,
    w.element('ds:DigestMethod', { Algorithm: digestMethod }),
    w.leaf('ds:DigestValue', {}, digestValue),
  ];
}

/** References equal to those a signature would have had: for a signed acknowledgment of an unsigned message (R92). */
export async function computeReferences(
  xml: CanonicalXml,
  parts: readonly SignedPart[],
  digestMethod: string,
): Promise<readonly DigestReference[]> {
  const hash = DIGESTS[digestMethod]?.hash;
  if (hash === undefined) throw new Error(`digest method ${digestMethod} is not supported`);
  const envelope = envelopeOctets(xml, undefined, true, { kind: 'inclusive' }) ?? '';
  const references = [reference('', digestMethod, createHash(hash).update(envelope, 'utf8').digest())];
  for (const part of parts) references.push(reference(cidOf(part.contentId), digestMethod, await part.digest(hash)));
  return references;
}

export function reference(uri: string, digestMethod: string, digest: Buffer): DigestReference {
  return { uri, digestMethod, digestValue: digest.toString('base64'), xml: writeReference(uri, digestMethod, digest) };
}

/** `cid:` URI of a Content-ID, percent-encoded where RFC 2392 asks for it. */
export const cidOf = (contentId: string): string =>
  `cid:${encodeURI(contentId).replaceAll('#', '%23').replaceAll('?', '%3F')}`;

/** The references of the envelope's signature, unchanged; none when there is no signature that can be read. */
export function digestReferencesOf(xml: CanonicalXml): readonly DigestReference[] {
  if (findAll(xml.root, NS.ds, 'SignedInfo').length === 0) return [];
  try {
    return takeApart(xml).references.map((one) => toDigestReference(one, xml));
  } catch (error) {
    if (error instanceof Unacceptable) return [];
    throw error;
  }
}
