// Contract of what is kept and let go: blobs, CPAs, notes, purge.
import { expect, test } from '@jest/globals';
import { BlobDamaged, INLINE_BLOB_BYTES, type OpenedStore } from '../../adapter/store/index.ts';
import { changed, ENVELOPE, entry, type Given, inline, inserted, job, NOW, record, refOf, sha256 } from './record.ts';

async function written(store: OpenedStore, chunks: readonly Uint8Array[]) {
  const writer = store.blobs.writer();
  for (const chunk of chunks) await writer.write(chunk);
  return writer.finish();
}

export function kept(given: Given): void {
  test('row 57 what is kept first under a name stays, also when two come together', async () => {
    const store = given();
    expect(await store.keepFirst('messageIdDomain', 'een.example')).toBe('een.example');
    expect(await store.keepFirst('messageIdDomain', 'twee.example')).toBe('een.example');
    const both = await Promise.all(['x', 'y'].map((value) => store.keepFirst('ander', value)));
    expect(both).toEqual(['x', 'x']);
  });
}

export function blobs(given: Given): void {
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

  test('D2 a large blob is read back whole, at once and in pieces, also after a reader gave its octets away', async () => {
    const store = given();
    const piece = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 251));
    const staged = await written(
      store,
      Array.from({ length: 20 }, () => piece),
    );
    const whole = Buffer.concat(Array.from({ length: 20 }, () => piece));
    await store.commit(inserted(record('m1', { envelope: refOf(staged) }), { blobs: [staged] }));
    expect(Buffer.compare(await store.blobs.read(refOf(staged)), whole)).toBe(0);
    const own = await store.blobs.read(refOf(staged));
    structuredClone(own.buffer, { transfer: [own.buffer as ArrayBuffer] });
    expect(own.length).toBe(0);
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

export function agreements(given: Given): void {
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
    const { agreements: cpas, notes } = given();
    const seen = [await cpas.revision()];
    await cpas.put(cpa('<one/>'), false);
    seen.push(await cpas.revision());
    await cpas.put(cpa('<one/>'), true);
    await cpas.put(cpa('<two/>'), false);
    seen.push(await cpas.revision());
    const note = { at: NOW, event: 'cpa.removed', detail: 'cpa-1, door beheer' };
    expect(await cpas.remove('cpa-1', note)).toBe(true);
    seen.push(await cpas.revision());
    expect(await cpas.remove('cpa-1', { ...note, detail: 'nog eens' })).toBe(false);
    seen.push(await cpas.revision());
    expect(await notes(9)).toEqual([note]);
    const [start = -1] = seen;
    expect(seen.map((revision) => revision - start)).toEqual([0, 1, 1, 2, 2]);
    expect(await cpas.get('cpa-1')).toBeUndefined();
  });
}

export function keeping(given: Given): void {
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
