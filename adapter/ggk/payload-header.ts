// The header of an iStandaarden payload: what kind of message it is and between whom; nothing about a client is read.

export interface PayloadHeader {
  readonly rootName: string;
  readonly namespace: string;
  readonly berichtCode?: string;
  readonly berichtVersie?: string;
  readonly berichtSubversie?: string;
  /** In a retourbericht these are the parties of the heenbericht, unswapped (istandaarden section 3). */
  readonly afzender?: string;
  readonly ontvanger?: string;
}

/** Of a tag, and of the text in an element. */
const MOST_BYTES = 16 * 1024;
/** Tags, texts and other mark-up that are looked at; a header with everything in it has some fifty. */
const MOST_PIECES = 10_000;
const MAX_VALUE = 40;
const FIELDS: ReadonlyMap<string, Exclude<keyof PayloadHeader, 'rootName' | 'namespace'>> = new Map([
  ['BerichtCode', 'berichtCode'],
  ['BerichtVersie', 'berichtVersie'],
  ['BerichtSubversie', 'berichtSubversie'],
  ['Afzender', 'afzender'],
  ['Ontvanger', 'ontvanger'],
]);

/**
 * Undefined when there is no start tag, or when the end of the header is not found within the bounds: nobody may hide it
 * behind them. The XSD check says whether the rest is right. Comments, instructions, CDATA and references count as an XML
 * reader counts them (row 122), however long they are, and every octet is looked at once (row 118).
 */
export function payloadHeader(bytes: Uint8Array): PayloadHeader | undefined {
  const read: { -readonly [K in keyof PayloadHeader]?: PayloadHeader[K] } = {};
  let open = '';
  let text = '';
  for (const piece of piecesOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
    if (piece.kind === 'beyond') return undefined;
    if (piece.kind === 'text') {
      text = (text + piece.text).slice(0, MOST_BYTES + 1);
      continue;
    }
    const { name, ends } = piece.tag;
    if (read.rootName === undefined) Object.assign(read, { rootName: name, namespace: namespaceOf(piece.tag) });
    const field = ends && name === open ? FIELDS.get(name) : undefined;
    const value = text.length > MOST_BYTES ? '' : text.trim();
    if (field !== undefined && value !== '' && value.length <= MAX_VALUE) read[field] ??= value;
    if (ends && name === 'Header') break;
    open = ends ? '' : name;
    text = '';
  }
  const { rootName, namespace, ...fields } = read;
  return rootName === undefined || namespace === undefined ? undefined : { rootName, namespace, ...fields };
}

interface Tag {
  readonly prefix: string;
  readonly name: string;
  /** `</name>`. */
  readonly ends: boolean;
  readonly attributes: string;
}

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tag'; readonly tag: Tag }
  /** More than is looked at, or mark-up without an end. */
  | { readonly kind: 'beyond' };

/** Mark-up that is no tag, with its end. */
const OTHER_MARKUP = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;
const LONGEST_START = Math.max(...OTHER_MARKUP.map(([opens]) => opens.length));
const [GT, QUOTE, APOSTROPHE] = [0x3e, 0x22, 0x27] as const;

function* piecesOf(document: Buffer): Generator<Piece, void, undefined> {
  const textAt = (start: number, end: number): string =>
    document.toString('utf8', start, Math.min(end, start + MOST_BYTES + 1));
  let at = 0;
  for (let pieces = 0; pieces < MOST_PIECES; pieces += 1) {
    const lt = document.indexOf('<', at);
    if (lt < 0) return;
    if (lt > at) yield { kind: 'text', text: withoutReferences(textAt(at, lt)) };
    const start = textAt(lt, lt + LONGEST_START);
    const other = OTHER_MARKUP.find(([opens]) => start.startsWith(opens));
    const end = other === undefined ? tagEnd(document, lt) : document.indexOf(other[1], lt + other[0].length);
    if (end < 0) break;
    const inside = lt + (other?.[0].length ?? 1);
    const tag = other === undefined ? tagOf(document.toString('utf8', inside, end)) : undefined;
    if (tag !== undefined) yield { kind: 'tag', tag };
    else if (other?.[0] === '<![CDATA[') yield { kind: 'text', text: textAt(inside, end) };
    at = end + (other?.[1].length ?? 1);
  }
  yield { kind: 'beyond' };
}

/** A longer text is no value of a header. */
const MOST_DECODED = 200;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const withoutReferences = (text: string): string =>
  text.length <= MOST_DECODED && text.includes('&')
    ? text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{2,4}));/g, decoded)
    : text;

/** What is no reference stays as it is; the XSD check refuses it. */
function decoded(all: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return NAMED[name] ?? all;
  const point = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  return point <= 0x10ffff ? String.fromCodePoint(point) : all;
}

/** The `>` that ends a tag; one in quotes does not. */
function tagEnd(document: Buffer, from: number): number {
  const most = Math.min(document.length, from + MOST_BYTES);
  let quote = 0;
  for (let at = from; at < most; at += 1) {
    const octet = document[at] ?? 0;
    if (quote !== 0) quote = octet === quote ? 0 : quote;
    else if (octet === GT) return at;
    else if (octet === QUOTE || octet === APOSTROPHE) quote = octet;
  }
  return -1;
}

function tagOf(inner: string): Tag | undefined {
  const match = /^(\/?)(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)/.exec(inner);
  if (match === null) return undefined;
  const [all, slash, prefix = '', name = ''] = match;
  return { prefix, name, ends: slash === '/', attributes: inner.slice(all.length) };
}

function namespaceOf({ prefix, attributes }: Tag): string {
  const name = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
  const at = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return at?.[1] ?? at?.[2] ?? '';
}
