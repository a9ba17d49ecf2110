// The attack corpus through the JDK's signature validation: a third engine, the same question (row 176). Skipped, visibly, without java.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { closePairs, freshRequest, openPairs } from '../../fixtures/changed.ts';
import { type Disagreement, writeTable } from '../../fixtures/disagreements.ts';
import { CATALOGUE } from './catalogue.ts';
import { JDK_IS_LOOSER, JDK_IS_STRICTER, reasonFor, WE_ARE_LOOSER, WE_ARE_STRICTER } from './explained-table.ts';
import { jdkInstalled, jdkVerdicts } from './jdk.ts';
import { takeApart } from './message.ts';
import { type Mutation, type Tools, taken } from './mutation.ts';
import { askedAbout, MAX_BYTES, type SignedMessage } from './opinion.ts';
import { makeTools } from './rig.ts';

const CONTROL = taken('R50 the correct message', (message) => message);
/** Larger than `MAX_BYTES`: floods, which are about cost. */
const MAX_LEFT_OUT = 12;

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

(jdkInstalled ? describe : describe.skip)(
  'row 176 the JDK over the same corpus (skipped without Java 16 or newer)',
  () => {
    test('row 176 every disagreement has its reason', async () => {
      const asked: { readonly entry: Mutation; readonly message: SignedMessage }[] = [];
      const tally = new Map<string, number>();
      const count = (what: string): unknown => tally.set(what, (tally.get(what) ?? 0) + 1);
      for (const entry of [CONTROL, ...CATALOGUE]) {
        const changed = entry.build(takeApart(await freshRequest('osb-rm-s')), tools);
        const message = askedAbout(changed, tools.certificateOfA.pem);
        if (message.envelope.length > MAX_BYTES) count('left out');
        else asked.push({ entry, message });
      }
      const theirs = jdkVerdicts(
        asked.map(({ message }) => message),
        folder,
      );
      const found: Disagreement[] = [];
      for (const [number, { entry }] of asked.entries()) {
        const ours = entry.expected === 'ack' ? 'takes' : 'refuses';
        count(`ours ${ours}, JDK ${theirs[number]}`);
        if (theirs[number] === ours) continue;
        const tables = ours === 'takes' ? [WE_ARE_LOOSER, JDK_IS_STRICTER] : [WE_ARE_STRICTER, JDK_IS_LOOSER];
        const reason = tables.map((table) => reasonFor(table, entry.name)).find(Boolean);
        found.push({ what: entry.name, ours, reason });
      }
      writeTable('signatures-jdk', tally, found);
      expect(
        found.filter(({ reason }) => reason === undefined).map(({ what, ours }) => `${what}: ours ${ours}`),
      ).toEqual([]);
      expect(theirs[0]).toBe('takes');
      expect(tally.get('left out') ?? 0).toBeLessThanOrEqual(MAX_LEFT_OUT);
      expect(tally.get('ours takes, JDK takes') ?? 0).toBeGreaterThan(25);
      expect(tally.get('ours refuses, JDK refuses') ?? 0).toBeGreaterThan(100);
    }, 240_000);
  },
);
