// What travelled so far, counted at the ends: what each sender put in, and what each receiver has or refused.
import type { PartnerLog } from '../partner/index.ts';
import type { InboxMessage, MessageState } from './counts.ts';

/** Messages by the application: an answer (retourbericht) is a message of its own; a copy or an attempt is none. */
export interface Census {
  readonly sent: number;
  /** In the municipality's inbox, or taken by a partner. */
  readonly delivered: number;
  /** The sender holds the refusal: a Fo01 of the content, or an ebMS error. */
  readonly refused: number;
}

export interface Ends {
  /** Records of the municipality. */
  readonly municipality: readonly Pick<MessageState, 'messageId' | 'direction'>[];
  /** Everything that was ever collected from its inbox. */
  readonly inbox: readonly Pick<InboxMessage, 'business'>[];
  readonly partners: readonly PartnerLog[];
}

export function takeCensus({ municipality, inbox, partners }: Ends): Census {
  const ours = municipality.filter((one) => one.direction === 'out');
  const faults = inbox.filter((one) => one.business?.berichtcode === 'Fo01');
  const theirs = partners.map(countPartner);
  const all = (name: keyof Census): number => theirs.reduce((sum, one) => sum + one[name], 0);
  return {
    sent: ours.length + all('sent'),
    delivered: inbox.length - faults.length + all('delivered'),
    refused: new Set(faults.map((one) => one.business?.crossRefnummer)).size + all('refused'),
  };
}

/** A refusal comes as a message of its own or in the response; the same one in both ways is one. */
function countPartner({ received, sent }: PartnerLog): Census {
  const ids = new Set(sent.map((one) => one.messageId));
  const errors = received.filter((seen) => seen.kind === 'error').map((seen) => seen.refToMessageId ?? '');
  const answered = sent.filter(({ answer = 'Acknowledgment' }) => answer !== 'Acknowledgment');
  const refused = new Set([...errors, ...answered.map((one) => one.messageId)].filter((id) => ids.has(id)));
  const taken = received.filter((seen) => seen.kind === 'business' && !seen.copy);
  const faults = taken.filter((seen) => seen.stuf?.kind === 'Fo01');
  return { sent: ids.size, delivered: taken.length - faults.length, refused: refused.size + faults.length };
}

export const since = (before: Census, now: Census): Census => ({
  sent: now.sent - before.sent,
  delivered: now.delivered - before.delivered,
  refused: now.refused - before.refused,
});

/** Every message that was sent has come to its end: delivered or refused, one of the two. */
export const isSettled = ({ sent, delivered, refused }: Census): boolean => sent > 0 && sent === delivered + refused;
