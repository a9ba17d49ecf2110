// Decides about the attempts of a message of ours: send, send again, expire, give up (R102–R105, row 42).
import type { Instant } from '../base/index.ts';
import type { Job, MessageRecord } from './change.ts';
import type { AttemptStart, BeginFacts, Effect, EndTransmitFacts, TransmitOutcome } from './decision.ts';
import { effectOf } from './effect.ts';
import type { LifecycleEvent } from './lifecycle.ts';
import { failureSeverity } from './notice.ts';

/**
 * First half: the attempt is counted and committed before anything is sent, so that a crash is seen. Nothing is sent past its
 * TimeToLive; retries that are used up are told as that, also when TimeToLive, a second after the last interval, passed meanwhile.
 */
export function beginTransmit({ now, record, leaseUntil }: BeginFacts): AttemptStart {
  const job = record.jobs.find((one) => one.kind === 'transmit');
  if (job === undefined || job.runAt > now) return { kind: 'nothing' };
  const end = (event: LifecycleEvent, detail: string, last?: string): AttemptStart => {
    const problem = last === undefined ? detail : `${detail}; last: ${last}`;
    const { change, happenings } = effectOf(record, { now, event, problem }, { detail });
    return change === undefined ? { kind: 'nothing' } : { kind: 'end', change, happenings };
  };
  if (job.attemptOpen && !record.terms.ackRequested)
    return end('unknownOutcome', 'an earlier attempt never reported back; best effort does not send twice');
  if (job.attempts > record.terms.retries)
    return end('exhausted', deliveryFailure(record, job), job.lastProblem ?? 'no answer');
  if (isExpired(record, now)) return end('expired', 'TimeToLive passed before an Acknowledgment came');
  const { change, happenings } = effectOf(record, {
    now,
    event: 'attempt',
    runAt: leaseUntil,
    detail: `attempt ${job.attempts + 1}`,
  });
  return change === undefined ? { kind: 'nothing' } : { kind: 'send', change, happenings };
}

function deliveryFailure(record: MessageRecord, job: Job): string {
  return `DeliveryFailure (${failureSeverity(record)}): no Acknowledgment after ${job.attempts} attempts`;
}

/** TimeToLive lies within PersistDuration, so nothing is sent again after that either (R98, R99). */
export function isExpired(record: Pick<MessageRecord, 'timeToLive'>, now: Instant): boolean {
  return record.timeToLive !== undefined && now > record.timeToLive;
}

/** Second half: what the POST came to. The record may have moved on meanwhile (the ack overtook the response): then nothing. */
export function endTransmit({ now, record, outcome }: EndTransmitFacts): Effect {
  const job = record.jobs.find((one) => one.kind === 'transmit');
  if (job === undefined || !job.attemptOpen) return { happenings: [] };
  const step = { now, event: eventOf(record, outcome), runAt: nextRun(record, outcome, now) };
  if (outcome.kind === 'accepted') return effectOf(record, { ...step, unsent: false });
  const { detail, words, evidence } = outcome;
  const problem = words === undefined ? detail : `${detail}: ${words}`;
  const unsent = outcome.kind === 'retryable' && outcome.unsent === true;
  const facts = { ...step, problem, detail: problem, unsent, ...(evidence === undefined ? {} : { evidence }) };
  return effectOf(record, facts, { detail });
}

function eventOf(record: MessageRecord, outcome: TransmitOutcome): LifecycleEvent {
  if (outcome.kind === 'accepted') return record.terms.ackRequested ? 'transmittedAwaitingAck' : 'transmitted';
  return outcome.kind === 'refused' ? 'transmitRefused' : 'transmitFailed';
}

/** Not before the RetryInterval nor what Retry-After asks, never later than just past the TimeToLive (row 42). */
function nextRun(record: MessageRecord, outcome: TransmitOutcome, now: Instant): Instant {
  const asked = outcome.kind === 'retryable' ? (outcome.notBefore ?? 0) : 0;
  const next = Math.max(now + record.terms.retryIntervalMs, asked);
  return record.timeToLive === undefined ? next : Math.min(next, record.timeToLive + 1);
}
