// Received parts as a record keeps them: what they are and where their octets lie, without the octets.
import type { MessageRecord } from './change.ts';
import type { ReceivedPart } from './decision.ts';

export const recordedParts = (parts: readonly ReceivedPart[]): MessageRecord['parts'] =>
  parts.map(({ blob, ...part }) => ({ ...part, blob: { sha256: blob.sha256, bytes: blob.bytes } }));
