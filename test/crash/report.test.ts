// The crash report: counts per point, what makes a round or a run bad, and what the page says of it.
import { describe, expect, test } from '@jest/globals';
import { SPECIAL_NAMES } from '../../tools/crash/circumstances.ts';
import { type Asked, isGoodRun, summarise, writeReport } from '../../tools/crash/report.ts';
import { type RoundResult, skippedNote } from '../../tools/crash/round.ts';
import { isGood, NOTHING } from '../../tools/harness/count.ts';
import { POINT_NAMES } from '../../tools/harness/points.ts';
import { head, plan, result } from './result.ts';

const DONE: Asked = { rounds: 30, points: [...POINT_NAMES, ...SPECIAL_NAMES], left: 0 };

describe('counts and report', () => {
  test.each(['lost', 'twice', 'endless', 'unanswered', 'misbelieved'] as const)('one %s makes a round bad', (name) => {
    expect(isGood({ ...NOTHING, [name]: 1 })).toBe(false);
  });

  test('adds up per point, and names each bad round with what is needed to do it again', () => {
    const bad = result({ plan: { ...plan, round: 1 }, counts: { ...NOTHING, accepted: 1, lost: 1 }, ms: 1500 });
    const results = [result(), bad];
    expect(summarise(results)).toMatchObject([
      { point: 'bodyHalf', rounds: 2, struck: 2, counts: { accepted: 4, lost: 1 }, meanMs: 1000, longestMs: 1500 },
    ]);
    const text = writeReport(head, results, DONE);
    expect(text).toContain('seed `zaad`');
    expect(text).toContain('`bodyHalf` ronde 1');
    expect(text).toContain('lost 1');
    expect(writeReport(head, [result()], DONE)).toContain('Geen.');
  });

  test('a run in which a point was not struck says nothing, so it is not good; nor is one without rounds', () => {
    const rounds = (struck: number, change: Partial<RoundResult> = {}) =>
      Array.from({ length: 10 }, (_, i) => result({ plan: { ...plan, round: i }, struck: i < struck, ...change }));
    expect([10, 9, 8, 0].map((struck) => isGoodRun(rounds(struck)))).toEqual([true, true, false, false]);
    expect(isGoodRun([])).toBe(false);
    expect(writeReport(head, rounds(8), DONE)).toContain('Te weinig geraakt: inhoud half gelezen, 8 van 10 rondes.');
    const skipped = rounds(0, { note: skippedNote('geen tmpfs') });
    expect(isGoodRun(skipped)).toBe(true);
    expect(summarise(skipped)).toMatchObject([{ struck: 0, skipped: 10 }]);
    expect(isGoodRun(rounds(0, { note: 'niet geraakt: er was niets over te nemen' }))).toBe(false);
  });

  test('rounds of an older harness, and only those, are told apart in a run that was resumed', () => {
    const older = 'van deze rondes zijn gedaan voordat het harnas';
    expect(writeReport(head, [result({ logBytes: 0 }), result(), result()], DONE)).toContain(`2 ${older}`);
    expect(writeReport(head, [result({ logBytes: 0 })], DONE)).not.toContain(older);
    expect(writeReport(head, [result({ plan: { ...plan, point: 'diskFull' } })], DONE)).not.toContain(older);
    const { nameless: _none, ...uncounted } = result({ logBytes: 0 });
    expect(writeReport(head, [uncounted, result({ logBytes: 0 })], DONE)).toContain(
      'In 1 van deze rondes is niet naar bestanden',
    );
  });

  test('what was asked stands beside what was done, and what is left makes it unfinished', () => {
    const done = writeReport(head, [result()], DONE);
    expect(done).toContain(
      'Gevraagd: 30 rondes per punt (per omstandigheid één per honderd, ten minste 1), over alle punten en omstandigheden. Alle zijn gedaan.',
    );
    expect(done).not.toContain('Niet af');
    const unfinished = writeReport(head, [result()], { rounds: 30, points: ['bodyHalf', 'frozen'], left: 30 });
    expect(unfinished).toContain(
      'Gevraagd: 30 rondes per punt (per omstandigheid één per honderd, ten minste 1), over `bodyHalf`, `frozen`. **Niet af.** Rondes niet gedaan: 30.',
    );
    expect(unfinished).toContain('Geen.\n\nRondes niet gedaan: 30.');
  });

  test('a gateway that ends by itself makes the round bad, whatever was counted', () => {
    expect(writeReport(head, [result({ fell: 1 })], DONE)).toContain('proces zelf gestopt 1');
  });

  test('so does a file that nothing names', () => {
    const left = [result({ nameless: 2 })];
    expect(isGoodRun(left)).toBe(false);
    expect(summarise(left)).toMatchObject([{ nameless: 2, good: false }]);
    expect(writeReport(head, left, DONE)).toContain('bestanden zonder naam 2');
  });
});
