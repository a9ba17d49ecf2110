// XML signatures as ebMS uses them: verify says what is covered, sign writes canonical text; node:crypto does the arithmetic.
export { DIGESTS, SIGNATURES } from './algorithms.ts';
export { computeReferences, digestReferencesOf } from './references.ts';
export { type Signed, type SignRequest, signEnvelope } from './sign.ts';
export type * from './types.ts';
export { verifySignature } from './verify.ts';
