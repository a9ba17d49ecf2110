// Puts mutations together: a few at once, half of them of the format's own.
import { MAX_INPUT_BYTES } from '../target.ts';
import { BYTE_MUTATORS } from './bytes.ts';
import type { MutationTools, Mutator } from './types.ts';

export type { MutationTools, Mutator } from './types.ts';

/** One to some tens of mutations on top of each other; mostly few, because most inputs break soon. */
export function mutate(input: Buffer, own: readonly Mutator[], tools: MutationTools): Buffer {
  const { random } = tools;
  let count = 1;
  while (count < 32 && random.chance(0.5)) count += 1;
  let changed = input;
  for (let i = 0; i < count; i += 1) {
    const mutators = own.length > 0 && random.chance(0.6) ? own : BYTE_MUTATORS;
    changed = random.pick(mutators)(changed, tools);
    if (changed.length > MAX_INPUT_BYTES) changed = changed.subarray(0, MAX_INPUT_BYTES);
  }
  return changed;
}
