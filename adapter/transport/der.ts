// A small strict reader of DER: definite lengths, single-octet tags, always inside the bytes it was given.

export class DerError extends Error {
  override readonly name = 'DerError';
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element: `start` is where its tag stands, `from`…`to` is its content. */
export interface DerElement {
  readonly tag: number;
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/** Of the universal types only SEQUENCE and SET are constructed; BER allows strings in pieces, DER does not. */
const isMisformed = (tag: number): boolean =>
  tag < 0x40 && ((tag & 0x20) !== 0) !== ((tag & 0x1f) === 0x10 || (tag & 0x1f) === 0x11);

const octetsForLength = (length: number): number => {
  if (length < 0x80) return 0;
  if (length < 0x100) return 1;
  if (length < 0x10000) return 2;
  return length < 0x1000000 ? 3 : 4;
};

/** The first octet says how many bits of the last one do not count; in DER those are nought. */
function expectBits(content: Buffer): void {
  const unused = content[0] ?? 8;
  const last = content.length > 1 ? (content.at(-1) ?? 0) : 0;
  if (unused > 7 || (last & (2 ** unused - 1)) !== 0 || (content.length === 1 && unused > 0)) {
    throw new DerError('bits that do not count');
  }
}

/** Deeper than any certificate goes. */
const MAX_DEPTH = 24;

/** Every element within the bytes as DER writes it, also what nobody reads; throws DerError. */
export function expectDer(reader: DerReader, depth = 0): void {
  if (depth > MAX_DEPTH) throw new DerError('too deep');
  while (!reader.done) {
    const element = reader.next();
    const { tag, start, from, to } = element;
    if (isMisformed(tag)) throw new DerError('constructed what is primitive, or the reverse');
    if (from - start !== 2 + octetsForLength(to - from)) throw new DerError('length written longer than needed');
    if (tag === TAG.bitString) expectBits(reader.content(element));
    if ((tag & 0x20) !== 0) expectDer(reader.inside(element), depth + 1);
  }
}

/** Walks over the elements between two offsets; every read throws DerError rather than leave the range. */
export class DerReader {
  readonly bytes: Buffer;
  readonly end: number;
  offset: number;

  constructor(bytes: Buffer, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  get done(): boolean {
    return this.offset >= this.end;
  }

  /** Tag of the next element, or -1 at the end. */
  peek(): number {
    return this.done ? -1 : (this.bytes[this.offset] ?? -1);
  }

  /** The next element; with `tag` only that one is accepted. */
  next(tag?: number): DerElement {
    const { bytes, end } = this;
    const start = this.offset;
    if (start + 2 > end) throw new DerError('truncated element');
    const found = bytes[start] ?? 0;
    if ((found & 0x1f) === 0x1f) throw new DerError('long tag');
    if (tag !== undefined && found !== tag) throw new DerError(`tag ${found} where ${tag} is due`);
    const first = bytes[start + 1] ?? 0;
    const lengthOctets = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || lengthOctets > 4 || start + 2 + lengthOctets > end) throw new DerError('bad length');
    const length = lengthOctets === 0 ? first : bytes.readUIntBE(start + 2, lengthOctets);
    const from = start + 2 + lengthOctets;
    const to = from + length;
    if (to > end) throw new DerError('element longer than its container');
    this.offset = to;
    return { tag: found, start, from, to };
  }

  /** A reader over the content of the next element. */
  enter(tag: number): DerReader {
    return this.inside(this.next(tag));
  }

  inside(element: DerElement): DerReader {
    return new DerReader(this.bytes, element.from, element.to);
  }

  /** The next element when it has this tag, else nothing is read. */
  optional(tag: number): DerElement | undefined {
    return this.peek() === tag ? this.next(tag) : undefined;
  }

  content(element: DerElement): Buffer {
    return this.bytes.subarray(element.from, element.to);
  }

  /** The element with its tag and length. */
  whole(element: DerElement): Buffer {
    return this.bytes.subarray(element.start, element.to);
  }

  expectEnd(): void {
    if (!this.done) throw new DerError('something follows the last element');
  }
}

/** Dotted text of an OBJECT IDENTIFIER's content; arcs above 2^53 are refused. */
export function readOid(content: Buffer): string {
  if (content.length === 0 || content.length > 64) throw new DerError('bad object identifier');
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) throw new DerError('object identifier too large');
    if ((byte & 0x80) === 0) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const first = arcs.shift() ?? 0;
  const root = first < 80 ? Math.floor(first / 40) : 2;
  return [root, first - root * 40, ...arcs].join('.');
}

const UTC_TIME = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

/** Milliseconds since 1970 of a UTCTime or GeneralizedTime as RFC 5280 allows them: seconds present, `Z` at the end. */
export function readTime(reader: DerReader, element: DerElement): number {
  const text = reader.content(element).toString('latin1');
  const utc = element.tag === TAG.utcTime;
  const match = utc ? UTC_TIME.exec(text) : element.tag === TAG.generalizedTime ? GENERALIZED_TIME.exec(text) : null;
  if (match === null) throw new DerError('bad time');
  const n = (i: number): number => Number(match[i] ?? 0);
  const year = utc ? n(1) + (n(1) < 50 ? 2000 : 1900) : n(1);
  const at = new Date(0);
  at.setUTCFullYear(year, n(2) - 1, n(3));
  at.setUTCHours(n(4), n(5), n(6));
  // A month 13 or a 30 February would be read as a later day, and by OpenSSL not at all.
  const fields = [at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  if (fields.some((field, i) => field !== n(i + 2))) throw new DerError('bad time');
  return at.getTime();
}
