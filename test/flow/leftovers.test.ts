// Octets that no record names leave no file behind, whoever sent them and however it ended (OPS-7, rows 21, 22).
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createDiskWatch, guardIntake } from '../../adapter/disk.ts';
import { writeMessage } from '../../adapter/ebms/index.ts';
import { openFiles } from '../../adapter/gateway/blob.ts';
import { createEvidenceShares, housekeep } from '../../adapter/gateway/index.ts';
import { openStore, StoreUnavailable } from '../../adapter/store/index.ts';
import { type Change, giveTo, inBody, type Request, requestOf } from '../fixtures/changed.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { giveText, signal } from '../fixtures/signal.ts';

const STRANGER = '00000099000000009000';
const TIMES = 5;
/** Above what a commit carries. */
const LARGE = 300_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const opened: { folder: string; p: Pair }[] = [];
afterEach(async () => {
  for (const { folder, p } of opened.splice(0)) {
    await p.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** B has its store on disk; nobody has a share of evidence. */
async function onDisk() {
  const folder = mkdtempSync(join(tmpdir(), 'dk-left-'));
  const store = await openStore(`sqlite:${folder}`);
  const p = await testPair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' }, { b: { store, blobs: store.blobs } });
  opened.push({ folder, p });
  const evidence = createEvidenceShares({ strangers: 0, partner: 0 });
  Object.assign(p.b.context, { evidence });
  const blobs = join(folder, 'blobs');
  mkdirSync(blobs, { recursive: true });
  const files = (): number =>
    readdirSync(blobs, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length;
  return { p, store, files };
}

const padded = (i: number): Change => inBody('</SOAP:Header>', `${' '.repeat(LARGE + i)}</SOAP:Header>`);

/** A message of A with a part above what a commit carries, not delivered. */
async function largeRequest(p: Pair): Promise<Request> {
  await p.submit(`<proef>${Math.random()}${'y'.repeat(LARGE)}</proef>`);
  const before = p.wire.posts.length;
  p.wire.faults.push(() => Promise.resolve({ kind: 'response', status: 503, headers: {}, body: new Uint8Array() }));
  await p.a.work();
  const post = p.wire.posts[before];
  if (post === undefined) throw new Error('nothing was posted');
  return { body: post.body.toString('latin1'), headers: post.headers };
}

describe('large envelopes', () => {
  test.each([
    ['of a stranger', STRANGER, inBody(/<eb:CPAId>[^<]*</, '<eb:CPAId>ONBEKEND<')],
    ['of a partner, refused', OIN_A, inBody(/<eb:TimeToLive>[^<]*</, '<eb:TimeToLive>2001-01-01T00:00:00Z<')],
  ])('OPS-7 %s', async (_, oin, change) => {
    const { p, files } = await onDisk();
    const request = await requestOf(p);
    const before = files();
    for (let i = 0; i < TIMES; i += 1) {
      const { status, delivered } = await giveTo(p, padded(i)(change(request)), oin);
      expect([status, delivered]).toEqual([200, 0]);
    }
    expect(files()).toBe(before);
  });

  test('OPS-7 row 46 of copies: only that of the first is kept, and can be read', async () => {
    const { p, store, files } = await onDisk();
    const request = await requestOf(p);
    const before = files();
    for (let i = 0; i < TIMES; i += 1) expect((await giveTo(p, padded(i)(request))).status).toBe(200);
    expect(files()).toBe(before + 1);
    const [record] = (await store.search({ direction: 'in' }, { limit: 10 })).messages;
    if (record === undefined) throw new Error('nothing was received');
    expect((await store.blobs.read(record.envelope)).length).toBe(record.envelope.bytes);
  });

  test('OPS-7 of signals that leave no record', async () => {
    const { p, files } = await onDisk();
    await requestOf(p);
    const before = files();
    const ping = writeMessage(signal('Ping', OIN_A, OIN_B));
    for (let i = 0; i < TIMES; i += 1) {
      const text = ping.replace('</SOAP:Header>', `${' '.repeat(LARGE + i)}</SOAP:Header>`);
      expect((await giveText(p.b, text, OIN_A)).status).toBe(200);
    }
    expect(files()).toBe(before);
  });
});

test('rows 1 2 housekeeping leaves what nobody names for six hours: its message may still be being read', async () => {
  const { p, store, files } = await onDisk();
  const [arriving, arrived] = [store.blobs.writer(), store.blobs.writer()];
  await arriving.write(Buffer.alloc(LARGE, 'a'));
  await arrived.write(Buffer.alloc(LARGE, 'b'));
  await arrived.finish();
  p.clock.pass(6 * HOUR - MINUTE);
  expect((await housekeep(p.b.context)).swept).toBe(0);
  expect(files()).toBe(2);
  p.clock.pass(2 * MINUTE);
  expect((await housekeep(p.b.context)).swept).toBe(2);
  expect(files()).toBe(0);
  await arriving.abort();
});

test('row 21 one of two files cannot be written: the other is written to its end before it is taken back', async () => {
  const { store, files: count } = await onDisk();
  let opened = 0;
  const files = openFiles({
    writer: () => {
      opened += 1;
      if (opened === 1) return store.blobs.writer();
      const full = () => Promise.reject(new StoreUnavailable('full'));
      return { write: full, finish: full, abort: () => Promise.resolve() };
    },
  });
  const octets = (fill: string) => files.persist(Buffer.alloc(LARGE, fill));
  await expect(Promise.all([octets('a'), octets('b')])).rejects.toThrow(StoreUnavailable);
  await files.drop();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(count()).toBe(0);
});

test('OPS-7 the same large part of several strangers at once', async () => {
  const { p, files } = await onDisk();
  const request = await largeRequest(p);
  const before = files();
  for (let i = 0; i < 3; i += 1) {
    const replies = await Promise.all([1, 2, 3, 4].map(() => giveTo(p, request, STRANGER)));
    expect(new Set(replies.map(({ delivered }) => delivered))).toEqual(new Set([0]));
  }
  expect(files()).toBe(before);
});

test('OPS-7 the same large part of a stranger and, at the same time, of a partner: it stays', async () => {
  const { p, store } = await onDisk();
  const request = await largeRequest(p);
  await Promise.all([STRANGER, OIN_A, STRANGER, STRANGER].map((oin) => giveTo(p, request, oin)));
  const [record] = (await store.search({ states: ['received'] }, { limit: 10 })).messages;
  const [part] = record?.parts ?? [];
  if (part === undefined) throw new Error('nothing was received');
  expect((await store.blobs.read(part.blob)).length).toBe(part.blob.bytes);
});

describe('parts of what is answered 503', () => {
  test('row 22 above the mark of the disk', async () => {
    const { p, store, files } = await onDisk();
    const requests = [await largeRequest(p), await largeRequest(p)];
    const before = files();
    const marks = { warnPercent: 85, stopPercent: 95 };
    const watch = createDiskWatch(() => Promise.resolve(96), marks, p.b.context.observer);
    await watch.look();
    Object.assign(p.b.context, { store: guardIntake(store, watch) });
    for (const request of requests) expect((await giveTo(p, request)).status).toBe(503);
    watch.stop();
    expect(files()).toBe(before);
  });

  test('row 21 a commit that the disk refuses, and what we submit ourselves', async () => {
    const { p, store, files } = await onDisk();
    const request = await largeRequest(p);
    const before = files();
    const full = { ...store, commit: () => Promise.reject(new StoreUnavailable('disk is full')) };
    Object.assign(p.b.context, { store: full });
    expect((await giveTo(p, request)).status).toBe(503);
    Object.assign(p.a.context, { store: full, blobs: store.blobs });
    await expect(p.submit(`<proef>${'z'.repeat(LARGE)}</proef>`)).rejects.toThrow('disk is full');
    expect(files()).toBe(before);
  });

  test('row 21 when it is taken later its part is whole', async () => {
    const { p, store } = await onDisk();
    const request = await largeRequest(p);
    Object.assign(p.b.context, {
      store: { ...store, commit: () => Promise.reject(new StoreUnavailable('disk is full')) },
    });
    expect((await giveTo(p, request)).status).toBe(503);
    Object.assign(p.b.context, { store });
    expect((await giveTo(p, request)).status).toBe(200);
    const [record] = (await store.search({ states: ['received'] }, { limit: 10 })).messages;
    const [part] = record?.parts ?? [];
    if (part === undefined) throw new Error('nothing was received');
    expect((await store.blobs.read(part.blob)).length).toBe(part.blob.bytes);
  });
});
