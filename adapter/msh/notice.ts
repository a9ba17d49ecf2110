// What the submitting application is told of a message of ours: how it ended, or that it is under way again (DK-102).
import type { Instant } from '../base/index.ts';
import type { MessageRecord, OutboundState } from './change.ts';

export type NoticeEvent =
  | 'sent'
  | 'acknowledged'
  | 'DeliveryFailure'
  | 'expired'
  | 'rejected'
  | 'cancelled'
  | 'retried';

export interface Notice {
  /** Tells one end of a message from a later one, such as the Acknowledgment after it was given up (OPS-1). */
  readonly key: string;
  readonly event: NoticeEvent;
  readonly at: Instant;
  /** Of a message that was given up. */
  readonly severity?: 'Error' | 'Warning';
  /** Codes of the MessageError of a partner that rejected it. */
  readonly errorCodes?: readonly string[];
}

const EVENTS: Readonly<Record<OutboundState, NoticeEvent>> = {
  // An operator let it go again before the application had heard that it failed (OPS-2).
  queued: 'retried',
  awaitingAck: 'retried',
  sent: 'sent',
  acknowledged: 'acknowledged',
  failed: 'DeliveryFailure',
  expired: 'expired',
  rejected: 'rejected',
  cancelled: 'cancelled',
};

const GIVEN_UP: readonly NoticeEvent[] = ['DeliveryFailure', 'expired'];

/** What there is to tell, as the message stands now; undefined when its application has been told all. */
export function noticeOf(record: MessageRecord): Notice | undefined {
  const job = record.jobs.find(({ kind }) => kind === 'notify');
  const event = EVENTS[record.state as OutboundState];
  if (job === undefined || event === undefined) return undefined;
  return {
    key: `${event}@${job.runAt}`,
    event,
    at: event === 'retried' ? record.changedAt : job.runAt,
    ...(GIVEN_UP.includes(event) ? { severity: failureSeverity(record) } : {}),
    ...(event === 'rejected' ? { errorCodes: record.errorCodes ?? [] } : {}),
  };
}

/**
 * An Error when no attempt found a connection: the partner does not have it. Otherwise a Warning: it may have it, whatever
 * was answered, also when we fell over before we heard (R113).
 */
export function failureSeverity({ attempts = 0, unsent = 0 }: MessageRecord): 'Error' | 'Warning' {
  return unsent < attempts ? 'Warning' : 'Error';
}
