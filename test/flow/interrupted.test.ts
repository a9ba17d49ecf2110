// A gateway that ends, or whose store fails, between the messages of an exchange (acceptance rows 4 and 17, R101).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, test } from '@jest/globals';
import { OIN_TYPE } from '../../adapter/base/index.ts';
import { submitMessage } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { openStore, type Store, StoreUnavailable } from '../../adapter/store/index.ts';
import { inbound, TEST_SERVICE, type TestGateway, testCpa, testGateway, URL_A, URL_B } from '../fixtures/gateway.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

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
      ...(taking ? { reserve: async () => ({ run: () => undefined, release: () => undefined }) } : {}),
    },
  });
}

describe('killed and started again', () => {
  /** A, with its store in a folder; the one before it is gone. */
  async function aOn(folder: string, p: Pair): Promise<TestGateway> {
    const a = await testGateway({
      name: 'a',
      oin: OIN_A,
      cpas: [await testCpa()],
      clock: p.clock,
      wire: p.wire,
      store: await openStore(`sqlite:${folder}`),
    });
    p.wire.doors.set(URL_A, (request) => a.gateway.receive(request));
    return a;
  }
  function folderOf(): string {
    const folder = mkdtempSync(`${tmpdir()}/interrupted-`);
    closing.push(() => rmSync(folder, { recursive: true }));
    return folder;
  }
  async function submitTo(a: TestGateway): Promise<MessageRecord> {
    const party = (value: string) => ({ partyIds: [{ value, type: OIN_TYPE }] });
    const made = await submitMessage(
      {
        cpaId: 'TEST_A_B',
        from: party(OIN_A),
        to: party(OIN_B),
        service: TEST_SERVICE,
        action: 'ggk_Di01',
        uuid: 'een',
        contents: [{ contentId: 'p@a.test', contentType: 'application/xml', content: Buffer.from('<proef/>') }],
      },
      a.context,
    );
    if (!made.ok) throw new Error('not submitted');
    return made.value.record;
  }

  test('R101 R102 T146 a message that was stored and not yet sent is sent', async () => {
    const p = await pairOf();
    const folder = folderOf();
    const a = await aOn(folder, p);
    const { id } = await submitTo(a);
    await a.close();
    expect(p.wire.posts).toEqual([]);
    const again = await aOn(folder, p);
    closing.push(() => again.close());
    await again.work();
    await p.b.work();
    expect((await again.store.load([id]))[0]?.state).toBe('acknowledged');
    expect(await p.received()).toHaveLength(1);
  });

  test('R101 R103 T147 between two attempts: they are counted on, and the same bytes go again', async () => {
    const p = await pairOf();
    const folder = folderOf();
    p.wire.doors.delete(URL_B);
    const a = await aOn(folder, p);
    const { id } = await submitTo(a);
    await a.work();
    await a.close();
    const again = await aOn(folder, p);
    closing.push(() => again.close());
    const now = async () => (await again.store.load([id]))[0];
    expect(await now()).toMatchObject({ state: 'awaitingAck', attempts: 1 });
    for (let minute = 0; minute < 6; minute += 1) {
      p.clock.pass(RETRY_INTERVAL_MS);
      await again.work();
    }
    expect(await now()).toMatchObject({ state: 'failed', attempts: 4 });
    expect(p.wire.posts).toHaveLength(4);
    expect(new Set(p.wire.posts.map(({ body }) => body.toString('latin1'))).size).toBe(1);
  });

  test('R101 R110 T148 after the acknowledgment: a copy gets the same one, and is not delivered again', async () => {
    const p = await pairOf();
    const folder = folderOf();
    const b = await gatewayOn(folder, p, { taking: false });
    p.wire.doors.set(URL_B, (request) => b.gateway.receive(request));
    await p.submit();
    await p.a.work();
    await b.work();
    await b.close();
    const restarted = await gatewayOn(folder, p, { taking: false });
    closing.push(() => restarted.close());
    const [sent] = p.wire.posts;
    const copy = inbound(sent?.body ?? Buffer.alloc(0), sent?.headers ?? {}, OIN_A);
    expect((await restarted.gateway.receive(copy)).status).toBe(204);
    await restarted.work();
    const acks = p.wire.posts.filter(({ url }) => url === URL_A).map(({ body }) => body.toString('latin1'));
    expect(acks).toHaveLength(2);
    expect(new Set(acks).size).toBe(1);
    expect(await restarted.gateway.offer(10, LEASE_MS)).toHaveLength(1);
  });
});

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
