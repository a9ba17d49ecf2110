// What a fuzz target is: where inputs come from, what is done with one, and what must hold.
import type { Arbitrary } from 'fast-check';
import type { Mutator } from './mutate/types.ts';

/** Something that must hold did not; any other error out of `run` is a finding as well. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** States what must hold; the sentence must not change with the input, because findings are told apart by it. */
export function must(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Violation(sentence);
}

export interface Prepared {
  readonly seeds: readonly Buffer[];
  /** Returns when all is well. */
  run(input: Buffer): void | Promise<void>;
  /** The input in a form that can be judged in another process too. */
  keep?(input: Buffer): Buffer;
}

export interface Target {
  readonly name: string;
  /** Dutch: what it reads. */
  readonly about: string;
  /** Tokens of the format, beside the string constants of the covered modules. */
  readonly dictionary: readonly string[];
  readonly mutators: readonly Mutator[];
  /** Inputs made from the format's structure. */
  readonly arbitrary?: () => Arbitrary<Uint8Array>;
  readonly prepare: () => Promise<Prepared>;
}

/** Largest input that is made. */
export const MAX_INPUT_BYTES = 128 * 1024;
/** Longer than this for one input is a finding (row 175). */
export const MAX_RUN_MS = 1000;
/** A child that holds more than this is a finding. */
export const MAX_CHILD_BYTES = 1024 * 1024 * 1024;
