// The bench's own arithmetic: percentiles, bars, options, and where the time of a profile went.
import { describe, expect, test } from '@jest/globals';
import { readLoopDelay } from '../../tools/bench/delay.ts';
import { atLeast, atMost, type Figure, isSound, meets, rowOf, shortNumber } from '../../tools/bench/figure.ts';
import { writeFlame } from '../../tools/bench/flame.ts';
import { percentiles } from '../../tools/bench/load.ts';
import { PART_NAMES, readOptions } from '../../tools/bench/options.ts';
import { countAt } from '../../tools/bench/pair.ts';
import { byFunction, byStage, type CpuProfile, stageOf, treeOf } from '../../tools/bench/profile.ts';
import { ONE_IN } from '../../tools/bench/sampled.ts';
import { stageFigures } from '../../tools/bench/stages.ts';
import { tally, wrongFigures } from '../../tools/bench/tally.ts';
import { ratiosOf } from '../../tools/bench/whole.ts';

describe('figures', () => {
  test('percentiles of what was measured, in any order', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentiles(values)).toEqual({ p50: 51, p95: 96, p99: 100, max: 100 });
    expect(percentiles([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 });
    expect(percentiles([]).p50).toBeNaN();
  });

  test('a bar is met at its own value, missed beyond it, and missed by what is no number', () => {
    const figure = (value: number | undefined, bar = atLeast(10)) => ({ name: 'x', value, unit: 'ms', bar });
    expect([10, 9.99, Number.NaN, undefined].map((value) => meets(figure(value)))).toEqual([true, false, false, false]);
    expect([10, 10.01].map((value) => meets(figure(value, atMost(10))))).toEqual([true, false]);
    expect(meets({ name: 'x', value: 1, unit: '' })).toBeUndefined();
  });

  test('a row shows the figure, its bar and the verdict', () => {
    expect(rowOf({ name: 'x', value: 12.345, unit: 'ms', bar: atMost(12), note: 'grens' })).toEqual([
      'x',
      '12.3 ms',
      '≤ 12.0',
      'NIET gehaald',
      'grens',
    ]);
    expect(rowOf({ name: 'x', value: undefined, unit: 'ms', note: 'is er niet' })).toEqual([
      'x',
      '–',
      '',
      '',
      'is er niet',
    ]);
    expect([0.126, 99.94, 1234.5, Number.NaN].map(shortNumber)).toEqual(['0.13', '99.9', '1235', '–']);
  });

  test('the ratio is over two signatures a message, and per core that the hub used', () => {
    const load = { perSecond: 200, hubCores: 0.8 } as Parameters<typeof ratiosOf>[0];
    const machine = { signPerSecond: 1000 } as Parameters<typeof ratiosOf>[1];
    expect(ratiosOf(load, machine)).toEqual({ ratio: 0.4, ratioPerCore: 0.5 });
  });
});

describe('what became of the messages', () => {
  test('a message that was given up and arrives after all hides no lost one', () => {
    const sent = { acknowledged: ['a', 'b'], givenUp: ['c', 'd'], refused: 3, checked: 2, wrongSignatures: 1 };
    const arrivals = { received: ['a', 'c', 'of an earlier load'], copies: 1, checked: 1, wrongSignatures: 0 };
    expect(tally(sent, arrivals)).toEqual({
      messages: 2,
      refused: 3,
      givenUp: 2,
      givenUpArrived: 1,
      missing: 1,
      doubled: 1,
      checked: 3,
      wrongSignatures: 1,
    });
  });

  const good = { messages: 5, refused: 0, missing: 0, doubled: 0, checked: 1, wrongSignatures: 0 };

  test('one refusal, one lost, one double or one wrong signature among all loads misses its bar', () => {
    const missed = (one: object) =>
      wrongFigures([good, { ...good, ...one }])
        .filter((figure) => meets(figure) !== true)
        .map(({ name }) => name);
    expect(missed({})).toEqual([]);
    expect(missed({ refused: 1 })).toEqual(['geweigerd']);
    expect(missed({ missing: 1 })).toEqual(['kwijt of dubbel']);
    expect(missed({ doubled: 1 })).toEqual(['kwijt of dubbel']);
    expect(missed({ wrongSignatures: 1 })).toEqual(['verkeerd getekend']);
    expect(wrongFigures([good], 'x: ')[0]?.name).toBe('x: aangekomen');
    expect(wrongFigures([good, good]).at(-1)?.note).toContain(
      `één op ${ONE_IN} handtekeningen van de hub nagerekend: 2`,
    );
  });

  test('what was lost, doubled, signed wrongly or never measured is no measurement; a slow gateway is one', () => {
    const sound = (one: object, ...more: Figure[]) => isSound([...more, ...wrongFigures([{ ...good, ...one }])]);
    const slow: Figure = { name: 'x', value: 1, unit: '', bar: atLeast(2) };
    expect(sound({}, slow)).toBe(true);
    expect(sound({ refused: 1 })).toBe(true);
    for (const wrong of [{ missing: 1 }, { doubled: 1 }, { wrongSignatures: 1 }, { messages: 0 }])
      expect(sound(wrong)).toBe(false);
    expect(isSound([])).toBe(false);
    expect(isSound([{ name: 'x', value: Number.NaN, unit: '' }])).toBe(false);
  });

  test('the pair is counted at its receiver: what is not kept is missing, what is kept twice is double', () => {
    expect(countAt(['a', 'b', 'c', 'd'], ['a', 'b', 'b', 'c', 'of the warming up'])).toEqual({
      messages: 3,
      missing: 1,
      doubled: 1,
    });
  });

  test('one long block stands beside the 99th percentile', () => {
    const metrics = 'dk_nodejs_eventloop_lag_max_seconds 0.3\ndk_nodejs_eventloop_lag_p99_seconds 0.011\n';
    expect(readLoopDelay(`${metrics}dk_nodejs_eventloop_lag_mean_seconds 0.01\n`)).toEqual({
      eventLoopP99Ms: 11,
      eventLoopMaxMs: 300,
      eventLoopMeanMs: 10,
    });
    expect(readLoopDelay('').eventLoopMaxMs).toBeNaN();
  });
});

describe('options', () => {
  test('all parts for a minute each, unless asked otherwise', () => {
    expect(readOptions([])).toMatchObject({ only: PART_NAMES, seconds: 60, json: false });
    expect(readOptions(['--only', 'half,whole', '--seconds', '5', '--json', '--dir', 'd', '--profile'])).toMatchObject({
      only: ['half', 'whole'],
      seconds: 5,
      json: true,
      dir: 'd',
    });
    expect(readOptions(['--help'])).toBeUndefined();
  });

  test.each([
    [['--only', 'alles'], '--only alles: verwacht'],
    [['--only', 'half', '--profile'], '--profile: alleen samen met het onderdeel whole'],
    [['--seconds', 'nul'], '--seconds nul: verwacht een getal vanaf 1'],
  ])('%j is wrong use that says what was expected', (args, words) => {
    expect(() => readOptions(args)).toThrow(words);
  });
});

/** root → answer (gateway) → {digest (native), (garbage collector)}; root → (idle). */
const PROFILE: CpuProfile = {
  startTime: 1000,
  nodes: [
    node(1, '(root)', '', [2, 5]),
    node(2, 'answer', 'file:///x/dist/adapter/gateway/receive.js', [3, 4]),
    node(3, 'hash', 'node:internal/crypto/hash'),
    node(4, '(garbage collector)', ''),
    node(5, '(idle)', ''),
  ],
  samples: [2, 3, 3, 4, 5, 2],
  timeDeltas: [0, 10, 20, 30, 40, 50],
};

function node(id: number, functionName: string, url: string, children: readonly number[] = []) {
  return { id, callFrame: { functionName, url, lineNumber: 6 }, children };
}

describe('a CPU profile', () => {
  test('time goes to the stage it was spent in; idling is nobody’s', () => {
    const tree = treeOf([PROFILE], { from: 0, to: 10_000 });
    expect(byStage(tree)).toEqual([
      { name: 'node:crypto', us: 50 },
      { name: 'gc', us: 40 },
      { name: 'adapter/gateway', us: 10 },
    ]);
    expect(byFunction(tree).map(({ name }) => name)).toContain('answer adapter/gateway/receive.js:7');
  });

  test('stages become rows in µs per message; those below a hundredth are one row, so that all add up', () => {
    const stages = [
      { name: 'libxml2', us: 900 },
      { name: 'adapter/msh', us: 92 },
      { name: 'gc', us: 5 },
      { name: 'adapter/mime', us: 3 },
    ];
    const figures = stageFigures({ messages: 10, cpuUs: 1500, mainThreadCpuUs: 1200, stages, heaviest: [] });
    expect(figures.map(({ name, value }) => [name, value])).toEqual([
      ['CPU hub met profiler', 1.5],
      ['stap libxml2', 900],
      ['stap adapter/msh', 92],
      ['stap de rest', 8],
    ]);
  });

  test('what lies outside the stretch does not count', () => {
    expect(byStage(treeOf([PROFILE], { from: 1000, to: 1010 }))).toEqual([{ name: 'adapter/gateway', us: 10 }]);
  });

  test.each([
    ['run', 'file:///x/node_modules/better-sqlite3/lib/x.js', '', 'SQLite: begin, commit en wachten op schijf'],
    ['', '', 'adapter/store', 'SQLite: opdrachten'],
    ['', 'wasm://wasm/1', 'adapter/xml', 'libxml2'],
    ['write', 'node:_tls_wrap', '', 'HTTP en TLS'],
    ['f', 'file:///x/dist/adapter/store/sqlite/checkpoint-worker.js', '', 'SQLite: checkpoint (eigen draad)'],
    ['f', 'file:///elders.js', '', 'anders'],
  ])('%s at %s under %s is %s', (name, url, caller, stage) => {
    expect(stageOf(name, url, caller)).toBe(stage);
  });

  test('the flame graph is one page with nothing from elsewhere, and names cannot break it', () => {
    const tree = treeOf([PROFILE], { from: 0, to: 10_000 });
    const page = writeFlame(tree, '<script>alert(1)</script>', 10);
    expect(page).toContain('answer adapter/gateway/receive.js:7');
    expect(page).toContain('10 µs per bericht');
    expect(page).not.toContain('<script>alert');
    expect(page).not.toMatch(/(src|href)=/);
  });
});
