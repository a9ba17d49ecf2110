// The two transition tables of a message, and step(): the only way a message changes its state (architecture 3.6).
import type { Instant } from '../base/index.ts';
import type {
  InboundState,
  Job,
  JobKind,
  JournalEntry,
  MessageRecord,
  MessageState,
  OutboundState,
  StagedBlob,
} from './change.ts';

export type OutboundEvent =
  | 'attempt'
  | 'exhausted'
  | 'expired'
  | 'unknownOutcome'
  | 'transmittedAwaitingAck'
  | 'transmitted'
  | 'transmitFailed'
  | 'transmitRefused'
  | 'acknowledged'
  | 'errorReceived'
  | 'retry'
  | 'cancel';
export type InboundEvent =
  | 'deliverAttempt'
  | 'handedOver'
  | 'handOverFailed'
  | 'handOverPostponed'
  | 'handOverExhausted'
  | 'contentRefused'
  | 'copy'
  | 'copyDelivered'
  | 'redeliver'
  | 'discard';
export type LifecycleEvent = OutboundEvent | InboundEvent;

/**
 * What happens to the jobs with a transition:
 * - `stop`/`notify`: the transmit job goes, a notify job comes when an application submitted the message and waits for events
 * - `count`: the attempt is counted and open until its outcome is committed; one that is still open by then is lost
 * - `uncount`: it was none; the job is due at the time given
 * - `later`/`now`: the job of the event is due at the time given, or now
 * - `done`: the job of the event goes
 */
export type Effect =
  | 'stop'
  | 'notify'
  | 'count'
  | 'uncount'
  | 'later'
  | 'now'
  | 'reset'
  | 'done'
  | 'answerAgain'
  | 'deliverAgain';

export interface Row<S extends MessageState, E extends LifecycleEvent> {
  readonly from: readonly S[];
  readonly event: E;
  /** Undefined: the state stays. */
  readonly to?: S;
  readonly effects: readonly Effect[];
  readonly rule: string;
}

const WAITING = ['queued', 'awaitingAck'] as const;

export const OUTBOUND: readonly Row<OutboundState, OutboundEvent>[] = [
  { from: WAITING, event: 'attempt', effects: ['count'], rule: 'R103' },
  { from: WAITING, event: 'exhausted', to: 'failed', effects: ['stop', 'notify'], rule: 'R104' },
  { from: WAITING, event: 'expired', to: 'expired', effects: ['stop', 'notify'], rule: 'R36' },
  { from: ['queued'], event: 'unknownOutcome', to: 'failed', effects: ['stop', 'notify'], rule: 'DK-016' },
  { from: WAITING, event: 'transmittedAwaitingAck', to: 'awaitingAck', effects: ['later'], rule: 'R102' },
  { from: ['queued'], event: 'transmitted', to: 'sent', effects: ['stop', 'notify'], rule: 'DK-012' },
  { from: WAITING, event: 'transmitFailed', effects: ['later'], rule: 'R105' },
  { from: ['queued'], event: 'transmitRefused', to: 'failed', effects: ['stop', 'notify'], rule: 'R147' },
  { from: ['awaitingAck'], event: 'transmitRefused', effects: ['later'], rule: 'R103' },
  { from: WAITING, event: 'acknowledged', to: 'acknowledged', effects: ['stop', 'notify'], rule: 'R106' },
  { from: [...WAITING, 'sent'], event: 'errorReceived', to: 'rejected', effects: ['stop', 'notify'], rule: 'R68' },
  {
    from: ['failed', 'expired', 'cancelled'],
    event: 'acknowledged',
    to: 'acknowledged',
    effects: ['notify'],
    rule: 'OPS-1',
  },
  { from: ['failed'], event: 'retry', to: 'queued', effects: ['reset', 'now'], rule: 'OPS-2' },
  { from: ['queued'], event: 'cancel', to: 'cancelled', effects: ['stop', 'notify'], rule: 'OPS-3' },
];

const ACCEPTED = ['received', 'delivered', 'parked', 'refused', 'discarded'] as const;

export const INBOUND: readonly Row<InboundState, InboundEvent>[] = [
  { from: ['received'], event: 'deliverAttempt', effects: ['count'], rule: 'OPS-4' },
  { from: ['received'], event: 'handedOver', to: 'delivered', effects: ['done'], rule: 'R108' },
  { from: ['received'], event: 'handOverFailed', effects: ['later'], rule: 'OPS-4' },
  { from: ['received'], event: 'handOverPostponed', effects: ['uncount'], rule: 'OPS-4' },
  { from: ['received'], event: 'handOverExhausted', to: 'parked', effects: ['done'], rule: 'OPS-4' },
  { from: ['received'], event: 'contentRefused', to: 'refused', effects: ['done'], rule: 'STUF-1' },
  { from: ACCEPTED, event: 'copy', effects: ['answerAgain'], rule: 'R107' },
  { from: ACCEPTED, event: 'copyDelivered', to: 'received', effects: ['deliverAgain'], rule: 'R109' },
  { from: ['parked'], event: 'redeliver', to: 'received', effects: ['now'], rule: 'OPS-5' },
  { from: ['parked'], event: 'discard', to: 'discarded', effects: ['done'], rule: 'OPS-5' },
];

/** Every state that a message can be in, sent ones first. */
export const STATES: readonly MessageState[] = [
  ...new Set([...OUTBOUND, ...INBOUND].flatMap(({ from, to }): MessageState[] => [...from, ...(to ? [to] : [])])),
];

export interface StepFacts {
  readonly now: Instant;
  readonly event: LifecycleEvent;
  /** The job that the event is about; by default `transmit`, or the open delivery job. */
  readonly job?: { readonly kind: JobKind; readonly key: string };
  /** When a `later` job is due, and until when a counted attempt may stay open. */
  readonly runAt?: Instant;
  readonly detail?: string;
  /** Why an attempt failed: kept on the job and, when the message ends by it, on the message. */
  readonly problem?: string;
  /** The attempt that this event ends had no connection to go over. */
  readonly unsent?: boolean;
  /** Of the MessageError that ends the message. */
  readonly errorCodes?: readonly string[];
  readonly evidence?: StagedBlob;
}

export interface Stepped {
  /** False: no row for this state and event; only the journal knows (house rule 9). */
  readonly listed: boolean;
  readonly message: MessageRecord;
  readonly journal: JournalEntry;
}

/** Applies one event. It never throws: what the tables do not list changes nothing but the journal. */
export function step(record: MessageRecord, facts: StepFacts): Stepped {
  const row = rowFor(record, facts.event);
  const message = row === undefined ? record : apply(record, row, facts);
  return { listed: row !== undefined, message, journal: entry(message, facts, row) };
}

export function rowFor(record: Pick<MessageRecord, 'direction' | 'state'>, event: LifecycleEvent) {
  const table: readonly Row<MessageState, LifecycleEvent>[] = record.direction === 'out' ? OUTBOUND : INBOUND;
  return table.find((row) => row.event === event && row.from.includes(record.state));
}

function entry(
  message: MessageRecord,
  facts: StepFacts,
  row: Row<MessageState, LifecycleEvent> | undefined,
): JournalEntry {
  const { evidence } = facts;
  return {
    at: facts.now,
    event: row === undefined ? `${facts.event} (no effect)` : facts.event,
    state: message.state,
    ...(facts.detail === undefined ? {} : { detail: facts.detail }),
    ...(row === undefined ? {} : { rules: [row.rule] }),
    ...(evidence === undefined ? {} : { evidence: { sha256: evidence.sha256, bytes: evidence.bytes } }),
  };
}

function apply(record: MessageRecord, row: Row<MessageState, LifecycleEvent>, facts: StepFacts): MessageRecord {
  let jobs = record.jobs;
  for (const effect of row.effects) jobs = EFFECTS[effect](jobs, facts, record);
  // A copy that is delivered too (R109) has its own job: the last of them ends the hand-over, or the others never would.
  const goesOn = row.effects.includes('done') && jobs.some(({ kind }) => kind === record.handover);
  const state = goesOn ? record.state : (row.to ?? record.state);
  const ended = facts.problem !== undefined && state !== record.state;
  return {
    ...record,
    state,
    changedAt: facts.now,
    jobs,
    copies: record.copies + (facts.event === 'copy' || facts.event === 'copyDelivered' ? 1 : 0),
    ...(row.effects.includes('count') ? { attempts: (record.attempts ?? 0) + 1 } : {}),
    ...(facts.unsent === true ? { unsent: (record.unsent ?? 0) + 1 } : {}),
    ...(ended ? { problem: facts.problem } : {}),
    ...(facts.errorCodes === undefined ? {} : { errorCodes: facts.errorCodes }),
  };
}

type Apply = (jobs: readonly Job[], facts: StepFacts, record: MessageRecord) => readonly Job[];

const fresh = (kind: JobKind, key: string, runAt: Instant): Job => ({
  kind,
  key,
  runAt,
  attempts: 0,
  attemptOpen: false,
});
const without = (jobs: readonly Job[], kind: JobKind, key?: string): readonly Job[] =>
  jobs.filter((job) => job.kind !== kind || (key !== undefined && job.key !== key));

/** Those before the next attempt, the last of which may be open still. */
export const lostAttempts = ({ lost = 0, attemptOpen }: Job): number => (attemptOpen ? lost + 1 : lost);

/** Its attempt has an outcome. */
function closed({ lost: _, ...job }: Job): Job {
  return { ...job, attemptOpen: false };
}

const EFFECTS: Readonly<Record<Effect, Apply>> = {
  stop: (jobs) => without(jobs, 'transmit'),
  notify: (jobs, { now }, { submittedBy }) =>
    submittedBy === undefined || submittedBy.asks ? jobs : [...without(jobs, 'notify'), fresh('notify', 'notify', now)],
  count: (jobs, facts, record) =>
    change(jobs, jobOf(record, facts), (job) => ({
      ...job,
      attempts: job.attempts + 1,
      attemptOpen: true,
      runAt: facts.runAt ?? facts.now,
      ...(job.attemptOpen ? { lost: lostAttempts(job) } : {}),
    })),
  uncount: (jobs, facts, record) =>
    change(jobs, jobOf(record, facts), (job) => ({
      ...closed(job),
      attempts: Math.max(0, job.attempts - 1),
      runAt: facts.runAt ?? facts.now,
    })),
  later: (jobs, facts, record) =>
    change(jobs, jobOf(record, facts), (job) => ({
      ...closed(job),
      runAt: facts.runAt ?? facts.now,
      ...(facts.problem === undefined ? {} : { lastProblem: facts.problem }),
    })),
  now: (jobs, facts, record) =>
    change(jobs, jobOf(record, facts), (job) => ({ ...job, attemptOpen: false, runAt: facts.now })),
  reset: (jobs, facts, record) => {
    const { kind, key } = jobOf(record, facts);
    return without(jobs, kind, key);
  },
  done: (jobs, facts, record) => {
    const { kind, key } = jobOf(record, facts);
    return without(jobs, kind, key);
  },
  answerAgain: (jobs, { now }, record) =>
    record.answer === undefined || record.terms.syncReply
      ? jobs
      : [...without(jobs, 'answer'), fresh('answer', 'answer', now)],
  deliverAgain: (jobs, { now }, record) => [...jobs, fresh(record.handover, `deliver:${record.copies + 1}`, now)],
};

export function jobOf(record: MessageRecord, facts: Pick<StepFacts, 'job'>): { kind: JobKind; key: string } {
  if (facts.job !== undefined) return facts.job;
  if (record.direction === 'out') return { kind: 'transmit', key: 'transmit' };
  const open = record.jobs.filter((job) => job.kind === record.handover).sort((a, b) => a.runAt - b.runAt)[0];
  return { kind: record.handover, key: open?.key ?? 'deliver:0' };
}

/** Changes the job, or makes it when it is not there: an unfinished message always has a live job (house rule 10). */
function change(
  jobs: readonly Job[],
  { kind, key }: { kind: JobKind; key: string },
  edit: (job: Job) => Job,
): readonly Job[] {
  const index = jobs.findIndex((job) => job.kind === kind && job.key === key);
  const edited = edit(jobs[index] ?? fresh(kind, key, 0));
  return index < 0 ? [...jobs, edited] : jobs.map((job, i) => (i === index ? edited : job));
}
