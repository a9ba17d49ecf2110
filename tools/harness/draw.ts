// Numbers drawn from a seed: the same on every machine, so that what was drawn can be done again.
import { createHash } from 'node:crypto';

export interface Draw {
  /** A whole number from 0 up to and without `below`. */
  below(below: number): number;
  of<T>(values: readonly T[]): T;
  uuid(): string;
}

/** Numbers from a hash of the seed and a counter: the same on every machine. */
export function draw(seed: string): Draw {
  let count = 0;
  const next = (): Buffer => {
    count += 1;
    return createHash('sha256').update(`${seed}|${count}`).digest();
  };
  const below = (limit: number): number => next().readUInt32BE(0) % limit;
  return {
    below,
    of: (values) => values[below(values.length)] as (typeof values)[number],
    uuid: () => {
      const hex = next().toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
  };
}
