// Which branches were taken and about how often; tells whether an input showed something new.
import { register } from 'node:module';
import { COUNTERS_GLOBAL } from './instrument.ts';

export interface Coverage {
  /** Forgets the last run. */
  clear(): void;
  /** What the last run did that none before it did; remembers it. */
  news(): News;
  counts(): { readonly covered: number; readonly total: number };
  /** String constants of the instrumented modules. */
  readonly words: ReadonlySet<string>;
}

export interface News {
  /** Branches never taken before. */
  readonly branches: number;
  /** Branches taken more or less often than ever, in steps. */
  readonly steps: number;
}

const MAX_COUNTERS = 1 << 18;

/** 1, 2, 3, 4-7, 8-15, 16-31, 32-127, 128 and more times: one bit each. */
function stepOf(times: number): number {
  if (times < 4) return 1 << (times - 1);
  return times < 8 ? 8 : times < 16 ? 16 : times < 32 ? 32 : times < 128 ? 64 : 128;
}
const STEPS = Uint8Array.from({ length: 256 }, (_, times) => (times === 0 ? 0 : stepOf(times)));

/** Counts in every module that is loaded from now on and whose path holds one of `modules`. */
export function startCoverage(modules: readonly string[]): Coverage {
  const counters = new Uint8Array(MAX_COUNTERS);
  const seen = new Uint8Array(MAX_COUNTERS);
  const words = new Set<string>();
  let used = 0;
  const give = (count: number, found: readonly string[]): Uint8Array => {
    if (used + count > MAX_COUNTERS) throw new Error('more branches than counters');
    for (const word of found) words.add(word);
    used += count;
    return counters.subarray(used - count, used);
  };
  Object.assign(globalThis, { [COUNTERS_GLOBAL]: give });
  register(new URL('./hooks.js', import.meta.url), { data: { modules } });
  return {
    words,
    clear: () => counters.fill(0, 0, used),
    news: () => newsOf(counters, seen, used),
    counts: () => ({
      covered: seen.subarray(0, used).reduce((sum, bits) => sum + (bits === 0 ? 0 : 1), 0),
      total: used,
    }),
  };
}

function newsOf(counters: Uint8Array, seen: Uint8Array, used: number): News {
  let branches = 0;
  let steps = 0;
  for (let i = 0; i < used; i += 1) {
    const step = STEPS[counters[i] ?? 0] ?? 0;
    const before = seen[i] ?? 0;
    if ((before & step) === step) continue;
    if (before === 0) branches += 1;
    steps += 1;
    seen[i] = before | step;
  }
  return { branches, steps };
}
