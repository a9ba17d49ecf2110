// The disk of the store fills up: told early, the intake stops at a mark, everything else goes on (acceptance row 22).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createDiskWatch, type DiskWatch, guardIntake, usedPercentOf } from '../../adapter/disk.ts';
import { createObserver, type EventName } from '../../adapter/observe/index.ts';
import { StoreUnavailable } from '../../adapter/store/index.ts';
import { inbound } from '../fixtures/gateway.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_A } from '../fixtures/pki.ts';

const MARKS = { warnPercent: 85, stopPercent: 95 };
let watches: DiskWatch[] = [];
let pairs: Pair[] = [];
afterEach(async () => {
  for (const watch of watches) watch.stop();
  await Promise.all(pairs.map((pair) => pair.close()));
  watches = [];
  pairs = [];
});

/** A watch over a disk that is as full as the test says. */
function filling() {
  const events: EventName[] = [];
  const observer = createObserver({ name: 'proef', level: 'silent' });
  observer.subscribe((event) => events.push(event));
  let used = 10;
  const watch = createDiskWatch(() => Promise.resolve(used), MARKS, observer);
  watches.push(watch);
  const at = async (percent: number): Promise<void> => {
    used = percent;
    await watch.look();
  };
  return { watch, events, at };
}

/** B keeps its messages on that disk. */
async function fillingPair() {
  const disk = filling();
  const p = await testPair({ syncReply: 'mshSignalsOnly' });
  pairs.push(p);
  const guarded = guardIntake(p.b.store, disk.watch);
  Object.assign(p.b.context, { store: guarded });
  return { ...disk, p, ready: () => guarded.probe() };
}

describe('row 22 the marks', () => {
  test('told once at 85 %, again at 95 %, and when there is room', async () => {
    const { at, events, watch } = filling();
    for (const percent of [84.9, 85, 90, 94.9, 85]) await at(percent);
    expect(events).toEqual(['disk.filling']);
    expect(watch.refusal()).toBeUndefined();
    await at(95);
    expect(events).toEqual(['disk.filling', 'disk.full']);
    expect(watch.refusal()).toContain('95,0 %');
    await at(80);
    expect(events).toEqual(['disk.filling', 'disk.full', 'disk.recovered']);
    expect(watch.refusal()).toBeUndefined();
  });

  test('a disk that hovers around a mark does not open and close the door each time', async () => {
    const { at, events, watch } = filling();
    for (const percent of [95, 94.5, 95, 94.2]) await at(percent);
    expect(events).toEqual(['disk.full']);
    expect(watch.refusal()).toBeDefined();
    await at(93.9);
    expect(watch.refusal()).toBeUndefined();
  });

  test('the share is read from the file system that holds the folder', async () => {
    const folder = mkdtempSync(`${tmpdir()}/disk-test-`);
    try {
      const percent = await usedPercentOf(folder)();
      expect(percent).toBeGreaterThan(0);
      expect(percent).toBeLessThanOrEqual(100);
      await expect(usedPercentOf(`${folder}/absent`)()).rejects.toThrow('ENOENT');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('row 22 a gateway on a disk above the stop mark', () => {
  test('answers 503 with Retry-After to what is new, is not ready, and takes it when there is room', async () => {
    const { p, at, ready } = await fillingPair();
    await at(96);
    const record = await p.submit();
    await p.settle();
    const [first] = p.wire.posts;
    expect(first?.reply).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect(await p.received()).toEqual([]);
    await expect(ready()).rejects.toThrow('96,0 %');
    await at(70);
    await expect(ready()).resolves.toBeUndefined();
    p.clock.pass(60_000);
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(await p.received()).toHaveLength(1);
  });

  test('a copy of what it has is acknowledged', async () => {
    const { p, at } = await fillingPair();
    await p.submit();
    await p.settle();
    await at(96);
    const [post] = p.wire.posts;
    const reply = await p.b.gateway.receive(inbound(post?.body ?? Buffer.alloc(0), post?.headers ?? {}, OIN_A));
    expect(reply.status).toBe(200);
    expect(Buffer.from(reply.body ?? []).toString()).toContain('eb:Acknowledgment');
  });

  test('what it has goes out and is acknowledged; nothing new is submitted', async () => {
    const { watch, at } = filling();
    const p = await testPair();
    pairs.push(p);
    const record = await p.submit();
    Object.assign(p.a.context, { store: guardIntake(p.a.store, watch) });
    await at(96);
    await expect(p.submit()).rejects.toThrow(StoreUnavailable);
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
  });

  test('the application confirms what it collected, and the hub forwards what it took', async () => {
    const { p, at } = await fillingPair();
    await p.submit();
    await p.settle();
    await at(96);
    const [offered] = await p.b.gateway.offer(1, 60_000);
    expect(offered).toBeDefined();
    if (offered !== undefined) expect(await p.b.gateway.confirm(offered.id)).toBe('confirmed');
    const [received] = await p.received();
    if (received === undefined) throw new Error('nothing was received');
    const forwarded = { ...received, id: 'out|doorgezonden' as typeof received.id, originId: received.id };
    const change = { expect: 'new', message: forwarded, journal: [], blobs: [] } as const;
    expect(await p.b.context.store.commit(change)).toBe('ok');
  });
});
