// Tells when a clock is not to be relied on: ours when it is set, ours or a partner's when the two differ (row 29).
import { createJumpMeter, MACHINE, type Sources } from './clock.ts';
import type { Observer } from './observe/index.ts';
import type { PostOutcome, ReloadableClient } from './transport/index.ts';

/** Above this a difference is told. */
const TOLD_MS = 30_000;
/** One partner is told about once in this time. */
const AGAIN_MS = 3_600_000;
const MOST_PARTNERS = 1_000;
const JUMP_MS = 1_000;

export interface DriftWatch {
  /** A partner's word for what time it was between two instants of ours. */
  heard(partner: string, said: number, between: readonly [from: number, until: number]): void;
}

export function createDriftWatch(observer: Observer, monotonic: () => number = MACHINE.monotonic): DriftWatch {
  const told = new Map<string, number>();
  return {
    heard: (partner, said, [from, until]) => {
      const off = said > until ? said - until : Math.min(0, said - from);
      if (Math.abs(off) <= TOLD_MS) return;
      const now = monotonic();
      if (now - (told.get(partner) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return;
      if (told.size >= MOST_PARTNERS) told.clear();
      told.set(partner, now);
      const detail = `de klok van de partner loopt ${seconds(off)} op die van deze machine; een van beide is niet gelijkgezet`;
      observer.emit('clock.drift', { peerOin: partner, detail });
    },
  };
}

const seconds = (ms: number): string => `${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? 'voor' : 'achter'}`;

/** The client whose answers are looked at for their Date: a partner's clock, proven by its certificate, and fresh. */
export function hearDates(client: ReloadableClient, watch: DriftWatch, wall = MACHINE.wall): ReloadableClient {
  return {
    post: async (target, body) => {
      const from = wall();
      const outcome = await client.post(target, body);
      const said = dateOf(outcome);
      // A Date has whole seconds.
      if (said !== undefined) watch.heard(target.peerOin, said, [from - 1_000, wall()]);
      return outcome;
    },
    close: () => client.close(),
    reload: (tls) => client.reload(tls),
    pools: () => client.pools(),
  };
}

function dateOf(outcome: PostOutcome): number | undefined {
  if (outcome.kind !== 'response') return undefined;
  const at = Date.parse(outcome.headers.date ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** Looks every second whether the machine's clock was set; a slow correction by its time server is no jump. */
export function watchJumps(observer: Observer, sources: Sources = MACHINE): NodeJS.Timeout {
  const jump = createJumpMeter(sources);
  const timer = setInterval(() => {
    const ms = jump();
    if (Math.abs(ms) <= TOLD_MS) return;
    const way = ms > 0 ? 'vooruit' : 'terug';
    const detail = `de klok van deze machine is ${Math.round(Math.abs(ms) / 1000)} s ${way} gezet`;
    observer.emit('clock.jumped', { detail });
  }, JUMP_MS);
  timer.unref();
  return timer;
}
