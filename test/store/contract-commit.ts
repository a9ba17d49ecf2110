// Contract of commit: what is written together, and what the loser of a race is told.
import { expect, test } from '@jest/globals';
import type { MessageRecord } from '../../adapter/msh/change.ts';
import { BlobDamaged, type OpenedStore, StoreUnavailable } from '../../adapter/store/index.ts';
import { changed, entry, type Given, inline, inserted, job, NOW, record, refOf } from './record.ts';

async function only(store: OpenedStore, message: MessageRecord): Promise<MessageRecord> {
  const [found] = await store.load([message.id]);
  if (found === undefined) throw new Error('the record is not there');
  return found;
}

export function commits(given: Given): void {
  test('D1 a committed record, its journal and its blobs are read back as given, with version 1', async () => {
    const store = given();
    const message = record('m1', { jobs: [job('answer', NOW)], refToMessageId: 'other' });
    expect(await store.commit(inserted(message))).toBe('ok');
    expect(await store.load([message.id, record('none').id])).toEqual([{ ...message, version: 1 }, undefined]);
    expect(await store.journal(message.id)).toEqual([entry('accepted')]);
    expect(Buffer.from(await store.blobs.read(message.envelope)).toString()).toBe('<envelope/>');
  });

  test('row 25 row 46 of 50 parallel copies of one message one is stored and 49 are told duplicate', async () => {
    const store = given();
    const copies = Array.from({ length: 50 }, (_, i) =>
      inserted(record('m1', { fingerprint: `copy ${i}` }), { journal: [entry(`copy ${i}`)] }),
    );
    const told = await Promise.all(copies.map((copy) => store.commit(copy)));
    expect(told.filter((result) => result === 'ok')).toHaveLength(1);
    expect(told.filter((result) => result === 'duplicate')).toHaveLength(49);
    expect(await store.journal(record('m1').id)).toHaveLength(1);
  });

  test('D1 of two commits on one version the second is told conflict and leaves no journal line and no blob', async () => {
    const store = given();
    const message = record('m1');
    const lost = inline('evidence of the loser');
    await store.commit(inserted(message));
    const told = await Promise.all([
      store.commit(changed(1, { ...message, state: 'delivered' })),
      store.commit(changed(1, { ...message, state: 'parked' }, { blobs: [lost] })),
    ]);
    expect(told).toEqual(['ok', 'conflict']);
    expect(await only(store, message)).toMatchObject({ state: 'delivered', version: 2 });
    expect((await store.journal(message.id)).map((line) => line.event)).toEqual(['accepted', 'after 1']);
    await expect(store.blobs.read(refOf(lost))).rejects.toBeInstanceOf(BlobDamaged);
  });

  test('D1 a duplicate leaves no journal line and no blob', async () => {
    const store = given();
    const lost = inline('body of the copy');
    await store.commit(inserted(record('m1')));
    const copy = inserted(record('m1'), { journal: [entry('again')], blobs: [lost] });
    expect(await store.commit(copy)).toBe('duplicate');
    expect(await store.journal(record('m1').id)).toHaveLength(1);
    await expect(store.blobs.read(refOf(lost))).rejects.toBeInstanceOf(BlobDamaged);
  });

  test('a change of a record that is not there is told conflict', async () => {
    expect(await given().commit(changed(1, record('none')))).toBe('conflict');
  });

  test('row 25 in one group the conflict of one write does not touch the others', async () => {
    const store = given();
    await store.commit(inserted(record('m1')));
    const told = await Promise.all([
      store.commit(inserted(record('m2'))),
      store.commit(inserted(record('m1'))),
      store.commit(changed(9, record('m1'))),
      store.commit(inserted(record('m3'))),
    ]);
    expect(told).toEqual(['ok', 'duplicate', 'conflict', 'ok']);
    const found = await store.load([record('m1').id, record('m2').id, record('m3').id]);
    expect(found.map((one) => one?.version)).toEqual([1, 1, 1]);
  });

  test('D2 commits that arrive together share a transaction', async () => {
    const store = given();
    const before = store.stats();
    await Promise.all(Array.from({ length: 100 }, (_, i) => store.commit(inserted(record(`m${i}`)))));
    const after = store.stats();
    expect(after.writes - before.writes).toBe(100);
    expect(after.groups - before.groups).toBeLessThanOrEqual(2);
  });

  test('a write that cannot be carried out is told its own error; the others of its group are durable', async () => {
    const store = given();
    // Not a value SQLite can keep: a program error that only shows inside the transaction.
    const wrong = record('wrong', { action: 'x', cpaId: Symbol('no text') as unknown as string });
    const told = await Promise.allSettled([
      store.commit(inserted(record('m1'))),
      store.commit(inserted(wrong)),
      store.commit(inserted(record('m2'))),
    ]);
    expect(told.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(told[1]?.status === 'rejected' && told[1].reason).not.toBeInstanceOf(StoreUnavailable);
    expect((await store.load([record('m1').id, record('m2').id])).map((one) => one?.version)).toEqual([1, 1]);
  });

  test('row 18 above the bound of waiting writes a write is refused at once', async () => {
    const store = given();
    const told = await Promise.allSettled(
      Array.from({ length: 520 }, (_, i) => store.commit(inserted(record(`m${i}`)))),
    );
    const refused = told.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(20);
    for (const one of refused) expect(one.status === 'rejected' && one.reason).toBeInstanceOf(StoreUnavailable);
    expect(await store.commit(inserted(record('later')))).toBe('ok');
  });

  test('row 16 a closed store answers StoreUnavailable; what was accepted before is told its result', async () => {
    const store = given();
    const pending = store.commit(inserted(record('m1')));
    await store.close();
    expect(await pending).toBe('ok');
    await expect(store.commit(inserted(record('m2')))).rejects.toBeInstanceOf(StoreUnavailable);
  });
}
