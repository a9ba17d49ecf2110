// A part that is fetched: whole, or given up by its caller; either way the reader's file is closed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type ApiServer, createApi } from '../../adapter/api/index.ts';
import { toPublicId } from '../../adapter/api/views.ts';
import type { Gateway } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { openStore, StoreUnavailable } from '../../adapter/store/index.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { told } from '../fixtures/signal.ts';

const pair = ownPairs();
const KEY = 'app-key';
const CHUNK = Buffer.alloc(64 * 1024, 'x');
const CHUNKS = 500;
const OPEN_FILES = '/proc/self/fd';

let api: ApiServer | undefined;
afterEach(() => api?.close());

/** A gateway whose part is far larger than what lies between it and the caller, and the number of its readers. */
async function serve(broken?: Error) {
  const p = await pair({ profile: 'osb-rm' });
  const record = await p.submit('<proef/>');
  const readers = { opened: 0, closed: 0 };
  async function* blob(): AsyncIterable<Uint8Array> {
    readers.opened += 1;
    try {
      for (let i = 0; i < CHUNKS; i += 1) {
        if (broken !== undefined && i === 10) throw broken;
        yield CHUNK;
      }
    } finally {
      readers.closed += 1;
    }
  }
  const [part] = record.parts;
  if (part === undefined) throw new Error('the message has no part');
  const large = { ...record, parts: [{ ...part, blob: { ...part.blob, bytes: CHUNK.length * CHUNKS } }] };
  const gateway: Gateway = { ...p.a.gateway, blob, message: () => Promise.resolve(large) };
  return { p, readers, fetchPart: await open(gateway, record, p) };
}

/** The door of this gateway, and how to ask it for the first part of a message. */
async function open(gateway: Gateway, { id }: MessageRecord, p: Pair): Promise<() => Promise<IncomingMessage>> {
  const sha256 = createHash('sha256').update(KEY).digest('hex');
  api = createApi(gateway, {
    host: '127.0.0.1',
    port: 0,
    observer: p.a.context.observer,
    keys: [{ name: 'app', sha256, roles: ['application'] }],
  });
  const { port } = await api.listen();
  const path = `/api/v1/messages/${toPublicId(id)}/parts/0`;
  const headers = { authorization: `Bearer ${KEY}` };
  return () =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, path, headers, agent: false }, resolve).on('error', reject);
    });
}

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !done(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a part', () => {
  test('row 157 comes whole', async () => {
    const { readers, fetchPart } = await serve();
    let bytes = 0;
    for await (const chunk of await fetchPart()) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(CHUNK.length * CHUNKS);
    expect(readers).toEqual({ opened: 1, closed: 1 });
  });

  test.each([
    ['bug', new Error('a fault of ours')],
    ['store.unavailable', new StoreUnavailable('the disk is away')],
  ])('row 157 breaks off where it cannot be read any further, and the operator is told: %s', async (name, error) => {
    const { p, fetchPart } = await serve(error);
    const reading = (async () => {
      for await (const _ of await fetchPart());
    })();
    await expect(reading).rejects.toThrow('aborted');
    expect(told(p.a).filter((event) => event === 'bug' || event === 'store.unavailable')).toEqual([name]);
  });

  test('OPS-7 of ten callers who go away none leaves a reader open, and nothing is told as a fault', async () => {
    const { p, readers, fetchPart } = await serve();
    for (let i = 0; i < 10; i += 1) {
      const answer = await fetchPart();
      expect(answer.statusCode).toBe(200);
      await new Promise((resolve) => answer.once('data', resolve));
      answer.destroy();
    }
    await until(() => readers.closed === 10);
    expect(readers).toEqual({ opened: 10, closed: 10 });
    expect(p.a.events.filter(({ event }) => event === 'bug')).toEqual([]);
  });

  (existsSync(OPEN_FILES) ? test : test.skip)(
    'OPS-7 of thirty callers who go away none leaves a file of the store open',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'dk-download-'));
      const store = await openStore(`sqlite:${folder}`);
      const opened = (): number =>
        readdirSync(OPEN_FILES).filter((file) => linkOf(file).startsWith(join(folder, 'blobs'))).length;
      try {
        const p = await pair({ profile: 'osb-rm' }, { a: { store, blobs: store.blobs } });
        const fetchPart = await open(p.a.gateway, await p.submit(`<proef>${'y'.repeat(20_000_000)}</proef>`), p);
        const answers = await Promise.all(Array.from({ length: 30 }, fetchPart));
        expect(opened()).toBeGreaterThan(0);
        for (const answer of answers) answer.destroy();
        await until(() => opened() === 0);
        expect(opened()).toBe(0);
        expect(p.a.events.filter(({ event }) => event === 'bug')).toEqual([]);
      } finally {
        await store.close();
        await rm(folder, { recursive: true });
      }
    },
  );
});

/** Where an open file lies; one that was closed meanwhile lies nowhere. */
function linkOf(file: string): string {
  try {
    return readlinkSync(join(OPEN_FILES, file));
  } catch {
    return '';
  }
}
