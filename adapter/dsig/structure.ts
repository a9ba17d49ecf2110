// Takes a signature apart and refuses every shape but the agreed one, before anything is computed (R56, rows 128–148).
import { type DigestReference, NS } from '../base/index.ts';
import { attribute, type CanonicalXml, childrenOf, descendants, standalone, type XmlElement } from '../xml/index.ts';
import { C14N, DIGESTS, ENVELOPED, EXC_C14N, NOT_NEXT_ACTOR, SIGNATURES, XPATH } from './algorithms.ts';

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
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

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
  if (
    rest.some((element) => isDs(element, 'SignedInfo') || isDs(element, 'SignatureValue') || isDs(element, 'Object'))
  ) {
    return refuse('Signature holds a second SignedInfo or SignatureValue, or an Object');
  }
  const [canonical, method, ...references] = signedInfo.children;
  if (canonical === undefined || !isDs(canonical, 'CanonicalizationMethod'))
    return refuse('CanonicalizationMethod is missing');
  if (method === undefined || !isDs(method, 'SignatureMethod')) return refuse('SignatureMethod is missing');
  return {
    signature,
    signedInfo,
    canonicalization: canonicalizationOf(canonical) ?? refuse('CanonicalizationMethod is not supported'),
    signatureMethod: methodOf(method, SIGNATURES, 'SignatureMethod'),
    value: base64Of(value, 'SignatureValue'),
    references: referencesOf(references),
  };
}

/** Exactly one in the whole document, and that one a child of the header of the root (rows 128–134, 143). */
function theSignature(xml: CanonicalXml): XmlElement {
  const all = [...descendants(xml.root)].filter((element) => isDs(element, 'Signature'));
  const [first] = all;
  if (first === undefined || all.length > 1) return refuse(`found ${all.length} Signature elements, expected one`);
  const header = first.parent;
  if (header?.name !== 'Header' || header.ns !== NS.soap || header.parent !== xml.root)
    return refuse('Signature is not a child of the SOAP Header');
  return first;
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

function base64Of(element: XmlElement, what: string): Buffer {
  const text = element.text.replace(/[\s]+/g, '');
  if (element.children.length > 0 || !BASE64.test(text)) return refuse(`${what} is not base64`);
  return Buffer.from(text, 'base64');
}

function canonicalizationOf(element: XmlElement): Canonicalization | undefined {
  const uri = attribute(element, '', 'Algorithm');
  if (uri === C14N) return element.children.length === 0 ? { kind: 'inclusive' } : undefined;
  if (uri !== EXC_C14N || element.children.length > 1) return undefined;
  const [list] = element.children;
  if (list === undefined) return { kind: 'exclusive', prefixes: [] };
  if (list.name !== 'InclusiveNamespaces' || list.ns !== EXC_C14N) return undefined;
  return {
    kind: 'exclusive',
    prefixes: (attribute(list, '', 'PrefixList') ?? '').split(/\s+/).filter((prefix) => prefix !== ''),
  };
}

function referencesOf(elements: readonly XmlElement[]): ReferenceParts[] {
  if (elements.length === 0 || elements.length > MAX_REFERENCES)
    return refuse(`found ${elements.length} references, expected 1 to ${MAX_REFERENCES}`);
  if (elements.some((element) => !isDs(element, 'Reference')))
    return refuse('SignedInfo holds something else than references');
  const references = elements.map(referenceOf);
  const uris = new Set(references.map((reference) => reference.uri));
  if (uris.size !== references.length) return refuse('two references have the same URI');
  if (!uris.has('')) return refuse('no reference covers the envelope (URI "")');
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

/** Compared as text after white space, quotes and the prefix bound to SOAP are made one (R56). */
function isAgreedXPath(transform: XmlElement): boolean {
  const [xpath, ...more] = transform.children;
  if (xpath === undefined || more.length > 0 || !isDs(xpath, 'XPath') || xpath.children.length > 0) return false;
  const prefix = /@([A-Za-z_][\w.-]*):actor/.exec(xpath.text)?.[1];
  if (prefix === undefined || xpath.namespaces.get(prefix) !== NS.soap) return false;
  const squeeze = (text: string): string => text.replace(/\s+/g, '').replaceAll("'", '"');
  return squeeze(xpath.text).replaceAll(`@${prefix}:actor`, '@SOAP:actor') === squeeze(NOT_NEXT_ACTOR);
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
