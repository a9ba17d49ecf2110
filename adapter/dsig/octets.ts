// The octets that were signed, cut out of the canonical text: what is read is what was hashed (speed.md, point 1).
import { ACTOR, NS } from '../base/index.ts';
import {
  attribute,
  type CanonicalXml,
  declaredSubset,
  descendants,
  exclusiveCanonical,
  inclusiveSubset,
  readXml,
  type XmlElement,
} from '../xml/index.ts';
import type { Canonicalization } from './structure.ts';

/** The envelope without its signature and, when filtered, without what is addressed to the next node (R54, R55). */
export function envelopeOctets(
  xml: CanonicalXml,
  signature: XmlElement | undefined,
  filtered: boolean,
  canonicalization: Canonicalization,
): string | undefined {
  const without = [...(signature === undefined ? [] : [signature]), ...(filtered ? forNextNode(xml) : [])];
  const text = cut(xml.text, without);
  if (canonicalization.kind === 'inclusive') return text;
  const exclusive = exclusiveCanonical(Buffer.from(text, 'utf8'), canonicalization.prefixes);
  return exclusive.ok ? exclusive.value : undefined;
}

/** SignedInfo as a document of its own. */
export function signedInfoOctets(
  xml: CanonicalXml,
  signedInfo: XmlElement,
  canonicalization: Canonicalization,
): string | undefined {
  if (canonicalization.kind === 'inclusive') return inclusiveSubset(xml, signedInfo);
  const declared = declaredSubset(xml, signedInfo);
  const exclusive = exclusiveCanonical(Buffer.from(declared, 'utf8'), canonicalization.prefixes);
  return exclusive.ok ? exclusive.value : undefined;
}

/** An XML part in the canonical form its reference asks for; undefined when it is no XML that we read. */
export function partOctets(bytes: Uint8Array, canonicalization: Canonicalization): string | undefined {
  if (canonicalization.kind === 'exclusive') {
    const exclusive = exclusiveCanonical(bytes, canonicalization.prefixes);
    return exclusive.ok ? exclusive.value : undefined;
  }
  const read = readXml(bytes);
  return read.ok ? read.value.text : undefined;
}

/** Whole elements only, so that leaving them out of the canonical text is the same as leaving them out of the document. */
export function forNextNode(xml: CanonicalXml): XmlElement[] {
  const found: XmlElement[] = [];
  for (const element of descendants(xml.root)) {
    const actor = attribute(element, NS.soap, 'actor');
    if (actor === ACTOR.next || actor === ACTOR.nextMsh) found.push(element);
  }
  return found;
}

function cut(text: string, elements: readonly XmlElement[]): string {
  const ranges = [...elements].sort((a, b) => a.start - b.start);
  let kept = '';
  let at = 0;
  for (const { start, end } of ranges) {
    if (start < at) continue;
    kept += text.slice(at, start);
    at = end;
  }
  return kept + text.slice(at);
}
