// What one attack costs this process: processor time, and memory that is still held when it is over; and what row 118 allows.
import { readFileSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const held = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

export interface Ledger {
  /** Before an entry that may keep `bound` bytes: what others kept before it must not be laid at its door. */
  open(bound: number): void;
  /** Bytes held beyond the last collection, garbage included while they stay below `bound`, without it above. */
  keptBytes(bound: number): Promise<number>;
}

/** What is under way when an entry is over, such as the close of a connection, may hold its octets for some turns of the loop. */
const MAX_TURNS = 10;
const TURN_MS = 50;

/**
 * A full collection takes longer than most attacks, so one is made only when what is in use has grown by `bound`: below
 * that nothing more can have been kept, garbage or not. Growth adds up over the attacks in between, which is stricter;
 * up to half of what the next one may keep, so that a bomb of 10 MB is not told of 10 MB of those before it.
 */
export function openLedger(): Ledger {
  let base = settled();
  return {
    open(bound) {
      if (held() - base > bound / 2) base = settled();
    },
    async keptBytes(bound) {
      base = Math.min(base, held()); // the runtime collects by itself too: what left the base must not hide growth
      const grown = held() - base;
      if (grown < bound) return grown;
      let kept = settled() - base;
      for (let turn = 0; turn < MAX_TURNS && kept >= bound; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, TURN_MS));
        kept = settled() - base;
      }
      base += kept;
      return kept;
    },
  };
}

function settled(): number {
  collect();
  collect(); // buffers that the first one lets go are given back beside it, for certain by the next
  return held();
}

/** Runs it, and tells the processor time of all threads of this process. */
export async function cpuSecondsOf<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly cpu: number }> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, cpu: (user + system) / 1e6 };
}

const isMarkReset = resetMark();

/** Sets the system's mark of the greatest amount back to what is held now; false where that cannot be, which is not on Linux. */
function resetMark(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

function markBytes(): number {
  if (!isMarkReset) return process.resourceUsage().maxRSS * 1024;
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) * 1024;
}

/**
 * From now on: tells by how much the greatest amount that this process held exceeds what it held at first, native and
 * WebAssembly memory included. An earlier, higher peak hides nothing; where the mark cannot be set back, it does.
 */
export function openPeak(): () => number {
  if (isMarkReset) resetMark();
  const base = markBytes();
  return () => markBytes() - base;
}

/** Whether `openPeak` sees a peak below an earlier one here. */
export const seesEveryPeak = isMarkReset;

/** Bounds against denial of service, far above what any entry needs; no measure of speed. */
export interface Bounds {
  /** On the machine that `slowness` compares with. */
  readonly cpuSeconds: number;
  /** Still held when it is over. */
  readonly keptBytes: number;
  /** Held at any moment beyond what was held before. */
  readonly peakBytes: number;
}

/** Row 118: a bomb of entities or references may cost < 100 ms and 10 MB, whatever door it comes to; at its peak garbage counts too. */
const ROW_118 = { cpuSeconds: 0.1, keptBytes: 10 * 1024 * 1024, peakBytes: 64 * 1024 * 1024 };
/** A message of somebody else is handled in the same time, the collector runs when it likes, and a core is shared. */
const HEADROOM = 3;

/** What an entry may cost on this machine: row 118 where its name cites it, else `otherwise`. */
export function boundsFor(name: string, otherwise: Bounds): Bounds {
  const isBomb = /\brow 118\b/.test(name);
  const bounds = isBomb ? { ...otherwise, ...ROW_118, cpuSeconds: ROW_118.cpuSeconds * HEADROOM } : otherwise;
  return { ...bounds, cpuSeconds: bounds.cpuSeconds * slowness() };
}

const TEXT = '<a b="c">&#65;d</a>'.repeat(50_000);
const GOES = 5;
/** Processor time of one go of `fixedWork`, measured on a core of 2.6 GHz (AMD EPYC) and Node 20: the machine that row 118 is taken to mean. */
const REFERENCE_SECONDS = 0.04;

function fixedWork(): number {
  let sum = 0;
  for (let round = 0; round < 20; round += 1) {
    for (let at = 0; at < TEXT.length; at += 1) sum = (sum * 31 + TEXT.charCodeAt(at)) | 0;
  }
  return sum;
}

let measured: number | undefined;

/** How many times slower than that machine this one is: the median of some goes, measured once in each run; at least 1. */
export function slowness(): number {
  measured ??= Math.max(1, medianSeconds() / REFERENCE_SECONDS);
  return measured;
}

function medianSeconds(): number {
  for (let warm = 0; warm < GOES; warm += 1) fixedWork();
  const goes = Array.from({ length: GOES }, () => {
    const before = process.cpuUsage();
    fixedWork();
    return process.cpuUsage(before).user / 1e6;
  });
  return goes.sort((a, b) => a - b)[(GOES - 1) / 2] ?? Number.NaN;
}
