// What can still be read of a broken document, so that its sender can be told (row 155).
import { readXml, type XmlElement } from '../xml/index.ts';
import { MAX_ENVELOPE_BYTES, readStuf } from './read.ts';
import { MAX_REFNUMMER, ROOTS } from './schema.ts';
import type { StufMessage, StufParty, StufPeek, StufProblem } from './types.ts';

/** The stuurgegevens stand at the beginning; a broken rest does not matter. */
const HEAD_BYTES = 16_384;
const LIMITS = { maxBytes: MAX_ENVELOPE_BYTES, maxDepth: 64, maxElements: 100_000, maxAttributes: 1000 };
const MAX_TEXT = 200;

type Lookup = (path: readonly string[]) => string | undefined;

/** What a document says, or why it cannot be read and what it says of itself nevertheless. */
export type StufReading =
  | { readonly ok: true; readonly value: StufMessage }
  | { readonly ok: false; readonly error: StufProblem; readonly peek: StufPeek };

export function readOrPeek(bytes: Uint8Array): StufReading {
  const read = readStuf(bytes);
  return read.ok ? read : { ...read, peek: peekStuf(bytes) };
}

/**
 * Root name, reference numbers, parties and versions as far as they can be found, in any namespace and in any order.
 * Values are cut off by being left out: a text longer than its element allows is not given.
 */
export function peekStuf(bytes: Uint8Array): StufPeek {
  const document = readXml(bytes, { limits: LIMITS });
  if (document.ok) return compose(document.value.root.name, (path) => inTree(document.value.root, path));
  const head = new TextDecoder('utf-8').decode(bytes.subarray(0, HEAD_BYTES));
  const root = /<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,60})[\s>]/.exec(head)?.[1];
  return compose(root, (path) => inText(head, path));
}

function compose(root: string | undefined, at: Lookup): StufPeek {
  const kind = ROOTS.find((known) => known.name === root)?.kind;
  const one = (name: string, max: number): string | undefined => {
    const text = at([name]);
    return text === undefined || text === '' || text.length > max ? undefined : text;
  };
  return defined({
    root: kind === undefined ? undefined : root,
    kind,
    referentienummer: one('referentienummer', MAX_REFNUMMER),
    crossRefnummer: one('crossRefnummer', MAX_REFNUMMER),
    functie: one('functie', 30),
    zender: party(at, 'zender'),
    ontvanger: party(at, 'ontvanger'),
    applicatieVersie: one('applicatieVersie', 4),
    applicatieSubversie: one('applicatieSubversie', 4),
  });
}

function party(at: Lookup, which: 'zender' | 'ontvanger'): Partial<StufParty> | undefined {
  const one = (name: string): string | undefined => {
    const text = at([which, name]);
    return text === undefined || text === '' || text.length > MAX_TEXT ? undefined : text;
  };
  const found = defined({ organisatie: one('organisatie'), applicatie: one('applicatie') });
  return Object.keys(found).length === 0 ? undefined : found;
}

/** The first element with these local names below one another, anywhere in the head of the tree. */
function inTree(element: XmlElement, path: readonly string[]): string | undefined {
  const [name, ...rest] = path;
  for (const child of element.children) {
    if (child.name === name) {
      const found = rest.length === 0 ? child.text : inTree(child, rest);
      if (found !== undefined) return found;
    } else if (child.name === 'stuurgegevens' || child.name === 'parameters') {
      const found = inTree(child, path);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function inText(head: string, path: readonly string[]): string | undefined {
  let from = 0;
  let text: string | undefined;
  for (const name of path) {
    const tag = new RegExp(`<(?:[\\w.-]{1,40}:)?${name}>([^<&]{0,${MAX_TEXT + 1}})`, 'g');
    tag.lastIndex = from;
    const m = tag.exec(head);
    if (m === null) return undefined;
    from = tag.lastIndex;
    text = m[1];
  }
  return text;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>;
}
