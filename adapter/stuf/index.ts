// StUF-GGk 2.1 patch 04: bytes to message and back, strict by section 3 of the fact sheet; no rule about content or parties.

export { peekStuf, readOrPeek, type StufReading } from './peek.ts';
export { MAX_EMITTED_BYTES, MAX_ENVELOPE_BYTES, readStuf } from './read.ts';
export { UUID_V4 } from './schema.ts';
export { formatTijdstip, parseTijdstip } from './tijdstip.ts';
export type * from './types.ts';
export { type Complaint, GGK_APPLICATIE, makeFo01, type NewEnvelope, wrapHeen, wrapRetour } from './wrap.ts';
export { writeStuf } from './write.ts';
