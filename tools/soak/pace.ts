// How many messages are due: a steady rate by the clock, without a burst after a pause.

export interface Pacer {
  /** How many to send now; what could not be sent within a second is let go. */
  due(nowMs: number): number;
}

const MOST_BEHIND_MS = 1_000;

export function createPacer(perSecond: number, startMs: number): Pacer {
  const everyMs = 1_000 / perSecond;
  let next = startMs;
  return {
    due: (nowMs) => {
      next = Math.max(next, nowMs - MOST_BEHIND_MS);
      const count = nowMs < next ? 0 : Math.floor((nowMs - next) / everyMs) + 1;
      next += count * everyMs;
      return count;
    },
  };
}
