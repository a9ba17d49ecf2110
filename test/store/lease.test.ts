// A claim is one lease on the whole message, whichever of its jobs is due first (D1).
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JobKind } from '../../adapter/msh/change.ts';
import { type OpenedStore, openStore } from '../../adapter/store/index.ts';
import { changed, inserted, job, NOW, record } from './record.ts';

const WORK: readonly JobKind[] = ['transmit', 'answer', 'deliver', 'notify'];
const LEASE = 60_000;

describe('D1 one lease per message', () => {
  let store: OpenedStore;
  beforeEach(async () => {
    store = await openStore('sqlite::memory:');
  });
  afterEach(() => store.close());

  const message = record('m1', { jobs: [job('answer', NOW), job('deliver', NOW + 5)] });
  const claimAt = async (at: number, kinds = WORK): Promise<readonly number[]> =>
    (await store.claim(kinds, at, LEASE, 10)).map((one) => one.version);

  test('row 12 a job that falls due during the lease does not hand the message to a second worker', async () => {
    await store.commit(inserted(message));
    expect(await claimAt(NOW)).toEqual([2]);
    expect(await claimAt(NOW + 5)).toEqual([]);
    expect(await store.commit(changed(2, { ...message, jobs: [job('deliver', NOW + 5)] }))).toBe('ok');
  });

  test('the commit ends the lease: the other job falls due at its own time', async () => {
    await store.commit(inserted(message));
    await claimAt(NOW);
    await store.commit(changed(2, { ...message, jobs: [job('deliver', NOW + 5)] }));
    expect(await claimAt(NOW + 4)).toEqual([]);
    expect(await claimAt(NOW + 5)).toEqual([4]);
  });

  test('rows 1 3 a worker that died leaves both jobs due at the end of the lease, and a later one at its own time', async () => {
    await store.commit(inserted({ ...message, jobs: [...message.jobs, job('notify', NOW + LEASE + 7)] }));
    await claimAt(NOW);
    expect(await claimAt(NOW + LEASE - 1)).toEqual([]);
    const due = (await store.backlog(NOW + LEASE)).filter((row) => row.ready > 0).map((row) => row.kind);
    expect([...due].sort()).toEqual(['answer', 'deliver']);
    expect(await claimAt(NOW + LEASE, ['notify'])).toEqual([]);
    expect(await claimAt(NOW + LEASE + 7, ['notify'])).toEqual([3]);
  });

  test('fewer than are due: the oldest go first, whatever the order in which they came', async () => {
    for (const [i, at] of [NOW - 1, NOW - 3, NOW - 2].entries()) {
      const kind = WORK[i] ?? 'transmit';
      await store.commit(inserted(record(`m${i}`, { jobs: [job(kind, at)] })));
    }
    const first = await store.claim(WORK, NOW, LEASE, 2);
    expect(first.map((one) => one.messageId)).toEqual(['m1', 'm2']);
  });
});
