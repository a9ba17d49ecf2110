// The committed schemas are what the tables and the catalogue say: made again, they come out byte for byte the same.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSchemas, type SchemaEntry, type Schemas } from '../../adapter/xsd/index.ts';
import { generate } from '../../tools/schemas/generate.ts';
import { models } from '../../tools/schemas/model.ts';
import { sharedDir } from '../fixtures/shared.ts';

const folder = fileURLToPath(new URL('../../schemas', import.meta.url));
const entries = JSON.parse(readFileSync(join(folder, 'catalogue.json'), 'utf8')) as SchemaEntry[];
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
  .sort();
const made = generate(folder);

let schemas: Schemas;
beforeAll(async () => {
  schemas = await openSchemas(folder);
});
afterAll(() => schemas.close());

describe('generated schemas', () => {
  test.each([...made.keys()].sort())('%s equals the committed file', (file) => {
    expect(readFileSync(join(folder, file)).equals(Buffer.from(made.get(file) ?? '', 'utf8'))).toBe(true);
  });

  test('every file below schemas/ is generated, listed in the catalogue, or included by one that is', () => {
    const listed = new Set([...made.keys(), ...entries.map(({ file }) => file)]);
    for (const file of [...listed]) for (const name of includedBy(file)) listed.add(name);
    for (const file of [...listed]) for (const name of includedBy(file)) listed.add(name);
    expect(files.filter((file) => !listed.has(file))).toEqual([]);
    expect([...listed].filter((file) => !files.includes(file))).toEqual([]);
  });

  test('row 120 every include and import stays below schemas/, none names a host or a path of a machine', () => {
    const outside = files
      .filter((file) => file.endsWith('.xsd'))
      .flatMap((file) =>
        locations(file)
          .filter((location) => /^[a-z]+:|^\/|\\/i.test(location) || !files.includes(resolve(file, location)))
          .map((location) => `${file}: ${location}`),
      );
    expect(outside).toEqual([]);
  });

  test('provisional schemas say so in their name and in the file; strict ones do not', () => {
    for (const { file, grade } of entries.filter((entry) => /^(i|pgb)/.test(entry.file))) {
      const provisional = readFileSync(join(folder, file), 'utf8').includes(':status>voorlopig<');
      const inPgb = file.startsWith('pgb-1.0/');
      expect([file, file.endsWith('.voorlopig.xsd'), provisional || inPgb]).toEqual([
        file,
        grade !== 'strict',
        grade !== 'strict',
      ]);
    }
  });
});

describe('schemas/catalogue.json', () => {
  test.each(entries.map((entry) => [entry.id, entry] as const))(
    '%s: hash, origin, version and confidence',
    (_, entry) => {
      const bytes = readFileSync(join(folder, entry.file));
      expect(entry.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(entry.origin).not.toBe('');
      expect(entry.version).toMatch(/^\d+(\.\d+)+$/);
      expect(['high', 'medium', 'low']).toContain(entry.confidence);
      expect(['strict', 'provisional', 'envelope']).toContain(entry.grade);
    },
  );

  test('ids are unique, and each message stands in it once', () => {
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    const messages = models().flatMap(({ table, messages: list }) => list.map(({ prefix }) => `${table.id}/${prefix}`));
    expect(messages.filter((id) => !entries.some((entry) => entry.id === id))).toEqual([]);
    expect(messages).toHaveLength(42);
  });

  test.each(entries.map(({ id }) => id))('%s compiles, and refuses another root', async (id) => {
    const verdict = await schemas.validate(Buffer.from('<iets xmlns="urn:iets"/>'), id);
    const checked = verdict.schema.rootNamespace !== '';
    expect(verdict.issues.map(({ code, line, path }) => ({ code, line, path }))).toEqual(
      checked ? [{ code: 'root', line: 1, path: '/iets' }] : [],
    );
  });

  test('an id that is not in the catalogue is an error', async () => {
    await expect(schemas.validate(Buffer.from('<a/>'), 'iwmo-9.9/wmo301')).rejects.toThrow('iwmo-9.9/wmo301');
  });

  test('forFunctie finds by name and version, in any case and with leading zeros, and nothing else', () => {
    expect(schemas.forFunctie('WMO301', '0003', '0002')?.id).toBe('iwmo-3.2/wmo301');
    expect(schemas.forFunctie('wmo301', '3', '2')?.id).toBe('iwmo-3.2/wmo301');
    expect(schemas.forFunctie('JW325', '03', '02')?.id).toBe('ijw-3.2/jw325');
    expect(schemas.forFunctie('WMO301', '0003', '0001')).toBeUndefined();
    expect(schemas.forFunctie('WMO301', '', '')).toBeUndefined();
    expect(schemas.forFunctie('WMO999', '0003', '0002')).toBeUndefined();
  });
});

const shared = sharedDir();
(shared ? describe : describe.skip)('codes and versions of the facts (skipped when ../shared is not there)', () => {
  test('every message of a release we make is one of the facts, with the same namespace and message code', () => {
    const wrong: string[] = [];
    for (const { table, messages } of models().filter(({ table }) => table.grade === 'strict')) {
      const file = join(shared ?? '', 'data/istandaarden/messages', `${table.id}.json`);
      const text = readFileSync(file, 'utf8');
      for (const { code, namespace } of messages)
        if (!text.includes(`"${namespace}"`) || !text.includes(`"${code}"`)) wrong.push(code);
    }
    expect(wrong).toEqual([]);
  });
});

function locations(file: string): string[] {
  const text = readFileSync(join(folder, file), 'utf8');
  return [...text.matchAll(/<(?:\w+:)?(?:import|include)\b[^>]*\bschemaLocation="([^"]*)"/g)].map(([, at = '']) => at);
}

function includedBy(file: string): string[] {
  return file.endsWith('.xsd') ? locations(file).map((location) => resolve(file, location)) : [];
}

function resolve(file: string, location: string): string {
  return relative(folder, join(folder, file, '..', location))
    .split(sep)
    .join('/');
}
