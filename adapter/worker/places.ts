// The places of a worker: those in use in all, and per lane those of each peer, of which nobody has more than its share.
import { type LaneRoom, placesLeft, type Share } from '../base/index.ts';
import { type JobKind, LANE_OF, LANES, type Lane } from '../msh/index.ts';

/** Places for work of one message, one for each kind of job. */
export interface Use {
  readonly peer: string;
  readonly kinds: readonly JobKind[];
}

export interface Places {
  free(): number;
  /** What each lane has left and whose the rest is, as it is now. */
  lanes(): Readonly<Record<Lane, LaneRoom>>;
  /** Whether there is room, also for its peer. */
  fits(use: Use): boolean;
  take(use: Use): void;
  /** Peers that had no place left until now: what was passed over for them may begin. */
  giveBack(use: Use): readonly string[];
  /** Peers that have places and may have no more. */
  full(): readonly string[];
}

/**
 * A quarter of the places, and as many as the connections that a partner may have; half at the most, or a small worker would
 * still be taken by one partner.
 */
export const shareOf = (places: number, connections: number): number =>
  Math.max(1, Math.min(Math.max(Math.ceil(places / 4), connections), Math.floor(places / 2)));

/** Peers share the places of a lane; what other lanes have of them makes no peer's share smaller. */
export function createPlaces(places: number, share: Share): Places {
  let inUse = 0;
  const free = (): number => places - inUse;
  const inLane: Readonly<Record<Lane, LanePlaces>> = {
    post: new LanePlaces(places, share),
    handOver: new LanePlaces(places, share),
  };
  const change = ({ peer, kinds }: Use, sign: 1 | -1): void => {
    inUse += sign * kinds.length;
    for (const kind of kinds) {
      const lane = LANE_OF[kind];
      if (lane !== undefined) inLane[lane].change(peer, sign);
    }
  };
  return {
    free,
    lanes: () => ({ post: inLane.post.room(), handOver: inLane.handOver.room() }),
    fits: ({ peer, kinds }) =>
      free() >= kinds.length &&
      LANES.every((lane) => {
        const needed = kinds.filter((kind) => LANE_OF[kind] === lane).length;
        return needed === 0 || inLane[lane].leftOf(peer) >= needed;
      }),
    take: (use) => change(use, 1),
    full: () => LANES.flatMap((lane) => inLane[lane].full(free())),
    giveBack(use) {
      // The place that one gives back is left to all: their shares grow too.
      const full = LANES.flatMap((lane) => inLane[lane].full(free()).map((peer) => ({ lane, peer })));
      change(use, -1);
      return full.filter(({ lane, peer }) => Math.min(free(), inLane[lane].leftOf(peer)) > 0).map(({ peer }) => peer);
    },
  };
}

class LanePlaces {
  private readonly places: number;
  private readonly share: Share;
  private readonly taken = new Map<string, number>();
  private inUse = 0;

  constructor(places: number, share: Share) {
    this.places = places;
    this.share = share;
  }

  room(): LaneRoom {
    return { open: this.places - this.inUse, taken: new Map(this.taken) };
  }

  leftOf(peer: string): number {
    return placesLeft(this.share, this.places - this.inUse, this.taken.get(peer) ?? 0);
  }

  /** Peers that have places and may have no more of the `free` ones. */
  full(free: number): readonly string[] {
    return [...this.taken.keys()].filter((peer) => Math.min(free, this.leftOf(peer)) === 0);
  }

  change(peer: string, by: 1 | -1): void {
    this.inUse += by;
    const now = (this.taken.get(peer) ?? 0) + by;
    if (now > 0) this.taken.set(peer, now);
    else this.taken.delete(peer);
  }
}
