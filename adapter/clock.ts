// The gateway's clock: the machine's, but it never goes back, so that what waits for a time is not kept waiting by a clock that is set back.
import type { Clock, Instant } from './base/index.ts';

/** The machine's two clocks; the monotonic one is never set. */
export interface Sources {
  readonly wall: () => Instant;
  readonly monotonic: () => number;
}

export const MACHINE: Sources = { wall: () => Date.now(), monotonic: () => performance.now() };

/** While we are ahead of the machine's clock ours runs at this pace, until that has come level. */
const SLOW = 0.5;
/** A clock that was further off was wrong by itself and is not held on to. */
const MOST_AHEAD_MS = 3_600_000;

/**
 * The machine's clock as long as that moves on, also when it jumps ahead. Set back, it is not followed: time goes on at half
 * the pace from where it was, so a retry that waits comes a little later and never at once, and never after the jump's length
 * (row 15).
 */
export function createClock({ wall, monotonic }: Sources = MACHINE): Clock {
  let now = wall();
  let at = monotonic();
  return {
    now: () => {
      const passed = monotonic() - at;
      at += passed;
      const real = wall();
      now = real >= now || now - real > MOST_AHEAD_MS ? real : Math.max(real, now + passed * SLOW);
      return Math.floor(now);
    },
  };
}

/** How far the machine's clock was set since the last time this was asked: ahead above 0, back below. */
export function createJumpMeter({ wall, monotonic }: Sources = MACHINE): () => number {
  let offset = wall() - monotonic();
  return () => {
    const before = offset;
    offset = wall() - monotonic();
    return offset - before;
  };
}
