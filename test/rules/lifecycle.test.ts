// The two transition tables: every row, every pair that is no row, and that no message is ever left without a live job.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  beginDeliver,
  beginTransmit,
  confirmCollect,
  endAnswer,
  endDeliver,
  endTransmit,
  INBOUND,
  type Job,
  type LifecycleEvent,
  type MessageRecord,
  type MessageState,
  type OperatorCommand,
  OUTBOUND,
  operate,
  rowFor,
  STATES,
  step,
  type TransmitOutcome,
} from '../../adapter/msh/index.ts';
import { record, T0 } from '../fixtures/record.ts';

const MINUTE = 60_000;
const transmit = (change: Partial<Job> = {}): Job => ({
  kind: 'transmit',
  key: 'transmit',
  runAt: T0,
  attempts: 0,
  attemptOpen: false,
  ...change,
});
const delivery = (change: Partial<Job> = {}): Job => ({
  kind: 'deliver',
  key: 'deliver:0',
  runAt: T0,
  attempts: 0,
  attemptOpen: false,
  ...change,
});

const OUT_STATES: readonly MessageState[] = [
  'queued',
  'awaitingAck',
  'sent',
  'acknowledged',
  'failed',
  'expired',
  'rejected',
  'cancelled',
];
const IN_STATES: readonly MessageState[] = ['received', 'delivered', 'parked', 'refused', 'rejected', 'discarded'];
const EVENTS = [...new Set<LifecycleEvent>([...OUTBOUND.map((row) => row.event), ...INBOUND.map((row) => row.event)])];

/** The job that keeps a message of this state alive (house rule 10). */
const needed = (one: MessageRecord): Job['kind'] | undefined => {
  if (one.state === 'queued' || one.state === 'awaitingAck') return 'transmit';
  return one.state === 'received' ? one.handover : undefined;
};
const alive = (one: MessageRecord): boolean => {
  const kind = needed(one);
  return kind === undefined || one.jobs.some((job) => job.kind === kind);
};

describe('the tables', () => {
  test('the list of states is that of the tables, complete', () => {
    expect([...STATES].sort()).toEqual([...new Set([...OUT_STATES, ...IN_STATES])].sort());
  });

  const rows = [...OUTBOUND.map((row) => ['out', row] as const), ...INBOUND.map((row) => ['in', row] as const)];
  const cases = rows.flatMap(([direction, row]) =>
    row.from.map((from) => [row.rule, direction, from, row.event, row.to ?? from] as const),
  );

  test.each(cases)('%s %s: %s on %s becomes %s', (rule, direction, from, event, to) => {
    const before = record(direction, from, { jobs: direction === 'out' ? [transmit()] : [delivery()] });
    const { listed, message, journal } = step(before, { now: T0 + 1, event, runAt: T0 + MINUTE });
    expect(listed).toBe(true);
    expect(message.state).toBe(to);
    expect(journal).toMatchObject({ event, state: to, rules: [rule] });
    expect(alive(message)).toBe(true);
  });

  test('house rule 9: a pair that is no row changes nothing, is journalled, and never throws', () => {
    let pairs = 0;
    for (const [direction, states] of [
      ['out', OUT_STATES],
      ['in', IN_STATES],
    ] as const) {
      for (const state of states) {
        for (const event of EVENTS) {
          const before = record(direction, state);
          if (rowFor(before, event) !== undefined) continue;
          const { listed, message, journal } = step(before, { now: T0 + 1, event });
          expect(listed).toBe(false);
          expect(message).toBe(before);
          expect(journal.event).toContain(event);
          pairs += 1;
        }
      }
    }
    expect(pairs).toBeGreaterThan(200);
  });
});

describe('DK-102 who is told of an end', () => {
  const submittedBy = { client: 'app', requestSha256: '0'.repeat(64) };
  test.each([
    ['an application that waits for events: a job', { submittedBy }, ['notify']],
    ['one that asks how its message stands: none', { submittedBy: { ...submittedBy, asks: true as const } }, []],
    ['nobody submitted it: none', {}, []],
  ])('%s, whatever ended it', (_title, by, kinds) => {
    for (const row of OUTBOUND.filter(({ effects }) => effects.includes('notify'))) {
      for (const from of row.from) {
        const before = record('out', from, { jobs: [transmit()], ...by });
        const { message } = step(before, { event: row.event, now: T0 });
        expect(message.jobs.map(({ kind }) => kind).filter((kind) => kind === 'notify')).toEqual(kinds);
      }
    }
  });
});

describe('attempts', () => {
  const queued = (change: Partial<MessageRecord> = {}) =>
    record('out', 'queued', { jobs: [transmit()], timeToLive: T0 + 10 * MINUTE, ...change });

  test('R103 R104 T125 Retries + 1 sends in all, then DeliveryFailure', () => {
    let now = T0;
    let current = queued();
    let sends = 0;
    for (let i = 0; i < 20; i += 1) {
      const start = beginTransmit({ now, record: current, leaseUntil: now + MINUTE });
      if (start.kind === 'nothing') break;
      current = start.change.message;
      if (start.kind === 'end') break;
      sends += 1;
      const { change } = endTransmit({ now, record: current, outcome: { kind: 'retryable', detail: 'weg' } });
      current = change?.message ?? current;
      now = Math.max(now, ...current.jobs.map((job) => job.runAt));
    }
    expect(sends).toBe(4);
    expect(current.state).toBe('failed');
    expect(current.problem).toContain('DeliveryFailure');
    expect(current.attempts).toBe(4);
  });

  test('R36 row 44 TimeToLive is looked at before anything is sent', () => {
    const start = beginTransmit({ now: T0 + 11 * MINUTE, record: queued(), leaseUntil: T0 + 12 * MINUTE });
    expect(start).toMatchObject({ kind: 'end', change: { message: { state: 'expired' } } });
  });

  test('row 43 R104 T128 retries used up end in DeliveryFailure also when TimeToLive passed after the last interval (R97)', () => {
    const usedUp = queued({ jobs: [transmit({ attempts: 4 })], attempts: 4 });
    const start = beginTransmit({ now: T0 + 11 * MINUTE, record: usedUp, leaseUntil: T0 + 12 * MINUTE });
    expect(start).toMatchObject({ kind: 'end', change: { message: { state: 'failed' } } });
    expect(start.kind === 'end' ? start.change.message.problem : '').toMatch(/^DeliveryFailure \(Warning\): /);
  });

  test('DK-016 row 5 best effort: an attempt that never reported back is not made twice', () => {
    const open = queued({
      jobs: [transmit({ attemptOpen: true, attempts: 1 })],
      terms: { ...record('out', 'queued').terms, ackRequested: false, retries: 0 },
    });
    const start = beginTransmit({ now: T0, record: open, leaseUntil: T0 + MINUTE });
    expect(start).toMatchObject({ kind: 'end', change: { message: { state: 'failed' } } });
  });

  test('row 5 reliable: it is made again, the partner filters', () => {
    const open = queued({ jobs: [transmit({ attemptOpen: true, attempts: 1 })] });
    expect(beginTransmit({ now: T0, record: open, leaseUntil: T0 + MINUTE }).kind).toBe('send');
  });

  test('row 42 T126 the next run is never below the interval nor later than just past the TimeToLive', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 * MINUTE }),
        fc.option(fc.integer({ min: 0, max: 60 * MINUTE })),
        (after, wait) => {
          const now = T0 + after;
          const sending = queued({ jobs: [transmit({ attempts: 1, attemptOpen: true })] });
          const outcome: TransmitOutcome = {
            kind: 'retryable',
            detail: 'x',
            ...(wait === null ? {} : { notBefore: now + wait }),
          };
          const runAt = endTransmit({ now, record: sending, outcome }).change?.message.jobs[0]?.runAt ?? -1;
          expect(runAt).toBeLessThanOrEqual((sending.timeToLive ?? 0) + 1);
          expect(runAt >= now + MINUTE || runAt === (sending.timeToLive ?? 0) + 1).toBe(true);
        },
      ),
    );
  });

  test('OPS-4 a hand-over is tried again with growing waits, then parked', () => {
    let now = T0;
    let current = record('in', 'received', { jobs: [delivery()] });
    const waits: number[] = [];
    for (let i = 0; i < 20 && current.state === 'received'; i += 1) {
      const begun = beginDeliver({ now, record: current, leaseUntil: now + MINUTE });
      current = begun.kind === 'nothing' ? current : begun.change.message;
      current =
        endDeliver({ now, record: current, outcome: { kind: 'failed', detail: 'weg' } }).change?.message ?? current;
      const next = current.jobs[0]?.runAt ?? now;
      waits.push(next - now);
      now = next;
    }
    expect(current.state).toBe('parked');
    expect(current).toMatchObject({ attempts: waits.length, jobs: [] });
    expect(waits.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(15 * MINUTE);
  });

  test('R110 row 30 an answer is posted a few times and then waits for the partner’s resend', () => {
    let current = record('in', 'delivered', {
      jobs: [{ kind: 'answer', key: 'answer', runAt: T0, attempts: 0, attemptOpen: false }],
    });
    let posts = 0;
    while (current.jobs.length > 0 && posts < 20) {
      posts += 1;
      current =
        endAnswer({ now: T0 + posts, record: current, outcome: { kind: 'retryable', detail: 'weg' } }).change
          ?.message ?? current;
    }
    expect(posts).toBe(5);
  });

  test.each(['retry', 'cancel', 'redeliver', 'discard'] as const)(
    'OPS-2 OPS-3 OPS-5 %s is refused in every state it does not fit',
    (command: OperatorCommand) => {
      const fits = [...OUT_STATES, ...IN_STATES].filter(
        (state) =>
          operate({
            now: T0,
            record: record(OUT_STATES.includes(state) && state !== 'rejected' ? 'out' : 'in', state),
            command,
          }).ok,
      );
      expect(fits).toEqual(
        { retry: ['failed'], cancel: ['queued'], redeliver: ['parked'], discard: ['parked'] }[command],
      );
    },
  );
});

type Move =
  | 'begin'
  | 'accepted'
  | 'retryable'
  | 'refused'
  | 'crash'
  | 'ack'
  | 'error'
  | 'wait'
  | 'copy'
  | 'handedOver'
  | 'failedOver'
  | 'postponed'
  | 'contentRefused'
  | 'confirm'
  | OperatorCommand;
const MOVES: readonly Move[] = [
  'begin',
  'accepted',
  'retryable',
  'refused',
  'crash',
  'ack',
  'error',
  'wait',
  'copy',
  'handedOver',
  'failedOver',
  'postponed',
  'contentRefused',
  'confirm',
  'retry',
  'cancel',
  'redeliver',
  'discard',
];

const COMMANDS: readonly OperatorCommand[] = ['retry', 'cancel', 'redeliver', 'discard'];

/** One move on a message; what the rules do not know of changes nothing. */
function move(current: MessageRecord, now: number, what: Move): MessageRecord {
  const out = current.direction === 'out';
  const outcomes: Partial<Record<Move, TransmitOutcome>> = {
    accepted: { kind: 'accepted' },
    retryable: { kind: 'retryable', detail: 'x' },
    refused: { kind: 'refused', detail: 'x' },
  };
  const outcome = outcomes[what];
  if (outcome !== undefined)
    return out ? (endTransmit({ now, record: current, outcome }).change?.message ?? current) : current;
  if (what === 'begin') {
    const start = (out ? beginTransmit : beginDeliver)({ now, record: current, leaseUntil: now + MINUTE });
    return start.kind === 'nothing' ? current : start.change.message;
  }
  if (what === 'ack' || what === 'error')
    return step(current, { now, event: what === 'ack' ? 'acknowledged' : 'errorReceived' }).message;
  if (what === 'copy') return step(current, { now, event: 'copy' }).message;
  if (what === 'handedOver')
    return out
      ? current
      : (endDeliver({ now, record: current, outcome: { kind: 'handedOver' } }).change?.message ?? current);
  if (what === 'failedOver')
    return out
      ? current
      : (endDeliver({ now, record: current, outcome: { kind: 'failed', detail: 'x' } }).change?.message ?? current);
  if (what === 'postponed')
    return out
      ? current
      : (endDeliver({ now, record: current, outcome: { kind: 'postponed', detail: 'x' } }).change?.message ?? current);
  if (what === 'contentRefused')
    return out
      ? current
      : (endDeliver({ now, record: current, outcome: { kind: 'refused', detail: 'x', codes: [] } }).change?.message ??
          current);
  if (what === 'confirm') return out ? current : (confirmCollect({ now, record: current }).change?.message ?? current);
  if (what === 'crash' || what === 'wait') return current;
  const command = COMMANDS.find((one) => one === what);
  if (command === undefined) return current;
  const done = operate({ now, record: current, command });
  return done.ok ? done.value.change.message : current;
}

describe('liveness (house rule 10)', () => {
  const starts = [
    ['reliable out', record('out', 'queued', { jobs: [transmit()], timeToLive: T0 + 8 * MINUTE })],
    [
      'best effort out',
      record('out', 'queued', {
        jobs: [transmit()],
        terms: { ...record('out', 'queued').terms, ackRequested: false, retries: 0 },
      }),
    ],
    ['in, forwarded', record('in', 'received', { jobs: [delivery()] })],
    ['in, collected', record('in', 'received', { handover: 'collect', jobs: [delivery({ kind: 'collect' })] })],
  ] as const;

  test.each(starts)(
    'R101 %s: whatever happens, an unfinished message has a live job and is delivered at most once',
    (_name, start) => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.constantFrom(...MOVES), fc.integer({ min: 0, max: 3 * MINUTE })), { maxLength: 60 }),
          (walk) => {
            let current = start;
            let now = T0;
            let deliveries = 0;
            for (const [what, pause] of walk) {
              now += pause;
              const before = current.state;
              current = move(current, now, what);
              if (current.state === 'delivered' && before !== 'delivered') deliveries += 1;
              expect(alive(current)).toBe(true);
            }
            expect(deliveries).toBeLessThanOrEqual(1);
          },
        ),
        { numRuns: 3000 },
      );
    },
  );
});
