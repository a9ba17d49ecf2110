// Signals that no job carries to partners whose endpoint hangs: a few on their way, the rest not posted, others not in the way (R125).
import { expect, test } from '@jest/globals';
import { createSidePosts } from '../../adapter/gateway/index.ts';
import type { PartnerClient, PostOutcome } from '../../adapter/transport/index.ts';
import { putCpa, testCpa } from '../fixtures/gateway.ts';
import { ownPairs } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { give, signal } from '../fixtures/signal.ts';

const pair = ownPairs();
/** A third party, which has an agreement with B. */
const OIN_X = '00000099000000003000';
const MOST = 8;

/** A client that answers no post until it is told to. */
function hangingClient() {
  const open: { readonly oin: string; readonly end: (outcome: PostOutcome) => void }[] = [];
  const client: PartnerClient = {
    post: ({ peerOin }) => new Promise((resolve) => open.push({ oin: peerOin, end: resolve })),
    close: () => Promise.resolve(),
  };
  return { open, client };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
const TAKEN: PostOutcome = { kind: 'response', status: 204, headers: {}, body: new Uint8Array() };

test('R125 row 59 Pongs to an endpoint that hangs: eight on their way, the rest told once, another partner gets its own', async () => {
  const { open, client } = hangingClient();
  const p = await pair({}, { b: { client } });
  const ofX = (await testCpa({ cpaId: 'TEST_X_B' })).replaceAll(OIN_A, OIN_X);
  await putCpa(p.b.store, ofX, p.clock.now());
  await p.b.context.agreements.refresh();
  const ping = async (oin: string, cpaId = 'TEST_A_B'): Promise<void> => {
    const made = signal('Ping', oin, OIN_B);
    const reply = await give(p.b, { ...made, header: { ...made.header, cpaId } }, oin);
    expect(reply.status).toBe(204);
  };
  const told = () => p.b.events.filter(({ event }) => event === 'answer.failed').map(({ fields }) => fields);
  for (let i = 0; i < 3 * MOST; i += 1) await ping(OIN_A);
  await settled();
  expect(open.map(({ oin }) => oin)).toEqual(Array(MOST).fill(OIN_A));
  expect(told()).toEqual([
    { messageId: expect.any(String), peerOin: OIN_A, detail: expect.stringMatching('not posted') },
  ]);

  await ping(OIN_X, 'TEST_X_B');
  await settled();
  expect(open.at(-1)?.oin).toBe(OIN_X);

  open[0]?.end(TAKEN);
  await settled();
  for (let i = 0; i < 3; i += 1) await ping(OIN_A);
  await settled();
  expect(open.filter(({ oin }) => oin === OIN_A)).toHaveLength(MOST + 1);
  expect(told()).toHaveLength(2);
});

test('row 24 the same signal is not posted beside itself, and again when it has ended, also by a failure', async () => {
  const posts = createSidePosts(2);
  const ends: (() => void)[] = [];
  let full = 0;
  const run = (id: string): Promise<void> =>
    posts.run(
      { partner: OIN_A, id },
      () => new Promise((_resolve, reject) => ends.push(() => reject(new Error('weg')))),
      () => {
        full += 1;
      },
    );
  const first = run('een');
  await run('een');
  expect([ends.length, full]).toEqual([1, 0]);
  ends[0]?.();
  await expect(first).rejects.toThrow('weg');
  void run('een').catch(() => undefined);
  void run('twee').catch(() => undefined);
  await run('drie');
  await run('vier');
  expect([ends.length, full]).toEqual([3, 1]);
});
