// The attack corpus through xmlsec1 as well: every disagreement is explained, or fails (row 176). Skipped, visibly, without xmlsec1.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { closePairs, freshRequest, openPairs } from '../../fixtures/changed.ts';
import { type Disagreement, writeTable } from '../../fixtures/disagreements.ts';
import { CATALOGUE } from './catalogue.ts';
import { reasonFor, WE_ARE_LOOSER, WE_ARE_STRICTER } from './explained-table.ts';
import { takeApart } from './message.ts';
import { type Mutation, type Tools, taken } from './mutation.ts';
import { askedAbout, MAX_BYTES, type Verdict } from './opinion.ts';
import { makeTools } from './rig.ts';
import { runXmlsec, verdictIn, xmlsecInstalled, xmlsecVerdict } from './xmlsec.ts';

/** Small, and xmlsec1 is busy with them for minutes all the same. */
const COSTLY = ['row 119 10 000 levels inside an Object', 'row 119 row 149 1000 elements under 240 namespaces'];
/** Floods: those larger than `MAX_BYTES`, and the costly ones. */
const MAX_LEFT_OUT = 14;
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';

let folder = '';
let tools: Tools;

beforeAll(async () => {
  await openPairs();
  tools = await makeTools(NOWHERE);
  folder = mkdtempSync(join(tmpdir(), 'dk-differential-'));
});
afterAll(async () => {
  if (xmlsecInstalled) writeTable('signatures-xmlsec1', tally, found);
  await closePairs();
  rmSync(folder, { recursive: true, force: true });
});

const CONTROL = taken('R50 the correct message', (message) => message);
const tally = new Map<string, number>();
const found: Disagreement[] = [];

(xmlsecInstalled ? describe : describe.skip)(
  'row 176 xmlsec1 over the same corpus (skipped when it is not installed)',
  () => {
    test.each([CONTROL, ...CATALOGUE].map((entry): [string, Mutation] => [entry.name, entry]))(
      'row 176 %s',
      async (name, { build, expected }) => {
        const message = build(takeApart(await freshRequest('osb-rm-s')), tools);
        const asked = askedAbout(message, tools.certificateOfA.pem);
        const leftOut = COSTLY.includes(name) || asked.envelope.length > MAX_BYTES;
        const theirs = leftOut ? 'left out' : xmlsecVerdict(asked, folder);
        // That ours is what the entry expects is what attacks.test.ts shows.
        const ours: Verdict = expected === 'ack' ? 'takes' : 'refuses';
        const pair = theirs === 'left out' ? theirs : `ours ${ours}, xmlsec1 ${theirs}`;
        tally.set(pair, (tally.get(pair) ?? 0) + 1);
        if (theirs === ours || theirs === 'left out') return;
        const reason = reasonFor(ours === 'takes' ? WE_ARE_LOOSER : WE_ARE_STRICTER, name);
        found.push({ what: name, ours, reason });
        expect({ name, pair, reason }).toEqual({ name, pair, reason: expect.any(String) });
      },
    );

    test('row 176 what xmlsec1 gives no verdict on counts as nothing: time-outs, its own options, files that are not there', () => {
      expect(() => runXmlsec(['--no-such-option', 'x'])).toThrow('no verdict');
      expect(() => runXmlsec(['--pubkey-cert-pem', join(folder, 'absent.pem'), 'x'])).toThrow('no verdict');
      expect(() => runXmlsec(['--help'], 1)).toThrow(/ETIMEDOUT|no verdict/);
      expect(() => verdictIn(null, 'Error: failed to verify file "x"')).toThrow('no verdict');
      expect(() => verdictIn(0, '')).toThrow('no verdict');
    });

    test('row 176 xmlsec1 takes the correct message and refuses plain forgeries: it was really asked', () => {
      expect(tally.get('ours takes, xmlsec1 takes') ?? 0).toBeGreaterThan(30);
      expect(tally.get('ours refuses, xmlsec1 refuses') ?? 0).toBeGreaterThan(100);
      expect(tally.get('ours takes, xmlsec1 refuses') ?? 0).toBeLessThanOrEqual(3);
      expect(tally.get('left out') ?? 0).toBeLessThanOrEqual(MAX_LEFT_OUT);
    });
  },
);

describe('row 176 the table of explanations', () => {
  test('row 176 every beginning of a name is that of an entry, and of one side only', () => {
    const loose = (starts: readonly string[]) =>
      starts.filter((start) => !CATALOGUE.some(({ name }) => name.startsWith(start)));
    expect(loose([...WE_ARE_STRICTER, ...WE_ARE_LOOSER].flatMap(({ names }) => names))).toEqual([]);
    const taken = CATALOGUE.filter(({ expected }) => expected === 'ack').map(({ name }) => name);
    expect(taken.filter((name) => reasonFor(WE_ARE_LOOSER, name) !== undefined)).toHaveLength(3);
  });
});
