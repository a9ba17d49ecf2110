// Mutations that know elements and attributes: copies, moves, wrappings, and what may stand between them.
import { replaceRange } from './bytes.ts';
import type { MutationTools, Mutator } from './types.ts';

/** Beyond this only the mutations of octets work: looking for elements would take too long. */
const MAX_BYTES = 32 * 1024;
const TAG = /<(\/?)([^\s<>/!?"'=]+)((?:[^<>"']|"[^"]*"|'[^']*')*?)(\/?)>/g;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly innerFrom: number;
  readonly innerTo: number;
  readonly name: string;
}

/** Elements by their tags, as far as those pair; offsets are of octets. */
function elementsOf(input: Buffer): Range[] {
  if (input.length > MAX_BYTES) return [];
  const found: Range[] = [];
  const open: { name: string; from: number; innerFrom: number }[] = [];
  for (const match of input.toString('latin1').matchAll(TAG)) {
    const end = match.index + match[0].length;
    const name = match[2] ?? '';
    if (match[4] === '/') found.push({ from: match.index, to: end, innerFrom: end, innerTo: end, name });
    else if (match[1] === '') open.push({ name, from: match.index, innerFrom: end });
    else {
      const start = open.pop();
      if (start !== undefined) found.push({ ...start, to: end, innerTo: match.index });
    }
  }
  return found;
}

const ofElement =
  (change: (input: Buffer, element: Range, tools: MutationTools, all: readonly Range[]) => Buffer): Mutator =>
  (input, tools) => {
    const all = elementsOf(input);
    return all.length === 0 ? input : change(input, tools.random.pick(all), tools, all);
  };

const textOf = (input: Buffer, { from, to }: { from: number; to: number }): Buffer =>
  Buffer.from(input.subarray(from, to));

const copy = ofElement((input, element, { random }, all) => {
  const place = random.pick(all);
  const at = random.pick([element.to, place.from, place.to, place.innerFrom, place.innerTo]);
  return replaceRange(input, at, at, textOf(input, element));
});

const remove = ofElement((input, { from, to }) => replaceRange(input, from, to, new Uint8Array()));

const unwrap = ofElement((input, element) =>
  replaceRange(input, element.from, element.to, textOf(input, { from: element.innerFrom, to: element.innerTo })),
);

const move = ofElement((input, element, { random }, all) => {
  const outside = all.filter((one) => one.from >= element.to || one.to <= element.from);
  if (outside.length === 0) return input;
  const at = random.pick([random.pick(outside).to, random.pick(outside).innerFrom]);
  const own = textOf(input, element);
  if (at > element.from && at < element.to) return input;
  const inserted = replaceRange(input, at, at, own);
  const shift = at <= element.from ? own.length : 0;
  return replaceRange(inserted, element.from + shift, element.to + shift, new Uint8Array());
});

const swap = ofElement((input, element, { random }, all) => {
  const other = random.pick(all);
  const [first, second] = element.from < other.from ? [element, other] : [other, element];
  if (first.to > second.from) return input;
  return Buffer.concat([
    input.subarray(0, first.from),
    input.subarray(second.from, second.to),
    input.subarray(first.to, second.from),
    input.subarray(first.from, first.to),
    input.subarray(second.to),
  ]);
});

const wrap = ofElement((input, element, { random }, all) => {
  const name = random.chance(0.5) ? random.pick(all).name : 'a';
  const depth = random.chance(0.95) ? 1 : 1 + random.below(400);
  const own = textOf(input, element);
  return replaceRange(
    input,
    element.from,
    element.to,
    Buffer.concat([
      Buffer.from(`<${name}>`.repeat(depth), 'latin1'),
      own,
      Buffer.from(`</${name}>`.repeat(depth), 'latin1'),
    ]),
  );
});

const rename = ofElement((input, element, { random }, all) => {
  const name = Buffer.from(random.pick(all).name, 'latin1');
  const start = element.from + 1;
  const renamed = replaceRange(input, start, start + element.name.length, name);
  if (element.innerTo === element.innerFrom && element.to === element.innerTo) return renamed;
  const end = element.innerTo + 2 + name.length - element.name.length;
  return replaceRange(renamed, end, end + element.name.length, name);
});

const content = ofElement((input, element, { random, dictionary }) => {
  const texts = [
    Buffer.alloc(0),
    Buffer.from(' '),
    Buffer.from('x'.repeat(1 + random.below(300))),
    Buffer.from(String(1 + random.below(9)).repeat(1 + random.below(25))),
    Buffer.from(`${random.pick(['-', '+', '0', '00'])}${random.below(1000)}`),
  ];
  const text = random.chance(0.5) && dictionary.length > 0 ? random.pick(dictionary) : random.pick(texts);
  return replaceRange(input, element.innerFrom, element.innerTo, text);
});

const fromOther = ofElement((input, element, { random, other }) => {
  const second = other();
  const theirs = elementsOf(second);
  if (theirs.length === 0) return input;
  const taken = textOf(second, random.pick(theirs));
  return random.chance(0.5)
    ? replaceRange(input, element.from, element.to, taken)
    : replaceRange(input, element.innerTo, element.innerTo, taken);
});

const BETWEEN = [
  '<!--x-->',
  '<!-- - -->',
  '<?a b?>',
  '<?xml version="1.0"?>',
  '<![CDATA[x]]>',
  '<![CDATA[]]>',
  '&amp;',
  '&#x41;',
  '&#xD;',
  '&#0;',
  '&#xFFFE;',
  '&#xD800;',
  '&#x110000;',
  '&#0000000065;',
  '&#4294967361;',
  '&lt;',
  '&x;',
  '\r',
  '\t',
  '\u00a0',
  '\ufeff',
  '\u{10ffff}',
  '\ufffd',
  // Encoded without fault, and yet no characters of XML.
  '\ufffe',
  '\uffff',
  ']]>',
  '<!DOCTYPE a [<!ENTITY x "y">]>',
  '<a xmlns=""/>',
  '<a xmlns="urn:a"/>',
];

const between = ofElement((input, element, { random }) => {
  const at = random.pick([element.from, element.innerFrom, element.innerTo, element.to]);
  return replaceRange(input, at, at, Buffer.from(random.pick(BETWEEN)));
});

const ATTRIBUTES = [
  ' xmlns=""',
  ' xmlns="urn:a"',
  ' xmlns:a="urn:a"',
  ' xmlns:a="urn:b"',
  ' a:b="c"',
  ' b="c"',
  ' b="&#10;&#13;&#9;&quot;"',
  ' xml:lang="nl"',
  ' xml:space="preserve"',
  ' xmlns:xml="http://www.w3.org/XML/1998/namespace"',
  ' xmlns:a="a"',
];

const attribute = ofElement((input, element, { random }) => {
  const own = [
    ...input
      .subarray(element.from, element.innerFrom)
      .toString('latin1')
      .matchAll(/\s[^\s=<>"']+="[^"]*"/g),
  ];
  const nameEnd = element.from + 1 + element.name.length;
  const how = random.below(3);
  if (own.length === 0 || how === 0) return replaceRange(input, nameEnd, nameEnd, Buffer.from(random.pick(ATTRIBUTES)));
  const one = random.pick(own);
  const from = element.from + one.index;
  if (how === 1) return replaceRange(input, from, from + one[0].length, new Uint8Array());
  return replaceRange(input, nameEnd, nameEnd, Buffer.from(one[0], 'latin1'));
});

const attributeValue = ofElement((input, element, { random, dictionary }) => {
  const own = [
    ...input
      .subarray(element.from, element.innerFrom)
      .toString('latin1')
      .matchAll(/="([^"]*)"/g),
  ];
  if (own.length === 0 || dictionary.length === 0) return input;
  const one = random.pick(own);
  const from = element.from + one.index + 2;
  return replaceRange(input, from, from + (one[1] ?? '').length, random.pick(dictionary));
});

export const XML_MUTATORS: readonly Mutator[] = [
  copy,
  remove,
  unwrap,
  move,
  swap,
  wrap,
  rename,
  content,
  fromOther,
  between,
  attribute,
  attributeValue,
];

export const XML_TOKENS: readonly string[] = [...BETWEEN, ...ATTRIBUTES, '<a>', '</a>', '<a/>', 'UTF-16', 'ISO-8859-1'];
