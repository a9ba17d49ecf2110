// Signed messages of another product through our verifier, xmlsec1 and the JDK (row 176). Skipped, visibly, without ../shared.
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verifySignature } from '../../../adapter/dsig/index.ts';
import { readXml } from '../../../adapter/xml/index.ts';
import { type Disagreement, writeTable } from '../../fixtures/disagreements.ts';
import { PEER_WE_ARE_STRICTER, reasonFor } from './explained-table.ts';
import { jdkInstalled, jdkVerdicts } from './jdk.ts';
import type { SignedMessage, Verdict } from './opinion.ts';
import { foreignCorpus, recordedMessages } from './recorded.ts';
import { xmlsecInstalled, xmlsecVerdict } from './xmlsec.ts';

const recordings = recordedMessages();
const ENTRIES = foreignCorpus(recordings);

let folder = '';
let ours: readonly Verdict[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dk-peer-'));
  ours = await Promise.all(ENTRIES.map(({ message }) => ourVerdict(message)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function folderFor(engine: string): string {
  mkdirSync(join(folder, engine));
  return join(folder, engine);
}

/** SHA-1 is let through: this is about what a signature proves, not about policy. */
async function ourVerdict({ envelope, parts, certificatePem }: SignedMessage): Promise<Verdict> {
  const xml = readXml(envelope);
  if (!xml.ok) return 'refuses';
  const digested = parts.map(({ contentId, bytes }) => ({
    contentId,
    digest: async (algorithm: string) => createHash(algorithm).update(bytes).digest(),
  }));
  const { raw } = new X509Certificate(certificatePem);
  const verdict = await verifySignature(xml.value, digested, raw, { allowSha1: true });
  return verdict.kind === 'valid' ? 'takes' : 'refuses';
}

/** Writes the table of one engine; what nobody has explained comes back. */
function compare(engine: string, theirs: readonly Verdict[]) {
  const tally = new Map<string, number>();
  const found: Disagreement[] = [];
  for (const [number, { name }] of ENTRIES.entries()) {
    const mine = ours[number] ?? 'refuses';
    const pair = `ours ${mine}, ${engine} ${theirs[number]}`;
    tally.set(pair, (tally.get(pair) ?? 0) + 1);
    if (theirs[number] === mine) continue;
    const reason = mine === 'refuses' ? reasonFor(PEER_WE_ARE_STRICTER, name) : undefined;
    found.push({ what: name, ours: mine, reason });
  }
  writeTable(`signatures-peer-${engine}`, tally, found);
  const unexplained = found.filter(({ reason }) => reason === undefined);
  return { tally, found, unexplained: unexplained.map(({ what, ours: mine }) => `${what}: ours ${mine}`) };
}

const there = recordings.length > 0;

(there ? describe : describe.skip)('row 176 what another product signed (skipped when ../shared is not there)', () => {
  test('row 176 there are recordings of each kind, and the genuine ones are taken', () => {
    expect(recordings.length).toBeGreaterThan(50);
    const genuine = ENTRIES.filter(({ name }, number) => name.startsWith('as it is') && ours[number] === 'takes');
    expect(genuine.length).toBeGreaterThan(30);
  });

  (xmlsecInstalled ? test : test.skip)(
    'row 176 xmlsec1 (skipped when it is not installed)',
    () => {
      const place = folderFor('xmlsec1');
      const theirs = ENTRIES.map(({ message }) => xmlsecVerdict(message, place));
      const { tally, found, unexplained } = compare('xmlsec1', theirs);
      expect(unexplained).toEqual([]);
      expect(new Set(found.map(({ reason }) => reason))).toEqual(
        new Set(PEER_WE_ARE_STRICTER.map(({ reason }) => reason)),
      );
      expect(tally.get('ours takes, xmlsec1 takes') ?? 0).toBeGreaterThan(60);
      expect(tally.get('ours refuses, xmlsec1 refuses') ?? 0).toBeGreaterThan(80);
    },
    300_000,
  );

  (jdkInstalled ? test : test.skip)(
    'row 176 the JDK (skipped without Java 16 or newer)',
    () => {
      const theirs = jdkVerdicts(
        ENTRIES.map(({ message }) => message),
        folderFor('jdk'),
      );
      const { tally, unexplained } = compare('jdk', theirs);
      expect(unexplained).toEqual([]);
      expect(tally.get('ours takes, jdk takes') ?? 0).toBeGreaterThan(60);
      expect(tally.get('ours refuses, jdk refuses') ?? 0).toBeGreaterThan(80);
    },
    300_000,
  );
});
