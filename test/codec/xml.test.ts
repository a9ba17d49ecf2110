// The XML gate: canonical text loses nothing, and what is made without it equals what would be read from it.
import { describe, expect, test } from '@jest/globals';
import { inclusiveSubset, inspectXml, type Markup, readCanonical, subsetInside } from '../../adapter/xml/index.ts';

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
