// How much is kept of what is not accepted: a share per hour of all strangers, and one of each partner (OPS-7).
import type { Instant } from '../base/index.ts';

export interface EvidenceShare {
  /** True when so many bytes may be kept; they are then counted. */
  take(bytes: number, now: Instant): boolean;
  /** So many bytes that were taken are not kept after all. */
  giveBack(bytes: number): void;
}

/** Nobody fills the disk with what we refuse or ignore; what is accepted is not counted. */
export interface EvidenceShares {
  readonly strangers: EvidenceShare;
  /** `partyId` is that of an agreement, so there are only so many. */
  partner(partyId: string): EvidenceShare;
}

export function createEvidenceShares(bytesPerHour: {
  readonly strangers: number;
  readonly partner: number;
}): EvidenceShares {
  const partners = new Map<string, EvidenceShare>();
  return {
    strangers: createEvidenceShare(bytesPerHour.strangers),
    partner(partyId) {
      const share = partners.get(partyId) ?? createEvidenceShare(bytesPerHour.partner);
      partners.set(partyId, share);
      return share;
    },
  };
}

const HOUR_MS = 3_600_000;
/** What a record or a note takes in tables and indexes beside the bytes that it keeps. */
const OVERHEAD_BYTES = 3_000;

/** The share refills evenly; a clock that is set back adds nothing. */
export function createEvidenceShare(bytesPerHour: number): EvidenceShare {
  let room = bytesPerHour;
  let at: Instant | undefined;
  return {
    take(bytes, now) {
      const passed = Math.max(0, now - (at ?? now));
      room = Math.min(bytesPerHour, room + (passed / HOUR_MS) * bytesPerHour);
      at = Math.max(at ?? now, now);
      const cost = bytes + OVERHEAD_BYTES;
      if (cost > room) return false;
      room -= cost;
      return true;
    },
    giveBack(bytes) {
      room = Math.min(bytesPerHour, room + bytes + OVERHEAD_BYTES);
    },
  };
}
