// A record that is being written is read as it will be: what is decided on an older one would only meet a conflict.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type OpenedStore, openStore } from '../../adapter/store/index.ts';
import { UnderWay } from '../../adapter/store/sqlite/under-way.ts';
import { changed, inserted, job, NOW, record } from './record.ts';

let store: OpenedStore;
beforeEach(async () => {
  store = await openStore('sqlite::memory:');
});
afterEach(() => store.close());

const message = record('m1', { jobs: [job('transmit', NOW)] });
const versions = async (...ids: (typeof message.id)[]): Promise<readonly (number | undefined)[]> =>
  (await store.load(ids)).map((one) => one?.version);

test('row 51 a read that comes behind a write of the same message sees it, and its own write is no conflict', async () => {
  const first = store.commit(inserted(message));
  expect(await versions(message.id)).toEqual([1]);
  const second = store.commit(changed(1, message));
  const third = store.load([message.id]).then(([read]) => store.commit(changed(read?.version ?? 0, message)));
  expect(await Promise.all([first, second, third])).toEqual(['ok', 'ok', 'ok']);
});

test('one that comes behind several sees the last of them', async () => {
  const writes = [inserted(message), changed(1, message), changed(2, message)].map((one) => store.commit(one));
  expect(await versions(message.id)).toEqual([3]);
  expect(await Promise.all(writes)).toEqual(['ok', 'ok', 'ok']);
});

test('a write that loses is waited for as well, and leaves what was there', async () => {
  await store.commit(inserted(message));
  const late = store.commit(changed(7, message));
  expect(await versions(message.id)).toEqual([1]);
  expect(await late).toBe('conflict');
});

test('a write that fails is waited for, and is the failure of who wrote it only', async () => {
  const underWay = new UnderWay();
  let fail: (reason: Error) => void = () => undefined;
  const write = new Promise<void>((_, reject) => {
    fail = reject;
  });
  underWay.add(message.id, write);
  const ended = underWay.ended([message.id]);
  fail(new Error('the disk is full'));
  await expect(write).rejects.toThrow('the disk is full');
  await expect(ended).resolves.toBeDefined();
  expect(underWay.ended([message.id])).toBeUndefined();
});

test('writes of other messages are not waited for', async () => {
  await store.commit(inserted(message));
  const other = record('m2', {});
  let written = false;
  const write = store.commit(inserted(other)).then(() => {
    written = true;
  });
  expect(await versions(message.id)).toEqual([1]);
  expect(written).toBe(false);
  await write;
});
