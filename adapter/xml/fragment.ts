// Parts of a canonical text as texts of their own: the apex of a subset, a stand-alone element, an element elsewhere.
import { NS } from '../base/index.ts';
import { descendants } from './access.ts';
import { escapeAttribute } from './escape.ts';
import { compareAttributes, compareCodePoints } from './order.ts';
import { readCanonical } from './reader.ts';
import type { CanonicalXml, XmlAttribute, XmlElement } from './types.ts';
import type { Markup } from './writer.ts';

type Namespaces = ReadonlyMap<string, string>;
const NONE: Namespaces = new Map();

/**
 * The octets that inclusive C14N gives for the subset of one element: its range, with every namespace in scope declared
 * and the ancestors' `xml:` attributes added on its start tag (Canonical XML 1.0, 2.4; speed.md point 1).
 */
export function inclusiveSubset(xml: CanonicalXml, element: XmlElement): string {
  const attributes = [...element.attributes, ...inheritedXmlAttributes(element)].sort(compareAttributes);
  return apex(xml, element, attributes);
}

/**
 * What `inclusiveSubset` gives for an element once it stands in `parent` (or in an element there that declares `declared`
 * and has no attributes of its own): for signing what is not inserted yet. `markup` is its canonical text, whose start tag
 * has neither declarations nor attributes.
 */
export function subsetInside(parent: XmlElement, declared: Readonly<Record<string, string>>, markup: Markup): string {
  const nameEnd = markup.indexOf('>');
  const namespaces = new Map([...parent.namespaces, ...Object.entries(declared)]);
  const attributes = [...inheritedXmlAttributes(parent), ...parent.attributes.filter(({ ns }) => ns === NS.xml)];
  const tag = startTag(markup.slice(1, nameEnd), sortedNamespaces(namespaces), attributes.sort(compareAttributes));
  return tag + markup.slice(nameEnd + 1);
}

/** The element as a document of its own for exclusive C14N, which imports no `xml:` attributes. */
export function declaredSubset(xml: CanonicalXml, element: XmlElement): string {
  return apex(xml, element, element.attributes);
}

/**
 * The element as canonical text that stands on its own. It declares the namespaces it uses, be it in names or as
 * `prefix:` in character data (an XPath expression).
 */
export function standalone(xml: CanonicalXml, element: XmlElement): string {
  const used = usedPrefixes(element);
  return rewrite(xml.text, element, NONE, (prefix) => used.has(prefix));
}

/**
 * A stand-alone canonical element as it is written where `inScope` is already declared: declarations that would change
 * nothing there are not canonical and left out. Undefined when `text` is not canonical.
 */
export function embed(text: string, inScope: Namespaces): string | undefined {
  const xml = readCanonical(text);
  return xml === undefined ? undefined : rewrite(text, xml.root, inScope, () => true);
}

/** `<name xmlns… attributes>`; both lists are given in canonical order. */
export function startTag(
  qname: string,
  namespaces: readonly (readonly [string, string])[],
  attributes: readonly XmlAttribute[],
): string {
  let tag = `<${qname}`;
  for (const [prefix, uri] of namespaces) {
    tag += prefix === '' ? ` xmlns="${escapeAttribute(uri)}"` : ` xmlns:${prefix}="${escapeAttribute(uri)}"`;
  }
  for (const { prefix, name, value } of attributes) {
    tag += ` ${prefix === '' ? name : `${prefix}:${name}`}="${escapeAttribute(value)}"`;
  }
  return `${tag}>`;
}

export function sortedNamespaces(
  namespaces: Iterable<readonly [string, string]>,
): readonly (readonly [string, string])[] {
  return [...namespaces].sort(([a], [b]) => compareCodePoints(a, b));
}

export function qnameOf(element: XmlElement): string {
  return element.prefix === '' ? element.name : `${element.prefix}:${element.name}`;
}

function apex(xml: CanonicalXml, element: XmlElement, attributes: readonly XmlAttribute[]): string {
  const tag = startTag(qnameOf(element), sortedNamespaces(element.namespaces), attributes);
  return tag + xml.text.slice(element.innerStart, element.end);
}

function inheritedXmlAttributes(element: XmlElement): readonly XmlAttribute[] {
  const inherited = new Map<string, XmlAttribute>();
  for (let at = element.parent; at !== undefined; at = at.parent) {
    for (const attribute of at.attributes) {
      if (attribute.ns === NS.xml && !inherited.has(attribute.name)) inherited.set(attribute.name, attribute);
    }
  }
  for (const own of element.attributes) {
    if (own.ns === NS.xml) inherited.delete(own.name);
  }
  return [...inherited.values()];
}

function usedPrefixes(element: XmlElement): ReadonlySet<string> {
  const used = new Set<string>();
  for (const part of descendants(element)) {
    used.add(part.prefix);
    for (const { prefix } of part.attributes) used.add(prefix);
    for (const prefix of part.namespaces.keys()) {
      if (prefix !== '' && part.text.includes(`${prefix}:`)) used.add(prefix);
    }
  }
  return used;
}

/** Copies an element with its declarations worked out anew for surroundings that declare `inScope`. */
function rewrite(text: string, root: XmlElement, inScope: Namespaces, keep: (prefix: string) => boolean): string {
  /** By what is in scope in `text`: elements that declare nothing share it with their parents. */
  const written = new Map<Namespaces, Namespaces>();
  const pieces: string[] = [];
  let cursor = root.start;
  for (const element of descendants(root)) {
    // Where nothing is declared, nothing changes: the tag stays as it is.
    if (written.has(element.namespaces)) continue;
    const above = (element.parent && written.get(element.parent.namespaces)) ?? inScope;
    const { declared, below } = redeclare(element.namespaces, above, keep);
    written.set(element.namespaces, below);
    pieces.push(text.slice(cursor, element.start), startTag(qnameOf(element), declared, element.attributes));
    cursor = element.innerStart;
  }
  pieces.push(text.slice(cursor, root.end));
  return pieces.join('');
}

function redeclare(wanted: Namespaces, above: Namespaces, keep: (prefix: string) => boolean) {
  const changed = [...wanted].filter(([prefix, uri]) => keep(prefix) && above.get(prefix) !== uri);
  if (!wanted.has('') && above.has('')) changed.push(['', '']);
  if (changed.length === 0) return { declared: changed, below: above };
  const below = new Map([...above, ...changed]);
  if (below.get('') === '') below.delete('');
  return { declared: sortedNamespaces(changed), below };
}
