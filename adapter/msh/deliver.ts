// Decides about hand-over, collection, answers and notices: the jobs beside transmit (OPS-4, DAI 3.2.2).
import type { Change, Job, MessageRecord } from './change.ts';
import type {
  AttemptStart,
  BeginFacts,
  Confirmed,
  ConfirmFacts,
  Effect,
  EndDeliverFacts,
  EndNotifyFacts,
  EndTransmitFacts,
  HoldFacts,
} from './decision.ts';
import { effectOf } from './effect.ts';
import { jobOf, lostAttempts } from './lifecycle.ts';

const MAX_DELIVERIES = 10;
/** Of lost attempts: a store that is away ends none of them so, and whatever else runs beside a message that kills has one. */
const MAX_LOST = 5;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const UNAVAILABLE_WAIT_MS = 60_000;
const MAX_ANSWERS = 5;
const SHORTEST_ANSWER_WAIT_MS = 1_000;

/**
 * Counts a delivery attempt; nothing when the message has no delivery due any more. A message with which the process died
 * time after time is parked: its next attempt would be the next death.
 */
export function beginDeliver({ now, record, leaseUntil, key, held }: BeginFacts): AttemptStart {
  const job = deliveryJob(record, key);
  if (job === undefined || (job.runAt > now && job.runAt !== held)) return { kind: 'nothing' };
  const lost = lostAttempts(job);
  const problem = `${lost} attempts ended without an outcome: each time the process ended, or was held up for longer than the lease`;
  const { change, happenings } =
    lost >= MAX_LOST
      ? effectOf(record, { now, event: 'handOverExhausted', job, problem, detail: problem })
      : effectOf(record, { now, event: 'deliverAttempt', job, runAt: leaseUntil });
  if (change === undefined) return { kind: 'nothing' };
  return { kind: lost >= MAX_LOST ? 'end' : 'send', change, happenings };
}

/** True when an attempt was lost: whatever ended the process may be in the message, so it goes by itself. */
export const isSuspect = (job: Job): boolean => lostAttempts(job) > 0;

/** The lease on a delivery goes on; undefined when it is not as its holder knows it: somebody else has it, or it is done. */
export function holdDeliver({ record, key, held, leaseUntil }: HoldFacts): Change | undefined {
  const job = deliveryJob(record, key);
  if (job === undefined || job.runAt !== held) return undefined;
  const jobs = record.jobs.map((one) => (one === job ? { ...job, runAt: leaseUntil } : one));
  return { expect: record.version, message: { ...record, jobs }, journal: [], blobs: [] };
}

export function endDeliver({ now, record, outcome, key }: EndDeliverFacts): Effect {
  const job = deliveryJob(record, key);
  if (job === undefined) return { happenings: [] };
  const detail = outcome.detail === undefined ? {} : { detail: outcome.detail };
  if (outcome.kind === 'handedOver') return effectOf(record, { now, event: 'handedOver', job, ...detail });
  const problem = outcome.detail;
  if (outcome.kind === 'refused') {
    const code = outcome.codes[0];
    return effectOf(
      record,
      { now, event: 'contentRefused', job, problem, detail: problem },
      code === undefined ? {} : { code },
    );
  }
  if (outcome.kind === 'postponed')
    return effectOf(record, {
      now,
      event: 'handOverPostponed',
      job,
      problem,
      detail: problem,
      runAt: now + UNAVAILABLE_WAIT_MS,
    });
  if (outcome.kind === 'blocked' || job.attempts >= MAX_DELIVERIES)
    return effectOf(record, { now, event: 'handOverExhausted', job, problem, detail: problem });
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, job.attempts - 1));
  return effectOf(record, { now, event: 'handOverFailed', job, problem, detail: problem, runAt: now + wait });
}

/**
 * A message that was pulled is delivered when it is confirmed; a second confirm changes nothing (row 56). Only what is there to
 * be pulled: what a hub forwards nobody has when an application says so.
 */
export function confirmCollect({ now, record, key }: ConfirmFacts): Confirmed {
  const job = deliveryJob(record, key);
  if (record.state !== 'received' || job?.kind !== 'collect') return { already: true, happenings: [] };
  return {
    already: false,
    ...effectOf(record, { now, event: 'handedOver', job, detail: 'confirmed by the application' }),
  };
}

function deliveryJob(record: MessageRecord, key: string | undefined): Job | undefined {
  const { kind, key: open } = jobOf(record, {});
  return record.jobs.find((job) => job.kind === kind && job.key === (key ?? open));
}

/** An answer is posted a few times; when it stays lost the partner's resend brings it back (rows 4, 30). */
export function endAnswer({ now, record, outcome }: EndTransmitFacts): Effect {
  const job = record.jobs.find((one) => one.kind === 'answer');
  if (job === undefined) return { happenings: [] };
  const attempts = job.attempts + 1;
  const again = outcome.kind === 'retryable' && attempts < MAX_ANSWERS;
  const others = record.jobs.filter((one) => one !== job);
  const wait =
    Math.max(SHORTEST_ANSWER_WAIT_MS, Math.min(record.terms.retryIntervalMs / 4, LONGEST_WAIT_MS / 3)) * attempts;
  const problem = outcome.kind === 'accepted' ? undefined : outcome.detail;
  const jobs = again
    ? [...others, { ...job, attempts, runAt: now + wait, ...(problem === undefined ? {} : { lastProblem: problem }) }]
    : others;
  const event = outcome.kind === 'accepted' ? 'answer.sent' : 'answer.failed';
  return {
    change: {
      expect: record.version,
      message: { ...record, changedAt: now, jobs },
      journal: [
        { at: now, event, state: record.state, rules: ['R110'], ...(problem === undefined ? {} : { detail: problem }) },
      ],
      blobs: [],
    },
    happenings: [{ event, rule: 'R110', ...(problem === undefined ? {} : { detail: problem }) }],
  };
}

/** The end has been told; the notice goes. */
export function endNotify({ now, record, outcome }: EndNotifyFacts): Effect {
  const job = record.jobs.find((one) => one.kind === 'notify');
  if (job === undefined) return { happenings: [] };
  const others = record.jobs.filter((one) => one !== job);
  const jobs =
    outcome.kind === 'told' ? others : [...others, { ...job, attempts: job.attempts + 1, runAt: now + FIRST_WAIT_MS }];
  const told = outcome.kind === 'told';
  return {
    change: {
      expect: record.version,
      message: { ...record, changedAt: now, jobs },
      journal: told ? [{ at: now, event: 'notified', state: record.state }] : [],
      blobs: [],
    },
    happenings: told ? [{ event: 'message.ended', detail: record.state }] : [],
  };
}
