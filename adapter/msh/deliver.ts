// Decides about hand-over, collection, answers and notices: the jobs beside transmit (OPS-4, DAI 3.2.2).
import type { Job, MessageRecord } from './change.ts';
import type {
  BeginFacts,
  Confirmed,
  ConfirmFacts,
  Effect,
  EndDeliverFacts,
  EndNotifyFacts,
  EndTransmitFacts,
} from './decision.ts';
import { effectOf } from './effect.ts';
import { jobOf } from './lifecycle.ts';

const MAX_DELIVERIES = 10;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const MAX_ANSWERS = 5;
const SHORTEST_ANSWER_WAIT_MS = 1_000;

/** Counts a delivery attempt; nothing when the message has no delivery due any more. */
export function beginDeliver({ now, record, leaseUntil, key }: BeginFacts): Effect {
  const job = deliveryJob(record, key);
  if (job === undefined || job.runAt > now) return { happenings: [] };
  return effectOf(record, { now, event: 'deliverAttempt', job, runAt: leaseUntil });
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
  if (outcome.kind === 'blocked' || job.attempts >= MAX_DELIVERIES)
    return effectOf(record, { now, event: 'handOverExhausted', job, problem, detail: problem });
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, job.attempts - 1));
  return effectOf(record, { now, event: 'handOverFailed', job, problem, detail: problem, runAt: now + wait });
}

/** A message that was pulled is delivered when it is confirmed; a second confirm changes nothing (row 56). */
export function confirmCollect({ now, record, key }: ConfirmFacts): Confirmed {
  const job = deliveryJob(record, key);
  if (record.state !== 'received' || job === undefined) return { already: true, happenings: [] };
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
