// One partner that accepts and never answers: it holds its share of the worker's places, and everybody else is served.
import { afterEach, describe, expect, test } from '@jest/globals';
import { OIN_TYPE } from '../../adapter/base/index.ts';
import type { GatewayContext } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import type { PostOutcome } from '../../adapter/transport/index.ts';
import { createWorker, shareOf, type Worker } from '../../adapter/worker/index.ts';
import { putCpa, testCpa, URL_B } from '../fixtures/gateway.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_B } from '../fixtures/pki.ts';

const OIN_C = '00000099000000003000';
const URL_C = 'https://partij-c.test/ebms';
const WAITING = 200;
const PLACES = 64;
const SHARE = shareOf(PLACES, 8);

interface Rig {
  readonly pair: Pair;
  readonly worker: Worker;
  readonly posts: HangingPosts;
  /** A message for the partner that hangs. */
  submitHanging(): Promise<MessageRecord>;
}

/** Posts to the partner that hangs, until they are let go. */
interface HangingPosts {
  readonly messages: string[];
  /** What happens between a claim in the store and the worker's hearing of it. */
  onClaimed: () => void;
  now: number;
  most: number;
  letGo(outcome: PostOutcome): void;
}

const open: Rig[] = [];
afterEach(async () => {
  for (const { worker, pair, posts } of open.splice(0)) {
    const stopped = worker.stop(5000);
    posts.letGo({ kind: 'failed', reason: 'timeout', detail: 'geen antwoord' });
    await stopped;
    await pair.close();
  }
});

async function rig(pollMs = 20): Promise<Rig> {
  let worker: Worker | undefined;
  const waiting: ((outcome: PostOutcome) => void)[] = [];
  const posts: HangingPosts = {
    messages: [],
    onClaimed: () => undefined,
    now: 0,
    most: 0,
    letGo: (outcome) => {
      for (const one of waiting.splice(0)) one(outcome);
    },
  };
  const pair = await testPair(
    { profile: 'osb-rm', syncReply: 'mshSignalsOnly' },
    { a: { wake: () => worker?.wake(), reserve: (kinds, peerOin) => worker?.reserve(kinds, peerOin) } },
  );
  const cpa = await testCpa({ profile: 'osb-rm', cpaId: 'TEST_A_C' });
  await putCpa(pair.a.store, cpa.replaceAll(OIN_B, OIN_C).replaceAll(URL_B, URL_C), pair.clock.now());
  const { client, store } = pair.a.context;
  const hanging: GatewayContext['client'] = {
    ...client,
    async post(target, body) {
      if (target.peerOin !== OIN_C) return client.post(target, body);
      posts.messages.push(target.url);
      posts.now += 1;
      posts.most = Math.max(posts.most, posts.now);
      const outcome = await new Promise<PostOutcome>((resolve) => waiting.push(resolve));
      posts.now -= 1;
      return outcome;
    },
  };
  const observed: GatewayContext['store'] = {
    ...store,
    claim: async (...args) => {
      const claimed = await store.claim(...args);
      if (claimed.length > 0) posts.onClaimed();
      return claimed;
    },
  };
  worker = createWorker(
    { ...pair.a.context, client: hanging, store: observed },
    { kinds: ['answer', 'transmit', 'deliver', 'notify'], concurrency: PLACES, perPeer: SHARE, pollMs },
  );
  const to = { partyIds: [{ value: OIN_C, type: OIN_TYPE }] };
  const made = { pair, worker, posts, submitHanging: () => pair.submit('<proef/>', { cpaId: 'TEST_A_C', to }) };
  open.push(made);
  return made;
}

/** Waits until the condition holds; at most five seconds. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not happen');
}

const repeat = <T>(times: number, make: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, make));

const acknowledged = async (pair: Pair, records: readonly MessageRecord[]): Promise<boolean> =>
  (await pair.a.store.load(records.map(({ id }) => id))).every((one) => one?.state === 'acknowledged');

describe('a partner that accepts and never answers', () => {
  test('row 18 with 200 older messages for it, those for another partner go out', async () => {
    const { pair, worker, posts, submitHanging } = await rig();
    const stuck = await repeat(WAITING, submitHanging);
    pair.clock.pass(1);
    const [first] = await repeat(1, () => pair.submit());
    worker.start();
    await until(() =>
      acknowledged(
        pair,
        [first].filter((one) => one !== undefined),
      ),
    );
    await until(() => posts.now === SHARE);
    const later = await repeat(80, () => pair.submit());
    await until(() => acknowledged(pair, later));
    expect([posts.now, posts.most]).toEqual([SHARE, SHARE]);
    const attempts = (await pair.a.store.load(stuck.map(({ id }) => id))).map((one) => one?.jobs[0]?.attempts);
    expect(attempts.filter((count) => count === 1)).toHaveLength(SHARE);
    expect(attempts.filter((count) => count === 0)).toHaveLength(WAITING - SHARE);
  });

  test('messages that begin in their own commit have no more than the share either, without an attempt counted', async () => {
    const { pair, worker, posts, submitHanging } = await rig();
    worker.start();
    const stuck = await repeat(WAITING, submitHanging);
    await until(() => posts.now === SHARE);
    const [other] = await repeat(1, () => pair.submit());
    await until(() =>
      acknowledged(
        pair,
        [other].filter((one) => one !== undefined),
      ),
    );
    expect([posts.now, posts.most]).toEqual([SHARE, SHARE]);
    const attempts = (await pair.a.store.load(stuck.map(({ id }) => id))).map((one) => one?.jobs[0]?.attempts);
    expect(attempts.filter((count) => count === 0)).toHaveLength(WAITING - SHARE);
  });

  test('what waited for a place goes on when places come free, without a pause for each', async () => {
    const { worker, posts, submitHanging } = await rig(60_000);
    worker.start();
    await repeat(4 * SHARE, submitHanging);
    for (let round = 1; round <= 4; round += 1) {
      await until(() => posts.messages.length === round * SHARE && posts.now === SHARE);
      posts.letGo({ kind: 'failed', reason: 'timeout', detail: 'geen antwoord' });
    }
    expect(posts.most).toBe(SHARE);
  });
});

describe('room', () => {
  test('a message whose last place is reserved while it is claimed is put back as it was, and goes when there is one', async () => {
    const { pair, worker, posts, submitHanging } = await rig();
    const message = await submitHanging();
    const rooms: ReturnType<Worker['reserve']>[] = [];
    posts.onClaimed = () => {
      posts.onClaimed = () => undefined;
      for (let i = 0; i < SHARE; i += 1) rooms.push(worker.reserve(['transmit'], OIN_C));
    };
    worker.start();
    await until(async () => (await pair.sent(message)).version === 3);
    expect(rooms).not.toContain(undefined);
    expect(await pair.sent(message)).toEqual({ ...message, version: 3 });
    expect(posts.messages).toHaveLength(0);
    rooms[0]?.release();
    await until(() => posts.now === 1);
  });

  test('a peer has no more than its share reserved, and work that is not posted needs none of it', async () => {
    const { worker } = await rig();
    worker.start();
    const rooms = Array.from({ length: SHARE }, () => worker.reserve(['answer', 'deliver'], OIN_C));
    expect(rooms).not.toContain(undefined);
    expect(worker.reserve(['transmit'], OIN_C)).toBeUndefined();
    expect(worker.reserve(['deliver'], OIN_C)).toBeDefined();
    expect(worker.reserve(['transmit'], OIN_B)).toBeDefined();
    rooms[0]?.release();
    expect(worker.reserve(['transmit'], OIN_C)).toBeDefined();
    expect(worker.reserve(['transmit'], OIN_C)).toBeUndefined();
  });

  test.each([
    [64, 8, 16],
    [64, 24, 24],
    [64, 256, 32],
    [16, 8, 8],
    [8, 8, 4],
    [2, 8, 1],
    [1, 8, 1],
  ])('of %d places and %d connections one peer has %d', (places, connections, share) => {
    expect(shareOf(places, connections)).toBe(share);
  });
});
