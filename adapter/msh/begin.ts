// Decides whether the first attempts of a new record may begin in the very commit that inserts it.
import type { Instant } from '../base/index.ts';
import type { Change, Job } from './change.ts';
import type { Happening } from './decision.ts';
import { beginDeliver } from './deliver.ts';
import { beginTransmit } from './transmit.ts';

export interface BegunInsert {
  /** The insert with its due jobs under a lease, attempts counted as `beginTransmit` and `beginDeliver` count them. */
  readonly change: Change;
  /** What is to be carried out after the commit, as the record then holds it. */
  readonly jobs: readonly Job[];
  readonly happenings: readonly Happening[];
}

/**
 * Insert, claim and begin in one: for a process that carries on at once with what it inserts. A crash after the commit is
 * the same as one after a begin: the lease runs out and the job falls due (rows 3, 4, 5). What waits for an application
 * stays as it is. Undefined when there is nothing to begin, or when an attempt without outcome would end the message: best
 * effort is not sent twice (DK-016).
 */
export function beginInsert(
  change: Change,
  { now, leaseUntil }: { now: Instant; leaseUntil: Instant },
): BegunInsert | undefined {
  const due = dueToBegin(change, now);
  if (due.length === 0) return undefined;
  let begun: BegunInsert = { change, jobs: [], happenings: [] };
  for (const job of due) {
    const next = beginOne(begun, job, { now, leaseUntil });
    if (next === undefined) return undefined;
    begun = next;
  }
  const jobs = begun.change.message.jobs.filter((job) =>
    due.some((one) => one.kind === job.kind && one.key === job.key),
  );
  return { ...begun, jobs };
}

/** The jobs that `beginInsert` would begin; none when it would leave them all. */
export function dueToBegin({ expect, message }: Change, now: Instant): readonly Job[] {
  if (expect !== 'new') return [];
  const due = message.jobs.filter((job) => job.runAt <= now && BEGINNERS.has(job.kind));
  return due.some(({ kind }) => kind === 'transmit' && !message.terms.ackRequested) ? [] : due;
}

const BEGINNERS: ReadonlySet<Job['kind']> = new Set(['answer', 'deliver', 'transmit']);

function beginOne(
  before: BegunInsert,
  job: Job,
  facts: { now: Instant; leaseUntil: Instant },
): BegunInsert | undefined {
  const { message } = before.change;
  if (job.kind === 'answer') return { ...before, change: { ...before.change, message: leased(message, job, facts) } };
  const started =
    job.kind === 'transmit'
      ? beginTransmit({ ...facts, record: message })
      : beginDeliver({ ...facts, record: message, key: job.key });
  if (started.kind !== 'send') return undefined;
  return {
    change: {
      ...before.change,
      message: started.change.message,
      journal: [...before.change.journal, ...started.change.journal],
    },
    jobs: [],
    happenings: [...before.happenings, ...started.happenings],
  };
}

/** An answer counts its attempts when they end; until then nobody else takes the job. */
const leased = (message: Change['message'], job: Job, { leaseUntil }: { leaseUntil: Instant }): Change['message'] => ({
  ...message,
  jobs: message.jobs.map((one) => (one === job ? { ...one, runAt: leaseUntil } : one)),
});
