// The samples that demo, partners and tests send are valid, in their smallest and their fullest form, and are known by name.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSchemas, type Schemas } from '../../adapter/xsd/index.ts';
import { models } from '../../tools/schemas/model.ts';
import { sampleCodes, sampleMessage } from '../../tools/schemas/sample.ts';

let schemas: Schemas;
beforeAll(async () => {
  schemas = await openSchemas(new URL('../../schemas', import.meta.url));
});
afterAll(() => schemas.close());

const all = models().flatMap(({ table, messages }) =>
  messages.map(({ code, prefix, namespace }) => ({ code, id: `${table.id}/${prefix}`, namespace, table })),
);

describe('row 156 samples', () => {
  test('14 messages of iWmo 3.2, 14 of iJw 3.2, 8 of iPgb 2.0 and 6 of iEb 3.0 can be made, each once', () => {
    const counts = Object.fromEntries(models().map(({ table, messages }) => [table.id, messages.length]));
    expect(counts).toEqual({ 'iwmo-3.2': 14, 'ijw-3.2': 14, 'ipgb-2.0': 8, 'ieb-3.0': 6 });
    expect(new Set(sampleCodes()).size).toBe(42);
  });

  test.each(all)('$code smallest and fullest form are valid and recognised', async ({ code, id, namespace, table }) => {
    for (const full of [false, true]) {
      const bytes = Buffer.from(sampleMessage(code, { full }));
      const known = schemas.identify(bytes);
      expect({ ...known, schema: known?.schema?.id }).toEqual({
        kind: 'istandaarden',
        rootName: 'Bericht',
        rootNamespace: namespace,
        schema: id,
      });
      expect(known?.schema).toMatchObject({ message: code, version: table.version, standard: table.standard });
      const verdict = await schemas.validate(bytes, id);
      expect(verdict.issues).toEqual([]);
      expect(verdict.valid).toBe(true);
    }
  });

  test.each(all)('$code is refused by the schema of every other message', async ({ code, id }) => {
    const bytes = Buffer.from(sampleMessage(code));
    const others = all.filter((other) => other.id !== id);
    const verdicts = await Promise.all(others.map((other) => schemas.validate(bytes, other.id)));
    expect(verdicts.filter(({ valid }) => valid).map(({ schema }) => schema.id)).toEqual([]);
  });

  test('the values a caller gives stand in the message, and it stays valid', async () => {
    const values = { gemeente: '9998', aanbieder: '99999902', bsn: '999990019', identificatie: 'TEST00000012' };
    const xml = sampleMessage('WMO301', { ...values, full: true });
    for (const value of Object.values(values)) expect(xml).toContain(`>${value}<`);
    expect((await schemas.validate(Buffer.from(xml), 'iwmo-3.2/wmo301')).issues).toEqual([]);
    expect(sampleMessage('WMO301', { full: true }).length).toBeGreaterThan(sampleMessage('WMO301').length);
  });

  test('a message that no table describes cannot be made', () => {
    expect(() => sampleMessage('WMO999')).toThrow('WMO999');
  });
});

describe('identify', () => {
  const xml = sampleMessage('WMO301');
  const body = xml.slice(xml.indexOf('?>') + 2);
  const idOf = (text: string | Uint8Array): string | undefined =>
    schemas.identify(typeof text === 'string' ? Buffer.from(text) : text)?.schema?.id;

  test.each([
    ['without an XML declaration', body.trimStart()],
    ['with a byte order mark', `\uFEFF${xml}`],
    ['behind a comment that holds another start tag', `<!-- <a xmlns="urn:a"> -->${body}`],
    ['behind an instruction that holds another start tag', `<?uitleg <a xmlns="urn:a"/> ?>${body}`],
    ['with another prefix', xml.replaceAll('wmo301:', 'w:').replace('xmlns:wmo301', 'xmlns:w')],
    ['with single quotes', xml.replace(/="([^"]*wmo301[^"]*)"/g, "='$1'")],
    ['with white space and line breaks in the start tag', xml.replace(' xmlns:iwmo=', '\n\t xmlns:iwmo = ')],
    [
      'with another attribute that looks like a declaration',
      xml.replace(' xmlns:wmo301', ` kenmerk='xmlns:wmo301="urn:a"' xmlns:wmo301`),
    ],
  ])('knows a message %s', (_, text) => {
    expect(idOf(text)).toBe('iwmo-3.2/wmo301');
  });

  test('knows a message in UTF-16, little and big endian', () => {
    const little = Buffer.from(`\uFEFF${body}`, 'utf16le');
    expect(idOf(little)).toBe('iwmo-3.2/wmo301');
    expect(idOf(Buffer.from(little).swap16())).toBe('iwmo-3.2/wmo301');
  });

  test.each([
    ['nothing', ''],
    ['text', 'geen XML'],
    ['a comment that never ends', `<!-- ${'x'.repeat(100_000)}`],
    ['only comments', '<!--'.repeat(16_000)],
    ['a start tag that never ends', `<a ${'b="c" '.repeat(20_000)}`],
  ])('%s has no root', (_, text) => {
    expect(schemas.identify(Buffer.from(text))).toBeUndefined();
  });

  test('an unknown namespace or message is named, without a schema', () => {
    const unknown = schemas.identify(
      Buffer.from('<Bericht xmlns="http://www.istandaarden.nl/iwmo/9_9/wmo301/schema"/>'),
    );
    expect(unknown).toMatchObject({ kind: 'istandaarden', rootName: 'Bericht', schema: undefined });
    expect(schemas.identify(Buffer.from('<a xmlns="urn:a"/>'))).toMatchObject({ kind: 'unknown', schema: undefined });
  });
});
