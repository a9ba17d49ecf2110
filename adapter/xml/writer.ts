// Writes XML that is its own canonical form, so that what we send can be signed and hashed without a parse (speed.md, point 2).
import { NS } from '../base/index.ts';
import { escapeText } from './escape.ts';
import { embed, sortedNamespaces, startTag } from './fragment.ts';
import { compareAttributes } from './order.ts';
import type { XmlAttribute } from './types.ts';

declare const markup: unique symbol;
/** Canonical mark-up; the type keeps plain text from being written unescaped. */
export type Markup = string & { readonly [markup]: true };

/** Qualified name to value; an undefined value writes no attribute. */
export type AttributeValues = Readonly<Record<string, string | undefined>>;

export interface CanonicalWriter {
  /** The document element, which declares every namespace of the vocabulary. */
  root(name: string, attributes: AttributeValues, ...content: readonly Markup[]): Markup;
  /** An element inside it. `name` and attribute names are qualified with prefixes of the vocabulary. */
  element(name: string, attributes: AttributeValues, ...content: readonly Markup[]): Markup;
  /** An element with character data only. */
  leaf(name: string, attributes: AttributeValues, value: string): Markup;
  /** A stand-alone canonical element of somebody else's, unchanged but for declarations that are superfluous here. */
  embed(xml: string): Markup;
}

/** Character data, escaped. */
export function text(value: string): Markup {
  return asMarkup(escapeText(value));
}

/** Several pieces of mark-up as one. */
export function join(...pieces: readonly Markup[]): Markup {
  return asMarkup(pieces.join(''));
}

/**
 * A writer for one vocabulary, prefix to namespace; the prefix '' is the default namespace. Names outside the vocabulary
 * throw: they are a bug. Property: canonicalising what `root` returns changes nothing.
 */
export function canonicalWriter(vocabulary: Readonly<Record<string, string>>): CanonicalWriter {
  const namespaces = new Map(Object.entries(vocabulary));
  const declarations = sortedNamespaces(namespaces);
  const write = (name: string, attributes: AttributeValues, content: string, declared: typeof declarations): Markup => {
    namespaceOf(name, namespaces, 'element');
    return asMarkup(`${startTag(name, declared, sortedAttributes(attributes, namespaces))}${content}</${name}>`);
  };
  return {
    root: (name, attributes, ...content) => write(name, attributes, content.join(''), declarations),
    element: (name, attributes, ...content) => write(name, attributes, content.join(''), []),
    leaf: (name, attributes, value) => write(name, attributes, escapeText(value), []),
    embed: (xml) => {
      const embedded = embed(xml, namespaces);
      if (embedded === undefined) throw new Error('only canonical text can be embedded');
      return asMarkup(embedded);
    },
  };
}

function sortedAttributes(values: AttributeValues, namespaces: ReadonlyMap<string, string>): readonly XmlAttribute[] {
  const attributes: XmlAttribute[] = [];
  for (const [qname, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const colon = qname.indexOf(':');
    const ns = namespaceOf(qname, namespaces, 'attribute');
    attributes.push({ name: qname.slice(colon + 1), prefix: colon < 0 ? '' : qname.slice(0, colon), ns, value });
  }
  return attributes.length > 1 ? attributes.sort(compareAttributes) : attributes;
}

function namespaceOf(qname: string, namespaces: ReadonlyMap<string, string>, kind: 'element' | 'attribute'): string {
  const colon = qname.indexOf(':');
  const prefix = colon < 0 ? '' : qname.slice(0, colon);
  if (prefix === 'xml') return NS.xml;
  if (prefix === '') return kind === 'attribute' ? '' : (namespaces.get('') ?? '');
  const ns = namespaces.get(prefix);
  if (ns === undefined) throw new Error(`prefix ${prefix} is not in the writer's vocabulary`);
  return ns;
}

function asMarkup(xml: string): Markup {
  return xml as Markup;
}
