// Reads canonical text, and nothing but canonical text, into elements with their ranges (speed.md, point 1).
import { NS } from '../base/index.ts';
import { unescaped } from './escape.ts';
import { compareAttributes, compareCodePoints } from './order.ts';
import type { CanonicalXml, XmlAttribute, XmlElement } from './types.ts';

export interface ReadAids {
  readonly lines?: readonly number[] | undefined;
  readonly marked?: readonly number[] | undefined;
  /** For a text that no parser has seen: it is canonical only when the guard too finds nothing wrong. */
  readonly guard?: SourceGuard;
}

/** Judges what canonical form by itself does not promise. */
export interface SourceGuard {
  isName(qname: string): boolean;
  /** In document order; the root has depth 1. */
  admits(tag: StartTag, depth: number): boolean;
  /** Of a start tag at this offset; asked in document order. */
  lineOf(at: number): number | undefined;
}

export interface StartTag {
  readonly attributes: readonly XmlAttribute[];
  /** In scope. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** How many of them this tag declares or undoes. */
  readonly declared: number;
  readonly end: number;
}

/**
 * Elements of a text that is its own inclusive canonical form (Canonical XML 1.0 without comments). Undefined when it is
 * not: an empty-element tag, an undone entity, declarations or attributes out of order, a declaration that changes
 * nothing. Iterative: depth costs no stack (row 119).
 */
export function readCanonical(text: string, aids: ReadAids = {}): CanonicalXml | undefined {
  const root = new CanonicalReader(text, aids).read();
  if (root === undefined) return undefined;
  return aids.marked === undefined ? { text, root } : { text, root, marked: aids.marked };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OpenElement = Mutable<Omit<XmlElement, 'children' | 'parent'>> & {
  children: OpenElement[];
  parent: OpenElement | undefined;
  qname: string;
};

const TEXT_FORBIDDEN = /[>\r]/;
const ATTRIBUTE_FORBIDDEN = /[<\t\n\r]/;
/** By code: 1 for what ends a name in canonical text; `!` and `?` keep comments and instructions from passing as elements. */
const NAME_END = new Uint8Array(128);
for (const character of ' >/="\'<&!?') NAME_END[character.charCodeAt(0)] = 1;
const NO_NAMESPACES: ReadonlyMap<string, string> = new Map();

class CanonicalReader {
  private readonly text: string;
  private readonly lines: readonly number[] | undefined;
  private readonly guard: SourceGuard | undefined;
  private at = 0;
  private count = 0;
  private depth = 0;
  private current: OpenElement | undefined;
  private root: OpenElement | undefined;

  constructor(text: string, { lines, guard }: ReadAids) {
    this.text = text;
    this.lines = lines;
    this.guard = guard;
  }

  read(): XmlElement | undefined {
    const { text } = this;
    while (this.at < text.length) {
      const lt = text.indexOf('<', this.at);
      if (!this.characters(lt < 0 ? text.length : lt)) return undefined;
      if (lt < 0) break;
      const second = text.charCodeAt(lt + 1);
      const fine = second === 0x2f ? this.endTag(lt) : second === 0x3f ? this.instruction(lt) : this.startTag(lt);
      if (!fine) return undefined;
    }
    return this.current === undefined ? this.root : undefined;
  }

  private characters(end: number): boolean {
    if (end === this.at) return true;
    const raw = this.text.slice(this.at, end);
    this.at = end;
    if (this.current === undefined) return raw === '\n'; // only between the root and processing instructions
    const plain = TEXT_FORBIDDEN.test(raw) ? undefined : unescaped(raw);
    if (plain === undefined || raw.includes('&quot;') || raw.includes('&#x9;') || raw.includes('&#xA;')) return false;
    this.current.text = this.current.text === '' ? plain : this.current.text + plain;
    return true;
  }

  private instruction(at: number): boolean {
    if (this.guard !== undefined) return false; // what its target and its text may be is not looked at
    const end = this.text.indexOf('?>', at + 2);
    this.at = end + 2;
    return end >= 0;
  }

  private endTag(at: number): boolean {
    const element = this.current;
    if (element === undefined || !this.text.startsWith(element.qname, at + 2)) return false;
    const end = at + 2 + element.qname.length;
    if (this.text.charCodeAt(end) !== 0x3e) return false;
    element.innerEnd = at;
    element.end = end + 1;
    this.depth -= 1;
    this.at = end + 1;
    this.current = element.parent;
    return true;
  }

  private startTag(at: number): boolean {
    const parent = this.current;
    if (parent === undefined && this.root !== undefined) return false;
    const qname = this.name(at + 1);
    if (qname === '') return false;
    const tag = this.attributes(at + 1 + qname.length, parent?.namespaces ?? NO_NAMESPACES);
    this.depth += 1;
    if (tag === undefined || this.guard?.admits(tag, this.depth) === false) return false;
    const { prefix, name } = split(qname);
    const ns = prefix === 'xml' ? NS.xml : tag.namespaces.get(prefix);
    if (ns === undefined && prefix !== '') return false;
    const element: OpenElement = {
      name,
      prefix,
      ns: ns ?? '',
      attributes: tag.attributes,
      namespaces: tag.namespaces,
      children: [],
      text: '',
      parent,
      start: at,
      end: 0,
      innerStart: tag.end,
      innerEnd: 0,
      qname,
    };
    const line = this.guard === undefined ? this.lines?.[this.count] : this.guard.lineOf(at);
    if (line !== undefined) element.line = line;
    this.count += 1;
    if (parent === undefined) this.root = element;
    else parent.children.push(element);
    this.current = element;
    this.at = tag.end;
    return true;
  }

  private attributes(from: number, inherited: ReadonlyMap<string, string>): StartTag | undefined {
    const tag = new TagReader(inherited);
    let at = from;
    while (this.text.charCodeAt(at) === 0x20) {
      const qname = this.name(at + 1);
      const valueAt = at + 1 + qname.length + 2;
      if (qname === '' || !this.text.startsWith('="', valueAt - 2)) return undefined;
      const valueEnd = this.text.indexOf('"', valueAt);
      if (valueEnd < 0) return undefined;
      const raw = this.text.slice(valueAt, valueEnd);
      const value = ATTRIBUTE_FORBIDDEN.test(raw) || raw.includes('&gt;') ? undefined : unescaped(raw);
      if (value === undefined || !tag.add(qname, value)) return undefined;
      at = valueEnd + 1;
    }
    if (this.text.charCodeAt(at) !== 0x3e) return undefined;
    return { attributes: tag.attributes, namespaces: tag.namespaces, declared: tag.declared, end: at + 1 };
  }

  private name(from: number): string {
    let end = from;
    while (end < this.text.length && NAME_END[this.text.charCodeAt(end)] !== 1) end += 1;
    const qname = this.text.slice(from, end);
    return this.guard?.isName(qname) === false ? '' : qname;
  }
}

const NO_ATTRIBUTES: readonly XmlAttribute[] = [];

/** Collects one start tag: declarations by prefix first, then attributes by namespace and name. */
class TagReader {
  namespaces: ReadonlyMap<string, string>;
  attributes: readonly XmlAttribute[] = NO_ATTRIBUTES;
  private own: Map<string, string> | undefined;
  private read: XmlAttribute[] | undefined;
  private lastPrefix: string | undefined;
  declared = 0;

  constructor(inherited: ReadonlyMap<string, string>) {
    this.namespaces = inherited;
  }

  add(qname: string, value: string): boolean {
    if (qname === 'xmlns') return this.declare('', value);
    if (qname.startsWith('xmlns:')) return value !== '' && this.declare(qname.slice(6), value);
    const { prefix, name } = split(qname);
    const ns = prefix === '' ? '' : prefix === 'xml' ? NS.xml : this.namespaces.get(prefix);
    if (ns === undefined) return false;
    const attribute: XmlAttribute = { name, prefix, ns, value };
    const last = this.read?.at(-1);
    if (last !== undefined && compareAttributes(last, attribute) >= 0) return false;
    if (this.read === undefined) {
      this.read = [];
      this.attributes = this.read;
    }
    this.read.push(attribute);
    return true;
  }

  private declare(prefix: string, uri: string): boolean {
    if (this.read !== undefined || prefix === 'xml' || (this.namespaces.get(prefix) ?? '') === uri) return false;
    if (this.lastPrefix !== undefined && compareCodePoints(this.lastPrefix, prefix) >= 0) return false;
    this.lastPrefix = prefix;
    this.declared += 1;
    if (this.own === undefined) {
      this.own = new Map(this.namespaces);
      this.namespaces = this.own;
    }
    if (uri === '') this.own.delete('');
    else this.own.set(prefix, uri);
    return true;
  }
}

function split(qname: string): { prefix: string; name: string } {
  const colon = qname.indexOf(':');
  return colon < 0 ? { prefix: '', name: qname } : { prefix: qname.slice(0, colon), name: qname.slice(colon + 1) };
}
