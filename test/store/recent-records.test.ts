// The records kept in memory after a commit: bounded, and never older than their rows, whoever changed those.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type OpenedStore, openStore } from '../../adapter/store/index.ts';
import { RecentRecords } from '../../adapter/store/sqlite/recent-records.ts';
import { newFolder } from './folder.ts';
import { changed, inserted, job, NOW, record } from './record.ts';

const markOf = ({ version, acceptedAt }: ReturnType<typeof record>) => ({ version, acceptedAt });

describe('what is at hand', () => {
  test('D11 what was written last stays, the oldest falls out above 512 kB', () => {
    const recent = new RecentRecords();
    const all = Array.from({ length: 25 }, (_, i) => record(`m${i}`));
    for (const one of all) recent.remember(one, 'x'.repeat(25_000));
    expect(all.map((one) => recent.get(one.id, markOf(one)))).toEqual(all.map((one, i) => (i < 5 ? undefined : one)));
  });

  test('a record written again counts once and goes to the back of the line; one too large is not kept', () => {
    const recent = new RecentRecords();
    const [first, second] = [record('m1'), record('m2')];
    for (let i = 0; i < 50; i += 1) recent.remember(first, 'x'.repeat(120_000));
    recent.remember(second, 'x'.repeat(120_000));
    recent.remember(first, 'x'.repeat(120_000));
    recent.remember(record('m3'), 'x'.repeat(360_000));
    expect([recent.has(first.id), recent.has(second.id)]).toEqual([true, false]);
    recent.remember(record('m4'), 'x'.repeat(600_000));
    expect(recent.has(record('m4').id)).toBe(false);
  });

  test('a large envelope that a record keeps alive counts with it', () => {
    const recent = new RecentRecords();
    const large = record('m1', { envelope: { sha256: 'f'.repeat(64), bytes: 400_000 } });
    recent.remember(large, '{}');
    recent.remember(record('m2'), 'x'.repeat(150_000));
    expect([recent.has(large.id), recent.has(record('m2').id)]).toEqual([false, true]);
  });

  test.each([
    ['another version', { version: 4 }],
    ['accepted at another time', { acceptedAt: NOW + 1 }],
  ])('a row of %s is read', (_, other) => {
    const recent = new RecentRecords();
    const one = record('m1', { version: 3 });
    recent.remember(one, '{}');
    expect(recent.get(one.id, { ...markOf(one), ...other })).toBeUndefined();
    expect(recent.get(one.id, markOf(one))).toBe(one);
  });
});

describe('two processes on one store', () => {
  let ours: OpenedStore;
  let theirs: OpenedStore;
  beforeEach(async () => {
    const folder = newFolder();
    ours = await openStore(`sqlite:${folder}`);
    theirs = await openStore(`sqlite:${folder}`);
  });
  afterEach(async () => {
    await ours.close();
    await theirs.close();
  });

  const first = record('m1', { jobs: [job('answer', NOW)] });
  const second = record('m2');
  const loaded = async (...ids: (typeof first.id)[]): Promise<unknown[]> =>
    (await ours.load(ids)).map((one) => (one === undefined ? undefined : [one.version, one.state]));

  test('what the other one wrote is read, alone and beside what is at hand', async () => {
    await ours.commit(inserted(first));
    await ours.commit(inserted(second));
    await theirs.commit(changed(1, { ...first, state: 'delivered' }));
    expect(await loaded(first.id)).toEqual([[2, 'delivered']]);
    expect(await loaded(second.id, record('none').id, first.id)).toEqual([
      [1, 'received'],
      undefined,
      [2, 'delivered'],
    ]);
    expect(await ours.commit(changed(2, { ...first, state: 'parked' }))).toBe('ok');
    expect(await loaded(first.id, second.id)).toEqual([
      [3, 'parked'],
      [1, 'received'],
    ]);
  });

  test('row 12 a claim of the other one raises the version that is read here', async () => {
    await ours.commit(inserted(first));
    await theirs.claim(['answer'], NOW, 60_000, 1);
    expect(await loaded(first.id)).toEqual([[2, 'received']]);
    expect(await ours.commit(changed(1, { ...first, state: 'parked' }))).toBe('conflict');
  });

  test('R111 what the other one purged is gone, and what came anew under its name is what is read', async () => {
    await ours.commit(inserted(second));
    expect(await theirs.purge(second.keepUntil + 1, 10)).toBe(1);
    expect(await loaded(second.id)).toEqual([undefined]);
    await theirs.commit(inserted({ ...second, acceptedAt: NOW + 5_000, state: 'parked' }));
    expect(await loaded(second.id)).toEqual([[1, 'parked']]);
  });

  test('a commit that lost its race leaves nothing at hand', async () => {
    await theirs.commit(inserted({ ...first, state: 'delivered' }));
    expect(await ours.commit(inserted(first))).toBe('duplicate');
    expect(await ours.commit(changed(7, { ...first, state: 'parked' }))).toBe('conflict');
    expect(await loaded(first.id)).toEqual([[1, 'delivered']]);
  });
});
