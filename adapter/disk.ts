// Watches how full the disk of the store is: tells early, and stops the intake before nothing can be written at all (row 22).
import { statfs } from 'node:fs/promises';
import type { Observer } from './observe/index.ts';
import { type Store, StoreUnavailable } from './store/index.ts';

export interface DiskMarks {
  /** From here on it is told. */
  readonly warnPercent: number;
  /** From here on nothing new is taken. */
  readonly stopPercent: number;
}

export interface DiskWatch {
  /** Why nothing new may be taken; undefined when it may. */
  refusal(): string | undefined;
  /** Looks now. */
  look(): Promise<void>;
  stop(): void;
}

/** Share of the disk in use, as `df` tells it; what only root may still write counts as used. */
export type UsedPercent = () => Promise<number>;

const LOOK_MS = 5_000;
const TOLD_AGAIN_MS = 3_600_000;
/** A mark is left when it is this much below, so that it is not crossed to and fro. */
const BACK_PERCENT = 1;

export function usedPercentOf(folder: string): UsedPercent {
  return async () => {
    const { blocks, bfree, bavail } = await statfs(folder);
    const used = blocks - bfree;
    return used + bavail === 0 ? 0 : (100 * used) / (used + bavail);
  };
}

type Level = 'fine' | 'filling' | 'full';

/** Looks every few seconds; a look that fails changes nothing, for then the store itself tells what is wrong. */
export function createDiskWatch(used: UsedPercent, marks: DiskMarks, observer: Observer): DiskWatch {
  let level: Level = 'fine';
  let percent = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<void> => {
    percent = await used();
    const before = level;
    level = levelAt(percent, level, marks);
    const again = level !== 'fine' && performance.now() - toldAt > TOLD_AGAIN_MS;
    if (level === before && !again) return;
    toldAt = performance.now();
    observer.emit(EVENT[level], { detail: describe(percent, level) });
  };
  const timer = setInterval(() => look().catch(() => undefined), LOOK_MS);
  timer.unref();
  return {
    look,
    refusal: () => (level === 'full' ? describe(percent, level) : undefined),
    stop: () => clearInterval(timer),
  };
}

const EVENT = { fine: 'disk.recovered', filling: 'disk.filling', full: 'disk.full' } as const;

function levelAt(percent: number, before: Level, { warnPercent, stopPercent }: DiskMarks): Level {
  const from = (mark: number, held: boolean): boolean => percent >= mark - (held ? BACK_PERCENT : 0);
  if (from(stopPercent, before === 'full')) return 'full';
  return from(warnPercent, before !== 'fine') ? 'filling' : 'fine';
}

function describe(percent: number, level: Level): string {
  const part = `de schijf van de opslag is voor ${percent.toFixed(1).replace('.', ',')} % vol`;
  return level === 'full' ? `${part}; er worden geen nieuwe berichten aangenomen` : part;
}

/**
 * The store that takes nothing new while the disk is too full: received and submitted messages are told to come back later.
 * What changes a message that we have goes on, and so does what comes of it: acknowledgments of copies, signals, sending,
 * forwarding.
 */
export function guardIntake(store: Store, watch: DiskWatch): Store {
  const refuse = (): void => {
    const reason = watch.refusal();
    if (reason !== undefined) throw new StoreUnavailable(reason);
  };
  return {
    ...store,
    commit: async (change) => {
      if (change.expect === 'new' && change.message.originId === undefined) refuse();
      return store.commit(change);
    },
    probe: async () => {
      refuse();
      await store.probe();
    },
  };
}
