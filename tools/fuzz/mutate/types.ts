// What a mutation works with.
import type { Random } from '../random.ts';

export interface MutationTools {
  readonly random: Random;
  readonly dictionary: readonly Buffer[];
  /** Another input of the corpus. */
  other(): Buffer;
}

/** Gives a changed copy, or the input itself when there is nothing to change. */
export type Mutator = (input: Buffer, tools: MutationTools) => Buffer;
