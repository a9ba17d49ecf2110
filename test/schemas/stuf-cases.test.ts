// The 73 StUF cases and eight published messages of ../shared get the verdict their index gives (skipped when it is not there).
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSchemas, type Schemas } from '../../adapter/xsd/index.ts';
import { type Checked, checkFiles } from '../fixtures/schemas-command.ts';
import { sharedDir } from '../fixtures/shared.ts';

interface Case {
  readonly file: string;
  readonly what: string;
  readonly xsdValid: boolean;
  /** What the schema lets pass and the specification does not. */
  readonly beyondXsd?: string;
}

const shared = sharedDir();
const folder = join(shared ?? '', 'data/stuf-ggk/cases');
const cases: readonly Case[] =
  shared === undefined
    ? []
    : (JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { cases: Case[] }).cases;

/** Stricter than libxml2, on purpose: it skips characters that are no base64 (stuf-ggk.md section 15). */
const STRICTER: Readonly<Record<string, string>> = { 'di01-b64-url.xml': 'base64' };

/** Valid for the schema, refused by every hub for a rule of the specification (stuf-ggk section 12). */
const RULES: Readonly<Record<string, string>> = {
  'di01-b64-empty.xml': 'empty',
  'di01-ts-nonsense.xml': 'tijdstip',
  'di01-functie-empty.xml': 'functieUnknown',
  'di01-functie-unknown.xml': 'functieUnknown',
  'di01-functie-retour.xml': 'berichtcodeFunctie',
  'di01-org-empty.xml': 'zenderUnknown',
  'di01-org-200.xml': 'zenderUnknown',
  'di01-tekst.xml': 'functieUnknown',
  'di01-tekst-4.xml': 'payloadForm',
  'di01-tekst-255.xml': 'payloadForm',
  'fo01-cross-v1.xml': 'uuid',
  'fo01-noorg.xml': 'zenderUnknown',
};

const isFault = ({ severity }: Checked['issues'][number]): boolean => severity === undefined;

let schemas: Schemas;

(shared ? describe : describe.skip)('StUF cases (compares with ../shared, skipped when it is not there)', () => {
  const byFile = new Map<string, Checked>();
  beforeAll(async () => {
    schemas = await openSchemas(new URL('../../schemas', import.meta.url));
    const run = checkFiles(cases.map(({ file }) => join(folder, file)));
    for (const result of run.results) byFile.set(basename(result.file), result);
  });
  afterAll(() => schemas.close());

  test('all 73 are checked', () => {
    expect(cases).toHaveLength(73);
    expect([...byFile.keys()]).toEqual(cases.map(({ file }) => file));
  });

  test.each(cases)('row 155 $file ($what) is valid for the schema: $xsdValid', async ({ file, xsdValid }) => {
    const bytes = readFileSync(join(folder, file));
    const known = schemas.identify(bytes);
    if (known?.schema === undefined) {
      expect([file, xsdValid]).toEqual(['di01-ns-0310.xml', false]);
      return;
    }
    const { valid, issues } = await schemas.validate(bytes, known.schema.id);
    const stricter = STRICTER[file];
    expect(valid).toBe(xsdValid && stricter === undefined);
    if (stricter !== undefined) expect(issues.map(({ code }) => code)).toEqual([stricter]);
  });

  test.each(cases)('row 155 $file gets the same verdict from dk schemas check', ({ file, xsdValid }) => {
    const result = byFile.get(file);
    const faults = result?.issues.filter(isFault) ?? [];
    const stricter = STRICTER[file];
    expect(result?.valid).toBe(xsdValid && stricter === undefined);
    expect(result?.valid).toBe(faults.length === 0);
    if (stricter !== undefined) expect(faults.map(({ code }) => code)).toEqual([stricter]);
    for (const issue of result?.issues ?? []) {
      expect(issue.line).toBeGreaterThan(0);
      expect(issue.code).toMatch(/^[a-zA-Z0-9]+$/);
      expect(issue.message).not.toBe('');
    }
  });

  test('row 155 what the index rejects beyond the schema is warned of or refused', () => {
    const rejected = cases.filter(({ beyondXsd }) => beyondXsd?.startsWith('reject') === true);
    expect(rejected).toHaveLength(8);
    for (const { file } of rejected) expect({ ...STRICTER, ...RULES }).toHaveProperty([file]);
    for (const [file, code] of Object.entries(RULES)) {
      const warnings = byFile.get(file)?.issues.filter((issue) => !isFault(issue)) ?? [];
      expect([file, warnings.map((one) => one.code)]).toEqual([file, expect.arrayContaining([code])]);
    }
  });
});

const OFFICIAL = ['iwmo-3.2/WMO301', 'iwmo-3.2/WMO302', 'iwmo-3.2/WMO305', 'iwmo-3.2/WMO306'];
const OFFICIAL_JW = ['ijw-3.2/JW301', 'ijw-3.2/JW302', 'ijw-3.2/JW305', 'ijw-3.2/JW306'];
(shared ? describe : describe.skip)('published samples (compares with ../shared, skipped when it is not there)', () => {
  test('row 156 the eight iStandaarden messages are valid and named', () => {
    const names = [...OFFICIAL, ...OFFICIAL_JW];
    const run = checkFiles(names.map((name) => join(shared ?? '', `data/istandaarden/samples/${name}.xml`)));
    expect(
      run.results.map(({ message, version, grade, valid, issues }) => [message, version, grade, valid, issues]),
    ).toEqual(names.map((name) => [basename(name), '3.2', 'strict', true, []]));
    expect(run.code).toBe(0);
  });

  test('row 155 the envelopes published with patch 04 are valid; of two a hub is said to refuse: a functie Dummy, a UUID of version 1', () => {
    const names = [
      'Fo01',
      'envelopHeenbericht-ggk_Di01_v21-tekst',
      'envelopHeenbericht-ggk_Di01_v21-xml',
      'envelopRetourbericht-ggk_Du01-v21',
    ];
    const run = checkFiles(
      ['ggk0210-patch04-v3/voorbeeldberichten', 'ggk0210-patch04-v1-samples'].flatMap((set) =>
        names.map((name) => join(shared ?? '', `data/stuf-ggk/${set}/${name}.xml`)),
      ),
    );
    expect(run.results).toHaveLength(8);
    for (const { file, kind, valid, issues } of run.results) {
      expect([kind, valid]).toEqual(['stuf', true]);
      const codes: Readonly<Record<string, string>> = { 'Fo01.xml': 'uuid', [`${names[1]}.xml`]: 'functieUnknown' };
      expect(issues.map(({ code }) => code)).toEqual([codes[basename(file)] ?? 'noSchema']);
    }
  });
});
