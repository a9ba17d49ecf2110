// Partners that accept and never answer: each holds its share of the worker's places, and everybody else is served.
import { describe, expect, test } from '@jest/globals';
import { shareOf, type Worker } from '../../adapter/worker/index.ts';
import { OIN_B } from '../fixtures/pki.ts';
import { acknowledged, hangingOin, openHangingRig, PLACES, repeat, SHARE, until } from './hanging-rig.ts';

const WAITING = 200;

describe('a partner that accepts and never answers', () => {
  test('row 18 with 200 older messages for it, those for another partner go out', async () => {
    const { pair, worker, posts, submitHanging } = await openHangingRig();
    const stuck = await repeat(WAITING, () => submitHanging());
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
    const { pair, worker, posts, submitHanging } = await openHangingRig();
    worker.start();
    const stuck = await repeat(WAITING, () => submitHanging());
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
    const { worker, posts, submitHanging } = await openHangingRig(60_000);
    worker.start();
    await repeat(4 * SHARE, () => submitHanging());
    for (let round = 1; round <= 4; round += 1) {
      await until(() => posts.messages.length === round * SHARE && posts.now === SHARE);
      posts.letGo({ kind: 'failed', reason: 'timeout', detail: 'geen antwoord' });
    }
    expect(posts.most).toBe(SHARE);
  });

  test('row 18 what a claim leaves because others take of its share goes on when a place comes free, without a pause', async () => {
    const { pair, worker, posts, submitHanging } = await openHangingRig(60_000);
    pair.clock.pass(1000);
    await repeat(4, () => submitHanging(1));
    pair.clock.pass(1);
    await submitHanging(0);
    pair.clock.pass(-1001);
    worker.start();
    const rooms = Array.from({ length: SHARE - 1 }, () => worker.reserve(['transmit'], hangingOin(0)));
    expect(rooms).not.toContain(undefined);
    pair.clock.pass(1001);
    worker.wake();
    // One place is left to the first partner, until the older messages of the second are claimed with it.
    await until(() => posts.now === 4);
    rooms[0]?.release();
    await until(() => posts.now === 5);
  });
});

/** Places of each of the partners when they begin to hang one after another. */
const IN_TURN = [16, 12, 9, 6, 5, 4, 3, 2, 1, 1, 1, 1];

describe('several partners that accept and never answer', () => {
  test.each([1, 2, 4, 8, 12])('row 18 with %d of them, messages for another partner go out at once', async (count) => {
    const { pair, worker, posts, submitHanging } = await openHangingRig();
    const stuck = await repeat(count * SHARE, (i) => submitHanging(i % count));
    pair.clock.pass(1);
    const older = await repeat(10, () => pair.submit());
    worker.start();
    await until(() => acknowledged(pair, older));
    const later = await repeat(40, () => pair.submit());
    await until(() => acknowledged(pair, later));
    expect(posts.most).toBeGreaterThanOrEqual(count);
    expect(posts.most).toBeLessThan(PLACES);
    const records = await pair.a.store.load(stuck.map(({ id }) => id));
    expect(records.flatMap((one) => one?.jobs.map(({ attempts }) => attempts > 1) ?? [])).not.toContain(true);
  });

  test('each that hangs later holds fewer places, and there is one for whoever has none', async () => {
    const { worker } = await openHangingRig();
    worker.start();
    const held = IN_TURN.map((_, which) => {
      let places = 0;
      while (places < PLACES && worker.reserve(['transmit'], hangingOin(which)) !== undefined) places += 1;
      return places;
    });
    expect(held).toEqual(IN_TURN);
    expect(worker.reserve(['transmit'], OIN_B)).toBeDefined();
  });
});

describe('room', () => {
  test('a message whose last place is reserved while it is claimed is put back as it was, and goes when there is one', async () => {
    const { pair, worker, posts, submitHanging } = await openHangingRig();
    const message = await submitHanging();
    const rooms: ReturnType<Worker['reserve']>[] = [];
    posts.onClaimed = () => {
      posts.onClaimed = () => undefined;
      for (let i = 0; i < SHARE; i += 1) rooms.push(worker.reserve(['transmit'], hangingOin(0)));
    };
    worker.start();
    await until(async () => (await pair.sent(message)).version === 3);
    expect(rooms).not.toContain(undefined);
    expect(await pair.sent(message)).toEqual({ ...message, version: 3 });
    expect(posts.messages).toHaveLength(0);
    rooms[0]?.release();
    await until(() => posts.now === 1);
  });

  test('a message for which all places are reserved while it is claimed is put back too: never more work than places', async () => {
    const { pair, worker, posts } = await openHangingRig();
    const message = await pair.submit();
    const rooms: ReturnType<Worker['reserve']>[] = [];
    posts.onClaimed = () => {
      posts.onClaimed = () => undefined;
      for (let i = 0; i < PLACES; i += 1) rooms.push(worker.reserve(['notify'], OIN_B));
    };
    worker.start();
    await until(async () => (await pair.sent(message)).version === 3);
    expect(rooms).not.toContain(undefined);
    expect(await pair.sent(message)).toEqual({ ...message, version: 3 });
    rooms[0]?.release();
    await until(() => acknowledged(pair, [message]));
  });

  test('a peer has no more than its share of a lane reserved, and work in the other lane needs none of it', async () => {
    const { worker } = await openHangingRig();
    worker.start();
    const rooms = Array.from({ length: SHARE }, () => worker.reserve(['answer'], hangingOin(0)));
    expect(rooms).not.toContain(undefined);
    expect(worker.reserve(['transmit'], hangingOin(0))).toBeUndefined();
    expect(worker.reserve(['deliver'], hangingOin(0))).toBeDefined();
    expect(worker.reserve(['transmit'], OIN_B)).toBeDefined();
    // The place of another peer leaves it a quarter of 63.
    for (const room of rooms.slice(0, 2)) room?.release();
    expect(worker.reserve(['transmit'], hangingOin(0))).toBeDefined();
    expect(worker.reserve(['transmit'], hangingOin(0))).toBeUndefined();
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
