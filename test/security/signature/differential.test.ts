// The attack corpus through xmlsec1 as well: every disagreement is explained, or fails (row 176). Skipped, visibly, without xmlsec1.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NS } from '../../../adapter/base/index.ts';
import { closePairs, freshRequest, openPairs } from '../../fixtures/changed.ts';
import { type Disagreement, writeTable } from '../../fixtures/disagreements.ts';
import { CATALOGUE } from './catalogue.ts';
import { reasonFor, WE_ARE_LOOSER, WE_ARE_STRICTER } from './explained-table.ts';
import { type Message, takeApart } from './message.ts';
import { type Mutation, type Tools, taken } from './mutation.ts';
import { makeTools } from './rig.ts';

const installed = spawnSync('xmlsec1', ['--version']).status === 0;
/** Entries that are about cost: xmlsec1 has no bounds of this kind and would be busy for minutes. */
const MAX_BYTES = 300_000;
const COSTLY = ['row 119 10 000 levels inside an Object', 'row 119 row 149 1000 elements under 240 namespaces'];
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';

let folder = '';
let tools: Tools;

beforeAll(async () => {
  await openPairs();
  tools = await makeTools(NOWHERE);
  folder = mkdtempSync(join(tmpdir(), 'dk-differential-'));
  writeFileSync(join(folder, 'cert.pem'), tools.certificateOfA.pem);
});
afterAll(async () => {
  if (installed) writeTable('signatures-xmlsec1', tally, found);
  await closePairs();
  rmSync(folder, { recursive: true, force: true });
});

type Verdict = 'takes' | 'refuses' | 'left out';

/** xmlsec1 on the envelope, with the parts at hand under their cid: and eb:MessageHeader/@Id declared to be an id. */
function xmlsec(message: Message): Verdict {
  const octets = message.octets ?? Buffer.from(message.envelope, 'utf8');
  if (octets.length > MAX_BYTES) return 'left out';
  const file = (name: string, bytes: Buffer): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const parts = message.parts.flatMap(({ contentId, bytes }, number) => [
    `--url-map:cid:${contentId}`,
    file(`part-${number}`, bytes),
  ]);
  const options = ['--pubkey-cert-pem', join(folder, 'cert.pem'), '--id-attr:Id', `${NS.eb}:MessageHeader`, ...parts];
  const run = spawnSync('xmlsec1', ['--verify', ...options, file('envelope.xml', octets)], { timeout: 25_000 });
  return run.status === 0 ? 'takes' : 'refuses';
}

const CONTROL = taken('R50 the correct message', (message) => message);
const tally = new Map<string, number>();
const found: Disagreement[] = [];

(installed ? describe : describe.skip)(
  'row 176 xmlsec1 over the same corpus (skipped when it is not installed)',
  () => {
    test.each([CONTROL, ...CATALOGUE].map((entry): [string, Mutation] => [entry.name, entry]))(
      'row 176 %s',
      async (name, { build, expected }) => {
        const message = build(takeApart(await freshRequest('osb-rm-s')), tools);
        const theirs: Verdict = COSTLY.includes(name) ? 'left out' : xmlsec(message);
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

    test('row 176 xmlsec1 takes the correct message and refuses plain forgeries: it was really asked', () => {
      expect(tally.get('ours takes, xmlsec1 takes') ?? 0).toBeGreaterThan(30);
      expect(tally.get('ours refuses, xmlsec1 refuses') ?? 0).toBeGreaterThan(100);
      expect(tally.get('ours takes, xmlsec1 refuses') ?? 0).toBeLessThanOrEqual(3);
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
