// The XML gate: what it lets through is its own canonical form, and libxml2's tree says the same.
import fc, { type Arbitrary } from 'fast-check';
import {
  descendants,
  exclusiveCanonical,
  inspectXml,
  type LibxmlDocument,
  type ReadXmlOptions,
  readCanonical,
  readXml,
  type XmlElement,
} from '../../../adapter/xml/index.ts';
import { XML_MUTATORS, XML_TOKENS } from '../mutate/xml.ts';
import { samples } from '../samples.ts';
import { must, type Target } from '../target.ts';

/** What libxml2 says of the tree, in one text per element. */
type Seen = readonly string[];

/** Undefined for a tree that the wrapper cannot be walked through. */
function seenBy(document: LibxmlDocument): Seen | undefined {
  const lines: string[] = [];
  const waiting = [document.root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const attributes = next.attrs.map(({ name, namespaceUri, value }) => `{${namespaceUri}}${name}=${value}`);
    const below: (typeof next)[] = [];
    let text = '';
    for (let node = next.firstChild; node !== null; node = node.next) {
      // The wrapper knows no processing instructions and gives nothing for one.
      if (node === undefined) return undefined;
      if (isElement(node)) below.push(node);
      else if (TEXT.has(node.constructor.name)) text += node.content;
    }
    lines.push(lineOf(next.namespaceUri, next.name, attributes, text));
    waiting.push(...below.reverse());
  }
  return lines;
}

type LibxmlElement = LibxmlDocument['root'];
const TEXT = new Set(['XmlText', 'XmlCData']);
const isElement = (node: object): node is LibxmlElement => node.constructor.name === 'XmlElement';

function seenByUs(root: XmlElement): Seen {
  return descendants(root).map((element) =>
    lineOf(
      element.ns,
      element.name,
      element.attributes.map(({ name, ns, value }) => `{${ns}}${name}=${value}`),
      element.text,
    ),
  );
}

const lineOf = (ns: string, name: string, attributes: readonly string[], text: string): string =>
  JSON.stringify([ns, name, [...attributes].sort(), text]);

/** Walking libxml2's tree is slow: only documents of this size are compared node by node. */
const MAX_COMPARED_BYTES = 8 * 1024;

/** The wrapper also loses a U+FEFF at the start of a text. */
const isComparable = (input: Buffer): boolean =>
  input.length <= MAX_COMPARED_BYTES && input.indexOf('\uFEFF', 1, 'utf8') < 0;

export function checkGate(input: Buffer): void {
  let theirs: Seen | undefined;
  const inspect = (document: LibxmlDocument): boolean => {
    if (isComparable(input)) theirs = seenBy(document);
    return true;
  };
  const read = inspectXml(input, inspect, { lines: true });
  checkSame(input, read, {});
  checkSame(input, read, { setAsideBytes: 4 });
  if (!read.ok || read.value === undefined) return;
  const { text, root } = read.value;
  if (theirs !== undefined) {
    must(theirs.join('\n') === seenByUs(root).join('\n'), 'our reading differs from that of libxml2');
  }
  const again = readXml(Buffer.from(text, 'utf8'));
  must(again.ok, 'the canonical form is refused');
  must(again.value.text === text, 'canonicalising again changes the canonical form');
  const direct = readCanonical(text);
  must(direct !== undefined, 'the canonical form is not read as one');
  must(
    descendants(root).every((element) => isRange(text, element)),
    'the range of an element is not that of its tags',
  );
  const exclusive = exclusiveCanonical(Buffer.from(text, 'utf8'), []);
  if (exclusive.ok) {
    const twice = exclusiveCanonical(Buffer.from(exclusive.value, 'utf8'), []);
    must(twice.ok && twice.value === exclusive.value, 'canonicalising exclusively again changes the text');
  }
}

/**
 * What is canonical as it was written is read without libxml2, and a long text of base64 is kept from it: it must come out as
 * if libxml2 had read it all.
 */
function checkSame(input: Buffer, { ok, ...seen }: ReturnType<typeof inspectXml>, options: ReadXmlOptions): void {
  const read = readXml(input, { lines: true, ...options });
  must(read.ok === ok, 'the verdict differs from that by way of libxml2');
  if (!read.ok || !('value' in seen) || seen.value === undefined) return;
  const { text, root, marked } = seen.value;
  must(read.value.text === text, 'the text differs from that by way of libxml2');
  must(String(read.value.marked) === String(marked), 'the marks differ from those by way of libxml2');
  must(placesOf(read.value.root) === placesOf(root), 'the elements differ from those by way of libxml2');
}

const placesOf = (root: XmlElement): string =>
  JSON.stringify(
    descendants(root).map(({ parent, children, namespaces, ...rest }) => [
      ...[rest, [...namespaces], children.length, parent?.start],
    ]),
  );

function isRange(text: string, { start, end, innerEnd, prefix, name }: XmlElement): boolean {
  const qname = prefix === '' ? name : `${prefix}:${name}`;
  return text.startsWith(`<${qname}`, start) && text.slice(innerEnd, end) === `</${qname}>`;
}

const SEEDS = [
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<a xmlns="urn:a" xmlns:b="urn:b" b:x=\'1\' y="&#10;&lt;"><b:c/>t&amp;<![CDATA[<&]]><!-- c --><?p i?><c xmlns=""/></a>\n',
  '<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e9<b xml:lang="nl" xml:space="preserve"> </b></a>',
  '<a:a xmlns:a="urn:a" xmlns:z="urn:z" z:b="2" a:b="1" b="3"><z:b xmlns:z="urn:y"><z:c xmlns:z="urn:z"/></z:b></a:a>',
];

const name = fc.constantFrom('a', 'b', 'p:a', 'q:b', 'xml:c', 'A-1._');
const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('&amp;', '&#9;', '\n', "'", '&#xD;'),
);
const attribute = fc.oneof(
  fc.tuple(name, value).map(([n, v]) => ` ${n}="${v.replaceAll('"', '').replaceAll('<', '')}"`),
  fc.constantFrom(' xmlns="urn:a"', ' xmlns=""', ' xmlns:p="urn:p"', ' xmlns:q="urn:p"', ' xmlns:q="urn:q"'),
);
const { tree } = fc.letrec<{ tree: string; content: string }>((tie) => ({
  content: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'xml' },
    value.map((text) => text.replaceAll('<', '')),
    fc.constantFrom('<!--x-->', '<?p i?>', '<![CDATA[<]]>', '<![CDATA[]]>'),
    tie('tree'),
  ),
  tree: fc
    .tuple(
      name,
      fc.uniqueArray(attribute, { maxLength: 4 }),
      fc.array(tie('content'), { maxLength: 4, depthIdentifier: 'xml' }),
    )
    .map(([n, attributes, content]) => `<${n}${attributes.join('')}>${content.join('')}</${n}>`),
}));

const arbitrary = (): Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.constantFrom('', '<?xml version="1.0"?>', '\ufeff', '<!--c-->\n<?p?>'), tree, fc.boolean())
    .map(([prolog, root, declared]) =>
      Buffer.from(`${prolog}${declared ? `<r xmlns:p="urn:p" xmlns:q="urn:q">${root}</r>` : root}`),
    );

function prepare() {
  const utf16 = Buffer.from(`\ufeff${SEEDS[2] ?? ''}`, 'utf16le');
  const own = [...SEEDS.slice(0, 1), ...SEEDS.slice(2)].map((text) => Buffer.from(text));
  const latin1 = Buffer.from(SEEDS[1] ?? '', 'latin1');
  const found = [...samples('ebxml/samples', /\.xml$/), ...samples('istandaarden/samples', /01\.xml$/)];
  const seeds = [...own, latin1, utf16, ...found];
  return Promise.resolve({ seeds: [...seeds, ...seeds.flatMap(canonicalOf)], run: checkGate });
}

/** One change away from what is read without libxml2. */
function canonicalOf(seed: Uint8Array): Buffer[] {
  const read = readXml(seed);
  return read.ok ? [Buffer.from(read.value.text, 'utf8')] : [];
}

export const xmlTarget: Target = {
  name: 'xml',
  about: 'XML-poort',
  dictionary: XML_TOKENS,
  mutators: XML_MUTATORS,
  arbitrary,
  prepare,
};
