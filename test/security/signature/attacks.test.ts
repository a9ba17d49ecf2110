// The attack corpus against a running gateway: the answer each entry gets, that nothing else comes of it, and what it costs.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { closePairs, freshRequest, give, openPairs } from '../../fixtures/changed.ts';
import { answerOf } from '../answer.ts';
import { type Canary, openCanary } from '../canary.ts';
import { cpuSecondsOf, type Ledger, openLedger } from '../cost.ts';
import { CATALOGUE } from './catalogue.ts';
import { compose, takeApart } from './message.ts';
import type { Tools } from './mutation.ts';
import { makeTools } from './rig.ts';

/** Bounds against denial of service, far above what any entry needs; no measure of speed. */
const MAX_CPU_SECONDS = 5;
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

let canary: Canary;
let tools: Tools;
let ledger: Ledger;

beforeAll(async () => {
  await openPairs();
  canary = await openCanary();
  tools = await makeTools(canary.url);
  ledger = openLedger();
});
afterAll(async () => {
  await closePairs();
  await canary.close();
});

describe('attacks on signatures', () => {
  test('every entry has a name of its own that begins with a row or rule', () => {
    expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length);
    expect(CATALOGUE.filter(({ name }) => !/^(row \d+|[RT]\d+) /.test(name))).toEqual([]);
  });

  test.each(CATALOGUE.map((entry) => [entry.name, entry] as const))(
    '%s',
    async (_name, { build, expected, because }) => {
      const correct = await freshRequest('osb-rm-s');
      const attack = compose(build(takeApart(correct), tools));
      expect(attack.body).not.toBe(correct.body);
      const { result, cpu } = await cpuSecondsOf(() => give('osb-rm-s', attack));
      const { status, text, delivered } = result;
      expect(cpu).toBeLessThan(MAX_CPU_SECONDS);
      expect(ledger.keptBytes(MAX_KEPT_BYTES)).toBeLessThan(MAX_KEPT_BYTES);
      expect(answerOf(status, text, expected)).toBe(expected);
      expect(text).toContain(because ?? '');
      expect(delivered).toBe(expected === 'ack' ? 1 : 0);
      expect(canary.calls()).toBe(0);
      // The gateway lives, and the attack has not used up the MessageId of the true message.
      const after = await give('osb-rm-s', correct);
      if (!sameMessage(expected)) return;
      expect(after.text).toContain('<eb:Acknowledgment');
      expect(after.delivered).toBe(1);
    },
  );
});

/** After an accepted variant the original is a copy, or a reuse of its id: what it gets is not of this test. */
const sameMessage = (expected: string): boolean => expected !== 'ack';
