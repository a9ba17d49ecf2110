// What a store leaves on disk is for its own user only, and after the end it says so in its own words.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openStore, StoreUnavailable } from '../../adapter/store/index.ts';
import { inserted, NOW, record, refOf } from './record.ts';

let outer: string;
beforeEach(() => {
  outer = mkdtempSync(join(tmpdir(), 'dk-private-'));
});
afterEach(() => rmSync(outer, { recursive: true, force: true }));

describe('D10 row 159', () => {
  test('folders and files of the store are closed to other users', async () => {
    const folder = join(outer, 'data');
    const store = await openStore(`sqlite:${folder}`);
    const writer = store.blobs.writer();
    await writer.write(Buffer.alloc(200_000, 'a'));
    const body = await writer.finish();
    await store.commit(inserted(record('m1', { envelope: refOf(body) }), { blobs: [body] }));
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
    expect(paths.filter((path) => statSync(path).isFile()).length).toBeGreaterThanOrEqual(3);
    const open = [folder, ...paths].filter((path) => (statSync(path).mode & 0o077) !== 0);
    await store.close();
    expect(open).toEqual([]);
  });
});

describe('row 16', () => {
  test('reads of a closed store are StoreUnavailable, not a fault of the program', async () => {
    const folder = join(outer, 'data');
    const store = await openStore(`sqlite:${folder}`);
    await store.close();
    expect(existsSync(join(folder, 'gateway.db'))).toBe(true);
    const reads: readonly (() => Promise<unknown>)[] = [
      () => store.load([record('m1').id]),
      () => store.search({}, { limit: 1 }),
      () => store.journal(record('m1').id),
      () => store.notes(1),
      () => store.backlog(NOW),
      () => store.agreements.get('cpa-1'),
      () => store.agreements.revision(),
      () => store.blobs.read({ sha256: 'ab'.repeat(32), bytes: 1 }),
      () => store.purge(NOW, 1),
      () => store.probe(),
    ];
    for (const read of reads) await expect(read()).rejects.toBeInstanceOf(StoreUnavailable);
  });
});

describe('rows 1 2', () => {
  test('the sweep leaves a body alone that is being written now', async () => {
    const store = await openStore(`sqlite:${join(outer, 'data')}`);
    const writer = store.blobs.writer();
    await writer.write(Buffer.alloc(200_000, 'a'));
    const swept = await store.blobs.sweep(Date.now() - 60_000);
    const body = await writer.finish();
    const read = await store.blobs.read(refOf(body));
    await store.close();
    expect([swept, read.length]).toEqual([0, 200_000]);
  });
});
