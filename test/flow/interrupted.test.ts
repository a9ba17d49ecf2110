// A gateway that ends, or whose store fails, between the messages of an exchange (acceptance rows 4 and 17).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, expect, test } from '@jest/globals';
import { openStore, type Store, StoreUnavailable } from '../../adapter/store/index.ts';
import { type TestGateway, testCpa, testGateway, URL_A, URL_B } from '../fixtures/gateway.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_B } from '../fixtures/pki.ts';

const LEASE_MS = 20_000;
const RETRY_INTERVAL_MS = 60_000;
let closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

async function pairOf(...args: Parameters<typeof testPair>): Promise<Pair> {
  const p = await testPair(...args);
  closing.push(() => p.close());
  return p;
}

test('row 4 killed after the acknowledgment is stored, before it is sent: it goes out within one retry period, without a resend', async () => {
  const folder = mkdtempSync(`${tmpdir()}/interrupted-`);
  closing.push(() => rmSync(folder, { recursive: true }));
  const p = await pairOf();
  const b = await gatewayOn(folder, p, { taking: true });
  p.wire.doors.set(URL_B, (request) => b.gateway.receive(request));
  const record = await p.submit();
  await p.a.work();
  expect((await p.sent(record)).state).toBe('awaitingAck');
  // The job is begun in the commit itself, so it is under the lease of the process that ends here.
  await b.close();
  const restarted = await gatewayOn(folder, p, { taking: false });
  closing.push(() => restarted.close());
  p.wire.doors.set(URL_B, (request) => restarted.gateway.receive(request));
  await restarted.work();
  expect((await p.sent(record)).state).toBe('awaitingAck');
  p.clock.pass(LEASE_MS + 1);
  expect(LEASE_MS).toBeLessThan(RETRY_INTERVAL_MS);
  await restarted.work();
  expect((await p.sent(record)).state).toBe('acknowledged');
  expect(p.wire.posts.filter(({ url }) => url === URL_B)).toHaveLength(1);
});

/** Another B, whose store outlives it; `taking`: its worker takes what a commit begins and never comes to it. */
async function gatewayOn(folder: string, p: Pair, { taking }: { readonly taking: boolean }): Promise<TestGateway> {
  return testGateway({
    name: 'b',
    oin: OIN_B,
    cpas: [await testCpa()],
    clock: p.clock,
    wire: p.wire,
    store: await openStore(`sqlite:${folder}`),
    override: {
      leaseMs: LEASE_MS,
      ...(taking ? { reserve: () => ({ run: () => undefined, release: () => undefined }) } : {}),
    },
  });
}

const down = (store: Store): (() => void) => {
  const { commit } = store;
  Object.assign(store, { commit: () => Promise.reject(new StoreUnavailable('de opslag is weg')) });
  return () => Object.assign(store, { commit });
};

test('row 17 the store is down when an asynchronous acknowledgment comes: 503, it is sent again, nothing is lost', async () => {
  const p = await pairOf();
  const record = await p.submit();
  await p.a.work();
  const up = down(p.a.store);
  await p.b.work();
  const acks = () => p.wire.posts.filter(({ url }) => url === URL_A);
  expect(acks()).toHaveLength(1);
  expect(acks()[0]?.reply).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
  expect((await p.sent(record)).state).toBe('awaitingAck');
  expect(p.a.events.map(({ event }) => event)).toContain('store.unavailable');
  up();
  p.clock.pass(RETRY_INTERVAL_MS);
  await p.settle();
  expect((await p.sent(record)).state).toBe('acknowledged');
  expect(acks().length).toBeGreaterThan(1);
  expect(await p.received()).toHaveLength(1);
});

test('row 17 the store is down when the acknowledgment stands in the response: the message goes again after the lease', async () => {
  const p = await pairOf({ syncReply: 'mshSignalsOnly' });
  const record = await p.submit();
  let up = (): void => undefined;
  const door = p.wire.doors.get(URL_B);
  p.wire.doors.set(URL_B, async (request) => {
    const reply = await (door ?? p.b.gateway.receive)(request);
    up = down(p.a.store);
    return reply;
  });
  await expect(p.a.work()).rejects.toThrow(StoreUnavailable);
  up();
  p.wire.doors.set(URL_B, (request) => p.b.gateway.receive(request));
  expect((await p.sent(record)).state).toBe('queued');
  expect(await p.received()).toHaveLength(1);
  p.clock.pass(RETRY_INTERVAL_MS + 1);
  await p.settle();
  expect((await p.sent(record)).state).toBe('acknowledged');
  expect(await p.received()).toHaveLength(1);
  expect(p.wire.posts.filter(({ url }) => url === URL_B)).toHaveLength(2);
});
