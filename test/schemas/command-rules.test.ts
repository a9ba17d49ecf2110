// `dk schemas check` of a StUF document: what a hub asks of it beyond the schemas, with the place, and nothing that an operator sets.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeFo01, type StufMessage, wrapRetour, writeStuf } from '../../adapter/stuf/index.ts';
import { openSchemas, type Schemas } from '../../adapter/xsd/index.ts';
import { type Checked, checkBytes } from '../../tools/commands/schemas-check.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { heen } from '../fixtures/hub.ts';
import { dkSchemas } from '../fixtures/schemas-command.ts';

let schemas: Schemas;
beforeAll(async () => {
  schemas = await openSchemas(new URL('../../schemas', import.meta.url));
});
afterAll(() => schemas.close());

/** The elements of the envelope each on a line of their own. */
const spread = (message: StufMessage): string =>
  Buffer.from(writeStuf(message))
    .toString()
    .replace(/<(?=[A-Z]\w*:\w)/g, '\n<');

const check = (document: StufMessage | string): Promise<Checked> =>
  checkBytes(Buffer.from(typeof document === 'string' ? document : spread(document)), schemas);

const DI01 = '/envelopHeenbericht-ggk_Di01';
/** What the schema finds in the message inside, when its envelope is changed so. */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  berichtcodeFunctie: ['root'],
  payloadVersion: ['pattern'],
};
const changed = (from: RegExp, to: string, message: StufMessage = heen('WMO301')): string => {
  const text = spread(message);
  expect(text).toMatch(from);
  return text.replace(from, to);
};
const FOUT = { code: 'StUF055', plek: 'client', omschrijving: 'Inhoud voldoet niet aan de XSD.' } as const;
const fo01 = (change: Partial<Parameters<typeof makeFo01>[0]> = {}): StufMessage =>
  makeFo01({
    about: { referentienummer: randomUUID(), zender: { organisatie: '99999901' } },
    own: { organisatie: '9999', applicatie: 'Proef' },
    referentienummer: randomUUID(),
    tijdstip: 0,
    ...FOUT,
    ...change,
  });
const retour = (zender: string): StufMessage =>
  wrapRetour(
    heen('WMO301', { ontvanger: zender }),
    {
      functie: 'WMO302',
      payload: Buffer.from(sampleMessage('WMO302')),
      referentienummer: randomUUID(),
      tijdstip: 0,
      parameters: heen('WMO301').parameters,
    },
    'Proef',
  );
const inPayload = (from: RegExp, to: string): StufMessage =>
  heen('WMO301', { payload: sampleMessage('WMO301').replace(from, to) });
const asText = (): StufMessage => {
  const message = heen('WMO301');
  return { ...message, payload: { kind: 'tekstBestand', bytes: message.payload.bytes, bestandsnaam: 'bericht.txt' } };
};

describe('dk schemas check of a StUF document says which rule of a hub it breaks', () => {
  test.each<[string, string, string, () => string]>([
    ['30 February', 'tijdstip', 'stuurgegevens/tijdstipBericht', () => changed(/Bericht>\d{8}/, 'Bericht>20260230')],
    ['a functie that nobody knows', 'functieUnknown', 'stuurgegevens/functie', () => changed(/>WMO301</, '>WMO999<')],
    ['a functie in small letters', 'functieUnknown', 'stuurgegevens/functie', () => changed(/>WMO301</, '>wmo301<')],
    [
      'a zender of nine digits',
      'zenderUnknown',
      'stuurgegevens/zender/organisatie',
      () => spread(heen('WMO301', { zender: '999990019' })),
    ],
    [
      'an ontvanger of nine digits',
      'ontvangerUnknown',
      'stuurgegevens/ontvanger/organisatie',
      () => spread(heen('WMO301', { ontvanger: '999990019' })),
    ],
    [
      'a provider that sends what a municipality sends',
      'functieOrganisatie',
      'stuurgegevens/functie',
      () => spread(heen('WMO301', { zender: '99999901', ontvanger: '9999' })),
    ],
    ['a retourbericht as Di01', 'berichtcodeFunctie', 'stuurgegevens/functie', () => changed(/>WMO301</, '>WMO302<')],
    [
      'another version than that of the message inside',
      'payloadVersion',
      'parameters/bericht/xmlBestand',
      () => spread(inPayload(/BerichtSubversie>2</, 'BerichtSubversie>1<')),
    ],
    [
      'another zender than the message inside',
      'payloadParty',
      'parameters/bericht/xmlBestand',
      () => spread(inPayload(/Afzender>9999</, 'Afzender>9998<')),
    ],
    ['a text file in its place', 'payloadForm', 'parameters/bericht/tekstBestand', () => spread(asText())],
  ])('row 156 stuf-ggk §12 %s: %s', async (_what, code, where, document) => {
    const text = document();
    const { valid, issues } = await check(text);
    const [rule] = issues.filter(({ severity }) => severity === 'Warning');
    expect([rule?.code, rule?.path]).toEqual([code, `${DI01}/${where}`]);
    expect(text.split('\n')[(rule?.line ?? 0) - 1]).toMatch(new RegExp(`^<\\w+:${where.split('/').at(-1)}[ >]`));
    const faults = issues.filter(({ severity }) => severity === undefined).map((one) => one.code);
    expect([valid, faults]).toEqual([faults.length === 0, INSIDE[code] ?? []]);
  });

  test.each<[string, boolean, string, string]>([
    ['of no standard', true, 'root', '<Bericht/>'],
    ['of another namespace', true, 'root', '<Bericht xmlns="urn:anders"/>'],
    ['of no length', true, 'empty', ''],
    ['that is no XML', true, 'notWellFormed', 'geen XML'],
    ['that is no XML further on', false, 'notWellFormed', `${sampleMessage('WMO301')}>`],
    [
      'of a release that is not here',
      false,
      'root',
      '<Bericht xmlns="http://www.istandaarden.nl/iwmo/2_0/wmo301/schema"/>',
    ],
    ['of another functie', false, 'root', sampleMessage('WMO305')],
  ])('row 155 row 159 contents %s: valid %s, %s', async (_what, valid, code, payload) => {
    const checked = await check(heen('WMO301', { payload: Buffer.from(payload) }));
    expect(checked.valid).toBe(valid);
    const said = checked.issues.filter((issue) => issue.code === code);
    expect(said.map(({ severity }) => severity)).toEqual([valid ? 'Warning' : undefined]);
    expect(said[0]?.message.startsWith('een hub weigert dit bericht: ')).toBe(valid);
    expect(said[0]?.path).toContain(`${DI01}/parameters/bericht/xmlBestand`);
  });

  test('row 155 contents of no standard, in an envelope of which the schema is provisional: a warning, no hub refuses them', async () => {
    const message = heen('WMO501', { payload: '<Bericht/>' });
    const version = { functieVersie: '0002', functieSubversie: '0000' };
    const checked = await check({ ...message, parameters: { ...message.parameters, ...version } });
    expect([checked.valid, checked.grade]).toEqual([true, 'provisional']);
    const said = checked.issues.filter(({ code }) => code === 'root');
    expect(said.map(({ severity }) => severity)).toEqual(['Warning']);
    expect(said[0]?.message).not.toContain('weigert');
  });

  test.each<[string, string, string, () => StufMessage | string]>([
    ['a code that a municipality may not give', 'faultCode', 'body/code', () => fo01({ code: 'IB014' })],
    [
      'a UUID of version 1',
      'uuid',
      'stuurgegevens/crossRefnummer',
      () => changed(/(crossRefnummer>.{14})4/, '$11', fo01()),
    ],
    [
      'no zender',
      'zenderUnknown',
      'stuurgegevens/zender',
      () => changed(/\s<StUF:organisatie>9999<\/StUF:organisatie>/, '', fo01()),
    ],
    [
      'the hub as ontvanger',
      'ontvangerUnknown',
      'stuurgegevens/ontvanger/organisatie',
      () => changed(/organisatie>99999901</, 'organisatie>RINIS<', fo01()),
    ],
  ])('stuf-ggk §3.3 §7 of a Fo01 too: %s', async (_what, code, where, document) => {
    expect(await check(document())).toMatchObject({
      kind: 'stuf',
      valid: true,
      issues: [{ path: `/Fo01Bericht/${where}`, code, severity: 'Warning' }],
    });
  });

  test('what is expected is told; what was found may be anything and is not', async () => {
    const found = '999990019';
    const documents = [
      heen('WMO301', { zender: found }),
      heen('WMO301', { zender: '99999901', ontvanger: '9999' }),
      changed(/>WMO301</, `>${found}<`),
      changed(/Bericht>\d{8}/, 'Bericht>20260230'),
    ];
    const results = await Promise.all(documents.map(check));
    expect(results.map(({ issues }) => issues[0]?.message)).toEqual([
      expect.stringContaining('Verwacht: CBS-code van 4 cijfers, AGB-code van 8 cijfers'),
      expect.stringContaining('Verwacht: van gemeente naar aanbieder.'),
      expect.stringContaining('Verwacht: een berichtsoort zonder versie, zoals WMO301.'),
      expect.stringContaining('Verwacht: een datum en tijd die bestaan, als EEJJMMDD[UUMMSS[mmm]].'),
    ]);
    expect(JSON.stringify(results.map(({ issues }) => issues))).not.toContain(found);
  });
});

test('a Bv03 or Fo03 is right, and not for a hub to pass on: valid, with a warning', async () => {
  const { fault, stuurgegevens } = fo01() as StufMessage & { readonly fault: typeof FOUT };
  const as = (kind: 'Fo03' | 'Bv03') => ({ kind, stuurgegevens: { ...stuurgegevens, berichtcode: kind } });
  const warning = { code: 'chainSignal', severity: 'Warning' };
  expect(await check({ ...as('Fo03'), fault })).toMatchObject({ valid: true, issues: [warning] });
  expect(await check(as('Bv03'))).toMatchObject({ valid: true, issues: [warning] });
});

test('what depends on the settings of a hub is not judged: a claim answer as Di01 or Du01, VECOZO for a provider', async () => {
  const claim = heen('WMO325', { zender: '9999', ontvanger: '99999901' });
  const answered = wrapRetour(
    heen('WMO323', { zender: '99999901', ontvanger: '9999' }),
    {
      functie: 'WMO325',
      payload: claim.payload.bytes,
      referentienummer: randomUUID(),
      tijdstip: 0,
      parameters: claim.parameters,
    },
    'Proef',
  );
  for (const document of [heen('WMO301'), claim, answered, retour('99999901'), retour('VECOZO'), fo01()])
    expect(await check(document)).toMatchObject({ kind: 'stuf', valid: true, issues: [] });
});

test('the help says what is judged and what is not', () => {
  const { out } = dkSchemas('check', '--help');
  for (const word of ['Beoordeeld wordt', 'Niet beoordeeld wordt', 'routes', 'severity Warning'])
    expect(out).toContain(word);
});
