// How long is waited for more of a body: less and less for one that hardly comes in (row 97).

export interface BodyPace {
  /** How long nothing may arrive of a body that has not ended. */
  readonly bodyIdleMs: number;
  /** From `bodyGraceMs` of waiting on, a body must have come at least at this rate. */
  readonly minBodyBytesPerSecond: number;
  readonly bodyGraceMs: number;
}

/** From now on, for a sender that was waited for so long and sent so much; nothing is left at zero and below. */
export function patienceMs(
  { bytes, waitedMs }: { readonly bytes: number; readonly waitedMs: number },
  { bodyIdleMs, bodyGraceMs, minBodyBytesPerSecond }: BodyPace,
): number {
  return Math.min(bodyIdleMs, bodyGraceMs + (bytes / minBodyBytesPerSecond) * 1000 - waitedMs);
}
