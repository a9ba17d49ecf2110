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

const HEAD_BYTES = 16 * 1024;
const MAX_VALUE = 40;
const FIELDS: ReadonlyMap<string, Exclude<keyof PayloadHeader, 'rootName' | 'namespace'>> = new Map([
  ['BerichtCode', 'berichtCode'],
  ['BerichtVersie', 'berichtVersie'],
  ['BerichtSubversie', 'berichtSubversie'],
  ['Afzender', 'afzender'],
  ['Ontvanger', 'ontvanger'],
]);

/**
 * From the first 16 kB; undefined when there is no start tag. The XSD check says whether the rest is right. Comments,
 * instructions and CDATA count as an XML reader counts them (row 122), and every octet is looked at once (row 118).
 */
export function payloadHeader(bytes: Uint8Array): PayloadHeader | undefined {
  const head = new TextDecoder('utf-8').decode(bytes.subarray(0, HEAD_BYTES));
  const read: { -readonly [K in keyof PayloadHeader]?: PayloadHeader[K] } = {};
  let open = '';
  let text = '';
  for (const piece of piecesOf(head)) {
    if (piece.kind === 'text') {
      text += piece.text;
      continue;
    }
    const { name, ends } = piece.tag;
    if (read.rootName === undefined) Object.assign(read, { rootName: name, namespace: namespaceOf(piece.tag) });
    const field = ends && name === open ? FIELDS.get(name) : undefined;
    const value = text.trim();
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

type Piece = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'tag'; readonly tag: Tag };

/** Mark-up that is no tag, with its end. */
const OTHER_MARKUP = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

function* piecesOf(head: string): Generator<Piece, void, undefined> {
  let at = 0;
  for (let lt = head.indexOf('<'); lt >= 0; lt = head.indexOf('<', at)) {
    if (lt > at) yield { kind: 'text', text: head.slice(at, lt) };
    const other = OTHER_MARKUP.find(([start]) => head.startsWith(start, lt));
    const end = other === undefined ? tagEnd(head, lt) : head.indexOf(other[1], lt + other[0].length);
    if (end < 0) return;
    const inner = head.slice(lt + (other?.[0].length ?? 1), end);
    const tag = other === undefined ? tagOf(inner) : undefined;
    if (tag !== undefined) yield { kind: 'tag', tag };
    else if (other?.[0] === '<![CDATA[') yield { kind: 'text', text: inner };
    at = end + (other?.[1].length ?? 1);
  }
}

/** The `>` that ends a tag; one in quotes does not. */
function tagEnd(head: string, from: number): number {
  for (let at = from; at < head.length; at += 1) {
    const character = head[at];
    if (character === '>') return at;
    if (character === '"' || character === "'") {
      at = head.indexOf(character, at + 1);
      if (at < 0) return -1;
    }
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
