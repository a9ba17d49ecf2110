// Row 159: a finding says what is expected, in the words of the schema alone; no text of a document gets into it, however it is made.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeStuf } from '../../adapter/stuf/index.ts';
import { type Compiler, createCompiler } from '../../adapter/xsd/compile.ts';
import { readFinding } from '../../adapter/xsd/findings.ts';
import { openSchemas, type SchemaEntry, type SchemaIssue, type Schemas } from '../../adapter/xsd/index.ts';
import { schemaWords } from '../../adapter/xsd/schema-words.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { heen } from '../fixtures/hub.ts';

const PLANTED = '999990019';
const LONG_PATTERN = `(${Array.from({ length: 40 }, (_, i) => `a{${i}}`).join('|')})b`;

const simple = (name: string, base: string, facets: string): string =>
  `<xs:element name="${name}"><xs:simpleType><xs:restriction base="${base}">${facets}</xs:restriction></xs:simpleType></xs:element>`;
const facet = (name: string, value: string): string => `<xs:${name} value="${value}"/>`;
const plain = (name: string, type: string, more = ''): string => `<xs:element name="${name}" type="${type}"${more}/>`;

const ELEMENTS = [
  simple('code', 'xs:string', facet('pattern', '414')),
  simple('either', 'xs:string', facet('pattern', '0|1')),
  simple('several', 'xs:string', `${facet('pattern', 'a+')}${facet('pattern', 'b+')}`),
  simple('patterned', 'xs:string', facet('pattern', '[0-9]{4}[A-Z]{2}')),
  simple('longPattern', 'xs:string', facet('pattern', LONG_PATTERN)),
  simple('listed', 'xs:string', ['x', 'y', "z'z"].map((one) => facet('enumeration', one)).join('')),
  simple('only', 'xs:string', facet('enumeration', 'x')),
  simple('many', 'xs:string', Array.from({ length: 37 }, (_, i) => facet('enumeration', `c${i + 10}`)).join('')),
  simple('sized', 'xs:string', facet('length', '04')),
  simple('ranged', 'xs:string', facet('minLength', '1') + facet('maxLength', '3')),
  simple('whole', 'xs:integer', facet('minInclusive', '2') + facet('maxInclusive', '9')),
  simple('within', 'xs:decimal', facet('minExclusive', '1.50') + facet('maxExclusive', '+9')),
  simple('digits', 'xs:decimal', facet('totalDigits', '4') + facet('fractionDigits', '1')),
  simple('alone', 'xs:string', facet('pattern', 'd+')),
  simple('last', 'xs:string', `${facet('pattern', 'c+')}${facet('pattern', 'd+')}`),
  plain('since', 't:Since'),
  plain('date', 'xs:date'),
  plain('moment', 'xs:dateTime'),
  plain('integer', 'xs:integer'),
  plain('decimal', 'xs:decimal'),
  plain('octets', 'xs:base64Binary'),
  plain('yes', 'xs:boolean'),
  plain('union', 't:Union'),
  plain('fixed', 'xs:string', ' fixed="Fo01"'),
  '<xs:element name="attributed"><xs:complexType><xs:attribute name="kind" type="xs:date" use="required"/></xs:complexType></xs:element>',
  '<xs:element name="pair"><xs:complexType><xs:sequence><xs:element name="left"/><xs:element name="right"/></xs:sequence></xs:complexType></xs:element>',
];
const XSD = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">
<xs:simpleType name="Since"><xs:restriction base="xs:date"><xs:minInclusive value="2020-01-01"/></xs:restriction></xs:simpleType>
<xs:simpleType name="Union"><xs:union memberTypes="xs:date xs:integer"/></xs:simpleType>
<xs:element name="r"><xs:complexType><xs:choice maxOccurs="unbounded">${ELEMENTS.join('\n')}</xs:choice></xs:complexType></xs:element>
</xs:schema>`;

const ENTRY: SchemaEntry = {
  id: 'proef',
  file: 'proef.xsd',
  rootName: 'r',
  rootNamespace: 'urn:t',
  standard: 'proef',
  version: '1',
  grade: 'strict',
  origin: '',
  confidence: '',
  sha256: '',
};

let folder = '';
let compiler: Compiler;
let schemas: Schemas;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dk-expected-'));
  writeFileSync(join(folder, ENTRY.file), XSD);
  compiler = createCompiler(folder);
  schemas = await openSchemas(new URL('../../schemas', import.meta.url));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await schemas.close();
});

const issuesOf = (inner: string): readonly SchemaIssue[] =>
  compiler.validate(Buffer.from(`<r xmlns="urn:t">${inner}</r>`), ENTRY).issues;
const told = (issues: readonly SchemaIssue[]): string[] => issues.map(({ code, message }) => `${code}: ${message}`);
const inElement = (name: string, value: string): string[] => told(issuesOf(`<${name}>${value}</${name}>`));

const FORM = 'pattern: de waarde heeft niet de voorgeschreven vorm (pattern); verwacht';
const LISTED = 'enumeration: de waarde staat niet in de codelijst (enumeration); verwacht';
const TYPE = 'type: de waarde is niet van het voorgeschreven type; verwacht';
const SHORT = 'minLength: de waarde is te kort (minLength); verwacht';
const LOW = 'minInclusive: de waarde is te klein (minInclusive); verwacht';

describe('row 159 what is expected, by a schema with every facet', () => {
  test.each([
    ['code', '415', `${FORM} 414`],
    ['either', '2', `${FORM} een van 0, 1`],
    ['several', 'c', `${FORM} de vorm a+ of de vorm b+`],
    ['alone', 'x', FORM.replace('; verwacht', '')],
    ['last', 'x', FORM.replace('; verwacht', '')],
    ['patterned', 'x', `${FORM} de vorm [0-9]{4}[A-Z]{2}`],
    ['longPattern', 'x', `${FORM} de vorm ${LONG_PATTERN.slice(0, 100)}…`],
    ['listed', 'q', `${LISTED} een van x, y, z'z`],
    ['only', 'q', `${LISTED} x`],
    ['many', 'q', `${LISTED} een van ${Array.from({ length: 20 }, (_, i) => `c${i + 10}`).join(', ')} … (37 waarden)`],
    ['sized', 'q', 'length: de waarde heeft niet de voorgeschreven lengte (length); verwacht precies 4 tekens'],
    ['ranged', '', `${SHORT} minstens 1 teken`],
    ['ranged', 'abcd', 'maxLength: de waarde is te lang (maxLength); verwacht hoogstens 3 tekens'],
    ['whole', '1', `${LOW} 2 of meer`],
    ['whole', '10', 'maxInclusive: de waarde is te groot (maxInclusive); verwacht 9 of minder'],
    ['whole', 'x', `${TYPE} een geheel getal van 2 tot en met 9`],
    ['within', '1.5', 'minExclusive: de waarde is te klein (minExclusive); verwacht meer dan 1.50'],
    ['within', '9', 'maxExclusive: de waarde is te groot (maxExclusive); verwacht minder dan +9'],
    ['digits', '12345', 'totalDigits: de waarde heeft te veel cijfers (totalDigits); verwacht hoogstens 4 cijfers'],
    [
      'digits',
      '1.25',
      'fractionDigits: de waarde heeft te veel decimalen (fractionDigits); verwacht hoogstens 1 decimaal',
    ],
    ['since', '2019-12-31', `${LOW} 2020-01-01 of meer`],
    ['since', '1-1-2020', `${TYPE} een datum zoals 2025-01-31 (Since)`],
    ['date', '31-01-2025', `${TYPE} een datum zoals 2025-01-31`],
    ['moment', '2025-01-31', `${TYPE} een datum en tijd zoals 2025-01-31T13:45:00`],
    ['integer', '1.5', `${TYPE} een geheel getal`],
    ['decimal', '1,5', `${TYPE} een getal zoals 12.50`],
    ['octets', 'abc', `${TYPE} base64`],
    ['yes', 'ja', `${TYPE} true, false, 1 of 0`],
    ['union', 'x', `${TYPE} een waarde (Union)`],
    ['fixed', 'Fo02', 'fixed: de waarde is niet de voorgeschreven vaste waarde (fixed); verwacht Fo01'],
  ])('%s with %j', (name, value, expected) => {
    expect(inElement(name, value)).toEqual([expected]);
  });

  test.each([
    ['<attributed kind="x"/>', `${TYPE} een datum zoals 2025-01-31`],
    ['<attributed/>', 'attributeMissing: er ontbreekt een attribuut; verwacht kind'],
    ['<attributed kind="2025-01-31" other="1"/>', 'attribute: het attribuut other is niet toegestaan'],
    [
      '<attributed kind="2025-01-31">x</attributed>',
      'content: tekst is hier niet toegestaan; verwacht een leeg element',
    ],
    ['<pair><left/></pair>', 'missing: er ontbreekt een element; verwacht right'],
    ['<pair><right/></pair>', 'unexpected: dit element wordt hier niet verwacht; verwacht left'],
    [
      '<pair><left/><right/><left/></pair>',
      'unexpected: dit element wordt hier niet verwacht; verwacht geen element meer op deze plaats',
    ],
    ['<pair>x<left/><right/></pair>', 'content: tekst is hier niet toegestaan; verwacht alleen elementen'],
    ['<date><left/></date>', 'content: elementen zijn hier niet toegestaan; verwacht hoogstens tekst'],
    [
      '<other/>',
      'unexpected: dit element wordt hier niet verwacht; verwacht een van code, either, several, patterned, longPattern, listed, only, many, sized, ranged',
    ],
  ])('%s', (inner, expected) => {
    expect(told(issuesOf(inner))[0]).toBe(expected);
  });
});

/** The words of libxml2 behind which it puts the text of a schema, in front of a value that stands for one. */
const IMITATIONS = [
  `' is not accepted by the pattern '${PLANTED}'.`,
  `' is not an element of the set {'${PLANTED}'}.`,
  `'; this exceeds the allowed maximum length of '${PLANTED}'.`,
  `' is not a valid value of the atomic type '${PLANTED}'.`,
  `' is not a valid value of the local atomic type.`,
  `' does not match the fixed value constraint '${PLANTED}'.`,
  `' is less than the minimum value allowed ('${PLANTED}').`,
  `This element is not expected. Expected is ( ${PLANTED} ).`,
  `Element 'date': The attribute '${PLANTED}' is required but missing.`,
  `' is not accepted by the pattern '414'.`,
];

describe('row 159 what a document says never gets into a finding', () => {
  const escaped = (text: string): string =>
    text.replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`).replace(/\r/g, '&#13;');
  const crafted = fc
    .array(
      fc.oneof(fc.constantFrom(...IMITATIONS, PLANTED, "'", '.', '\n', '\\', '$1', '$&'), fc.string({ maxLength: 9 })),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((pieces) => `!!!${pieces.join('')}!!`.replace(/[^\t\n\r -\ud7ff\ue000-\ufffd]/g, ''));

  test.each(['code', 'several', 'patterned', 'listed', 'sized', 'whole', 'since', 'date', 'moment', 'union', 'fixed'])(
    'a value that imitates the validator gets the very finding of another that does not fit: %s',
    (name) => {
      const expected = inElement(name, 'niet goed');
      expect(expected).toHaveLength(1);
      expect(expected[0]).toContain('; verwacht ');
      fc.assert(
        fc.property(crafted, (value) => {
          expect(inElement(name, escaped(value))).toEqual(expected);
        }),
        { numRuns: 150 },
      );
    },
  );

  test.each(['code', 'listed', 'ranged', 'whole', 'since', 'date', 'fixed'])(
    'nor when its imitation is where libxml2 cuts its text off: %s',
    (name) => {
      const CUT = 63_999;
      for (const imitation of IMITATIONS) {
        // However long libxml2's own words before the value are, some length of the filler ends its text with the imitation.
        for (let before = 20; before < 100; before += 1) {
          const value = `${'x'.repeat(CUT - before - imitation.length)}${imitation}${'x'.repeat(200)}`;
          const found = inElement(name, value).join();
          expect(found).not.toBe('');
          expect(found).not.toContain(PLANTED);
        }
      }
    },
    60_000,
  );

  test.each([
    [`This element is not expected. Expected is ( ${PLANTED} ).`, 'unexpected'],
    [`Missing child element(s). Expected is one of ( {urn:t}date, ${PLANTED} ).`, 'missing'],
    [`The attribute '${PLANTED}' is required but missing.`, 'attributeMissing'],
    [`The attribute '${'n'.repeat(200)}${PLANTED}' is not allowed.`, 'attribute'],
    [`[facet '${PLANTED}'] The value`, 'facet'],
  ])('nor a name that the schema does not have, or one without end: %s', (said, code) => {
    const found = readFinding(`Element '{urn:t}date': ${said}\n`, schemaWords(folder, ENTRY));
    expect([found.code, found.element]).toEqual([code, 'date']);
    expect(found.message).not.toContain(PLANTED);
    expect(found.message).not.toContain('; verwacht');
  });
});

describe('row 159 what is expected, by the schemas of the standards', () => {
  const findings = async (
    code: string,
    id: string,
    [from, to]: readonly [RegExp | string, string],
  ): Promise<string[]> => {
    const xml = sampleMessage(code, { full: true });
    const broken = xml.replace(from, () => to);
    expect(broken).not.toBe(xml);
    return told((await schemas.validate(Buffer.from(broken), id)).issues);
  };
  const value = (name: string, text: string): readonly [RegExp, string] => [
    new RegExp(`(?<=:${name}>)[^<]*(?=<)`),
    text,
  ];

  test.each([
    ['WMO301', value('BerichtCode', '415'), `${FORM} 414`],
    ['WMO301', value('BerichtVersie', '3.2'), `${TYPE} 3`],
    ['WMO301', value('Datum', '31-01-2025'), `${TYPE} een datum zoals 2025-01-31 (LDT_Datum)`],
    ['WMO301', value('Bsn', `x${PLANTED}`.slice(0, 9)), `${FORM} de vorm [0-9]{9}`],
    ['WMO301', value('Geslacht', '9'), `${LISTED} een van 0, 1, 2`],
    ['WMO301', value('Huisnummer', 'x'), `${TYPE} een geheel getal van 0 tot en met 99999 (LDT_Huisnummer)`],
    ['WMO301', value('LandCode', 'XX'), expect.stringMatching(/verwacht een van AD, AE, .{80,100} … \(249 waarden\)$/)],
    ['WMO301', [/ *<wmo301:Bsn>.*\n/, ''], 'unexpected: dit element wordt hier niet verwacht; verwacht Bsn'],
    ['JW301', value('BerichtCode', '414'), `${FORM} 436`],
    ['JW301', value('Geslacht', PLANTED), expect.stringMatching(/hoogstens 1 teken$/)],
    [
      'JW301',
      [/:jw301="[^"]*"/, ':jw301="urn:anders"'],
      'root: dit element is geen begin van een bericht volgens dit schema; verwacht Bericht in naamruimte http://www.istandaarden.nl/ijw/3_2/jw301/schema',
    ],
  ] as const)('%s %j', async (code, change, expected) => {
    const [first] = await findings(code, `${code.startsWith('W') ? 'iwmo' : 'ijw'}-3.2/${code.toLowerCase()}`, change);
    expect(first).toEqual(expected);
    expect(first).not.toContain(PLANTED);
  });

  // Of white space XML Schema knows four characters only (part 2, 3.2.16), JavaScript many.
  test.each([
    ['a character of another alphabet', /(<[^<>]*xmlBestand[^<>]*>)./, '$1-'],
    ['a blank that does not break', /(<[^<>]*xmlBestand[^<>]*>)/, '$1\u00a0'],
  ])('contents of a StUF document that are no base64: %s', async (_, place, instead) => {
    const text = Buffer.from(writeStuf(heen('WMO301'))).toString();
    const broken = text.replace(place, instead);
    expect(broken).not.toBe(text);
    expect(told((await schemas.validate(Buffer.from(broken), 'stuf-ggk0210')).issues).at(-1)).toBe(
      'base64: de inhoud is geen geldige base64; verwacht A-Z, a-z, 0-9, + en /, met = aangevuld tot een veelvoud van vier tekens',
    );
  });

  test('a large document in its worker is told the same', async () => {
    const text = sampleMessage('WMO301', { full: true }).replace(/(?<=:BerichtCode>)414/, '415');
    const large = Buffer.from(`${text}<!--${' '.repeat(300_000)}-->`);
    expect(told((await schemas.validate(large, 'iwmo-3.2/wmo301')).issues)).toEqual([`${FORM} 414`]);
  });
});
