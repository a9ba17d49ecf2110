// An xsi:type in a StUF document: the reader accepts what the XSD accepts, for every element and every type that there is.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NS } from '../../adapter/base/index.ts';
import { readStuf, type StufMessage, writeStuf } from '../../adapter/stuf/index.ts';
import { openSchemas, type Schemas } from '../../adapter/xsd/index.ts';
import { heen } from '../fixtures/hub.ts';

const FOLDER = new URL('../../schemas/', import.meta.url);
const FILES = [
  ['stuf/0301/stuf0301.xsd', NS.stuf],
  ['stuf/ggk0210/ggkberichten/ggk0210_stuf0301_msg_ggkberichten.xsd', NS.stuf],
  ['stuf/ggk0210/ggkberichten/ggk0210_msg_ggkberichten.xsd', NS.ggk],
] as const;
const TYPES = FILES.flatMap(([file, ns]) =>
  [...readFileSync(new URL(file, FOLDER), 'utf8').matchAll(/<xs:(?:simple|complex)Type name="([^"]+)"/g)].map(
    ([, name = '']) => ({ ns, name }),
  ),
);

let schemas: Schemas;
beforeAll(async () => {
  schemas = await openSchemas(FOLDER);
});
afterAll(() => schemas.close());

const di01 = heen('WMO301', { referentienummer: '1b4e28ba-2fa1-4d2b-883f-0016d3cca427' });
const crossRefnummer = '1b4e28ba-2fa1-4d2b-883f-0016d3cca428';
const zender = { ...di01.stuurgegevens.zender, administratie: 'a', gebruiker: 'g' };
const { functie: _, ...told } = { ...di01.stuurgegevens, zender, crossRefnummer };
const fault = { code: 'StUF055', plek: 'client', omschrijving: 'o', details: 'd' } as const;
const MESSAGES: Readonly<Record<string, StufMessage>> = {
  Di01: { ...di01, stuurgegevens: { ...di01.stuurgegevens, zender } },
  Di01tekst: { ...di01, payload: { kind: 'tekstBestand', bytes: Buffer.from('a;b'), bestandsnaam: 'a.csv' } },
  Du01: { ...di01, kind: 'Du01', stuurgegevens: { ...di01.stuurgegevens, berichtcode: 'Du01', crossRefnummer } },
  Fo01: { kind: 'Fo01', stuurgegevens: { ...told, berichtcode: 'Fo01' }, fault },
  Fo03: { kind: 'Fo03', stuurgegevens: { ...told, berichtcode: 'Fo03' }, fault },
  Bv03: { kind: 'Bv03', stuurgegevens: { ...told, berichtcode: 'Bv03' } },
};

/** The document with an attribute in one start tag, for each of them. */
function inEachTag(text: string, attribute: string): { element: string; xml: string }[] {
  return [...text.matchAll(/<\w+:([\w-]+)/g)].map(({ 0: tag, 1: element = '', index }) => {
    const at = index + tag.length;
    return { element, xml: `${text.slice(0, at)} xmlns:xsi="${NS.xsi}" ${attribute}${text.slice(at)}` };
  });
}

async function judge(xml: string): Promise<readonly [xsd: boolean, reader: boolean]> {
  const bytes = Buffer.from(xml);
  return [(await schemas.validate(bytes, 'stuf-ggk0210')).valid, readStuf(bytes).ok];
}

/** Derived from the type that the XSD names, and of another content: organisatie is mandatory in it. */
const DERIVED = ['zender Systeem_ggkberichten', 'ontvanger Systeem_ggkberichten'];

test.each([
  ['Di01', 19, []],
  ['Di01tekst', 17, []],
  ['Du01', 17, []],
  ['Fo01', 17, DERIVED],
  ['Fo03', 17, DERIVED],
  ['Bv03', 12, DERIVED],
])(
  'row 155 %s: an xsi:type that says what the XSD says is accepted in %i places, no other',
  async (name, places, derived) => {
    const text = Buffer.from(writeStuf(MESSAGES[name] as StufMessage)).toString();
    expect(await judge(text)).toEqual([true, true]);
    const differences: string[] = [];
    let accepted = 0;
    for (const type of TYPES) {
      for (const { element, xml } of inEachTag(text, `xmlns:t="${type.ns}" xsi:type="t:${type.name}"`)) {
        const [xsd, reader] = await judge(xml);
        if (xsd !== reader) differences.push(`${element} ${type.name}`);
        if (reader) accepted += 1;
      }
    }
    expect(differences).toEqual(derived);
    expect(accepted).toBe(places);
  },
  60_000,
);

test.each([
  ['a prefix of its own', 'xmlns:t="NS" xsi:type="t:Foutplek"', true],
  ['the default namespace', 'xmlns="NS" xsi:type="Foutplek"', true],
  ['a name in no namespace', 'xsi:type="Foutplek"', false],
  ['a prefix that is not declared', 'xsi:type="t:Foutplek"', false],
  ['a prefix of another namespace', 'xmlns:t="urn:t" xsi:type="t:Foutplek"', false],
  ['white space around the name', 'xmlns:t="NS" xsi:type=" t:Foutplek"', false],
  ['nothing', 'xsi:type=""', false],
  ['two names', 'xmlns:t="NS" xsi:type="t:Foutplek t:Foutplek"', false],
  ['a colon too many', 'xmlns:t="NS" xsi:type="t:t:Foutplek"', false],
  ['an attribute type of no namespace', 'xmlns:t="NS" type="t:Foutplek"', false],
])('row 155 xsi:type with %s', async (_, attribute, valid) => {
  const text = Buffer.from(writeStuf(MESSAGES.Fo01 as StufMessage)).toString();
  const plek = inEachTag(text, attribute.replace('NS', NS.stuf)).find(({ element }) => element === 'plek');
  expect(await judge(plek?.xml ?? '')).toEqual([valid, valid]);
});
