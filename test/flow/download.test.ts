// A part that is fetched: whole, or given up by its caller; either way the reader's file is closed.
import { createHash } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type ApiServer, createApi } from '../../adapter/api/index.ts';
import type { Gateway } from '../../adapter/gateway/index.ts';
import { StoreUnavailable } from '../../adapter/store/index.ts';
import { ownPairs } from '../fixtures/pair.ts';
import { told } from '../fixtures/signal.ts';

const pair = ownPairs();
const KEY = 'app-key';
const CHUNK = Buffer.alloc(64 * 1024, 'x');
const CHUNKS = 500;

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
  const sha256 = createHash('sha256').update(KEY).digest('hex');
  api = createApi(gateway, {
    host: '127.0.0.1',
    port: 0,
    observer: p.a.context.observer,
    keys: [{ name: 'app', sha256, roles: ['application'] }],
  });
  const { port } = await api.listen();
  const fetchPart = (): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const path = `/api/v1/messages/${encodeURIComponent(record.id)}/parts/0`;
      get({ host: '127.0.0.1', port, path, headers: { authorization: `Bearer ${KEY}` }, agent: false }, resolve).on(
        'error',
        reject,
      );
    });
  return { p, readers, fetchPart };
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
});
