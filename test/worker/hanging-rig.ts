// A sender with a worker of its own, and partners that accept and never answer beside one that does.
import { afterEach } from '@jest/globals';
import { OIN_TYPE } from '../../adapter/base/index.ts';
import type { GatewayContext } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import type { PostOutcome } from '../../adapter/transport/index.ts';
import { createWorker, shareOf, type Worker } from '../../adapter/worker/index.ts';
import { putCpa, testCpa, URL_B } from '../fixtures/gateway.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_B } from '../fixtures/pki.ts';

export const PLACES = 64;
export const SHARE = shareOf(PLACES, 8);
/** Of the partners that hang, from 0. */
export const hangingOin = (which: number): string => `00000099000000003${String(which).padStart(3, '0')}`;
const MOST_HANGING = 12;
const HANGING = new Set(Array.from({ length: MOST_HANGING }, (_, which) => hangingOin(which)));
const cpaOf = (which: number): string => `TEST_A_H${which}`;

export interface HangingRig {
  readonly pair: Pair;
  readonly worker: Worker;
  readonly posts: HangingPosts;
  /** A message for one of the partners that hang. */
  submitHanging(which?: number): Promise<MessageRecord>;
}

/** Posts to the partners that hang, until they are let go. */
interface HangingPosts {
  readonly messages: string[];
  /** What happens between a claim in the store and the worker's hearing of it. */
  onClaimed: () => void;
  now: number;
  most: number;
  letGo(outcome: PostOutcome): void;
}

const open: HangingRig[] = [];
afterEach(async () => {
  for (const { worker, pair, posts } of open.splice(0)) {
    const stopped = worker.stop(5000);
    posts.letGo({ kind: 'failed', reason: 'timeout', detail: 'geen antwoord' });
    await stopped;
    await pair.close();
  }
});

export async function openHangingRig(pollMs = 20): Promise<HangingRig> {
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
    { a: { wake: () => worker?.wake(), reserve: async (kinds, peerOin) => worker?.admit(kinds, peerOin) } },
  );
  const cpa = await testCpa({ profile: 'osb-rm', cpaId: 'TEST_A_C' });
  for (let which = 0; which < MOST_HANGING; which += 1) {
    const own = cpa.replaceAll(OIN_B, hangingOin(which)).replaceAll(URL_B, `https://partij-${which}.test/ebms`);
    await putCpa(pair.a.store, own.replaceAll('TEST_A_C', cpaOf(which)), pair.clock.now());
  }
  const { client, store } = pair.a.context;
  const hanging: GatewayContext['client'] = {
    ...client,
    async post(target, body) {
      if (!HANGING.has(target.peerOin)) return client.post(target, body);
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
  const submitHanging = (which = 0): Promise<MessageRecord> => {
    const to = { partyIds: [{ value: hangingOin(which), type: OIN_TYPE }] };
    return pair.submit('<proef/>', { cpaId: cpaOf(which), to });
  };
  const made = { pair, worker, posts, submitHanging };
  open.push(made);
  return made;
}

/** Waits until the condition holds; at most five seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not happen');
}

export const repeat = <T>(times: number, make: (which: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, which) => make(which)));

export const acknowledged = async (pair: Pair, records: readonly MessageRecord[]): Promise<boolean> =>
  (await pair.a.store.load(records.map(({ id }) => id))).every((one) => one?.state === 'acknowledged');
