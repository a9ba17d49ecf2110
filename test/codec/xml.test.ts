// The XML gate: canonical text loses nothing, and what is made without it equals what would be read from it.
import { describe, expect, test } from '@jest/globals';
import {
  embed,
  inclusiveSubset,
  inspectXml,
  type Markup,
  readCanonical,
  standalone,
  subsetInside,
} from '../../adapter/xml/index.ts';

/** By way of libxml2: as it stands the text is canonical, and would be read without. */
const byLibxml2 = (xml: string) => inspectXml(Buffer.from(xml), () => true);

const textOf = (value: string): string | undefined => {
  const read = byLibxml2(`<a b="${value}">${value}</a>`);
  if (!read.ok || read.value === undefined) return undefined;
  const { root } = read.value;
  expect(root.attributes[0]?.value).toBe(root.text);
  return root.text;
};

describe('row 122 row 149 characters survive canonicalising, wherever libxml2 cuts its output', () => {
  test.each(['é', '€', '😀', '\uFEFF'])('40,000 times %j, moved by up to three octets', (character) => {
    for (let moved = 0; moved < 4; moved += 1) {
      const value = 'x'.repeat(moved) + character.repeat(40_000);
      expect(textOf(value) === value).toBe(true);
    }
  });

  test('a U+FEFF at the start of a text, also where a piece of the output begins', () => {
    const xml = `<a>${'<b>\uFEFFy</b>'.repeat(5_000)}</a>`;
    const read = byLibxml2(xml);
    expect(read.ok && read.value?.text === xml).toBe(true);
  });
});

test('canonical text is made only for who asks, and the same guards stand before both', () => {
  const bytes = Buffer.from('<a><b/></a>');
  let seen = 0;
  const look = (wanted: boolean) =>
    inspectXml(bytes, () => {
      seen += 1;
      return wanted;
    });
  expect(look(false)).toEqual({ ok: true, value: undefined });
  expect(look(true)).toMatchObject({ ok: true, value: { text: '<a><b></b></a>' } });
  expect(seen).toBe(2);
  const refused = inspectXml(Buffer.from('<!DOCTYPE a><a/>'), () => {
    throw new Error('nobody may see this');
  });
  expect(refused).toMatchObject({ ok: false, error: { kind: 'doctype' } });
});

test.each([
  '<e xmlns="urn:d" xmlns:a="urn:a"><h></h></e>',
  '<a:e xmlns:a="urn:a" xmlns:z="urn:z" xml:lang="nl"><a:h xml:space="preserve"></a:h></a:e>',
])('R57 octets of an element before it stands there are those it has when it does: %s', (text) => {
  const markup = '<s:i><s:j>x</s:j></s:i>' as Markup;
  const parent = readCanonical(text)?.root.children[0];
  if (parent === undefined) throw new Error('the text is canonical');
  const inside =
    text.slice(0, parent.innerEnd) + markup.replace('<s:i>', '<s:i xmlns:s="urn:s">') + text.slice(parent.innerEnd);
  const xml = readCanonical(inside);
  const element = xml?.root.children[0]?.children[0];
  if (xml === undefined || element === undefined) throw new Error('the text is canonical');
  expect(subsetInside(parent, { s: 'urn:s' }, markup)).toBe(inclusiveSubset(xml, element));
});

describe('a fragment in another place declares what is new there, at whatever depth', () => {
  test.each([
    ['nothing', '<a:r xmlns:a="urn:a"><a:x c="1"><a:y></a:y></a:x></a:r>'],
    ['inside, what is declared around it', '<a:r xmlns:a="urn:a"><b:x xmlns:b="urn:b"><b:y></b:y></b:x></a:r>'],
    [
      'inside, something else and back',
      '<a:r xmlns:a="urn:a"><b:x xmlns:b="urn:x"><b:y xmlns:b="urn:b"></b:y></b:x></a:r>',
    ],
    ['of two siblings the second', '<a:r xmlns:a="urn:a"><a:x></a:x><c:x xmlns:c="urn:c"><c:y></c:y></c:x></a:r>'],
    ['the default namespace, undone and again', '<r xmlns="urn:d"><x xmlns=""><y></y><y xmlns="urn:d"></y></x></r>'],
    ['no default namespace', '<r><x></x><x xmlns="urn:d"><y></y></x></r>'],
  ])('%s: as libxml2 has it', (_, fragment) => {
    const inScope = new Map([
      ['', 'urn:d'],
      ['b', 'urn:b'],
    ]);
    // Standing alone it has no default namespace unless it declares one; here it must say so.
    const inside = fragment.replace(/^<(\S+?)(?=[ >])(?! xmlns=")/, '<$1 xmlns=""');
    const whole = byLibxml2(`<o xmlns="urn:d" xmlns:b="urn:b">${inside}</o>`);
    const text = whole.ok ? whole.value?.text : undefined;
    expect(`<o xmlns="urn:d" xmlns:b="urn:b">${embed(fragment, inScope)}</o>`).toBe(text);
  });

  test('on its own: what it uses, also as a prefix in a text', () => {
    const inner = '<a:x><b:y xmlns:b="urn:b">u:z<a:w></a:w></b:y></a:x>';
    const xml = readCanonical(`<a:r xmlns:a="urn:a" xmlns:n="urn:n" xmlns:u="urn:u">${inner}</a:r>`);
    const [x] = xml?.root.children ?? [];
    const alone = xml === undefined || x === undefined ? undefined : standalone(xml, x);
    expect(alone).toBe(inner.replace('<a:x>', '<a:x xmlns:a="urn:a" xmlns:u="urn:u">'));
  });
});
