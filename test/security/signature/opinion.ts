// What another implementation is asked: a signed message with the certificate to verify it by, and its answer in one word.
import type { Message } from './message.ts';

export interface SignedMessage {
  readonly envelope: Buffer;
  readonly parts: readonly { readonly contentId: string; readonly bytes: Buffer }[];
  readonly certificatePem: string;
}

export type Verdict = 'takes' | 'refuses';

/** Entries that are about cost: others have no bounds of this kind and would be busy for minutes. */
export const MAX_BYTES = 300_000;

export const askedAbout = (message: Message, certificatePem: string): SignedMessage => ({
  envelope: message.octets ?? Buffer.from(message.envelope, 'utf8'),
  parts: message.parts,
  certificatePem,
});
