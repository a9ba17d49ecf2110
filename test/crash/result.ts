// What a run and a good round of it look like, for the tests of journal and report.
import { planRound } from '../../tools/crash/plan.ts';
import type { RoundResult } from '../../tools/crash/round.ts';
import { NOTHING } from '../../tools/harness/count.ts';

export const head = { seed: 'zaad', startedAt: '2030-01-01T00:00:00.000Z' };
/** Of a round at one kill point. */
const { letters: _, ...ofRound } = planRound('bodyHalf', 0, 'zaad', 'run');
export const plan = ofRound;

export const result = (change: Partial<RoundResult> = {}): RoundResult => ({
  plan,
  counts: { ...NOTHING, accepted: 3, delivered: 2, faults: 1 },
  struck: true,
  powerCut: false,
  ms: 500,
  droppedBytes: 0,
  fell: 0,
  nameless: 0,
  ...change,
});
