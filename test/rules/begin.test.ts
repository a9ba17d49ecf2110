// First attempts that begin in the commit of the insert: the same as insert, claim and begin one after the other, or not at all.
import { describe, expect, test } from '@jest/globals';
import {
  beginDeliver,
  beginInsert,
  beginTransmit,
  type Change,
  type Job,
  type JobKind,
  type MessageRecord,
} from '../../adapter/msh/index.ts';
import { record, T0 } from '../fixtures/record.ts';

const LEASE = { now: T0, leaseUntil: T0 + 60_000 };
const job = (kind: JobKind, change: Partial<Job> = {}): Job => ({
  kind,
  key: kind === 'deliver' ? 'deliver:0' : kind,
  runAt: T0,
  attempts: 0,
  attemptOpen: false,
  ...change,
});
const insert = (message: MessageRecord): Change => ({ expect: 'new', message, journal: [], blobs: [] });
const inserted = (direction: 'in' | 'out', jobs: readonly Job[], change: Partial<MessageRecord> = {}): Change =>
  insert(record(direction, direction === 'out' ? 'queued' : 'received', { jobs, ...change }));

describe('what begins with the insert', () => {
  test('R102 a reliable message: its attempt is counted and open, as beginTransmit would have it', () => {
    const change = inserted('out', [job('transmit')]);
    const apart = beginTransmit({ ...LEASE, record: change.message });
    const begun = beginInsert(change, LEASE);
    expect(apart.kind).toBe('send');
    if (apart.kind !== 'send') return;
    expect(begun?.change).toMatchObject({
      expect: 'new',
      message: apart.change.message,
      journal: apart.change.journal,
    });
    expect(begun?.jobs).toEqual([job('transmit', { attempts: 1, attemptOpen: true, runAt: LEASE.leaseUntil })]);
    expect(begun?.happenings).toEqual(apart.happenings);
  });

  test('OPS-4 a received message of a hub: its delivery is counted, and its answer is under the same lease', () => {
    const change = inserted('in', [job('answer'), job('deliver')]);
    const apart = beginDeliver({ ...LEASE, record: change.message });
    const begun = beginInsert(change, LEASE);
    const delivery =
      apart.kind !== 'send' ? undefined : apart.change.message.jobs.find(({ kind }) => kind === 'deliver');
    expect(delivery).toMatchObject({ attempts: 1, runAt: LEASE.leaseUntil });
    expect(begun?.jobs).toEqual([job('answer', { runAt: LEASE.leaseUntil }), delivery]);
  });

  test('row 7 a message that waits to be collected: its answer begins, the application finds it all the same', () => {
    const begun = beginInsert(inserted('in', [job('answer'), job('collect')]), LEASE);
    expect(begun?.change.message.jobs).toEqual([job('answer', { runAt: LEASE.leaseUntil }), job('collect')]);
    expect(begun?.jobs).toEqual([job('answer', { runAt: LEASE.leaseUntil })]);
  });

  test('row 5 when nothing comes of it the job falls due at the end of the lease, with its attempt open', () => {
    const begun = beginInsert(inserted('out', [job('transmit')]), LEASE);
    const [open] = begun?.change.message.jobs ?? [];
    expect(open).toMatchObject({ attemptOpen: true, runAt: LEASE.leaseUntil });
    const after = { now: LEASE.leaseUntil, leaseUntil: LEASE.leaseUntil + 60_000 };
    const message = begun?.change.message ?? record('out', 'failed');
    expect(beginTransmit({ ...after, record: message })).toMatchObject({ kind: 'send' });
  });
});

describe('what does not', () => {
  test.each([
    ['a change of a record that exists', { ...inserted('out', [job('transmit')]), expect: 3 }],
    ['a record without jobs', inserted('in', [])],
    ['a job that is not due yet', inserted('out', [job('transmit', { runAt: T0 + 1 })])],
    ['a message that only waits to be collected', inserted('in', [job('collect')])],
    ['a message past its TimeToLive', inserted('out', [job('transmit')], { timeToLive: T0 - 1 })],
  ])('%s', (_, change) => {
    expect(beginInsert(change as Change, LEASE)).toBeUndefined();
  });

  test('DK-016 best effort: a crash after the insert would end it with unknown outcome, before anything was sent', () => {
    const { terms } = record('out', 'queued');
    const change = inserted('out', [job('transmit')], { terms: { ...terms, ackRequested: false } });
    expect(beginInsert(change, LEASE)).toBeUndefined();
  });
});
