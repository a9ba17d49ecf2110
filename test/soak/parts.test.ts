// The parts of the soak on their own: slope, pacing, faults from a seed, the book that forgets, the report.
import { describe, expect, test } from '@jest/globals';
import type { MessageView } from '../../tools/harness/applications.ts';
import { NOTHING } from '../../tools/harness/count.ts';
import { draw } from '../../tools/harness/draw.ts';
import type { Letter } from '../../tools/harness/letter.ts';
import { FAULT_NAMES, planFault } from '../../tools/soak/faults.ts';
import { type Entry, Ledger } from '../../tools/soak/ledger.ts';
import { createPacer } from '../../tools/soak/pace.ts';
import { verdictOf, writeReport } from '../../tools/soak/report.ts';
import { growing, judged, neverStruck, type SoakResult, unjudged } from '../../tools/soak/run.ts';
import { createSeries, riseOf } from '../../tools/soak/slope.ts';
import { planLetter } from '../../tools/soak/traffic.ts';

const HOUR_MS = 3_600_000;

describe('slope', () => {
  test('a straight line gives its own slope, whatever came before the warm-up', () => {
    const series = createSeries(60_000);
    for (let ms = 0; ms < 60_000; ms += 3_000) series.add(1, ms, 1e9);
    for (let ms = 60_000; ms <= 660_000; ms += 3_000) series.add(1, ms, 100 + 36 * (ms / HOUR_MS));
    const { perHour, hours, lives, first, max } = series.slope();
    expect(perHour).toBeCloseTo(36, 6);
    expect(hours).toBeCloseTo(1 / 6, 6);
    expect({ lives, first, max }).toEqual({ lives: 1, first: 1e9, max: 1e9 });
  });

  test('a restart is no growth: each life has its own level', () => {
    const series = createSeries(0);
    for (const [life, level] of [
      [1, 500],
      [2, 100],
      [3, 900],
    ] as const) {
      for (let ms = 0; ms <= 60_000; ms += 1_000) series.add(life, ms, level + 10 * (ms / HOUR_MS));
    }
    expect(series.slope().perHour).toBeCloseTo(10, 6);
    expect(series.slope()).toMatchObject({ lives: 3, first: 500 });
  });

  test('the longest life is told apart, and too few samples give no slope', () => {
    const series = createSeries(0);
    expect(series.slope().perHour).toBeUndefined();
    series.add(1, 0, 1);
    series.add(1, 1_000, 2);
    expect(series.slope().perHour).toBeUndefined();
    for (let ms = 0; ms <= 10_000; ms += 1_000) series.add(2, ms, 7);
    series.add(3, 0, 1);
    expect(series.slope().longestPerHour).toBeCloseTo(0, 9);
    expect(series.slope().longestHours).toBeCloseTo(10_000 / HOUR_MS, 9);
  });

  /** Lives after each other, a sample every three seconds, that go up and down by a tenth of what they begin with. */
  function lived(lives: number, minutes: number, gained: (minutes: number) => number): ReturnType<typeof createSeries> {
    const series = createSeries(60_000);
    const noise = draw('ruis');
    for (let life = 0; life < lives; life += 1) {
      for (let ms = 0; ms <= minutes * 60_000; ms += 3_000) {
        series.add(life, ms, 200 + noise.below(40) - 20 + gained(ms / 60_000));
      }
    }
    return series;
  }

  test('a leak shows in the longest life; many lives that each warm up, or go up and down, are no growth', () => {
    expect(riseOf(lived(1, 20, (minutes) => 4 * minutes).slope())).toBeGreaterThan(64);
    expect(riseOf(lived(500, 8, (minutes) => 15 * (1 - Math.exp(-minutes / 3))).slope())).toBeLessThan(20);
    expect(Math.abs(riseOf(lived(1, 480, () => 0).slope()) ?? Number.NaN)).toBeLessThan(5);
    expect(riseOf(lived(40, 5, (minutes) => 100 * minutes).slope())).toBeUndefined();
  });
});

describe('pacing', () => {
  test('keeps to the rate over any way of looking', () => {
    const pacer = createPacer(50, 0);
    let sent = 0;
    for (let now = 0; now < 60_000; now += 17) sent += pacer.due(now);
    expect(sent).toBeGreaterThanOrEqual(2_998);
    expect(sent).toBeLessThanOrEqual(3_000);
  });

  test('a pause is not made up for with a burst', () => {
    const pacer = createPacer(10, 0);
    pacer.due(0);
    expect(pacer.due(60_000)).toBeLessThanOrEqual(11);
    expect(pacer.due(60_010)).toBe(0);
  });
});

describe('faults', () => {
  test('the same seed gives the same faults; three hundred of them have every kind and every victim', () => {
    const plan = (seed: string) => Array.from({ length: 300 }, (_, i) => planFault(seed, i, 60_000));
    expect(plan('zaad')).toEqual(plan('zaad'));
    expect(plan('ander')).not.toEqual(plan('zaad'));
    expect(new Set(plan('zaad').map(({ fault }) => fault))).toEqual(new Set(FAULT_NAMES));
    expect(new Set(plan('zaad').map(({ victim }) => victim))).toEqual(new Set(['gemeente', 'hub', 'aanbieder']));
  });

  test('each kind comes once before any comes again', () => {
    const size = FAULT_NAMES.length;
    const kinds = Array.from({ length: 4 * size }, (_, i) => planFault('zaad', i, 60_000).fault);
    for (let from = 0; from < kinds.length; from += size) {
      expect(new Set(kinds.slice(from, from + size)).size).toBe(size);
    }
    expect(kinds.slice(0, size)).not.toEqual(kinds.slice(size, 2 * size));
  });

  test('none lasts longer than half the time between two, nor longer than ten seconds', () => {
    for (const every of [4_000, 60_000]) {
      const longest = Math.max(...Array.from({ length: 100 }, (_, i) => planFault('zaad', i, every).ms));
      expect(longest).toBe(Math.min(10_000, every / 2));
    }
  });
});

describe('traffic', () => {
  test('both directions, both modes, valid and not, from kilobytes to megabytes', () => {
    const from = draw('zaad');
    const letters = Array.from({ length: 2_000 }, () => planLetter(from));
    expect(new Set(letters.map(({ from: name, mode, valid }) => `${name} ${mode} ${valid}`)).size).toBe(8);
    expect(Math.min(...letters.map(({ padding }) => padding))).toBeLessThan(4_000);
    expect(Math.max(...letters.map(({ padding }) => padding))).toBeGreaterThan(1_000_000);
  });
});

describe('the book', () => {
  const letter = (valid = true): Letter => ({ referentienummer: '', valid, bytes: new Uint8Array(), sha256: 'goed' });
  const book = new Ledger('0123456789abcdef');
  const message = (number: number, change: Partial<MessageView> = {}, berichtcode = 'Di01'): MessageView => {
    const reference = book.reference(number);
    const business =
      berichtcode === 'Fo01'
        ? { berichtcode, referentienummer: 'ander', crossRefnummer: reference }
        : { berichtcode, referentienummer: reference };
    return { id: `m${number}`, messageId: '', state: '', business, parts: [{ sha256: 'goed' }], ...change };
  };
  const begun = (valid = true): Entry => {
    const entry = book.begin(book.nextNumber(), 'gemeente', letter(valid));
    entry.given = { id: 'x', messageId: 'y' };
    return entry;
  };
  const counted = (work: () => void) => {
    const before = book.counts;
    work();
    const after = book.counts;
    return Object.fromEntries(
      Object.entries(after).flatMap(([name, value]) => {
        const grown = value - before[name as keyof typeof before];
        return grown === 0 ? [] : [[name, grown]];
      }),
    );
  };

  test('a referentienummer is a UUID version 4 that holds its number', () => {
    expect(book.reference(0x1_2345)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-000000012345$/);
  });

  test('what arrived, was confirmed and is acknowledged is counted and forgotten', () => {
    const entry = begun();
    book.offered('aanbieder', message(entry.number));
    expect(book.ripe(1, 10)).toEqual([]);
    book.confirmed('aanbieder', `m${entry.number}`);
    expect(book.ripe(1, 10)).toEqual([entry]);
    expect(counted(() => book.settle(entry, 'acknowledged'))).toEqual({ accepted: 1, delivered: 1 });
    expect(book.open).toBe(0);
  });

  test('an end that is not there yet changes nothing', () => {
    const entry = begun();
    book.offered('aanbieder', message(entry.number));
    expect(counted(() => book.settle(entry, 'awaitingAck'))).toEqual({});
    expect(counted(() => book.settle(entry, 'awaitingAck', true))).toMatchObject({ endless: 1 });
  });

  test('row 25 one that comes again after it was forgotten is counted as twice', () => {
    const entry = begun();
    book.offered('aanbieder', message(entry.number));
    book.settle(entry, 'acknowledged');
    expect(counted(() => book.offered('aanbieder', message(entry.number, { id: 'later' })))).toEqual({ twice: 1 });
  });

  test.each<[string, boolean, (entry: Entry) => void, string, Readonly<Record<string, number>>]>([
    ['never came', true, () => undefined, 'acknowledged', { accepted: 1, lost: 1 }],
    [
      'came twice',
      true,
      ({ number }) => {
        book.offered('aanbieder', message(number));
        book.offered('aanbieder', message(number, { id: 'b' }));
      },
      'acknowledged',
      { accepted: 1, delivered: 1, twice: 1 },
    ],
    [
      'came with other octets',
      true,
      ({ number }) => book.offered('aanbieder', message(number, { parts: [{ sha256: 'anders' }] })),
      'acknowledged',
      { accepted: 1, delivered: 1, lost: 1 },
    ],
    [
      'is answered with a Fo01',
      false,
      ({ number }) => book.offered('gemeente', message(number, {}, 'Fo01')),
      'acknowledged',
      { accepted: 1, faults: 1 },
    ],
    [
      'reached the receiver though invalid',
      false,
      ({ number }) => book.offered('aanbieder', message(number)),
      'acknowledged',
      { accepted: 1, unanswered: 1, misbelieved: 1 },
    ],
    [
      'came while its sender says it failed',
      true,
      ({ number }) => book.offered('aanbieder', message(number)),
      'failed',
      { accepted: 1, delivered: 1, misbelieved: 1 },
    ],
  ])('a message that %s', (_name, valid, happens, state, wanted) => {
    const entry = begun(valid);
    happens(entry);
    expect(counted(() => book.settle(entry, state))).toEqual(wanted);
  });
});

describe('the report', () => {
  const slope = { perHour: 2 ** 20, longestPerHour: 2 ** 21, lives: 2, hours: 0.5, longestHours: 0.25, samples: 9 };
  const line = { ...slope, first: 2 ** 26, last: 2 ** 27, max: 2 ** 28 };
  const three = <T>(value: T) => ({ gemeente: value, hub: value, aanbieder: value });
  const result: SoakResult = {
    seed: 'zaad',
    startedAt: '2030-01-01T00:00:00.000Z',
    seconds: 1_200,
    askedSeconds: 1_200,
    faultEverySeconds: 60,
    interrupted: false,
    capacity: 50,
    rate: 15,
    submitted: 18_000,
    held: 0,
    counts: { ...NOTHING, accepted: 18_000, delivered: 16_200, faults: 1_800 },
    faults: [{ fault: 'freeze', struck: 3, missed: 1, skipped: 0 }],
    troubles: [],
    fell: 0,
    measured: {
      memory: { ...three(line), harnas: line },
      openFiles: three(line),
      storeBytes: three({ first: 2 ** 20, last: 2 ** 21 }),
    },
    product: '0123456789ab',
    good: true,
  };

  test('names the seed, the pace, each fault and each slope with what it rests on', () => {
    const text = writeReport(result);
    expect(text).toContain('seed `zaad`');
    expect(text).toContain('50,0 berichten per seconde');
    expect(text).toContain('| bevroren (SIGSTOP), daarna verder | 3 | 1 | 0 |');
    expect(text).toContain('| hub | 2 | 64,0 | 128,0 | 256,0 | 1,0 | 30,0 | 2,0 | 15,0 | 0,5 | 256,0 |');
    expect(text).toContain('| partner een tijd weg | 0 | 0 | 0 |');
    expect(text).toContain('bestanden: 0123456789ab.');
    expect(verdictOf(result)).toBe('seed zaad: niets verloren, dubbel of zonder einde; geen geheugen dat groeit');
  });

  test('a fault that was drawn and never struck is not good; one that this machine cannot do is no reason', () => {
    const count = { fault: 'cut', struck: 0, missed: 2, skipped: 0 } as const;
    expect(neverStruck([count])).toEqual(['cut']);
    expect(neverStruck([{ ...count, struck: 1 }])).toEqual([]);
    expect(neverStruck([{ ...count, missed: 0, skipped: 2 }])).toEqual([]);
    expect(verdictOf({ ...result, good: false, faults: [count] })).toContain('nooit geraakt: alle verbindingen');
  });

  test('one that was cut short is not good, nor one with time for a fault of which none struck', () => {
    expect(judged(result).good).toBe(true);
    const cut = judged({ ...result, seconds: 17, interrupted: true });
    expect(cut.good).toBe(false);
    expect(verdictOf(cut)).toBe('seed zaad: niet goed: afgebroken na 0,3 van 20,0 minuten');
    for (const faults of [[], [{ fault: 'full', struck: 0, missed: 0, skipped: 19 } as const]]) {
      const untried = judged({ ...result, faults });
      expect(untried.good).toBe(false);
      expect(verdictOf(untried)).toBe('seed zaad: niet goed: geen enkele storing geraakt');
    }
    expect(judged({ ...result, askedSeconds: 60, faults: [] }).good).toBe(true);
  });

  test('memory that rises by more than it goes up and down by itself is growth, over a short soak or a long one', () => {
    const rising = (perHourMegabytes: number, longestHours: number) => ({
      memory: {
        ...result.measured.memory,
        hub: { ...line, longestPerHour: perHourMegabytes * 2 ** 20, longestHours },
      },
    });
    expect(growing(rising(140, 0.25))).toEqual([]);
    expect(growing(rising(300, 0.25))).toEqual(['hub']);
    expect(growing(rising(9, 8))).toEqual(['hub']);
    expect(growing(rising(-900, 8))).toEqual([]);
    expect(growing(rising(9_000, 0.05))).toEqual([]);
    expect(unjudged(rising(140, 0.25))).toEqual([]);
    expect(unjudged(rising(9_000, 0.05))).toEqual(['hub']);
    expect(verdictOf({ ...result, measured: { ...result.measured, ...rising(9_000, 0.05) } })).toBe(
      'seed zaad: niets verloren, dubbel of zonder einde; geheugen te kort gemeten bij hub',
    );
    const measured = { ...result.measured, ...rising(300, 0.25) };
    expect(verdictOf({ ...result, good: false, measured })).toBe('seed zaad: niet goed: geheugen groeit: hub');
  });

  test('says what is not good', () => {
    const bad = { ...result, good: false, fell: 1, counts: { ...result.counts, lost: 2 } };
    expect(verdictOf(bad)).toBe('seed zaad: niet goed: verloren 2, processen zelf gestopt 1');
  });
});
