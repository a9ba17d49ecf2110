// Bodies in hand at the REST door: bounded in all and per key, small ones beside large ones, and none that stalls (row 18).
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type ClientRequest, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import express, { type Request, type Response } from 'express';
import { type BodyLimits, bodyReader } from '../../adapter/api/bodies.ts';
import { createApi } from '../../adapter/api/index.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { soon } from '../transport/rig.ts';

const MB = 1024 * 1024;
const LARGEST = 37 * MB;
const KEYS = ['een', 'twee', 'drie'] as const;
type Key = (typeof KEYS)[number];
type Headers = Record<string, string | number>;

const sent: ClientRequest[] = [];
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const request of sent.splice(0)) request.destroy();
  for (const close of closers.splice(0)) await close();
});

/** Begins a request; the server has its head, and has decided about it, when this resolves. */
async function begin(url: string, key: Key, headers: Headers, agent?: Agent): Promise<Begun> {
  const request = httpRequest(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'text/plain', expect: '100-continue', ...headers },
    ...(agent === undefined ? {} : { agent }),
  });
  sent.push(request);
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', (response) => resolve(response.resume())).on('error', reject);
  });
  // Who goes away has no answer.
  answered.catch(() => undefined);
  request.flushHeaders();
  await soon(key, once(request, 'continue'));
  return { request, answered, answer: () => soon(key, answered) };
}
interface Begun {
  readonly request: ClientRequest;
  readonly answered: Promise<IncomingMessage>;
  answer(): Promise<IncomingMessage>;
}

async function post(url: string, key: Key, body: Buffer, headers: Headers = {}): Promise<number | undefined> {
  const { request, answer } = await begin(url, key, { 'content-length': body.length, ...headers });
  request.end(body);
  return (await answer()).statusCode;
}

/** What came in, or was refused, is seen by the status: a body of plain text is read whole, and then is no message. */
const READ = 400;
const room = async (status: () => Promise<number | undefined>): Promise<number | undefined> => {
  let found = await status();
  for (let turn = 0; turn < 100 && found === 503; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    found = await status();
  }
  return found;
};

describe('the REST door', () => {
  let pair: Pair;
  let url = '';
  beforeAll(async () => {
    pair = await testPair();
  });
  afterAll(() => pair.close());
  beforeEach(async () => {
    const keys = KEYS.map((name) => ({
      name,
      sha256: createHash('sha256').update(name).digest('hex'),
      roles: ['application', 'operator'] as const,
    }));
    const api = createApi(pair.a.gateway, { host: '127.0.0.1', port: 0, observer: pair.a.context.observer, keys });
    url = `http://127.0.0.1:${(await api.listen()).port}/api/v1/messages`;
    closers.push(() => api.close());
  });

  /** A body of the largest size that has come in but for its end. */
  const holdLargest = async (key: Key): Promise<Begun> => {
    const held = await begin(url, key, { 'content-length': LARGEST });
    held.request.write('<x');
    return held;
  };

  test('row 18 one key holds half at most; other keys and small bodies are served, until all is taken', async () => {
    await holdLargest('een');
    await holdLargest('een');
    const refused = await (await holdLargest('een')).answer();
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5']);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(await post(url, 'een', Buffer.alloc(256 * 1024))).toBe(READ);
    expect(await post(url, 'twee', Buffer.alloc(2 * MB))).toBe(READ);
    await holdLargest('twee');
    await holdLargest('twee');
    expect((await (await holdLargest('drie')).answer()).statusCode).toBe(503);
    expect(await post(url, 'drie', Buffer.alloc(256 * 1024))).toBe(READ);
  });

  test('row 18 a CPA counts with the messages, and operators are told of what was not read, and how often', async () => {
    const cpas = url.replace(/messages$/, 'cpas');
    expect(await post(cpas, 'een', Buffer.alloc(2 * MB))).toBe(422);
    await holdLargest('een');
    await holdLargest('een');
    const busy = () => pair.a.events.filter(({ event }) => event === 'api.busy');
    const before = busy().length;
    expect(await post(cpas, 'een', Buffer.alloc(2 * MB))).toBe(503);
    expect(busy().slice(before)).toEqual([
      { event: 'api.busy', fields: { remoteAddress: '127.0.0.1', detail: 'POST /api/v1/cpas with key een' } },
    ]);
    expect(await pair.a.context.observer.metricsText()).toContain(
      `dk_events_total{event="api.busy"} ${busy().length}\n`,
    );
    expect(await post(cpas, 'een', Buffer.alloc(5 * MB + 1))).toBe(413);
    expect(await post(`${url}/id/commands`, 'een', Buffer.alloc(10 * 1024 + 1))).toBe(413);
  });

  test('row 18 who goes away half-way gives the room back', async () => {
    const held = await holdLargest('een');
    await holdLargest('een');
    expect(await post(url, 'een', Buffer.alloc(2 * MB))).toBe(503);
    held.request.destroy();
    expect(await room(() => post(url, 'een', Buffer.alloc(2 * MB)))).toBe(READ);
  });

  test('row 18 a body without a length counts as it arrives; its rest is passed over and the connection goes on', async () => {
    const first = await holdLargest('een');
    await holdLargest('een');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    closers.push(async () => agent.destroy());
    const chunked = { 'transfer-encoding': 'chunked' };
    const { request, answer } = await begin(url, 'een', chunked, agent);
    const connection = request.socket;
    request.write(Buffer.alloc(2 * MB));
    expect((await answer()).statusCode).toBe(503);
    request.end(Buffer.alloc(2 * MB));
    const next = await begin(url, 'een', chunked, agent);
    next.request.end('klein');
    expect((await next.answer()).statusCode).toBe(READ);
    expect(next.request.socket).toBe(connection);
    first.request.destroy();
    expect(await room(() => post(url, 'een', Buffer.alloc(2 * MB)))).toBe(READ);
    const again = await begin(url, 'een', chunked);
    again.request.end(Buffer.alloc(2 * MB));
    expect((await again.answer()).statusCode).toBe(READ);
  });

  test('a body above the largest is too large, however full it is', async () => {
    await holdLargest('een');
    await holdLargest('een');
    const tooLarge = await begin(url, 'een', { 'content-length': LARGEST + 1 });
    tooLarge.request.end(Buffer.alloc(LARGEST + 1));
    expect((await tooLarge.answer()).statusCode).toBe(413);
  });

  test('row 18 a body that stalls for 30 s ends', async () => {
    jest.useFakeTimers({ doNotFake: [...ALL_BUT_TIMEOUTS] });
    try {
      const { answered } = await begin(url, 'een', { 'content-length': 10 });
      let ended = false;
      const status = answered.then(({ statusCode }) => {
        ended = true;
        return statusCode;
      });
      jest.advanceTimersByTime(29_000);
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      expect(ended).toBe(false);
      jest.advanceTimersByTime(1_500);
      expect(await status).toBe(408);
    } finally {
      jest.useRealTimers();
    }
  });
});

const ALL_BUT_TIMEOUTS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
] as const;

describe('a door with little room', () => {
  const PACE = { bodyIdleMs: 300, bodyGraceMs: 600, minBodyBytesPerSecond: 200, wholeMs: 60_000 };
  const LIMITS: BodyLimits = { mostBytes: 1_000, largeInHand: 4_000, smallBytes: 100, smallInHand: 400, ...PACE };

  /** Events, with what is said of them. */
  const told: (readonly [string, string | undefined])[] = [];
  beforeEach(() => void told.splice(0));

  /** What came in last. */
  let last: Request | undefined;

  async function open(handle: (request: Request, response: Response) => Promise<void>, limits = LIMITS) {
    const app = express();
    app.use((request, response, next) => {
      last = request;
      response.locals.caller = { name: request.headers.authorization };
      next();
    });
    const withBody = bodyReader({ emit: (event, fields) => void told.push([event, fields.detail]) }, limits);
    app.post('/', withBody(handle));
    app.post('/kort', withBody(handle, 500));
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(async () => {
      server.close();
      server.closeAllConnections();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }
  const atOnce = async (request: Request, response: Response): Promise<void> => {
    response.json({ length: request.body.length });
  };

  test('row 18 what is judged is in hand until it has been judged, also when the caller went away', async () => {
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let judged = 0;
    let closed = 0;
    const url = await open(async (request, response) => {
      if (request.body.length < LIMITS.mostBytes) return atOnce(request, response);
      judged += 1;
      response.once('close', () => {
        closed += 1;
      });
      await gate;
      response.end();
    });
    const two = [
      await begin(url, 'een', { 'content-length': 1_000 }),
      await begin(url, 'een', { 'content-length': 1_000 }),
    ];
    for (const { request } of two) request.end(Buffer.alloc(1_000));
    await until(() => judged === 2);
    two[0]?.request.destroy();
    await until(() => closed === 1);
    expect(await post(url, 'een', Buffer.alloc(200))).toBe(503);
    letGo();
    expect(await room(() => post(url, 'een', Buffer.alloc(200)))).toBe(200);
  });

  test('row 18 a body that stalls gets 408 and gives the room back; one that is slow does not', async () => {
    const url = await open(atOnce);
    const slow = await begin(url, 'een', { 'content-length': 1_000 });
    const stalls = await begin(url, 'een', { 'content-length': 1_000 });
    const before = performance.now();
    for (let part = 0; part < 8; part += 1) {
      slow.request.write(Buffer.alloc(100));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    slow.request.end(Buffer.alloc(200));
    expect(performance.now() - before).toBeGreaterThan(2 * LIMITS.bodyIdleMs);
    expect((await slow.answer()).statusCode).toBe(200);
    const answer = await stalls.answer();
    expect([answer.statusCode, answer.headers.connection]).toEqual([408, 'close']);
    expect(told).toEqual([['api.stalled', 'POST / with key Bearer een']]);
    expect(await post(url, 'een', Buffer.alloc(1_000))).toBe(200);
  });

  /** A byte every 50 ms, until the answer; never longer than 100 of them. */
  async function drip(url: string, bytes: number): Promise<readonly [number | undefined, number]> {
    const { request, answered } = await begin(url, 'een', { 'content-length': 1_000 });
    const before = performance.now();
    request.write(Buffer.alloc(bytes));
    let left = 100;
    const dripping = setInterval(() => {
      left -= 1;
      if (left >= 0) request.write('x');
    }, 50);
    const { statusCode } = await soon('the answer', answered).finally(() => clearInterval(dripping));
    return [statusCode, performance.now() - before];
  }

  test('row 97 a body that trickles in ends when it is too slow, though it never stalls', async () => {
    const [status, ms] = await drip(await open(atOnce), 1);
    expect(status).toBe(408);
    expect(ms).toBeGreaterThan(LIMITS.bodyGraceMs);
    expect(told.map(([event]) => event)).toEqual(['api.stalled']);
  });

  test('row 97 and however fast it began, it ends when it takes too long as a whole', async () => {
    const [status, ms] = await drip(await open(atOnce, { ...LIMITS, wholeMs: 500 }), 900);
    expect(status).toBe(408);
    expect(ms).toBeGreaterThan(450);
    expect(ms).toBeLessThan(3_000);
  });

  test('row 18 two kinds of bodies share the rooms, and each has its own largest', async () => {
    const url = await open(atOnce);
    await begin(url, 'een', { 'content-length': 1_000 });
    await begin(`${url}kort`, 'een', { 'content-length': 500 });
    expect(await post(`${url}kort`, 'een', Buffer.alloc(501))).toBe(413);
    expect(await post(`${url}kort`, 'een', Buffer.alloc(500))).toBe(200);
    await begin(`${url}kort`, 'een', { 'content-length': 500 });
    expect(await post(url, 'een', Buffer.alloc(200))).toBe(503);
    expect(told).toEqual([['api.busy', 'POST / with key Bearer een']]);
  });

  test('row 18 small bodies have a room of their own, which ends too', async () => {
    const url = await open(atOnce);
    await begin(url, 'een', { 'content-length': 100 });
    await begin(url, 'een', { 'content-length': 100 });
    expect(await post(url, 'een', Buffer.alloc(10))).toBe(503);
    expect(await post(url, 'een', Buffer.alloc(1_000))).toBe(200);
    expect(await post(url, 'twee', Buffer.alloc(10))).toBe(200);
  });

  test('row 18 a packed body counts as the largest that it can become', async () => {
    // Who goes away is noticed by that, and not when the time is over.
    const url = await open(atOnce, { ...LIMITS, bodyIdleMs: 60_000, bodyGraceMs: 60_000 });
    const packed = gzipSync(Buffer.alloc(1_000));
    const headers = { 'content-encoding': 'gzip', 'content-length': packed.length };
    const held = await begin(url, 'een', headers);
    await begin(url, 'een', headers);
    expect(await post(url, 'een', Buffer.alloc(200))).toBe(503);
    held.request.destroy();
    expect(await room(() => post(url, 'een', packed, headers))).toBe(200);
  });

  test('row 18 of a body that is refused as it arrives nothing is kept', async () => {
    const url = await open(atOnce);
    await begin(url, 'een', { 'content-length': 1_000 });
    await begin(url, 'een', { 'content-length': 900 });
    const { request, answer } = await begin(url, 'een', { 'transfer-encoding': 'chunked' });
    request.write(Buffer.alloc(90));
    await until(() => (last?.listenerCount('data') ?? 0) > 0);
    request.write(Buffer.alloc(90));
    expect((await answer()).statusCode).toBe(503);
    expect(last?.listenerCount('data')).toBe(0);
    request.end(Buffer.alloc(90));
    await until(() => last?.readableEnded === true);
  });

  async function until(holds: () => boolean): Promise<void> {
    for (let turn = 0; turn < 200 && !holds(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(holds()).toBe(true);
  }
});
