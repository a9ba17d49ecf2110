// How many places one peer may have, so that several that hang together cannot take them all.

/** A part of what there is: `most` of every `of`. */
export interface Share {
  readonly most: number;
  readonly of: number;
}

/** Places that peers share, as they are now. */
export interface LaneRoom {
  /** Places that no peer has in this lane; other work may be in some of them. */
  readonly open: number;
  /** Places that peers have in it already. */
  readonly taken: ReadonlyMap<string, number>;
}

/**
 * How many more places a peer may take, of which `open` are not taken by any peer. A peer has at most its share of the places
 * that the other peers leave it, and its first one always. Those who hang one after another thus take ever less: with a quarter of 64 places 16, 12, 9, 6, 5, 4, 3, 2, 1, 1.
 */
export const placesLeft = ({ most, of }: Share, open: number, has: number): number =>
  Math.max(0, Math.min(open, Math.max(1, Math.floor(((open + has) * most) / of)) - has));
