// How much is kept of what strangers send: a share per hour, so that nobody without an agreement can fill the disk (OPS-7).
import type { Instant } from '../base/index.ts';

export interface EvidenceShare {
  /** True when so many bytes may be kept; they are then counted. */
  take(bytes: number, now: Instant): boolean;
}

const HOUR_MS = 3_600_000;
/** What a record or a note takes beside the bytes that it keeps. */
const OVERHEAD_BYTES = 2_000;

/** The share refills evenly; a clock that is set back adds nothing. */
export function createEvidenceShare(bytesPerHour: number): EvidenceShare {
  let room = bytesPerHour;
  let at = Number.NEGATIVE_INFINITY;
  return {
    take(bytes, now) {
      const passed = Math.max(0, now - at);
      room = Math.min(bytesPerHour, room + (passed / HOUR_MS) * bytesPerHour);
      at = Math.max(at, now);
      const cost = bytes + OVERHEAD_BYTES;
      if (cost > room) return false;
      room -= cost;
      return true;
    },
  };
}
