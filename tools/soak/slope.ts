// The slope of a quantity over the lives of processes: least squares with a level of its own for each life, no sample kept.

export interface Slope {
  /** Per hour; undefined when there is not enough to say. */
  readonly perHour: number | undefined;
  /** Of the longest life alone. */
  readonly longestPerHour: number | undefined;
  readonly lives: number;
  /** Hours measured after the warm-up, all lives together. */
  readonly hours: number;
  readonly longestHours: number;
  readonly samples: number;
  readonly first: number;
  readonly last: number;
  readonly max: number;
}

/** A life that was measured for less says nothing about growth: in five minutes anything is still warming up. */
const LEAST_JUDGED_HOURS = 5 / 60;

/**
 * What the fitted line of the longest life rises by; undefined when that life was too short. Not of all lives together: a
 * process that is started anew begins small again, and what each of them gains while it warms up would add up to a growth.
 */
export const riseOf = ({ longestPerHour, longestHours }: LongestLife): number | undefined =>
  longestPerHour === undefined || longestHours < LEAST_JUDGED_HOURS ? undefined : longestPerHour * longestHours;

type LongestLife = Pick<Slope, 'longestPerHour' | 'longestHours'>;

export interface Series {
  /** `life`: which process; `ageMs`: since that process began. */
  add(life: number, ageMs: number, value: number): void;
  slope(): Slope;
}

/** Fewer than these in a life say nothing about a slope. */
const LEAST = 3;
const HOUR_MS = 3_600_000;

/** Sums of one life, by ages from its first sample on so that the numbers stay small. */
class Life {
  readonly id: number;
  #count = 0;
  #from = 0;
  #t = 0;
  #y = 0;
  #tt = 0;
  #ty = 0;
  spanMs = 0;

  constructor(id: number) {
    this.id = id;
  }

  add(ageMs: number, value: number): void {
    if (this.#count === 0) this.#from = ageMs;
    const t = ageMs - this.#from;
    this.spanMs = t;
    this.#count += 1;
    this.#t += t;
    this.#y += value;
    this.#tt += t * t;
    this.#ty += t * value;
  }

  /** Around the means of this life; nothing for a life that is too short. */
  deviations(): { readonly tt: number; readonly ty: number } {
    if (this.#count < LEAST) return { tt: 0, ty: 0 };
    return {
      tt: this.#tt - (this.#t * this.#t) / this.#count,
      ty: this.#ty - (this.#t * this.#y) / this.#count,
    };
  }
}

/** What is younger than `warmUpMs` counts for first, last and max only. */
export function createSeries(warmUpMs: number): Series {
  let life: Life | undefined;
  let longest: Life | undefined;
  const closed = { tt: 0, ty: 0, spanMs: 0 };
  let lives = 0;
  let samples = 0;
  let first = Number.NaN;
  let last = Number.NaN;
  let max = Number.NEGATIVE_INFINITY;
  const longer = (a: Life | undefined, b: Life | undefined) => ((b?.spanMs ?? -1) > (a?.spanMs ?? -1) ? b : a);
  const begin = (id: number): Life => {
    const before = life?.deviations() ?? { tt: 0, ty: 0 };
    closed.tt += before.tt;
    closed.ty += before.ty;
    closed.spanMs += life?.spanMs ?? 0;
    longest = longer(longest, life);
    lives += 1;
    return new Life(id);
  };
  return {
    add: (id, ageMs, value) => {
      if (life?.id !== id) life = begin(id);
      if (Number.isNaN(first)) first = value;
      last = value;
      max = Math.max(max, value);
      samples += 1;
      if (ageMs >= warmUpMs) life.add(ageMs, value);
    },
    slope: () => {
      const now = life?.deviations() ?? { tt: 0, ty: 0 };
      const best = longer(longest, life);
      return {
        perHour: perHour({ tt: closed.tt + now.tt, ty: closed.ty + now.ty }),
        longestPerHour: perHour(best?.deviations() ?? { tt: 0, ty: 0 }),
        lives,
        hours: (closed.spanMs + (life?.spanMs ?? 0)) / HOUR_MS,
        longestHours: (best?.spanMs ?? 0) / HOUR_MS,
        samples,
        first,
        last,
        max,
      };
    },
  };
}

const perHour = ({ tt, ty }: { readonly tt: number; readonly ty: number }): number | undefined =>
  tt > 0 ? (ty / tt) * HOUR_MS : undefined;
