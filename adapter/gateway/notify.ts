// Use case: tell the submitting application that a message of ours has come to its end: as an event, or when it asks (row 43).
import { endNotify, type MessageRecord, type Notice, noticeOf, type RecordId } from '../msh/index.ts';
import type { Confirmation } from './collect.ts';
import type { GatewayContext } from './context.ts';
import { tell } from './tell.ts';

/**
 * A due `notify` job that no application waits for any more, because events were pulled when it came to be: it ends with a
 * typed event. Alerts came with the end.
 */
export async function notify(record: MessageRecord, context: GatewayContext): Promise<void> {
  await endNotice(record, context);
}

export interface OfferedNotice extends Notice {
  readonly id: string;
  readonly record: MessageRecord;
}

/** Offers up to `max` notices (decision 0009); each is offered again when it is not confirmed within the lease. */
export async function offerNotices(
  max: number,
  leaseMs: number,
  context: GatewayContext,
): Promise<readonly OfferedNotice[]> {
  const claimed = await context.store.claim(['notify'], context.clock.now(), leaseMs, max);
  return claimed.flatMap((record) => {
    const notice = noticeOf(record);
    return notice === undefined ? [] : [{ ...notice, id: `${notice.key}|${record.id}`, record }];
  });
}

/** The application knows it. When the message has moved on meanwhile, what came of it is a notice that is still to come. */
export async function confirmNotice(id: string, context: GatewayContext): Promise<Confirmation> {
  const cut = id.indexOf('|');
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [record] = await context.store.load([id.slice(cut + 1) as RecordId]);
    if (cut < 0 || record?.submittedBy === undefined) return 'unknown';
    if (noticeOf(record)?.key !== id.slice(0, cut)) return 'already';
    if (await endNotice(record, context)) return 'confirmed';
  }
  return 'busy';
}

/** False when the record was changed by another meanwhile. */
async function endNotice(record: MessageRecord, context: GatewayContext): Promise<boolean> {
  const decided = endNotify({ now: context.clock.now(), record, outcome: { kind: 'told' } });
  if (decided.change !== undefined && (await context.store.commit(decided.change)) !== 'ok') return false;
  tell(decided.happenings, { record }, context);
  return true;
}
