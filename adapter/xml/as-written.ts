// Text that is its own canonical form already is read as it was written: neither a parse nor a canonicalisation of libxml2.
import { NS } from '../base/index.ts';
import type { Utf8Document } from './encoding.ts';
import { LineCounter } from './line-counter.ts';
import { MAX_ATTRIBUTES_OF_ONE, MAX_NAMESPACE_WORK, MAX_NAMESPACES_IN_SCOPE } from './prescan.ts';
import { readCanonical, type SourceGuard, type StartTag } from './reader.ts';
import type { CanonicalXml, XmlLimits } from './types.ts';

/** Characters that XML 1.0 does not carry (valid UTF-8 holds no lone surrogates), and the carriage return, which canonical text escapes. */
const FOREIGN = /[\0-\x08\x0b-\x1f\ufffe\uffff]/;
/** Only ASCII names: which others XML allows is libxml2's business. */
const NAME = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;
const MAX_NAME = 1000;
/** Namespace names that nobody could read as a relative URI, or as no URI at all. */
const URI = /^(?:https?:\/\/[A-Za-z0-9.-]+(?:\/[\w./~-]*)?#?|urn:[A-Za-z0-9][\w:./-]*)$/;
/** These two may not be bound to a prefix of choice. */
const RESERVED: ReadonlySet<string> = new Set([NS.xml, 'http://www.w3.org/2000/xmlns/']);

/**
 * The document, when it is canonical as it stands but for an XML declaration and white space around the root, which is how
 * this program writes. Undefined for whatever is not so beyond doubt, right or wrong; libxml2 then says what it is. What is
 * read here has the text, the elements and the lines that libxml2 would have given.
 */
export function readAsWritten(
  { bytes, bodyAt }: Utf8Document,
  limits: XmlLimits,
  wantLines: boolean,
): CanonicalXml | undefined {
  if (bytes.length > limits.maxBytes) return undefined;
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  // The declaration is ASCII: its length in octets is that in characters.
  const start = skipBlanks(source, bodyAt);
  const text = source.slice(start, endOfRoot(source));
  const lines = wantLines ? new LineCounter(source) : undefined;
  const guard = new Guard(limits, (at) => lines?.lineOf(start + at));
  const xml = readCanonical(text, { guard });
  return xml === undefined || FOREIGN.test(text) ? undefined : { ...xml, marked: [] };
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function skipBlanks(source: string, from: number): number {
  let at = from;
  while (isBlank(source.charCodeAt(at))) at += 1;
  return at;
}

function endOfRoot(source: string): number {
  let end = source.length;
  while (end > 0 && isBlank(source.charCodeAt(end - 1))) end -= 1;
  return end;
}

/** The bounds of the look ahead (see prescan), or stricter ones: what is over them is left to it. */
class Guard implements SourceGuard {
  private readonly limits: XmlLimits;
  readonly lineOf: SourceGuard['lineOf'];
  private elements = 0;
  private attributes = 0;
  private declarations = 0;
  private namespaceWork = 0;

  constructor(limits: XmlLimits, lineOf: SourceGuard['lineOf']) {
    this.limits = limits;
    this.lineOf = lineOf;
  }

  isName(qname: string): boolean {
    return qname.length <= MAX_NAME && NAME.test(qname) && (!qname.startsWith('xml:') || qname === 'xml:lang');
  }

  admits({ attributes, namespaces, declared }: StartTag, depth: number): boolean {
    if (declared > 0 && ![...namespaces].every(([prefix, uri]) => prefix !== 'xmlns' && fits(uri))) return false;
    this.elements += 1;
    this.attributes += attributes.length + declared;
    // All that were ever declared stand for those in scope: more than there are, which errs to the side of libxml2.
    this.declarations += declared;
    this.namespaceWork += this.declarations * this.declarations;
    return (
      depth <= this.limits.maxDepth &&
      this.elements <= this.limits.maxElements &&
      this.attributes <= this.limits.maxAttributes &&
      attributes.length + declared <= MAX_ATTRIBUTES_OF_ONE &&
      this.declarations <= MAX_NAMESPACES_IN_SCOPE &&
      this.namespaceWork <= MAX_NAMESPACE_WORK
    );
  }
}

const fits = (uri: string): boolean => URI.test(uri) && !RESERVED.has(uri);
