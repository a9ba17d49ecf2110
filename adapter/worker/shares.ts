// Places in use for posting to each peer, so that one that hangs cannot take them all.

export interface Shares {
  /** Places of one peer. */
  readonly most: number;
  readonly taken: ReadonlyMap<string, number>;
  left(peer: string): number;
  take(peer: string, places: number): void;
  /** True when the peer had no place left until now: what was passed over for it may begin. */
  giveBack(peer: string, places: number): boolean;
}

/**
 * A quarter of the places, and as many as the connections that a partner may have; half at the most, or a small worker would
 * still be taken by one partner.
 */
export const shareOf = (places: number, connections: number): number =>
  Math.max(1, Math.min(Math.max(Math.ceil(places / 4), connections), Math.floor(places / 2)));

export function createShares(most: number): Shares {
  const taken = new Map<string, number>();
  const left = (peer: string): number => most - (taken.get(peer) ?? 0);
  return {
    most,
    taken,
    left,
    take(peer, places) {
      if (places > 0) taken.set(peer, (taken.get(peer) ?? 0) + places);
    },
    giveBack(peer, places) {
      if (places === 0) return false;
      const wasFull = left(peer) <= 0;
      const rest = (taken.get(peer) ?? 0) - places;
      if (rest > 0) taken.set(peer, rest);
      else taken.delete(peer);
      return wasFull;
    },
  };
}
