// A long text of base64 is kept from libxml2, and the document comes out as if it had been read with it.
import { expect, jest, test } from '@jest/globals';
import { XmlDocument } from 'libxml2-wasm';
import { inspectXml, type ReadXmlOptions, readXml } from '../../adapter/xml/index.ts';
import { checkGate } from '../../tools/fuzz/targets/xml.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const BASE64 = 'QUJD'.repeat(25_000);
const IN_LINES = `\r\n${'QUJD\r\n'.repeat(20_000)}`;
const AROUND_BYTES = 1000;

/** Octets that libxml2 was given while `use` ran. */
function parsed(use: () => void): number {
  const parse = jest.spyOn(XmlDocument, 'fromBuffer');
  try {
    use();
    return parse.mock.calls.reduce((sum, [octets]) => sum + octets.length, 0);
  } finally {
    parse.mockRestore();
  }
}

const whole = (text: string) => inspectXml(bytes(text), () => true, { lines: true });
const read = (text: string, options: ReadXmlOptions = {}) => readXml(bytes(text), { lines: true, ...options });

/** Beside the text is what is not canonical as it stands. */
const KEPT: readonly (readonly [string, string])[] = [
  ['in one line', `<a ><b>${BASE64}</b></a>`],
  ['in lines that end with CR LF', `<a ><b>${IN_LINES}</b><c/>\n</a>`],
  ['where only its line ends are not canonical', `<a><b>${IN_LINES}</b></a>`],
  ['between a comment and a reference', `<a>x<!-- c -->${BASE64}<![CDATA[<]]>&#65;</a>`],
  ['the longest of two', `<a ><b>QUJD</b>\n<b>${BASE64}</b></a>`],
  ['behind a declaration and a byte order mark', `\ufeff<?xml version='1.0'?>\n<a >${BASE64}</a>\n<!-- c -->`],
];

test.each(KEPT)('a text of base64 %s is kept from libxml2', (_name, text) => {
  expect(parsed(() => expect(read(text)).toEqual(whole(text)))).toBeLessThan(text.length + AROUND_BYTES);
  expect(read(text).ok).toBe(true);
});

const SHOWN: readonly (readonly [string, string])[] = [
  ['in a comment', `<a ><!--${BASE64}-->b</a>`],
  ['in a CDATA section', `<a ><![CDATA[${BASE64}]]></a>`],
  ['in an instruction', `<a ><?p ${BASE64}?></a>`],
  ['in an attribute', `<a b='${BASE64}'></a>`],
  ['with a reference in it', `<a >${BASE64}&amp;${BASE64}</a>`],
  ['with a letter that base64 has not', `<a >${BASE64}é</a>`],
  ['before the root', `${' '.repeat(100_000)}<a />`],
  ['behind the root', `<a />${' '.repeat(100_000)}<?p?>`],
  ['in a document that holds its stand-in', `<a b='A0set0aside0A'>${BASE64}</a>`],
  ['in a document that holds its stand-in by a reference', `<a >&#65;0set0aside0A<b>${BASE64}</b></a>`],
  ['of which the longest is something else', `<a ><b>${BASE64}</b><c>${'é'.repeat(100_000)}</c></a>`],
];

test.each(SHOWN)('a long text %s is read whole', (_name, text) => {
  expect(read(text)).toEqual(whole(text));
  expect(parsed(() => read(text))).toBeGreaterThanOrEqual(bytes(text).length);
});

/** Line of what is wrong, told as it stands in the document. */
const WRONG: readonly (readonly [string, string, number])[] = [
  ['a tag that does not match, behind it', `<a >${IN_LINES}\n</b>`, 20_003],
  ['an entity behind it', `<a >${IN_LINES}<b>&x;</b></a>`, 20_002],
  ['text outside the root', `<a />${BASE64}`, 1],
];

test.each(WRONG)('%s is told with its own line', (_name, text, line) => {
  expect(read(text)).toEqual(whole(text));
  expect(read(text)).toMatchObject({ ok: false, error: { kind: 'notWellFormed', line } });
});

test('row 117 what the look ahead refuses is refused however long a text stands in it', () => {
  expect(read(`<!DOCTYPE a [<!ENTITY x "${BASE64}">]><a >${BASE64}</a>`)).toMatchObject({
    ok: false,
    error: { kind: 'doctype' },
  });
  expect(read(`<a ><b>${BASE64}</b></a>`, { limits: { maxDepth: 1 } })).toMatchObject({
    ok: false,
    error: { kind: 'tooDeep' },
  });
});

test.each([
  '<a >QUJD</a>',
  '<a >QU\r\nJD</a>',
  '<a b="1" >QUJDQUJD<b/>A0set0aside0A</a>',
  "<a b='A0set0aside0A'>QUJD</a>",
])('%j comes out alike however short a text is kept', (text) => {
  expect(() => checkGate(bytes(text))).not.toThrow();
  expect(read(text, { setAsideBytes: 4 })).toEqual(whole(text));
});
