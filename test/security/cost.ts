// What one attack costs this process: processor time, and memory that is still held when it is over.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const held = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

export interface Ledger {
  /** Bytes held beyond the last collection, garbage included while they stay below `bound`, without it above. */
  keptBytes(bound: number): number;
}

/**
 * A full collection takes longer than most attacks, so one is made only when what is in use has grown by `bound`: below
 * that nothing more can have been kept, garbage or not. Growth adds up over the attacks in between, which is stricter.
 */
export function openLedger(): Ledger {
  collect();
  let base = held();
  return {
    keptBytes(bound) {
      base = Math.min(base, held()); // the runtime collects by itself too: what left the base must not hide growth
      const grown = held() - base;
      if (grown < bound) return grown;
      collect();
      collect(); // buffers that the first one lets go are given back beside it, for certain by the next
      const kept = held() - base;
      base += kept;
      return kept;
    },
  };
}

/** Runs it, and tells the processor time of all threads of this process. */
export async function cpuSecondsOf<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly cpu: number }> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, cpu: (user + system) / 1e6 };
}

/** The greatest amount of memory that this process ever held, native and WebAssembly memory included. */
export const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;
