// Cuts a stream of chunks at the boundary delimiters, without ever holding more than a delimiter and one header line.
import { isHeaderLine } from './part-header.ts';
import type { MimeFailure } from './types.ts';

export type ScanEvent =
  /** The header of a part is complete; its content follows. */
  | { readonly kind: 'header'; readonly lines: readonly string[] }
  /** A part without a readable header; its content, if it has any, is to be passed over (row 104). */
  | { readonly kind: 'broken'; readonly failure: MimeFailure }
  | { readonly kind: 'content'; readonly bytes: Buffer }
  | { readonly kind: 'end' };

const CR = 13;
const LF = 10;
const DASH = 45;
const LINE_FEED = Buffer.from('\n');
/** Blanks allowed between a boundary and its line end (row 103); more make the line content. */
const MAX_PADDING = 256;

type Delimiter = { readonly kind: 'next' | 'close'; readonly lineFeed: number } | 'none' | 'undecided';

/**
 * Delimiters are whole lines: `--boundary`, blanks, line end; the closing one may also end with the stream. A boundary
 * that is only the beginning of a line is content (row 101). Both CRLF and LF end lines (row 103): the first delimiter
 * shows which framing the sender uses, and in an LF package a CR before a delimiter belongs to the content.
 */
export class DelimiterScanner {
  readonly #needle: Buffer;
  readonly #maxHeaderBytes: number;
  #mode: 'content' | 'header' | 'closed' = 'content';
  #inPart = false;
  #lfOnly: boolean | undefined;
  /** Octets not given out yet. Begins with a line feed that is not content when `#borrowed` is 1. */
  #window: Buffer = LINE_FEED;
  #borrowed: 0 | 1 = 1;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #lines: string[] = [];
  #headerBytes = 0;

  constructor(boundary: string, maxHeaderBytes: number) {
    this.#needle = Buffer.from(`\n--${boundary}`, 'latin1');
    this.#maxHeaderBytes = maxHeaderBytes;
  }

  /** Whether the closing delimiter was seen; everything behind it is epilogue. */
  get closed(): boolean {
    return this.#mode === 'closed';
  }

  *push(chunk: Buffer): Generator<ScanEvent, void, undefined> {
    if (this.#mode === 'closed' || chunk.length === 0) return;
    if (this.#mode === 'header' && chunk.indexOf(LF) === -1) {
      // A header line may come in many small pieces: joining them only at its end keeps the work linear.
      this.#held.push(chunk);
      this.#heldBytes += chunk.length;
      if (this.#headerBytes + this.#window.length + this.#heldBytes > this.#maxHeaderBytes)
        yield this.#headerTooLarge();
      return;
    }
    this.#join(chunk);
    let goOn = true;
    while (goOn) goOn = this.#mode === 'header' ? yield* this.#header() : yield* this.#content();
  }

  #join(chunk: Buffer): void {
    if (this.#window.length === 0) {
      this.#window = chunk;
      return;
    }
    this.#held.push(chunk);
    this.#held.unshift(this.#window);
    this.#window = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
  }

  /** Ends the stream: a closing delimiter needs no line end behind it. */
  *finish(): Generator<ScanEvent, void, undefined> {
    yield* this.push(LINE_FEED);
  }

  *#content(): Generator<ScanEvent, boolean, undefined> {
    const window = this.#window;
    for (let at = window.indexOf(this.#needle); at !== -1; at = window.indexOf(this.#needle, at + 1)) {
      const delimiter = this.#delimiterAt(at + this.#needle.length);
      if (delimiter === 'none') continue;
      const end = this.#contentEnd(at);
      yield* this.#give(end);
      if (delimiter === 'undecided') return false;
      this.#lfOnly ??= window[delimiter.lineFeed - 1] !== CR;
      if (this.#inPart) yield { kind: 'end' };
      this.#mode = delimiter.kind === 'close' ? 'closed' : 'header';
      this.#inPart = true;
      // What was given out has left the window, so the place counts from there.
      this.#beginLine(delimiter.lineFeed - end);
      this.#lines = [];
      this.#headerBytes = 0;
      return this.#mode === 'header';
    }
    yield* this.#give(this.#firstThatMayBeDelimiter());
    return false;
  }

  /** Gives out the window up to `end` as content and keeps the rest. */
  *#give(end: number): Generator<ScanEvent, void, undefined> {
    if (end > this.#borrowed && this.#inPart) {
      yield { kind: 'content', bytes: this.#window.subarray(this.#borrowed, end) };
    }
    if (end === 0) return;
    this.#window = this.#window.subarray(end);
    this.#borrowed = 0;
  }

  #contentEnd(lineFeed: number): number {
    const crBefore = lineFeed > this.#borrowed && this.#window[lineFeed - 1] === CR;
    return crBefore && this.#lfOnly !== true ? lineFeed - 1 : lineFeed;
  }

  #delimiterAt(from: number): Delimiter {
    const window = this.#window;
    if (window.length < from + 2 && (window[from] ?? DASH) === DASH) return 'undecided';
    const close = window[from] === DASH && window[from + 1] === DASH;
    let at = close ? from + 2 : from;
    const limit = at + MAX_PADDING;
    while (at < limit && (window[at] === 32 || window[at] === 9)) at++;
    if (window[at] === CR) at++;
    if (at >= window.length) return 'undecided';
    return window[at] === LF ? { kind: close ? 'close' : 'next', lineFeed: at } : 'none';
  }

  /** A delimiter may begin in the last octets of the window, with the CR before its line feed. */
  #firstThatMayBeDelimiter(): number {
    const window = this.#window;
    let at = Math.max(0, window.length - this.#needle.length);
    while (at < window.length && window[at] !== CR && window[at] !== LF) at++;
    return at;
  }

  *#header(): Generator<ScanEvent, boolean, undefined> {
    let before = 0;
    for (;;) {
      const end = this.#window.indexOf(LF, before + 1);
      if (end === -1) break;
      if (this.#headerBytes + end > this.#maxHeaderBytes) {
        yield this.#headerTooLarge();
        return false;
      }
      const line = this.#window.toString(
        'latin1',
        before + 1,
        this.#window[end - 1] === CR && end - 1 > before ? end - 1 : end,
      );
      if (line === '') return yield* this.#endHeader({ kind: 'header', lines: this.#lines }, end);
      if (!isHeaderLine(line, this.#lines.length === 0)) return yield* this.#endHeader(NO_EMPTY_LINE, before);
      this.#lines.push(line);
      before = end;
    }
    this.#headerBytes += before;
    this.#beginLine(before);
    return false;
  }

  *#endHeader(event: ScanEvent, lineFeed: number): Generator<ScanEvent, boolean, undefined> {
    this.#mode = 'content';
    this.#beginLine(lineFeed);
    yield event;
    return true;
  }

  #beginLine(lineFeed: number): void {
    this.#window = this.#window.subarray(lineFeed);
    this.#borrowed = 1;
  }

  #headerTooLarge(): ScanEvent {
    this.#mode = 'closed';
    const detail = `The header of a part is larger than ${this.#maxHeaderBytes} bytes.`;
    return { kind: 'broken', failure: { kind: 'tooLarge', detail } };
  }
}

const NO_EMPTY_LINE: ScanEvent = {
  kind: 'broken',
  failure: { kind: 'mimeProblem', detail: 'The header of a part is not followed by an empty line.' },
};
