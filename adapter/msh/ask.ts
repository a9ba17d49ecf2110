// What a partner is told about a message it asks after (R118–R122, row 58).
import type { Instant } from '../base/index.ts';
import type { MessageStatus } from '../ebms/types.ts';
import type { MessageState } from './change.ts';
import type { ReceiveFacts } from './decision.ts';

/** Forwarded is what a hub does when it has delivered. */
const STATUS: Readonly<Partial<Record<MessageState, MessageStatus>>> = {
  received: 'Received',
  parked: 'Received',
  delivered: 'Processed',
  refused: 'Processed',
  discarded: 'Processed',
};

/**
 * The record asked about is looked up under the asking party's own key, so that nobody learns of another party's messages;
 * one of the same party under another CPA is UnAuthorized.
 */
export function statusOf({ referenced, message }: ReceiveFacts): {
  status: MessageStatus;
  receivedAt: Instant | undefined;
} {
  if (referenced === undefined) return { status: 'NotRecognized', receivedAt: undefined };
  if (referenced.cpaId !== message.header.cpaId) return { status: 'UnAuthorized', receivedAt: undefined };
  const forwarded = referenced.state === 'delivered' && referenced.handover === 'deliver';
  return {
    status: forwarded ? 'Forwarded' : (STATUS[referenced.state] ?? 'Received'),
    receivedAt: referenced.acceptedAt,
  };
}
