// One linear look over the bytes before libxml2 sees them: refuses a DOCTYPE and whatever exceeds the limits (rows 117-119).
import { fail, ok, type Result } from '../base/index.ts';
import { LineCounter } from './line-counter.ts';
import type { XmlLimits, XmlProblem } from './types.ts';

/** Namespace declarations of one element and its ancestors together; canonicalising costs their product (row 119). */
export const MAX_NAMESPACES_IN_SCOPE = 256;
/** Canonicalising puts each attribute of an element in its place by walking past the others: 100,000 took 40 s. */
export const MAX_ATTRIBUTES_OF_ONE = 512;
/**
 * Sum over all elements of the square of the namespaces in scope: libxml2 compares them with each other at every element, at
 * about 6 ns each, so that 1 MB of empty elements under 250 declarations took 90 s. This allows 500,000 elements with 14.
 */
export const MAX_NAMESPACE_WORK = 100_000_000;
/** Comments and CDATA sections whose place is remembered. */
const MAX_MARKED = 1000;

export interface Prescan {
  readonly elements: number;
  /** Line of each start tag in document order, from 1; only when asked for. */
  readonly lines: readonly number[] | undefined;
  /** Numbers of the elements that directly hold a comment or CDATA section. */
  readonly marked: readonly number[];
  /** The longest stretch between two pieces of mark-up. */
  readonly longest: TextRange;
}

/** Offsets in the octets of the document. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;

/**
 * Walks the mark-up of a UTF-8 document without judging well-formedness (libxml2 does). It follows the same grammar, so
 * the word DOCTYPE inside a comment, CDATA section, attribute or text is none, and one behind comments is.
 */
export function prescan(
  bytes: Uint8Array,
  from: number,
  limits: XmlLimits,
  wantLines: boolean,
): Result<Prescan, XmlProblem> {
  if (bytes.length > limits.maxBytes) return fail({ kind: 'tooLarge', detail: `more than ${limits.maxBytes} bytes` });
  return new Scanner(bytes, limits, wantLines).run(from);
}

class Scanner {
  private readonly bytes: Buffer;
  private readonly limits: XmlLimits;
  private readonly lines: number[] | undefined;
  private readonly marked: number[] = [];
  /** Per open element its number, and the namespace declarations in scope with it. */
  private readonly open: number[] = [];
  private readonly scopes: number[] = [];
  /** Per open element the octets of text that it holds behind its last child. */
  private readonly texts: number[] = [];
  private textWork = 0;
  private elements = 0;
  private attributes = 0;
  private namespaceWork = 0;
  private longest: TextRange = { from: 0, to: 0 };
  private readonly counter: LineCounter;

  constructor(bytes: Uint8Array, limits: XmlLimits, wantLines: boolean) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.limits = limits;
    this.lines = wantLines ? [] : undefined;
    this.counter = new LineCounter(this.bytes);
  }

  run(from: number): Result<Prescan, XmlProblem> {
    let at = this.bytes.indexOf(LT, from);
    while (at >= 0) {
      const next = this.markup(at);
      if (typeof next !== 'number') return fail(next);
      at = this.bytes.indexOf(LT, next);
      if (at - next > this.longest.to - this.longest.from) this.longest = { from: next, to: at };
      this.addText(at - next);
    }
    return ok({ elements: this.elements, lines: this.lines, marked: this.marked, longest: this.longest });
  }

  /** The offset behind the mark-up that begins at `at`. */
  private markup(at: number): number | XmlProblem {
    const second = this.bytes[at + 1];
    if (second === SLASH) {
      this.open.pop();
      this.scopes.pop();
      this.texts.pop();
      return this.behindEndTag(at + 2);
    }
    if (second === QUESTION) return this.cutText(this.behind('?>', at + 2), at);
    if (second === BANG) return this.declaration(at);
    return this.startTag(at);
  }

  private declaration(at: number): number | XmlProblem {
    if (this.startsWith('<!--', at)) return this.cutText(this.mark(this.behind('-->', at + 4)), at);
    if (this.startsWith('<![CDATA[', at)) return this.section(at);
    if (this.startsWith('<!DOCTYPE', at))
      return this.problem('doctype', 'a document type declaration is not allowed', at);
    return this.problem('notWellFormed', 'a markup declaration where none is allowed', at);
  }

  private section(at: number): number | XmlProblem {
    const next = this.cutText(this.mark(this.behind(']]>', at + 9)), at);
    if (typeof next === 'number') this.addText(next - at);
    return next;
  }

  /** Where elements stand between texts, libxml2 does not join them: a comment before each element is no matter. */
  private beginText(): void {
    if (this.texts.length > 0) this.texts[this.texts.length - 1] = 0;
  }

  private addText(octets: number): void {
    const last = this.texts.length - 1;
    if (last >= 0) this.texts[last] = (this.texts[last] ?? 0) + octets;
  }

  /** What stands at `at` cuts the text of its element in two. */
  private cutText(next: number | XmlProblem, at: number): number | XmlProblem {
    this.textWork += this.texts.at(-1) ?? 0;
    return this.textWork > this.limits.maxTextWork ? this.problem('tooMany', 'too many pieces of one text', at) : next;
  }

  private mark(next: number | XmlProblem): number | XmlProblem {
    const inside = this.open.at(-1);
    if (inside !== undefined && this.marked.length < MAX_MARKED && this.marked.at(-1) !== inside)
      this.marked.push(inside);
    return next;
  }

  private startTag(at: number): number | XmlProblem {
    if (this.open.length >= this.limits.maxDepth)
      return this.problem('tooDeep', `deeper than ${this.limits.maxDepth} elements`, at);
    if (this.elements >= this.limits.maxElements)
      return this.problem('tooMany', `more than ${this.limits.maxElements} elements`, at);
    const tag = this.attributesOf(at + 1);
    if (tag === undefined) return this.problem('notWellFormed', 'a start tag does not end', at);
    this.attributes += tag.attributes;
    if (this.attributes > this.limits.maxAttributes) {
      return this.problem('tooMany', `more than ${this.limits.maxAttributes} attributes`, at);
    }
    if (tag.attributes > MAX_ATTRIBUTES_OF_ONE) {
      return this.problem('tooMany', `more than ${MAX_ATTRIBUTES_OF_ONE} attributes of one element`, at);
    }
    const inScope = (this.scopes.at(-1) ?? 0) + tag.namespaces;
    if (inScope > MAX_NAMESPACES_IN_SCOPE) {
      return this.problem('tooMany', `more than ${MAX_NAMESPACES_IN_SCOPE} namespace declarations in scope`, at);
    }
    this.namespaceWork += inScope * inScope;
    if (this.namespaceWork > MAX_NAMESPACE_WORK) {
      return this.problem('tooMany', 'too many elements under too many namespace declarations', at);
    }
    this.beginText();
    this.lines?.push(this.counter.lineOf(at));
    if (this.bytes[tag.end - 1] !== SLASH) {
      this.open.push(this.elements);
      this.scopes.push(inScope);
      this.texts.push(0);
    }
    this.elements += 1;
    return tag.end + 1;
  }

  /** Counts quoted values up to the `>` of the tag, whose offset is `end`. */
  private attributesOf(from: number): { end: number; attributes: number; namespaces: number } | undefined {
    const { bytes } = this;
    let attributes = 0;
    let namespaces = 0;
    let nameAt = -1;
    for (let at = this.behindName(from); at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === GT) return { end: at, attributes, namespaces };
      if (byte === QUOTE || byte === APOSTROPHE) {
        attributes += 1;
        if (nameAt >= 0 && this.startsWith('xmlns', nameAt)) namespaces += 1;
        at = bytes.indexOf(byte, at + 1);
        if (at < 0) return undefined;
        nameAt = -1;
      } else if (nameAt < 0 && byte > 0x20) nameAt = at;
    }
    return undefined;
  }

  private behindName(from: number): number {
    let at = from;
    for (let byte = this.bytes[at] ?? 0; byte > 0x20 && byte !== GT && byte !== SLASH; byte = this.bytes[at] ?? 0)
      at += 1;
    return at;
  }

  /** Octet by octet: an end tag is short, and a search costs more than it finds. */
  private behindEndTag(from: number): number | XmlProblem {
    const { bytes } = this;
    for (let at = from; at < bytes.length; at += 1) if (bytes[at] === GT) return at + 1;
    return this.problem('notWellFormed', 'markup does not end', from);
  }

  private behind(end: string, from: number): number | XmlProblem {
    const at = this.bytes.indexOf(end, from, 'latin1');
    return at < 0 ? this.problem('notWellFormed', 'markup does not end', from) : at + end.length;
  }

  private startsWith(word: string, at: number): boolean {
    for (let i = 0; i < word.length; i += 1) {
      if (this.bytes[at + i] !== word.charCodeAt(i)) return false;
    }
    return true;
  }

  private problem(kind: XmlProblem['kind'], detail: string, at: number): XmlProblem {
    return { kind, detail, line: this.counter.lineOf(at) };
  }
}
