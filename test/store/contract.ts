// What every store must do, run on each of them; above all what the loser of a race is told.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JobKind, MessageRecord } from '../../adapter/msh/change.ts';
import {
  BlobDamaged,
  INLINE_BLOB_BYTES,
  InvalidCursor,
  type OpenedStore,
  StoreUnavailable,
} from '../../adapter/store/index.ts';
import { changed, ENVELOPE, entry, inline, inserted, job, NOW, record, refOf, sha256 } from './record.ts';

export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`store contract on ${name}`, () => {
    let store: OpenedStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());
    const given = (): OpenedStore => store;
    commits(given);
    claims(given);
    finding(given);
    blobs(given);
    agreements(given);
    keeping(given);
  });
}

type Given = () => OpenedStore;

async function only(store: OpenedStore, message: MessageRecord): Promise<MessageRecord> {
  const [found] = await store.load([message.id]);
  if (found === undefined) throw new Error('the record is not there');
  return found;
}

function commits(given: Given): void {
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

const ids = (found: readonly MessageRecord[]): string[] => found.map((one) => one.messageId);
const WORK: readonly JobKind[] = ['transmit', 'answer', 'deliver', 'notify'];

function claims(given: Given): void {
  test('D1 a claim gives due messages of the kinds asked, oldest first, with a raised version', async () => {
    const store = given();
    await store.commit(inserted(record('late', { jobs: [job('transmit', NOW - 1)] })));
    await store.commit(inserted(record('early', { jobs: [job('transmit', NOW - 9)] })));
    await store.commit(inserted(record('future', { jobs: [job('transmit', NOW + 1)] })));
    await store.commit(inserted(record('other', { jobs: [job('collect', NOW - 9)] })));
    const claimed = await store.claim(WORK, NOW, 1_000, 10);
    expect(ids(claimed)).toEqual(['early', 'late']);
    expect(claimed.map((one) => one.version)).toEqual([2, 2]);
    expect(claimed[0]?.jobs).toEqual([job('transmit', NOW - 9)]);
  });

  test('a claim takes at most what was asked, the oldest over all kinds', async () => {
    const store = given();
    for (const [i, kind] of WORK.entries()) {
      await store.commit(inserted(record(`m${i}`, { jobs: [job(kind, NOW - 10 + i)] })));
    }
    expect(ids(await store.claim([...WORK].reverse(), NOW, 1_000, 3))).toEqual(['m0', 'm1', 'm2']);
    expect(ids(await store.claim(WORK, NOW, 1_000, 3))).toEqual(['m3']);
    expect(await store.claim([], NOW, 1_000, 3)).toEqual([]);
  });

  test('a message with several jobs is claimed once', async () => {
    const store = given();
    await store.commit(inserted(record('m1', { jobs: [job('answer', NOW), job('deliver', NOW - 5)] })));
    expect(ids(await store.claim(WORK, NOW, 1_000, 10))).toEqual(['m1']);
    expect(await store.claim(WORK, NOW, 1_000, 10)).toEqual([]);
  });

  test('pains 12 parallel claims never give one message to two', async () => {
    const store = given();
    for (let i = 0; i < 40; i += 1) {
      await store.commit(inserted(record(`m${i}`, { jobs: [job('transmit', NOW)] })));
    }
    const claimed = await Promise.all(Array.from({ length: 10 }, () => store.claim(WORK, NOW, 1_000, 7)));
    const all = claimed.flatMap(ids);
    expect(all).toHaveLength(40);
    expect(new Set(all).size).toBe(40);
  });

  test('row 12 a worker that was frozen past its lease is told conflict', async () => {
    const store = given();
    const message = record('m1', { jobs: [job('transmit', NOW)] });
    await store.commit(inserted(message));
    const [frozen] = await store.claim(WORK, NOW, 1_000, 1);
    expect(await store.claim(WORK, NOW + 999, 1_000, 1)).toEqual([]);
    const [second] = await store.claim(WORK, NOW + 1_000, 1_000, 1);
    expect([frozen?.version, second?.version]).toEqual([2, 3]);
    expect(await store.commit(changed(2, { ...message, jobs: [] }))).toBe('conflict');
    expect(await store.commit(changed(3, { ...message, jobs: [] }))).toBe('ok');
    expect((await store.journal(message.id)).map((line) => line.event)).toEqual(['accepted', 'after 3']);
    expect(await store.claim(WORK, NOW + 9_000, 1_000, 1)).toEqual([]);
  });

  test('D1 a commit sets the due times anew from its jobs, so that the next job falls due at once', async () => {
    const store = given();
    const message = record('m1', { jobs: [job('answer', NOW), job('deliver', NOW)] });
    await store.commit(inserted(message));
    const [claimed] = await store.claim(WORK, NOW, 60_000, 1);
    await store.commit(changed(claimed?.version ?? 0, { ...message, jobs: [job('deliver', NOW)] }));
    expect(ids(await store.claim(WORK, NOW, 60_000, 1))).toEqual(['m1']);
  });

  test('rows 7 12 a commit for another job does not offer a collected message a second time', async () => {
    const store = given();
    const collect = job('collect', NOW);
    const message = record('m1', { jobs: [job('answer', NOW), collect] });
    await store.commit(inserted(message));
    await store.claim(['collect'], NOW, 60_000, 1);
    const [worker] = await store.claim(WORK, NOW, 60_000, 1);
    expect(await store.commit(changed(worker?.version ?? 0, { ...message, jobs: [collect] }))).toBe('ok');
    expect(await store.claim(['collect'], NOW + 59_999, 60_000, 1)).toEqual([]);
    expect(ids(await store.claim(['collect'], NOW + 60_000, 60_000, 1))).toEqual(['m1']);
  });

  test('a collect job that is moved by an operator falls due at its new time', async () => {
    const store = given();
    const message = record('m1', { jobs: [job('collect', NOW)] });
    await store.commit(inserted(message));
    const [claimed] = await store.claim(['collect'], NOW, 60_000, 1);
    await store.commit(changed(claimed?.version ?? 0, { ...message, jobs: [job('collect', NOW + 5)] }));
    expect(ids(await store.claim(['collect'], NOW + 5, 60_000, 1))).toEqual(['m1']);
  });

  test('backlog counts what is due per kind, leased work not, and gives a row for each kind', async () => {
    const store = given();
    await store.commit(inserted(record('m1', { jobs: [job('transmit', NOW - 50)] })));
    await store.commit(inserted(record('m2', { jobs: [job('transmit', NOW - 20), job('answer', NOW + 1)] })));
    await store.commit(inserted(record('m3', { jobs: [job('notify', NOW - 5)] })));
    await store.claim(['notify'], NOW, 1_000, 1);
    expect([...(await store.backlog(NOW))].sort((a, b) => a.kind.localeCompare(b.kind))).toEqual([
      { kind: 'answer', ready: 0 },
      { kind: 'collect', ready: 0 },
      { kind: 'deliver', ready: 0 },
      { kind: 'notify', ready: 0 },
      { kind: 'transmit', ready: 2, oldestDueAt: NOW - 50 },
    ]);
  });
}

function finding(given: Given): void {
  const fill = async (store: OpenedStore): Promise<void> => {
    const business = { berichtcode: 'Di01', referentienummer: 'R-3', functie: 'WMO301', zender: 'a', ontvanger: 'b' };
    await store.commit(inserted(record('m1', { acceptedAt: NOW })));
    await store.commit(inserted(record('m2', { acceptedAt: NOW + 1, state: 'parked', cpaId: 'cpa-2' })));
    await store.commit(inserted(record('m3', { acceptedAt: NOW + 2, business })));
    await store.commit(inserted(record('m4', { acceptedAt: NOW + 2, direction: 'out', state: 'failed' })));
  };
  const search = async (store: OpenedStore, filter: Parameters<OpenedStore['search']>[0]): Promise<string[]> =>
    ids((await store.search(filter, { limit: 10 })).messages);

  test('search filters by each field, newest first', async () => {
    const store = given();
    await fill(store);
    expect(await search(store, {})).toEqual(['m4', 'm3', 'm2', 'm1']);
    expect(await search(store, { direction: 'out' })).toEqual(['m4']);
    expect(await search(store, { states: ['parked', 'failed'] })).toEqual(['m4', 'm2']);
    expect(await search(store, { states: [] })).toEqual([]);
    expect(await search(store, { cpaId: 'cpa-2' })).toEqual(['m2']);
    expect(await search(store, { messageId: 'm3', states: ['received'] })).toEqual(['m3']);
    expect(await search(store, { messageId: 'm3', states: ['parked'] })).toEqual([]);
    expect(await search(store, { conversationId: 'conversation of m1' })).toEqual(['m1']);
    expect(await search(store, { referentienummer: 'R-3' })).toEqual(['m3']);
    expect(await search(store, { functie: 'WMO301' })).toEqual(['m3']);
    expect(await search(store, { since: NOW + 1, until: NOW + 2 })).toEqual(['m2']);
  });

  test('search follows a change of state', async () => {
    const store = given();
    await fill(store);
    await store.commit(changed(1, record('m2', { acceptedAt: NOW + 1, state: 'delivered' })));
    expect(await search(store, { states: ['parked'] })).toEqual([]);
    expect(await search(store, { states: ['delivered'] })).toEqual(['m2']);
  });

  test('pages of any size give every message once, also with equal times and several states', async () => {
    const store = given();
    const states = ['received', 'parked', 'delivered'] as const;
    for (let i = 0; i < 23; i += 1) {
      const state = states[i % 3] ?? 'received';
      await store.commit(inserted(record(`m${String(i).padStart(2, '0')}`, { acceptedAt: NOW + (i >> 2), state })));
    }
    const all = Array.from({ length: 23 }, (_, i) => `m${String(22 - i).padStart(2, '0')}`);
    for (const filter of [{}, { states: [...states] }]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < 10; page += 1) {
        const found = await store.search(filter, { limit: 5, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...ids(found.messages));
        cursor = found.next;
        if (cursor === undefined) break;
      }
      expect(seen).toEqual(all);
    }
  });

  test.each(['x', 'bnVsbA', Buffer.from('[1]').toString('base64url'), Buffer.from('["a","b"]').toString('base64url')])(
    'a cursor that no page gave is refused: %s',
    async (cursor) => {
      await expect(given().search({}, { limit: 1, cursor })).rejects.toBeInstanceOf(InvalidCursor);
    },
  );
}

async function written(store: OpenedStore, chunks: readonly Uint8Array[]) {
  const writer = store.blobs.writer();
  for (const chunk of chunks) await writer.write(chunk);
  return writer.finish();
}

function blobs(given: Given): void {
  test('D2 a blob of 128 kB comes back inline with its digest, and the caller may use its buffer again', async () => {
    const buffer = Buffer.alloc(INLINE_BLOB_BYTES / 2, 1);
    const writer = given().blobs.writer();
    await writer.write(buffer);
    buffer.fill(2);
    await writer.write(buffer);
    const staged = await writer.finish();
    const whole = Buffer.concat([Buffer.alloc(INLINE_BLOB_BYTES / 2, 1), buffer]);
    expect(staged).toMatchObject({ sha256: sha256(whole), bytes: INLINE_BLOB_BYTES });
    expect(Buffer.compare(staged.inline ?? Buffer.alloc(0), whole)).toBe(0);
  });

  test('D2 a large blob is read back whole, at once and in pieces', async () => {
    const store = given();
    const piece = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 251));
    const staged = await written(
      store,
      Array.from({ length: 20 }, () => piece),
    );
    const whole = Buffer.concat(Array.from({ length: 20 }, () => piece));
    await store.commit(inserted(record('m1', { envelope: refOf(staged) }), { blobs: [staged] }));
    expect(Buffer.compare(await store.blobs.read(refOf(staged)), whole)).toBe(0);
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.blobs.get(refOf(staged))) chunks.push(chunk);
    expect(Buffer.compare(Buffer.concat(chunks), whole)).toBe(0);
  });

  test('an empty blob is a blob', async () => {
    const store = given();
    const staged = await written(store, []);
    await store.commit(inserted(record('m1'), { blobs: [staged] }));
    expect((await store.blobs.read(refOf(staged))).length).toBe(0);
  });

  test('row 23 a blob that is not there is refused', async () => {
    await expect(given().blobs.read({ sha256: 'ab'.repeat(32), bytes: 3 })).rejects.toBeInstanceOf(BlobDamaged);
  });

  test('an aborted blob leaves nothing, and abort may be called again', async () => {
    const writer = given().blobs.writer();
    await writer.write(Buffer.alloc(300_000, 7));
    await writer.abort();
    await writer.abort();
    const ref = { sha256: sha256(Buffer.alloc(300_000, 7)), bytes: 300_000 };
    await expect(given().blobs.read(ref)).rejects.toBeInstanceOf(BlobDamaged);
  });
}

function agreements(given: Given): void {
  const cpa = (text: string) => {
    const xml = Buffer.from(text);
    return { cpaId: 'cpa-1', xml, sha256: sha256(xml), importedAt: NOW, importedBy: 'operator' };
  };

  test('V2 row 82 a CPA with other content is told exists, unless it may replace', async () => {
    const { agreements: cpas } = given();
    expect(await cpas.put(cpa('<one/>'), false)).toBe('ok');
    expect(await cpas.put(cpa('<one/>'), false)).toBe('same');
    expect(await cpas.put(cpa('<two/>'), false)).toBe('exists');
    expect(Buffer.from((await cpas.get('cpa-1'))?.xml ?? []).toString()).toBe('<one/>');
    expect(await cpas.put(cpa('<two/>'), true)).toBe('ok');
    expect(Buffer.from((await cpas.get('cpa-1'))?.xml ?? []).toString()).toBe('<two/>');
    expect(await cpas.list()).toEqual([
      { cpaId: 'cpa-1', sha256: cpa('<two/>').sha256, importedAt: NOW, importedBy: 'operator' },
    ]);
  });

  test('the revision grows with every change and only then', async () => {
    const { agreements: cpas } = given();
    const seen = [await cpas.revision()];
    await cpas.put(cpa('<one/>'), false);
    seen.push(await cpas.revision());
    await cpas.put(cpa('<one/>'), true);
    await cpas.put(cpa('<two/>'), false);
    seen.push(await cpas.revision());
    expect(await cpas.remove('cpa-1')).toBe(true);
    seen.push(await cpas.revision());
    expect(await cpas.remove('cpa-1')).toBe(false);
    seen.push(await cpas.revision());
    const [start = -1] = seen;
    expect(seen.map((revision) => revision - start)).toEqual([0, 1, 1, 2, 2]);
    expect(await cpas.get('cpa-1')).toBeUndefined();
  });
}

function keeping(given: Given): void {
  test('row 32 notes are kept with their evidence, newest first', async () => {
    const store = given();
    const evidence = inline('<Acknowledgment/>');
    await store.note({ at: NOW, event: 'signal.unknown', detail: 'one', evidence });
    await store.note({ at: NOW + 1, event: 'signal.unknown', detail: 'two' });
    await store.note({ at: NOW + 2, event: 'signal.unknown', detail: 'three' });
    expect(await store.notes(2)).toEqual([
      { at: NOW + 2, event: 'signal.unknown', detail: 'three' },
      { at: NOW + 1, event: 'signal.unknown', detail: 'two' },
    ]);
    expect((await store.notes(3))[2]?.evidence).toEqual(refOf(evidence));
    expect(Buffer.from(await store.blobs.read(refOf(evidence))).toString()).toBe('<Acknowledgment/>');
  });

  test('row 49 R111 purge takes only records whose time is over and that have no open job', async () => {
    const store = given();
    await store.commit(inserted(record('over', { keepUntil: NOW - 1 })));
    await store.commit(inserted(record('kept', { keepUntil: NOW })));
    await store.commit(inserted(record('busy', { keepUntil: NOW - 1, jobs: [job('collect', NOW + 9)] })));
    expect(await store.purge(NOW, 10)).toBe(1);
    const left = await store.load([record('over').id, record('kept').id, record('busy').id]);
    expect(left.map((one) => one?.messageId)).toEqual([undefined, 'kept', 'busy']);
    expect(await store.journal(record('over').id)).toEqual([]);
    expect(await store.commit(inserted(record('over')))).toBe('ok');
  });

  test('purge stops at the number asked, also over several transactions', async () => {
    const store = given();
    await Promise.all(
      Array.from({ length: 250 }, (_, i) => store.commit(inserted(record(`m${i}`, { keepUntil: NOW - 1 })))),
    );
    expect(await store.purge(NOW, 230)).toBe(230);
    expect(await store.purge(NOW, 230)).toBe(20);
    expect(await store.purge(NOW, 230)).toBe(0);
  });

  test('D10 a purged or dropped body goes with its last owner, evidence stays', async () => {
    const store = given();
    const [shared, own, evidence] = [inline('shared body'), inline('own body'), inline('evidence')];
    const part = (blob: typeof own) => ({ contentId: 'c', contentType: 'text/xml', blob: refOf(blob) });
    const one = record('one', { parts: [part(shared), part(own), part(evidence)] });
    const journal = [entry('accepted', { evidence: refOf(evidence) })];
    await store.commit(inserted(one, { journal, blobs: [ENVELOPE, shared, own, evidence] }));
    const two = record('two', { parts: [part(shared)], keepUntil: NOW - 1 });
    await store.commit(inserted(two));
    await store.commit(changed(1, { ...one, parts: [] }));
    await expect(store.blobs.read(refOf(own))).rejects.toBeInstanceOf(BlobDamaged);
    expect(Buffer.from(await store.blobs.read(refOf(evidence))).toString()).toBe('evidence');
    expect(Buffer.from(await store.blobs.read(refOf(shared))).toString()).toBe('shared body');
    expect(await store.purge(NOW, 10)).toBe(1);
    await expect(store.blobs.read(refOf(shared))).rejects.toBeInstanceOf(BlobDamaged);
    expect(Buffer.from(await store.blobs.read(refOf(ENVELOPE))).toString()).toBe('<envelope/>');
  });

  test('row 16 probe writes', async () => {
    const store = given();
    const before = store.stats().writes;
    await store.probe();
    expect(store.stats().writes - before).toBe(1);
  });
}
