// Attempts to hand a message over that bring no outcome, and the lease they are under.
import { describe, expect, test } from '@jest/globals';
import {
  beginDeliver,
  type Change,
  type DeliverOutcome,
  endDeliver,
  holdDeliver,
  isSuspect,
  type Job,
  operate,
} from '../../adapter/msh/index.ts';
import { record, T0 } from '../fixtures/record.ts';

const MINUTE = 60_000;
const delivery = (): Job => ({ kind: 'deliver', key: 'deliver:0', runAt: T0, attempts: 0, attemptOpen: false });

describe('an attempt to hand over', () => {
  test('OPS-4 a message with which the process dies is parked at the sixth begin, with what was found', () => {
    let now = T0;
    let current = record('in', 'received', { jobs: [delivery()] });
    const suspects: boolean[] = [];
    for (let i = 0; i < 5; i += 1) {
      suspects.push(current.jobs.some(isSuspect));
      const begun = beginDeliver({ now, record: current, leaseUntil: now + MINUTE });
      expect(begun.kind).toBe('send');
      current = begun.kind === 'nothing' ? current : begun.change.message;
      now += MINUTE;
    }
    expect(suspects).toEqual([false, true, true, true, true]);
    const last = beginDeliver({ now, record: current, leaseUntil: now + MINUTE });
    expect(last).toMatchObject({ kind: 'end', change: { message: { state: 'parked', jobs: [] } } });
    expect(last.kind === 'end' && last.happenings).toEqual([
      expect.objectContaining({ event: 'message.parked', detail: expect.stringContaining('5 attempts ended without') }),
    ]);
    const again = operate({ now, record: (last as { change: Change }).change.message, command: 'redeliver' });
    expect(again.ok && again.value.change.message.jobs.map(isSuspect)).toEqual([false]);
  });

  test('row 16 a store that is away is no attempt, and an attempt with an outcome ends the count of those without', () => {
    let current = record('in', 'received', { jobs: [delivery()] });
    const begin = (): void => {
      const start = beginDeliver({ now: current.jobs[0]?.runAt ?? T0, record: current, leaseUntil: T0 + MINUTE });
      if (start.kind !== 'nothing') current = start.change.message;
    };
    const end = (outcome: DeliverOutcome): void => {
      current = endDeliver({ now: T0, record: current, outcome }).change?.message ?? current;
    };
    begin();
    begin();
    expect(current.jobs[0]).toMatchObject({ attempts: 2, attemptOpen: true, lost: 1 });
    end({ kind: 'postponed', detail: 'weg' });
    expect(current.jobs).toEqual([{ ...delivery(), attempts: 1, runAt: T0 + MINUTE }]);
    for (let i = 0; i < 40; i += 1) {
      begin();
      end({ kind: 'postponed', detail: 'weg' });
    }
    expect(current).toMatchObject({ state: 'received', jobs: [{ attempts: 1, runAt: T0 + MINUTE }] });
  });

  test('D1 the lease goes on for whoever has it: not for a job that was done, nor one that somebody else has set', () => {
    const held = { ...delivery(), runAt: T0 };
    const current = record('in', 'received', { jobs: [held] });
    const facts = { record: current, key: held.key, held: T0, leaseUntil: T0 + MINUTE };
    const change = holdDeliver(facts);
    expect(change?.message).toEqual({ ...current, jobs: [{ ...held, runAt: T0 + MINUTE }] });
    expect(change?.journal).toEqual([]);
    expect(holdDeliver({ ...facts, held: T0 + 1 })).toBeUndefined();
    expect(holdDeliver({ ...facts, record: { ...current, jobs: [] } })).toBeUndefined();
    const prolonged = change?.message ?? current;
    expect(beginDeliver({ now: T0, record: prolonged, leaseUntil: T0 + MINUTE }).kind).toBe('nothing');
    const mine = { now: T0, record: prolonged, leaseUntil: T0 + MINUTE, held: T0 + MINUTE };
    expect(beginDeliver(mine).kind).toBe('send');
  });
});
