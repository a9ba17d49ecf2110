// The attack corpus on signatures: every entry is made from a correct signed message, with the answer it must get.
import type { Mutation } from './mutation.ts';
import { MANY_PARTS } from './mutations-many-parts.ts';
import { REFERENCES } from './mutations-reference.ts';
import { SIGNED_INFO } from './mutations-signed-info.ts';
import { OCTETS } from './mutations-text.ts';
import { TRANSFORMED } from './mutations-transform.ts';
import { WRAPPING } from './mutations-wrapping.ts';

export const CATALOGUE: readonly Mutation[] = [
  ...WRAPPING,
  ...REFERENCES,
  ...TRANSFORMED,
  ...SIGNED_INFO,
  ...OCTETS,
  ...MANY_PARTS,
];
