// Our validator against xmllint on every schema of the project: the same verdict on every document and change, or a written reason (row 176).
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StufMessage, wrapHeen, wrapRetour, writeStuf } from '../../adapter/stuf/index.ts';
import { openSchemas, type SchemaEntry, type Schemas } from '../../adapter/xsd/index.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { type Disagreement, writeTable } from '../fixtures/disagreements.ts';
import { testCpa } from '../fixtures/gateway.ts';
import { type Edit, edits } from '../fixtures/schemas-edits.ts';
import { RARE_ENVELOPE } from '../fixtures/schemas-rare.ts';

const FOLDER = fileURLToPath(new URL('../../schemas', import.meta.url));
const installed = spawnSync('xmllint', ['--version']).status === 0;
/** Changes per schema: with all of them the run would take minutes, and every third finds what all find. */
const MOST_CHANGES = 150;

let schemas: Schemas;
let folder = '';
const tally = new Map<string, number>();
const found: Disagreement[] = [];

beforeAll(async () => {
  schemas = await openSchemas(FOLDER);
  folder = mkdtempSync(join(tmpdir(), 'dk-xmllint-'));
});
afterAll(async () => {
  if (installed) writeTable('schemas-xmllint', tally, found);
  await schemas.close();
  rmSync(folder, { recursive: true, force: true });
});

const count = (what: string): void => {
  tally.set(what, (tally.get(what) ?? 0) + 1);
};

const PARTY = { organisatie: '9999', applicatie: 'Proef' };
const content = () => ({
  functie: 'WMO301',
  payload: Buffer.from('<x/>'),
  referentienummer: randomUUID(),
  tijdstip: Date.UTC(2030, 0, 1),
  parameters: {
    applicatieVersie: '0001',
    applicatieSubversie: '0000',
    functieVersie: '0003',
    functieSubversie: '0002',
  },
});
const SIGNATURE =
  '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="urn:c"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="urn:s"></ds:SignatureMethod><ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="urn:t"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="urn:d"></ds:DigestMethod><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue><ds:KeyInfo><ds:KeyName>naam</ds:KeyName></ds:KeyInfo></ds:Signature>';

/** A document for each schema, made by the project itself; undefined for a root that only the envelope of a message names. */
async function documentFor(entry: SchemaEntry): Promise<string | undefined> {
  if (entry.id === 'ebms-2.0' || entry.id === 'soap-1.1') return RARE_ENVELOPE;
  // Texts of certificates shortened: they make the documents large and no schema looks into them.
  if (entry.id === 'cppa-2.0') return (await testCpa()).replace(/>[A-Za-z0-9+/=\s]{60,}</g, '>AAAA<');
  if (entry.id === 'xmldsig-1.0') return SIGNATURE;
  if (entry.standard.startsWith('StUF')) return stufDocument(entry);
  return entry.rootNamespace === '' ? undefined : sampleMessage(entry.message ?? '', { full: true });
}

function stufDocument({ message }: SchemaEntry): string | undefined {
  const heen = wrapHeen(content(), PARTY, '99999901');
  if (message === 'Di01') return textOf(heen);
  if (message === 'Du01') return textOf(wrapRetour(heen, { ...content(), functie: 'WMO302' }, 'Proef'));
  const { functie: _, ...about } = heen.stuurgegevens;
  const stuurgegevens = { ...about, berichtcode: message ?? '', crossRefnummer: randomUUID() };
  const fault = { code: 'IB014', plek: 'client', omschrijving: 'fout', details: 'waar' } as const;
  if (message === 'Fo01' || message === 'Fo03') return textOf({ kind: message, stuurgegevens, fault } as StufMessage);
  return message === 'Bv03' ? textOf({ kind: 'Bv03', stuurgegevens }) : undefined;
}

const textOf = (message: StufMessage): string => Buffer.from(writeStuf(message)).toString('utf8');

/** The first and last of them and some in between, the same ones every time. */
function someOf(all: readonly Edit[]): Edit[] {
  const step = Math.max(1, all.length / MOST_CHANGES);
  return Array.from({ length: Math.min(all.length, MOST_CHANGES) }, (_, i) => all[Math.floor(i * step)] as Edit);
}

/** One process for all documents of a schema. */
function xmllint(entry: SchemaEntry, documents: readonly Edit[]): boolean[] {
  const files = documents.map(({ xml }, at) => {
    writeFileSync(join(folder, `${at}.xml`), xml);
    return `${at}.xml`;
  });
  const run = spawnSync('xmllint', ['--noout', '--nonet', '--schema', join(FOLDER, entry.file), ...files], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const valid = new Set([...run.stderr.matchAll(/^(\d+\.xml) validates$/gm)].map(([, name]) => name));
  const invalid = new Set(
    [...run.stderr.matchAll(/^(\d+\.xml)( fails to validate|:\d+: parser error)/gm)].map(([, name]) => name),
  );
  return files.map((name) => {
    if (valid.has(name) === invalid.has(name)) throw new Error(`xmllint says nothing of ${name}`);
    return valid.has(name);
  });
}

/** Where the two may part, and why. */
function reasonFor(entry: SchemaEntry, what: string, ours: boolean): string | undefined {
  if (!ours && entry.standard.startsWith('StUF') && /(xml|tekst)Bestand: text/.test(what))
    return 'libxml2 skips characters that are no base64; StUF may not be read two ways (stuf-ggk section 15)';
  return undefined;
}

const entries = (): readonly SchemaEntry[] => schemas.entries;

(installed ? describe : describe.skip)('row 176 xmllint over every schema (skipped when it is not installed)', () => {
  test('row 176 the same verdict on the document of each schema and on its changes, or a reason', async () => {
    const without: string[] = [];
    for (const entry of entries()) {
      const xml = await documentFor(entry);
      if (xml === undefined) {
        without.push(entry.id);
        continue;
      }
      const documents = [{ what: 'as it is', xml }, ...someOf(edits(Buffer.from(xml)))];
      const theirs = xmllint(entry, documents);
      expect([entry.id, theirs[0]]).toEqual([entry.id, true]);
      for (const [at, document] of documents.entries()) {
        const ours = (await schemas.validate(Buffer.from(document.xml), entry.id)).valid;
        count(`ours ${ours ? 'takes' : 'refuses'}, xmllint ${theirs[at] ? 'takes' : 'refuses'}`);
        if (ours === theirs[at]) continue;
        const what = `${entry.id} ${document.what}`;
        found.push({ what, ours: ours ? 'takes' : 'refuses', reason: reasonFor(entry, document.what, ours) });
      }
    }
    expect(found.filter(({ reason }) => reason === undefined)).toEqual([]);
    // Roots without a namespace have no schema of their own; Fo02 and Bv04 are never written here.
    expect(without).toEqual(['stuf-ggk0210/fo02', 'stuf-ggk0210/bv04', 'pgb-1.0/tkb', 'pgb-1.0/bab']);
    expect(tally.get('ours takes, xmllint takes') ?? 0).toBeGreaterThan(500);
    expect(tally.get('ours refuses, xmllint refuses') ?? 0).toBeGreaterThan(3_000);
  }, 180_000);
});
