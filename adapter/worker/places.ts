// The places of a worker: those in use in all, and those for posting to each peer, of which nobody has more than its share.
import { placesLeft, type Share } from '../base/index.ts';

/** Places for work of one message, and how many of them are for what is posted to its peer. */
export interface Use {
  readonly peer: string;
  readonly places: number;
  readonly posts: number;
}

export interface Places {
  /** Places for posting of each peer that has any. */
  readonly taken: ReadonlyMap<string, number>;
  free(): number;
  /** Places that no post has; other work may be in some of them. */
  open(): number;
  /** Whether there is room, also for its peer. */
  fits(use: Use): boolean;
  take(use: Use): void;
  /** True when a peer had no place left until now: what was passed over for it may begin. */
  giveBack(use: Use): boolean;
}

/**
 * A quarter of the places, and as many as the connections that a partner may have; half at the most, or a small worker would
 * still be taken by one partner.
 */
export const shareOf = (places: number, connections: number): number =>
  Math.max(1, Math.min(Math.max(Math.ceil(places / 4), connections), Math.floor(places / 2)));

export function createPlaces(places: number, share: Share): Places {
  const taken = new Map<string, number>();
  let inUse = 0;
  let posting = 0;
  const free = (): number => places - inUse;
  const open = (): number => places - posting;
  const leftOf = (peer: string): number => Math.min(free(), placesLeft(share, open(), taken.get(peer) ?? 0));
  const add = ({ peer, places: more, posts }: Use, sign: 1 | -1): void => {
    inUse += sign * more;
    posting += sign * posts;
    const now = (taken.get(peer) ?? 0) + sign * posts;
    if (now > 0) taken.set(peer, now);
    else taken.delete(peer);
  };
  return {
    taken,
    free,
    open,
    fits: ({ peer, places: more, posts }) => free() >= more && (posts === 0 || leftOf(peer) >= posts),
    take: (use) => add(use, 1),
    giveBack(use) {
      // The place that one gives back is left to all: their shares grow too.
      const full = [...taken.keys()].filter((peer) => leftOf(peer) === 0);
      add(use, -1);
      return full.some((peer) => leftOf(peer) > 0);
    },
  };
}
