// The signals as messages: Acknowledgment, MessageError, Pong, StatusResponse (R39, R77, R88, R119, R124).
import { ACTOR, type DigestReference, type Instant, type Issue, MSH_SERVICE } from '../base/index.ts';
import type { EbmsMessage, MessageStatus, PartyRef } from '../ebms/types.ts';
import { errorListOf } from './errors.ts';

export interface AnswerTo {
  readonly about: EbmsMessage;
  readonly messageId: string;
  readonly now: Instant;
}

/**
 * Parties swapped without roles (R26), same CPAId and ConversationId (R30), RefToMessageId the message answered (R39, R35). A signal
 * is always a message of its own (R87).
 */
function signal({ about, messageId, now }: AnswerTo, action: string): EbmsMessage {
  const swap = (party: PartyRef): PartyRef => ({ partyIds: party.partyIds });
  return {
    header: {
      version: '2.0',
      from: swap(about.header.to),
      to: swap(about.header.from),
      cpaId: about.header.cpaId,
      conversationId: about.header.conversationId,
      service: { value: MSH_SERVICE },
      action,
      messageId,
      timestamp: { instant: now, zoned: true },
      refToMessageId: about.header.messageId,
      duplicateElimination: false,
    },
    syncReply: false,
    ackRequested: [],
    signatures: 0,
  };
}

/** The actor is the one of the AckRequested answered; the time is when the message was received (R88). */
export function acknowledgment(to: AnswerTo, references: readonly DigestReference[]): EbmsMessage {
  return {
    ...signal(to, 'Acknowledgment'),
    acknowledgment: {
      version: '2.0',
      actor: to.about.ackRequested[0]?.actor ?? ACTOR.toPartyMsh,
      timestamp: { instant: to.now, zoned: true },
      refToMessageId: to.about.header.messageId,
      from: to.about.header.to.partyIds,
      references,
    },
  };
}

/** All findings in one ErrorList (R77); undefined when there is none. */
export function messageError(to: AnswerTo, issues: readonly Issue[]): EbmsMessage | undefined {
  const errorList = errorListOf(issues);
  return errorList === undefined ? undefined : { ...signal(to, 'MessageError'), errorList };
}

export const pong = (to: AnswerTo): EbmsMessage => signal(to, 'Pong');

/** The time of reception is told only with a status that admits that there is a message (R121). */
export function statusResponse(to: AnswerTo, status: MessageStatus, receivedAt: Instant | undefined): EbmsMessage {
  const told = receivedAt !== undefined && status !== 'NotRecognized' && status !== 'UnAuthorized';
  return {
    ...signal(to, 'StatusResponse'),
    statusResponse: {
      version: '2.0',
      refToMessageId: to.about.statusRequest?.refToMessageId ?? '',
      status,
      ...(told ? { timestamp: { instant: receivedAt, zoned: true } } : {}),
    },
  };
}
