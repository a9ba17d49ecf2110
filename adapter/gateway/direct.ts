// Commits a new record and carries on with it in this process, without the detour over the store's claim.
import { beginInsert, type Change, type CommitResult, dueToBegin, type Job, type MessageRecord } from '../msh/index.ts';
import type { GatewayContext } from './context.ts';
import { type About, tell } from './tell.ts';

/** Room kept with this process's worker for jobs that a commit is about to begin; used once, or released. */
export interface Room {
  run(record: MessageRecord, jobs: readonly Job[]): void;
  release(): void;
}

/**
 * Commits a change. When it inserts a record with due jobs and this process's worker has room, their first attempts begin in
 * that same commit and run as soon as it is durable; otherwise the worker is woken for what is due (D1).
 */
export async function commitAndCarryOn(change: Change, about: About, context: GatewayContext): Promise<CommitResult> {
  const due = hasToWait(change.message, context) ? [] : dueToBegin(change, context.clock.now());
  const kinds = due.map((job) => job.kind);
  const room = kinds.length === 0 ? undefined : await context.reserve(kinds, change.message.terms.peerOin);
  // Only now: the lease counts from the commit, and it may be too late to begin.
  const now = context.clock.now();
  const begun = room === undefined ? undefined : beginInsert(change, { now, leaseUntil: now + context.leaseMs });
  if (begun === undefined || room === undefined) {
    room?.release();
    const result = await context.store.commit(change);
    if (result === 'ok') wakeFor(change.message, context);
    return result;
  }
  const result = await context.store.commit(begun.change).catch((error: unknown) => {
    room.release();
    throw error;
  });
  if (result !== 'ok') {
    room.release();
    return result;
  }
  tell(begun.happenings, { ...about, record: begun.change.message }, context);
  room.run({ ...begun.change.message, version: 1 }, begun.jobs);
  return result;
}

/** How many octets of a message are judged when it is handed over. */
export const judgedBytes = ({ parts }: Pick<MessageRecord, 'parts'>): number => parts[0]?.blob.bytes ?? 0;

/** What waits for its turn has not begun: its attempt is counted when the turn has come. */
const hasToWait = (record: MessageRecord, { turns }: GatewayContext): boolean =>
  record.jobs.some(({ kind }) => kind === 'deliver') && turns.waits(judgedBytes(record));

/** Wakes the worker when something of this record is due now; what is due later is found by its poll. */
export function wakeFor(record: Pick<MessageRecord, 'jobs'>, context: GatewayContext): void {
  const now = context.clock.now();
  if (record.jobs.some((job) => job.runAt <= now)) context.wake();
}
