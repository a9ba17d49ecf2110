// The worker's door: bounded concurrency, work carried on without a claim, failures that release, an end that waits.
import { afterEach, describe, expect, test } from '@jest/globals';
import type { GatewayContext } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import type { PostOutcome } from '../../adapter/transport/index.ts';
import { createWorker, type Worker, type WorkerOptions } from '../../adapter/worker/index.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_B } from '../fixtures/pki.ts';

const OPTIONS: WorkerOptions = {
  kinds: ['answer', 'transmit', 'deliver', 'notify'],
  concurrency: 4,
  perPeer: 4,
  pollMs: 20,
};

interface Rig {
  readonly pair: Pair;
  readonly worker: Worker;
  /** How often the store was asked for due work. */
  claims(): number;
}

const open: Rig[] = [];
afterEach(async () => {
  for (const { worker, pair } of open.splice(0)) {
    await worker.stop(1000);
    await pair.close();
  }
});

/** A pair whose sender has a worker of its own; the other side works when it is told. */
async function rig(options: Partial<WorkerOptions> = {}, profile: 'osb-rm' | 'osb-be' = 'osb-rm'): Promise<Rig> {
  let worker: Worker | undefined;
  const pair = await testPair(
    { profile, syncReply: profile === 'osb-rm' ? 'mshSignalsOnly' : 'none' },
    { a: { wake: () => worker?.wake(), reserve: async (kinds, peerOin) => worker?.admit(kinds, peerOin) } },
  );
  let claims = 0;
  const { store } = pair.a.context;
  const counted: GatewayContext = {
    ...pair.a.context,
    store: {
      ...store,
      claim: (...args) => {
        claims += 1;
        return store.claim(...args);
      },
    },
  };
  worker = createWorker(counted, { ...OPTIONS, ...options });
  const made = { pair, worker, claims: () => claims };
  open.push(made);
  return made;
}

/** Waits until the condition holds; at most two seconds. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it did not happen');
}

const stateOf = async (pair: Pair, record: MessageRecord) => (await pair.sent(record)).state;
const LOST: PostOutcome = { kind: 'failed', reason: 'timeout', detail: 'geen antwoord' };

describe('carrying on after an insert', () => {
  test('D1 the first attempt is in the commit of the insert, and needs no claim', async () => {
    const { pair, worker, claims } = await rig({ pollMs: 60_000 });
    worker.start();
    await until(() => claims() === 1);
    let seen: MessageRecord | undefined;
    pair.wire.faults.push(async () => {
      [seen] = (await pair.a.store.search({ direction: 'out' }, { limit: 1 })).messages;
      return undefined;
    });
    const record = await pair.submit();
    await until(async () => (await stateOf(pair, record)) === 'acknowledged');
    expect(seen).toMatchObject({ version: 1, state: 'queued', jobs: [{ attempts: 1, attemptOpen: true }] });
    expect(claims()).toBe(1);
  });

  test('row 5 a process that ends before the attempt: another finds the message when the lease is over', async () => {
    const { pair, worker } = await rig();
    worker.start();
    pair.wire.faults.push(() => new Promise(() => undefined));
    const record = await pair.submit();
    await until(() => pair.wire.faults.length === 0);
    expect(await pair.a.work()).toBe(0);
    pair.clock.pass(pair.a.context.leaseMs);
    expect(await pair.a.work()).toBe(1);
    expect(await stateOf(pair, record)).toBe('acknowledged');
    expect((await pair.received()).map(({ copies }) => copies)).toEqual([0]);
  });

  test('DK-016 best effort goes the long way: an attempt without outcome is never sent again', async () => {
    const { pair, worker } = await rig({}, 'osb-be');
    worker.start();
    const record = await pair.submit();
    await until(async () => (await stateOf(pair, record)) === 'sent');
    expect((await pair.sent(record)).version).toBeGreaterThan(2);
  });

  test('row 18 a message that finds no place waits for one, and goes without a claim too', async () => {
    const { pair, worker, claims } = await rig({ concurrency: 1, perPeer: 1, pollMs: 60_000 });
    worker.start();
    await until(() => claims() === 1);
    const seen: number[] = [];
    const look = async (): Promise<undefined> => {
      seen.push((await pair.a.store.search({ direction: 'out' }, { limit: 9 })).messages.length);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return undefined;
    };
    pair.wire.faults.push(look, look, look);
    const records = await Promise.all([pair.submit(), pair.submit(), pair.submit()]);
    const states = (): Promise<string[]> => Promise.all(records.map((one) => stateOf(pair, one)));
    await until(async () => (await states()).every((state) => state === 'acknowledged'));
    expect(seen).toEqual([1, 2, 3]);
    expect(claims()).toBe(1);
  });

  test('row 18 what lies in the store for want of a place goes before who waits for one', async () => {
    const { pair, worker, claims } = await rig({ concurrency: 1, perPeer: 1, pollMs: 60_000 });
    worker.start();
    await until(() => claims() === 1);
    const posts: string[] = [];
    let letGo = (): void => undefined;
    const hold = async (_url: string, body: Buffer): Promise<undefined> => {
      posts.push(/MessageId>([^<]+)/.exec(body.toString('latin1'))?.[1] ?? '');
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      return undefined;
    };
    pair.wire.faults.push(hold, hold, hold, hold);
    const running = await pair.submit();
    await until(() => posts.length === 1);
    // The first waits in vain, and so does whoever came with it.
    const stored = await Promise.all([pair.submit(), pair.submit()]);
    const attempts = (await Promise.all(stored.map((one) => pair.sent(one)))).map(({ jobs }) => jobs[0]?.attempts);
    expect(attempts).toEqual([0, 0]);
    letGo();
    await until(() => posts.length === 2);
    const waiting = pair.submit();
    letGo();
    await until(() => posts.length === 3);
    letGo();
    const last = await waiting;
    await until(() => posts.length === 4);
    expect(await pair.sent(last)).toMatchObject({ version: 1, jobs: [{ attempts: 1, attemptOpen: true }] });
    letGo();
    await until(async () => (await stateOf(pair, last)) === 'acknowledged');
    // Nothing is left there: nobody looks again.
    const looks = claims();
    const next = await pair.submit();
    await until(async () => (await stateOf(pair, next)) === 'acknowledged');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(claims()).toBe(looks);
    const inStore = stored.map(({ messageId }) => messageId);
    expect([posts[0], posts.slice(1, 3).sort(), posts[3]]).toEqual([running.messageId, inStore.sort(), last.messageId]);
  });

  test('D1 the lease of a first attempt counts from its commit, not from before its place was waited for', async () => {
    const ran: MessageRecord[] = [];
    const reserve: GatewayContext['reserve'] = async () => {
      pair.clock.pass(100);
      return { run: (record) => void ran.push(record), release: () => undefined };
    };
    const pair = await testPair({ profile: 'osb-rm' }, { a: { reserve } });
    try {
      await pair.submit();
      expect(ran.map(({ jobs }) => jobs[0]?.runAt)).toEqual([pair.clock.now() + pair.a.context.leaseMs]);
    } finally {
      await pair.close();
    }
  });

  test('D1 a first attempt that is too late when its place comes gives that back and is not begun', async () => {
    const told: string[] = [];
    const reserve: GatewayContext['reserve'] = async () => {
      pair.clock.pass(365 * 86_400_000);
      return { run: () => void told.push('run'), release: () => void told.push('release') };
    };
    const pair = await testPair({ profile: 'osb-rm' }, { a: { reserve } });
    try {
      const record = await pair.submit();
      expect(told).toEqual(['release']);
      expect((await pair.sent(record)).jobs[0]).toMatchObject({ attempts: 0, attemptOpen: false });
    } finally {
      await pair.close();
    }
  });

  test('a commit that fails gives its room back', async () => {
    const { pair, worker } = await rig({ concurrency: 1 });
    worker.start();
    const { store } = pair.a.context;
    const refuse = { ...pair.a.context, store: { ...store, commit: () => Promise.reject(new Error('vol')) } };
    Object.assign(pair.a, { context: refuse });
    await expect(pair.submit()).rejects.toThrow('vol');
    expect(worker.reserve(['transmit'], OIN_B)).toBeDefined();
  });
});

describe('room', () => {
  test('none before the start, none for kinds of another process, none above the concurrency', async () => {
    const { worker } = await rig({ concurrency: 2 });
    expect(worker.reserve(['transmit'], OIN_B)).toBeUndefined();
    worker.start();
    expect(worker.reserve(['collect'], OIN_B)).toBeUndefined();
    expect(worker.reserve(['answer', 'deliver', 'transmit'], OIN_B)).toBeUndefined();
    const room = worker.reserve(['answer', 'deliver'], OIN_B);
    expect(room).toBeDefined();
    expect(worker.reserve(['transmit'], OIN_B)).toBeUndefined();
    room?.release();
    room?.release();
    expect(worker.reserve(['answer', 'deliver'], OIN_B)).toBeDefined();
    expect(worker.reserve(['transmit'], OIN_B)).toBeUndefined();
  });

  test('row 18 who comes while a place is kept for what may lie in the store goes behind whoever waits already', async () => {
    const { worker, claims } = await rig({ concurrency: 1, perPeer: 1, pollMs: 60_000 });
    worker.start();
    await until(() => claims() === 1);
    const taken = worker.reserve(['transmit'], OIN_B);
    const said: string[] = [];
    const come = async (name: string): Promise<void> => {
      const room = await worker.admit(['transmit'], OIN_B);
      said.push(room === undefined ? `${name} in vain` : name);
      room?.release();
    };
    const first = come('first');
    worker.wake();
    taken?.release();
    await Promise.all([first, come('second')]);
    expect(said).toEqual(['first', 'second']);
  });

  test('row 18 more places than there are nobody waits for', async () => {
    const { worker } = await rig({ concurrency: 1, perPeer: 1 });
    worker.start();
    const soon = new Promise((resolve) => setImmediate(resolve, 'waits'));
    expect(await Promise.race([worker.admit(['answer', 'deliver'], OIN_B), soon])).toBeUndefined();
  });

  test('never more at a time than the concurrency, and all come to an end', async () => {
    const { pair, worker } = await rig({ concurrency: 3 });
    worker.start();
    let now = 0;
    let most = 0;
    const slow = async (): Promise<undefined> => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
    };
    for (let i = 0; i < 12; i += 1) pair.wire.faults.push(slow);
    const records = await Promise.all(Array.from({ length: 12 }, () => pair.submit()));
    await until(async () =>
      (await Promise.all(records.map((one) => stateOf(pair, one)))).every((s) => s === 'acknowledged'),
    );
    expect(most).toBe(3);
    expect(await pair.received()).toHaveLength(12);
  });
});

describe('the claiming worker', () => {
  test('R103 what falls due later is found by its poll', async () => {
    const { pair, worker } = await rig();
    worker.start();
    pair.wire.faults.push(() => LOST);
    const record = await pair.submit();
    await until(async () => ((await pair.sent(record)).jobs[0]?.lastProblem ?? '') !== '');
    pair.clock.pass(60_000);
    await until(async () => (await stateOf(pair, record)) === 'acknowledged');
  });

  test('a job that throws is released and told, the others go on', async () => {
    const { pair, worker } = await rig();
    worker.start();
    pair.wire.faults.push(() => Promise.reject(new Error('een fout van ons')));
    const [broken, good] = [await pair.submit(), await pair.submit()];
    await until(async () => (await stateOf(pair, good)) === 'acknowledged');
    await until(() => pair.a.events.some(({ event }) => event === 'job.released'));
    expect(await stateOf(pair, broken)).toBe('queued');
    pair.clock.pass(pair.a.context.leaseMs);
    await until(async () => (await stateOf(pair, broken)) === 'acknowledged');
  });

  test('stopping takes nothing new and waits for what runs', async () => {
    const { pair, worker } = await rig();
    worker.start();
    let letGo = (): void => undefined;
    pair.wire.faults.push(() => new Promise((resolve) => (letGo = () => resolve(undefined))));
    const first = await pair.submit();
    await until(() => pair.wire.faults.length === 0);
    const stopped = worker.stop(5000);
    const second = await pair.submit();
    setTimeout(letGo, 20);
    await stopped;
    expect(await stateOf(pair, first)).toBe('acknowledged');
    expect(await stateOf(pair, second)).toBe('queued');
  });
});
