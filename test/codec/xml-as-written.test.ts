// What is canonical as it stands is read without libxml2; whatever is not so beyond doubt takes the other way, with its verdict.
import { expect, jest, test } from '@jest/globals';
import { XmlDocument } from 'libxml2-wasm';
import { inspectXml, MAX_NAMESPACES_IN_SCOPE, readXml } from '../../adapter/xml/index.ts';
import { checkGate } from '../../tools/fuzz/targets/xml.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

/** How often libxml2 parsed while `use` ran. */
function parses(use: () => void): number {
  const parse = jest.spyOn(XmlDocument, 'fromBuffer');
  try {
    use();
    return parse.mock.calls.length;
  } finally {
    parse.mockRestore();
  }
}

const NESTED = '<a:e xmlns:a="urn:a" xmlns:z="http://example.org/z_1#" b="1" z:c="&lt;&#xA;\'>"><z:f></z:f>\n</a:e>';
const CANONICAL = [
  '<a></a>',
  '<?xml version="1.0" encoding="UTF-8"?>\r\n<a></a>\r\n',
  '\n <a>\n<b x="1" y="2">é 😀 \u0085 &amp;&lt;&gt;&#xD;"</b></a>',
  NESTED,
  `\ufeff${NESTED}`,
  '<a xmlns="urn:a"><b xmlns=""></b><c xmlns="urn:c"></c></a>',
  '<a xml:lang="nl"></a>',
];

test.each(CANONICAL)('%j is read as it was written, and as libxml2 reads it', (text) => {
  expect(parses(() => expect(readXml(bytes(text), { lines: true }).ok).toBe(true))).toBe(0);
  expect(() => checkGate(bytes(text))).not.toThrow();
});

const deep = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
const declaring = (count: number): string =>
  `<a${Array.from({ length: count }, (_, i) => ` xmlns:n${String(i).padStart(3, '0')}="urn:n"`).join('')}></a>`;

/** Each differs in one respect from what is read as it was written; some are right, some are not. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['an empty-element tag', '<a/>'],
  ['white space in a tag', '<a ></a>'],
  ['white space in an end tag', '<a></a >'],
  ['two spaces', '<a  b="1"></a>'],
  ['single quotes', "<a b='1'></a>"],
  ['attributes out of order', '<a c="1" b="2"></a>'],
  ['an attribute twice', '<a b="1" b="2"></a>'],
  ['the same attribute under two prefixes', '<a xmlns:p="urn:p" xmlns:q="urn:p" p:b="1" q:b="2"></a>'],
  ['declarations out of order', '<a xmlns:q="urn:q" xmlns:p="urn:p"></a>'],
  ['a declaration behind an attribute', '<a b="1" xmlns:p="urn:p"></a>'],
  ['a declaration that changes nothing', '<a xmlns:p="urn:p"><b xmlns:p="urn:p"></b></a>'],
  ['a prefix undone', '<a xmlns:p="urn:p"><b xmlns:p=""></b></a>'],
  ['an undeclared prefix', '<p:a></p:a>'],
  ['an undeclared prefix of an attribute', '<a p:b="1"></a>'],
  ['a relative namespace name', '<a xmlns="a"></a>'],
  ['a namespace name that is no URI', '<a xmlns="urn:a b"></a>'],
  ['the namespace of xml under another prefix', '<a xmlns:p="http://www.w3.org/XML/1998/namespace"></a>'],
  ['the namespace of declarations', '<a xmlns:p="http://www.w3.org/2000/xmlns/"></a>'],
  ['the prefix xmlns', '<a xmlns:xmlns="urn:a"></a>'],
  ['the prefix xml', '<a xmlns:xml="urn:a"></a>'],
  ['an element of xml', '<xml:a></xml:a>'],
  ['xml:id', '<a xml:id="1 2"></a>'],
  ['xml:space', '<a xml:space="no"></a>'],
  ['a name with a digit first', '<1a></1a>'],
  ['a name with a colon first', '<:a></:a>'],
  ['a name with a colon last', '<a:></a:>'],
  ['a name with two colons', '<a xmlns:p="urn:p"><p:b:c></p:b:c></a>'],
  ['an attribute with a colon first', '<a :b="1"></a>'],
  ['a name that is not ASCII', '<é></é>'],
  ['a name with a character that none has', '<a\u00d7></a\u00d7>'],
  ['a comment', '<a><!-- b --></a>'],
  ['a CDATA section', '<a><![CDATA[b]]></a>'],
  ['an instruction', '<a><?b c?></a>'],
  ['an instruction called xml', '<a><?xml c?></a>'],
  ['an instruction before the root', '<?b c?>\n<a></a>'],
  ['a DOCTYPE', '<!DOCTYPE a><a></a>'],
  ['an entity', '<a>&b;</a>'],
  ['a character by number', '<a>&#65;</a>'],
  ['a tab by number in a text', '<a>&#x9;</a>'],
  ['a quotation mark by name in a text', '<a>&quot;</a>'],
  ['a greater-than sign by name in an attribute', '<a b="&gt;"></a>'],
  ['a tab in an attribute', '<a b="\t"></a>'],
  ['a carriage return', '<a>\r\n</a>'],
  ['a greater-than sign', '<a>></a>'],
  ['the end of a CDATA section', '<a>]]></a>'],
  ['a control character', '<a>\u0001</a>'],
  ['a control character in an attribute', '<a b="\u001f"></a>'],
  ['a noncharacter', '<a>\uffff</a>'],
  ['an ampersand alone', '<a>&</a>'],
  ['a less-than sign in an attribute', '<a b="<"></a>'],
  ['tags that cross', '<a><b></a></b>'],
  ['an open element', '<a><b></b>'],
  ['an end tag too many', '<a></a></a>'],
  ['two roots', '<a></a><b></b>'],
  ['text behind the root', '<a></a>b'],
  ['text before the root', 'b<a></a>'],
  ['no element', ' '],
  ['nothing', ''],
  ['201 levels', deep(201)],
  ['257 declarations', declaring(MAX_NAMESPACES_IN_SCOPE + 1)],
];

test.each(OTHERS)('%s: libxml2 or the look ahead has the word', (_, text) => {
  expect(() => checkGate(bytes(text))).not.toThrow();
  const parsed = parses(() => readXml(bytes(text)));
  const guarded = !inspectXml(bytes(text), () => true).ok && parses(() => inspectXml(bytes(text), () => true)) === 0;
  expect(parsed === 1 || guarded).toBe(true);
});

test('row 119 limits of the caller hold for what is read as it was written', () => {
  const refused = (limits: Parameters<typeof readXml>[1]) => {
    const read = readXml(bytes('<a xmlns="urn:a" b="1"><c><d></d></c><c></c></a>'), limits);
    return read.ok ? undefined : read.error.kind;
  };
  expect(refused({ limits: { maxDepth: 3, maxElements: 4, maxAttributes: 2 } })).toBeUndefined();
  expect(refused({ limits: { maxDepth: 2 } })).toBe('tooDeep');
  expect(refused({ limits: { maxElements: 3 } })).toBe('tooMany');
  expect(refused({ limits: { maxAttributes: 1 } })).toBe('tooMany');
  expect(refused({ limits: { maxBytes: 10 } })).toBe('tooLarge');
});

test('lines are those of the source, whatever stands before the root', () => {
  const read = readXml(bytes('<?xml version="1.0"?>\r\n\n<a>\n<b>\n\n</b><c></c></a>'), { lines: true });
  if (!read.ok) throw new Error('the document is right');
  expect([read.value.root, ...read.value.root.children].map(({ line }) => line)).toEqual([3, 4, 6]);
});
