// Large documents of one sender at a hub: they do not keep others waiting, nor are they begun twice, nor do they end the hub for ever.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTurns, runJob } from '../../adapter/gateway/index.ts';
import type { Job, MessageRecord, RecordId } from '../../adapter/msh/index.ts';
import { writeStuf } from '../../adapter/stuf/index.ts';
import { createWorker, shareOf, type Worker } from '../../adapter/worker/index.ts';
import { openSchemas } from '../../adapter/xsd/index.ts';
import { type HubRig, heen, openHub } from '../fixtures/hub.ts';
import { until } from './hanging-rig.ts';

const PLACES = 64;
const LARGE = 300_000;
/** As many large documents as the gateway of a test has in hand at once. */
const MOST = 4;

let rig: HubRig;
let worker: Worker | undefined;
/** Large documents that are being read; a reader stays until it is let go. */
let reading: { readonly bytes: number; readonly go: () => void }[];
let begun: number;

beforeEach(async () => {
  rig = await openHub();
  reading = [];
  begun = 0;
  const { validator } = rig.hub.context;
  Object.assign(rig.hub.context, {
    validator: {
      ...validator,
      async readStuf(bytes: Uint8Array, use: 'last' | 'kept') {
        if (bytes.length < LARGE) return validator.readStuf(bytes, use);
        begun += 1;
        const { length } = bytes;
        await new Promise<void>((go) => reading.push({ bytes: length, go }));
        return validator.readStuf(bytes, use);
      },
    },
  });
});
afterEach(async () => {
  const stopped = worker?.stop(5_000);
  for (let i = 0; i < 500 && reading.length > 0; i += 1) {
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await stopped;
  worker = undefined;
  await rig.close();
});

const letGo = (count = reading.length): void => {
  for (const { go } of reading.splice(0, count)) go();
};

/** The hub's own worker, from now on with time that passes. */
function startWorker(leaseMs = rig.hub.context.leaseMs): void {
  const [from, start] = [rig.clock.now(), Date.now()];
  const clock = { now: () => from + Date.now() - start };
  Object.assign(rig.hub.context, { leaseMs, clock });
  worker = createWorker(rig.hub.context, {
    kinds: ['answer', 'transmit', 'deliver', 'notify'],
    concurrency: PLACES,
    perPeer: shareOf(PLACES, 8),
    pollMs: 20,
  });
  worker.start();
}

const document = (spaces: number): Uint8Array =>
  Buffer.concat([Buffer.from(writeStuf(heen('WMO301'))), Buffer.alloc(spaces, ' ')]);

/** Messages that the hub has received and not handed over, of one sender. */
async function received(count: number, peerOin: string, spaces = LARGE): Promise<readonly RecordId[]> {
  const before = new Set((await inHub()).map(({ id }) => id));
  for (let i = 0; i < count; i += 1) await rig.submit(document(spaces));
  await rig.a.work(count + 1);
  const now = (await inHub()).filter(({ id }) => !before.has(id));
  for (const message of now) {
    const terms = { ...message.terms, peerOin };
    const change = { expect: message.version, message: { ...message, terms }, journal: [], blobs: [] };
    expect(await rig.hub.store.commit(change)).toBe('ok');
  }
  expect(now).toHaveLength(count);
  return now.map(({ id }) => id);
}

/** How often the hub's worker has claimed a message from now on. */
function countClaims(): (id: RecordId) => number {
  const { store } = rig.hub;
  const claimed: RecordId[] = [];
  const claim: typeof store.claim = async (...args) => {
    const records = await store.claim(...args);
    claimed.push(...records.map(({ id }) => id));
    return records;
  };
  Object.assign(rig.hub.context, { store: { ...store, claim } });
  return (id) => claimed.filter((one) => one === id).length;
}

const inHub = async (): Promise<readonly MessageRecord[]> =>
  (await rig.hub.store.search({ direction: 'in' }, { limit: 1000 })).messages.filter(
    ({ handover, jobs, state }) => handover === 'deliver' && (jobs.length > 0 || state === 'delivered'),
  );

const states = async (ids: readonly RecordId[]): Promise<readonly (string | undefined)[]> =>
  (await rig.hub.store.load(ids)).map((one) => one?.state);

const delivered = async (ids: readonly RecordId[]): Promise<boolean> =>
  (await states(ids)).every((state) => state === 'delivered');

const deliveries = async (ids: readonly RecordId[]): Promise<readonly (Job | undefined)[]> =>
  (await rig.hub.store.load(ids)).map((one) => one?.jobs.find(({ kind }) => kind === 'deliver'));

test('row 125 however many one sender has waiting, what another sends is handed over meanwhile, small or large', async () => {
  const heavy = await received(80, 'heavy');
  const [small, large] = [await received(3, 'other', 0), await received(1, 'other')];
  startWorker();
  await until(() => delivered(small));
  await until(() => begun === MOST);
  expect(await delivered(heavy)).toBe(false);
  // Three at the most that began before it are let go; then it is its turn.
  for (let i = 0; i < MOST && !(await delivered(large)); i += 1) {
    letGo();
    await until(async () => (await delivered(large)) || reading.length > 0);
  }
  await until(() => delivered(large));
  expect((await states(heavy)).filter((state) => state === 'received').length).toBeGreaterThanOrEqual(80 - 3 * MOST);
});

test('row 12 what waits for its turn beyond the lease, or takes longer than it, is begun once', async () => {
  const leaseMs = 300;
  const ids = await received(2 * MOST, 'heavy');
  const claims = countClaims();
  startWorker(leaseMs);
  await until(() => begun === MOST);
  const until4Leases = Date.now() + 4 * leaseMs;
  while (Date.now() < until4Leases) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(begun).toBe(MOST);
  // Each for its delivery and for its answer at the most.
  expect(Math.max(...ids.map(claims))).toBeLessThanOrEqual(2);
  const counted = (await deliveries(ids)).map((job) => job?.attempts);
  expect(counted.toSorted()).toEqual([...Array(MOST).fill(0), ...Array(MOST).fill(1)]);
  letGo();
  await until(() => reading.length === MOST);
  letGo();
  await until(() => delivered(ids));
  expect(begun).toBe(2 * MOST);
  const records = await rig.hub.store.load(ids);
  expect(records.map((one) => one?.attempts)).toEqual(Array(2 * MOST).fill(1));
});

test('row 51 copies of one that waits for its turn do not have it claimed again', async () => {
  const ids = await received(MOST + 1, 'heavy');
  const claims = countClaims();
  startWorker();
  await until(() => begun === MOST);
  for (let copy = 1; copy <= 10; copy += 1) {
    for (const message of await rig.hub.store.load(ids)) {
      if (message === undefined || (message.attempts ?? 0) > 0) continue;
      const change = { expect: message.version, message: { ...message, copies: copy }, journal: [], blobs: [] };
      expect(await rig.hub.store.commit(change)).toBe('ok');
    }
    worker?.wake();
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  // For its delivery and for its answer.
  expect(Math.max(...ids.map(claims))).toBeLessThanOrEqual(2);
  letGo();
  await until(() => begun === MOST + 1);
  letGo();
  await until(() => delivered(ids));
});

test('row 12 an attempt that was overtaken says nothing of its outcome', async () => {
  const [id] = (await received(1, 'heavy')) as [RecordId];
  const { context, store } = rig.hub;
  const work = async (): Promise<Promise<void>> => {
    const [claimed] = await store.claim(['deliver'], context.clock.now(), context.leaseMs, 1);
    const job = claimed?.jobs.find(({ kind }) => kind === 'deliver');
    if (claimed === undefined || job === undefined) throw new Error('nothing is due');
    return runJob(claimed, job, context);
  };
  const first = work();
  await until(() => begun === 1);
  rig.clock.pass(context.leaseMs + 1);
  const late = reading.splice(0);
  Object.assign(context, { turns: createTurns({ mostBytes: 32_000_000, most: MOST, freeBytes: 256_000 }) });
  const second = work();
  await until(() => begun === 2);
  const before = await store.journal(id);
  for (const { go } of late) go();
  await first;
  expect(await store.journal(id)).toEqual(before);
  expect(await deliveries([id])).toMatchObject([{ attempts: 2, attemptOpen: true, lost: 1 }]);
  letGo();
  await second;
  expect(await delivered([id])).toBe(true);
  expect((await store.search({ direction: 'out' }, { limit: 10 })).messages).toHaveLength(1);
});

test('a gateway that stops gives back what waits for its turn: due at once, without an attempt', async () => {
  const ids = await received(MOST + 3, 'heavy');
  startWorker();
  await until(() => begun === MOST);
  rig.hub.context.turns.close();
  const stopped = worker?.stop(5_000);
  await until(async () => {
    const now = rig.hub.context.clock.now();
    const open = (await deliveries(ids)).filter((job) => job?.attempts === 0);
    return open.length === 3 && open.every((job) => (job?.runAt ?? now + 1) <= now);
  });
  letGo();
  await stopped;
  expect((await states(ids)).filter((state) => state === 'delivered')).toHaveLength(MOST);
  expect(begun).toBe(MOST);
});

test('OPS-4 what a stop cuts off was no attempt: it is due again, and not suspect', async () => {
  const ids = await received(1, 'heavy');
  const own = await openSchemas(new URL('../../schemas', import.meta.url));
  Object.assign(rig.hub.context.validator, {
    readStuf: async (bytes: Uint8Array, use: 'last' | 'kept') => {
      begun += 1;
      await new Promise<void>((go) => reading.push({ bytes: bytes.length, go }));
      return own.readStuf(bytes, use);
    },
  });
  startWorker();
  await until(() => begun === 1);
  expect(await deliveries(ids)).toMatchObject([{ attempts: 1, attemptOpen: true }]);
  rig.hub.context.turns.close();
  await worker?.stop(10);
  await own.close();
  letGo();
  await worker?.stop(5_000);
  const [job, ...others] = await deliveries(ids);
  expect([job?.attempts, job?.attemptOpen, job?.lost, others]).toEqual([0, false, undefined, []]);
});

test('OPS-4 a document that ends the process each time is parked, and what was in hand beside it once is handed over', async () => {
  const DEADLY = 2 * LARGE;
  const [deadly] = (await received(1, 'heavy', DEADLY)) as [RecordId];
  const [beside] = (await received(1, 'other')) as [RecordId];
  const { context, store } = rig.hub;
  const work = async (): Promise<void> => {
    for (const claimed of await store.claim(['deliver'], context.clock.now(), context.leaseMs, 2)) {
      const job = claimed.jobs.find(({ kind }) => kind === 'deliver');
      // Of a process that is gone, and of a store that is closed at the end of the test, nothing is heard.
      if (job !== undefined) void runJob(claimed, job, { ...context }).catch(() => undefined);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  let deaths = 0;
  for (let round = 0; round < 12; round += 1) {
    await work();
    if (reading.some(({ bytes }) => bytes > DEADLY)) {
      deaths += 1;
      expect(reading).toHaveLength(deaths === 1 ? 2 : 1);
      reading.splice(0);
      Object.assign(context, { turns: createTurns({ mostBytes: 32_000_000, most: MOST, freeBytes: 256_000 }) });
    }
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 50));
    rig.clock.pass(context.leaseMs + 1);
  }
  expect(deaths).toBe(5);
  const [parked, other] = await store.load([deadly, beside]);
  expect(parked).toMatchObject({ state: 'parked', problem: expect.stringMatching(/^5 attempts ended/) });
  expect(other).toMatchObject({ state: 'delivered', attempts: 2 });
  expect(await deliveries([deadly])).toEqual([undefined]);
  expect(rig.hub.events.map(({ event }) => event)).toContain('message.parked');
});
