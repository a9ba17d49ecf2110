// The attack corpus through the JDK's signature validation: a third engine, the same question (row 176). Skipped, visibly, without java.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { closePairs, freshRequest, openPairs } from '../../fixtures/changed.ts';
import { type Disagreement, writeTable } from '../../fixtures/disagreements.ts';
import { CATALOGUE } from './catalogue.ts';
import { JDK_IS_LOOSER, JDK_IS_STRICTER, reasonFor, WE_ARE_LOOSER, WE_ARE_STRICTER } from './explained-table.ts';
import { type Message, takeApart } from './message.ts';
import { type Mutation, type Tools, taken } from './mutation.ts';
import { makeTools } from './rig.ts';

const SOURCE = fileURLToPath(new URL('./Verify.java', import.meta.url));
/** A source file is run as it is from Java 11 on; records need 16. */
const version = /version "(\d+)/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? '')?.[1];
const installed = Number(version ?? 0) >= 16;
/** Entries that are about cost. */
const MAX_BYTES = 300_000;
const CONTROL = taken('R50 the correct message', (message) => message);
const ENTRIES: readonly Mutation[] = [CONTROL, ...CATALOGUE];

let folder = '';
let tools: Tools;
beforeAll(async () => {
  await openPairs();
  tools = await makeTools('http://127.0.0.1:9');
  folder = mkdtempSync(join(tmpdir(), 'dk-jdk-'));
});
afterAll(async () => {
  await closePairs();
  rmSync(folder, { recursive: true, force: true });
});

const nameOf = (number: number): string => String(number).padStart(4, '0');

function write(number: number, message: Message): boolean {
  const octets = message.octets ?? Buffer.from(message.envelope, 'utf8');
  if (octets.length > MAX_BYTES) return false;
  const place = join(folder, 'messages', nameOf(number));
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'envelope.xml'), octets);
  const lines = message.parts.map(({ contentId, bytes }, at) => {
    writeFileSync(join(place, `part-${at}`), bytes);
    return `part-${at} cid:${contentId}`;
  });
  writeFileSync(join(place, 'parts'), lines.join('\n'));
  return true;
}

/** One JVM for all of them; entries without a verdict were left out. */
function verdicts(): ReadonlyMap<number, string> {
  writeFileSync(join(folder, 'cert.pem'), tools.certificateOfA.pem);
  const run = spawnSync('java', [SOURCE, join(folder, 'messages'), join(folder, 'cert.pem')], {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  const lines = [...run.stdout.matchAll(/^(\d{4}) (takes|refuses)$/gm)];
  return new Map(lines.map(([, number, verdict]) => [Number(number), verdict ?? '']));
}

(installed ? describe : describe.skip)(
  'row 176 the JDK over the same corpus (skipped without Java 16 or newer)',
  () => {
    test('row 176 every disagreement has its reason', async () => {
      for (const [number, { build }] of ENTRIES.entries())
        write(number, build(takeApart(await freshRequest('osb-rm-s')), tools));
      const theirs = verdicts();
      const tally = new Map<string, number>();
      const found: Disagreement[] = [];
      for (const [number, { name, expected }] of ENTRIES.entries()) {
        const verdict = theirs.get(number);
        const ours = expected === 'ack' ? 'takes' : 'refuses';
        const pair = verdict === undefined ? 'left out' : `ours ${ours}, JDK ${verdict}`;
        tally.set(pair, (tally.get(pair) ?? 0) + 1);
        if (verdict === undefined || verdict === ours) continue;
        const tables = ours === 'takes' ? [WE_ARE_LOOSER, JDK_IS_STRICTER] : [WE_ARE_STRICTER, JDK_IS_LOOSER];
        found.push({ what: name, ours, reason: tables.map((table) => reasonFor(table, name)).find(Boolean) });
      }
      writeTable('signatures-jdk', tally, found);
      expect(
        found.filter(({ reason }) => reason === undefined).map(({ what, ours }) => `${what}: ours ${ours}`),
      ).toEqual([]);
      expect(theirs.get(0)).toBe('takes');
      expect(tally.get('ours takes, JDK takes') ?? 0).toBeGreaterThan(25);
      expect(tally.get('ours refuses, JDK refuses') ?? 0).toBeGreaterThan(100);
    }, 240_000);
  },
);
