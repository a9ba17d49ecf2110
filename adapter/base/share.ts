// How many places one peer may have, so that several that hang together cannot take them all.

/** A part of what there is: `most` of every `of`. */
export interface Share {
  readonly most: number;
  readonly of: number;
}

/**
 * How many more places a peer may take. A peer has at most its share of the places that the others leave it, and its first
 * one always. Those who hang one after another thus take ever less: with a quarter of 64 places 16, 12, 9, 6, 5, 4, 3, 2, 1, 1.
 */
export const placesLeft = ({ most, of }: Share, free: number, has: number): number =>
  Math.max(0, Math.min(free, Math.max(1, Math.floor(((free + has) * most) / of)) - has));
