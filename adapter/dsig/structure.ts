// Takes a signature apart and refuses every shape but the agreed one, before anything is computed (R56, rows 128–148).
import { type DigestReference, NS } from '../base/index.ts';
import {
  attribute,
  type CanonicalXml,
  childrenOf,
  descendants,
  findAll,
  standalone,
  type XmlElement,
} from '../xml/index.ts';
import { C14N, DIGESTS, ENVELOPED, EXC_C14N, NOT_NEXT_ACTOR, SIGNATURES, XPATH } from './algorithms.ts';
import { forNextNode } from './octets.ts';

/** How canonicalisation is asked for: inclusive, or exclusive with the prefixes to treat inclusively. */
export type Canonicalization =
  | { readonly kind: 'inclusive' }
  | { readonly kind: 'exclusive'; readonly prefixes: readonly string[] };

export interface ReferenceParts {
  readonly uri: string;
  readonly digestMethod: string;
  readonly digest: Buffer;
  readonly element: XmlElement;
  /** Of the envelope reference: whether what is addressed to the next node is left out. */
  readonly filtered: boolean;
  /** Undefined for a payload part without transforms: its octets are hashed as they are. */
  readonly canonicalization: Canonicalization | undefined;
}

export interface SignatureParts {
  readonly signature: XmlElement;
  readonly signedInfo: XmlElement;
  readonly canonicalization: Canonicalization;
  readonly signatureMethod: string;
  readonly value: Buffer;
  readonly references: readonly ReferenceParts[];
}

const MAX_REFERENCES = 1000;
const MAX_TRANSFORMS = 4;
/** Exclusive C14N looks every prefix of the list up at every element: the list is kept short (row 148). */
const MAX_PREFIXES = 32;
/** The reader remembers the place of so many comments; beyond it nothing can be said about where they stand. */
const MAX_COMMENTS = 1000;

/** Thrown inside this module only: one plain sentence, safe to tell the partner. */
export class Unacceptable extends Error {}

const refuse = (reason: string): never => {
  throw new Unacceptable(reason);
};

/** The signature's parts; throws Unacceptable. The caller knows that there is at least one Signature in the header. */
export function takeApart(xml: CanonicalXml): SignatureParts {
  const signature = theSignature(xml);
  checkIds(xml);
  checkMarked(xml, signature);
  const [signedInfo, value, ...rest] = signature.children;
  if (
    signedInfo === undefined ||
    value === undefined ||
    !isDs(signedInfo, 'SignedInfo') ||
    !isDs(value, 'SignatureValue')
  ) {
    return refuse('Signature must begin with SignedInfo and SignatureValue');
  }
  const [keyInfo, ...more] = rest;
  if ((keyInfo !== undefined && !isDs(keyInfo, 'KeyInfo')) || more.length > 0)
    return refuse('Signature holds something else than SignedInfo, SignatureValue and one KeyInfo');
  const [canonical, method, ...references] = signedInfo.children;
  if (canonical === undefined || !isDs(canonical, 'CanonicalizationMethod'))
    return refuse('CanonicalizationMethod is missing');
  if (method === undefined || !isDs(method, 'SignatureMethod')) return refuse('SignatureMethod is missing');
  const taken = referencesOf(references);
  if (taken.some((reference) => reference.filtered)) checkLeftOut(xml);
  return {
    signature,
    signedInfo,
    canonicalization: canonicalizationOf(canonical) ?? refuse('CanonicalizationMethod is not supported'),
    signatureMethod: methodOf(method, SIGNATURES, 'SignatureMethod'),
    value: base64Of(value, 'SignatureValue'),
    references: taken,
  };
}

/** Exactly one in the whole document, and that one a child of the header of the root (R49, rows 128–134, 143). */
function theSignature(xml: CanonicalXml): XmlElement {
  const all = findAll(xml.root, NS.ds, 'Signature');
  const [first] = all;
  if (first === undefined || all.length > 1) return refuse(`found ${all.length} Signature elements, expected one`);
  const header = first.parent;
  if (!isHeader(header, xml)) return refuse('Signature is not a child of the SOAP Header');
  // What the enveloped-signature transform leaves out must hold nothing that somebody could take for the message (row 132).
  if (descendants(first).some((element) => element.ns === NS.soap || element.ns === NS.eb))
    return refuse('Signature holds elements of a message');
  return first;
}

const isHeader = (element: XmlElement | undefined, xml: CanonicalXml): boolean =>
  element?.name === 'Header' && element.ns === NS.soap && element.parent === xml.root;

const LEFT_OUT = new Set(['SyncReply', 'AckRequested']);

/**
 * The agreed XPath leaves out every element that is addressed to the next node, wherever it stands: an actor on a
 * RefToMessageId would put that field outside the signature. Only what R55 means may be left out: SyncReply, AckRequested
 * and header blocks that are not ours.
 */
function checkLeftOut(xml: CanonicalXml): void {
  let end = 0;
  for (const element of forNextNode(xml)) {
    if (element.start < end) continue;
    const ours = element.ns === NS.soap || (element.ns === NS.eb && !LEFT_OUT.has(element.name));
    if (ours || !isHeader(element.parent, xml))
      refuse('an element that the signature must cover is addressed to the next node');
    end = element.end;
  }
}

const ID_NAMES = new Set(['id', 'Id', 'ID']);

/** Two elements with one id are an invitation to read another than was signed (row 135). */
function checkIds(xml: CanonicalXml): void {
  const seen = new Set<string>();
  for (const element of descendants(xml.root)) {
    for (const { name, value } of element.attributes) {
      if (!ID_NAMES.has(name)) continue;
      if (seen.has(value)) refuse('two elements have the same id');
      seen.add(value);
    }
  }
}

/** Comments and CDATA inside a signature have only ever been of use to those who want two readings of it (row 142). */
function checkMarked(xml: CanonicalXml, signature: XmlElement): void {
  const marked = new Set(xml.marked);
  if (marked.size === 0) return;
  if (marked.size >= MAX_COMMENTS) refuse(`the envelope holds ${MAX_COMMENTS} comments or CDATA sections, or more`);
  let number = 0;
  for (const element of descendants(xml.root)) {
    const inside = element.start >= signature.start && element.end <= signature.end;
    if (inside && marked.has(number)) refuse('the signature holds a comment or CDATA section');
    number += 1;
  }
}

const isDs = (element: XmlElement, name: string): boolean => element.ns === NS.ds && element.name === name;

function methodOf(element: XmlElement, table: Readonly<Record<string, unknown>>, what: string): string {
  const uri = attribute(element, '', 'Algorithm') ?? '';
  if (!Object.hasOwn(table, uri) || element.children.length > 0) return refuse(`${what} is not supported`);
  return uri;
}

/** The bits that padding leaves over must be zero (XML Schema part 2, 3.2.16): one value has one writing. */
function base64Of(element: XmlElement, what: string): Buffer {
  const text = element.text.replace(/[ \t\r\n]+/g, '');
  const octets = Buffer.from(text, 'base64');
  if (element.children.length > 0 || text === '' || octets.toString('base64') !== text) {
    return refuse(`${what} is not base64`);
  }
  return octets;
}

function canonicalizationOf(element: XmlElement): Canonicalization | undefined {
  const uri = attribute(element, '', 'Algorithm');
  if (uri === C14N) return element.children.length === 0 ? { kind: 'inclusive' } : undefined;
  if (uri !== EXC_C14N || element.children.length > 1) return undefined;
  const [list] = element.children;
  if (list === undefined) return { kind: 'exclusive', prefixes: [] };
  if (list.name !== 'InclusiveNamespaces' || list.ns !== EXC_C14N) return undefined;
  const prefixes = (attribute(list, '', 'PrefixList') ?? '').split(/[ \t\r\n]+/).filter((prefix) => prefix !== '');
  return prefixes.length > MAX_PREFIXES || list.children.length > 0 ? undefined : { kind: 'exclusive', prefixes };
}

function referencesOf(elements: readonly XmlElement[]): ReferenceParts[] {
  if (elements.length === 0 || elements.length > MAX_REFERENCES)
    return refuse(`found ${elements.length} references, expected 1 to ${MAX_REFERENCES}`);
  if (elements.some((element) => !isDs(element, 'Reference')))
    return refuse('SignedInfo holds something else than references');
  const references = elements.map(referenceOf);
  // Decoded, for a part named in many spellings would be hashed as many times.
  const targets = new Set(references.map(({ uri }) => (uri === '' ? '' : `cid:${contentIdOf(uri)}`)));
  if (targets.size !== references.length) return refuse('two references have the same URI');
  if (!targets.has('')) return refuse('no reference covers the envelope (URI "")');
  return references;
}

function referenceOf(element: XmlElement): ReferenceParts {
  const uri = attribute(element, '', 'URI');
  if (uri === undefined || (uri !== '' && !uri.startsWith('cid:')))
    return refuse('a reference is neither the envelope nor a cid: part');
  const transforms = childrenOf(element, NS.ds, 'Transforms');
  const rest = transforms.length === 0 ? element.children : element.children.slice(1);
  const [method, value] = rest;
  if (
    transforms.length > 1 ||
    rest.length !== 2 ||
    method === undefined ||
    value === undefined ||
    !isDs(method, 'DigestMethod') ||
    !isDs(value, 'DigestValue')
  ) {
    return refuse('a reference must hold Transforms, DigestMethod and DigestValue, each once and in this order');
  }
  const list = transforms[0]?.children ?? [];
  if (list.length > MAX_TRANSFORMS || list.some((one) => !isDs(one, 'Transform')))
    return refuse('a reference has transforms that are not allowed');
  const asked = uri === '' ? envelopeTransforms(list) : partTransforms(list);
  return {
    uri,
    digestMethod: methodOf(method, DIGESTS, 'DigestMethod'),
    digest: base64Of(value, 'DigestValue'),
    element,
    ...asked,
  };
}

type Asked = Pick<ReferenceParts, 'filtered' | 'canonicalization'>;

/** enveloped-signature, then perhaps the agreed XPath, then perhaps canonicalisation: nothing else (row 136, T103). */
function envelopeTransforms(list: readonly XmlElement[]): Asked {
  const [enveloped, ...rest] = list;
  if (enveloped === undefined || attribute(enveloped, '', 'Algorithm') !== ENVELOPED || enveloped.children.length > 0) {
    return refuse('the envelope reference does not begin with the enveloped-signature transform');
  }
  const filtered = rest[0] !== undefined && attribute(rest[0], '', 'Algorithm') === XPATH;
  if (filtered && rest[0] !== undefined && !isAgreedXPath(rest[0]))
    return refuse('the XPath transform is not the agreed one');
  const [canonical, ...more] = filtered ? rest.slice(1) : rest;
  if (canonical === undefined) return { filtered, canonicalization: { kind: 'inclusive' } };
  const canonicalization = canonicalizationOf(canonical);
  if (canonicalization === undefined || more.length > 0)
    return refuse('the envelope reference has a transform that is not allowed');
  return { filtered, canonicalization };
}

function partTransforms(list: readonly XmlElement[]): Asked {
  const [canonical, ...more] = list;
  if (canonical === undefined) return { filtered: false, canonicalization: undefined };
  const canonicalization = canonicalizationOf(canonical);
  if (canonicalization === undefined || more.length > 0)
    return refuse('a part reference has a transform that is not allowed');
  return { filtered: false, canonicalization };
}

/** Compared as text after white space outside literals, quotes and prefixes bound to SOAP are made one (R56). */
function isAgreedXPath(transform: XmlElement): boolean {
  const [xpath, ...more] = transform.children;
  if (xpath === undefined || more.length > 0 || !isDs(xpath, 'XPath') || xpath.children.length > 0) return false;
  const actor = /@([A-Za-z_][\w.-]*):actor/g;
  if ([...xpath.text.matchAll(actor)].some(([, prefix = '']) => xpath.namespaces.get(prefix) !== NS.soap)) return false;
  return squeeze(xpath.text).replace(actor, '@SOAP:actor') === squeeze(NOT_NEXT_ACTOR);
}

const squeeze = (xpath: string): string =>
  xpath
    .replaceAll("'", '"')
    .split('"')
    .map((piece, number) => (number % 2 === 0 ? piece.replace(/\s+/g, '') : piece))
    .join('"');

/** The Content-ID that a `cid:` URI names (R14); undecodable text is taken as it stands. */
export function contentIdOf(uri: string): string {
  const raw = uri.slice('cid:'.length);
  try {
    return raw.includes('%') ? decodeURIComponent(raw) : raw;
  } catch {
    return raw;
  }
}

/** The references as an Acknowledgment repeats them (R92). */
export function toDigestReference(reference: ReferenceParts, xml: CanonicalXml): DigestReference {
  return {
    uri: reference.uri,
    digestMethod: reference.digestMethod,
    digestValue: reference.digest.toString('base64'),
    xml: standalone(xml, reference.element),
  };
}
