// Who waits for a place of the worker: in turn, not long, and after what lies in the store already.
import { describe, expect, test } from '@jest/globals';
import type { Room } from '../../adapter/gateway/index.ts';
import type { JobKind } from '../../adapter/msh/index.ts';
import { createWaiting, type Waiting } from '../../adapter/worker/waiting.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const PATIENCE_MS = 40;
const room: Room = { run: () => undefined, release: () => undefined };

/** Places are given by hand, of each lane apart. */
function hall(): { waiting: Waiting; open(kind: JobKind, places: number): void } {
  const left = new Map<JobKind, number>();
  const waiting = createWaiting(([kind = 'transmit']) => {
    const places = left.get(kind) ?? 0;
    left.set(kind, Math.max(0, places - 1));
    return places > 0 ? room : undefined;
  }, PATIENCE_MS);
  return {
    waiting,
    open(kind, places) {
      left.set(kind, places);
      waiting.admit();
    },
  };
}

/** What each was told so far, in the order in which they were. */
function told(waits: Readonly<Record<string, Promise<Room | undefined>>>): string[] {
  const said: string[] = [];
  for (const [name, wait] of Object.entries(waits)) {
    void wait.then((given) => said.push(`${name}: ${given === room ? 'room' : 'none'}`));
  }
  return said;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('waiting for a place', () => {
  test('row 18 one is let in for each place that comes free, in the order in which they came', async () => {
    const { waiting, open } = hall();
    const turn = () => waiting.turn(['transmit'], OIN_B);
    const said = told({ first: turn(), second: turn(), third: turn() });
    open('transmit', 1);
    await settled();
    expect(said).toEqual(['first: room']);
    open('transmit', 2);
    await settled();
    expect(said).toEqual(['first: room', 'second: room', 'third: room']);
  });

  test('row 18 nobody waits longer than the patience, nor at all behind one who waited in vain, until the peer moves', async () => {
    const { waiting, open } = hall();
    const startedAt = performance.now();
    expect(await waiting.turn(['transmit'], OIN_B)).toBeUndefined();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(PATIENCE_MS - 5);
    const said = told({ behind: waiting.turn(['transmit'], OIN_B), elsewhere: waiting.turn(['transmit'], OIN_A) });
    await settled();
    expect(said).toEqual(['behind: none']);
    waiting.moved(['transmit'], OIN_B);
    const again = told({ again: waiting.turn(['transmit'], OIN_B) });
    await settled();
    expect(again).toEqual([]);
    open('transmit', 2);
    await settled();
    expect([...said, ...again].sort()).toEqual(['again: room', 'behind: none', 'elsewhere: room']);
  });

  test('row 18 a peer that sends and whose server hangs is not waited for again because of what it sends', async () => {
    const { waiting } = hall();
    expect(await waiting.turn(['transmit'], OIN_B)).toBeUndefined();
    waiting.moved(['deliver'], OIN_B);
    const said = told({ behind: waiting.turn(['transmit'], OIN_B) });
    await settled();
    expect(said).toEqual(['behind: none']);
    waiting.moved(['answer'], OIN_B);
    const again = told({ again: waiting.turn(['transmit'], OIN_B) });
    await settled();
    expect(again).toEqual([]);
  });

  test('row 18 work of one kind is not held up by that of another', async () => {
    const { waiting, open } = hall();
    const said = told({ post: waiting.turn(['transmit'], OIN_B), handOver: waiting.turn(['deliver'], OIN_B) });
    open('deliver', 1);
    await settled();
    expect(said).toEqual(['handOver: room']);
    open('transmit', 1);
    await settled();
    expect(said).toEqual(['handOver: room', 'post: room']);
  });

  test('row 18 no more wait for a peer than can be let in within the patience', async () => {
    const { waiting, open } = hall();
    const turns = Array.from({ length: 65 }, () => waiting.turn(['transmit'], OIN_B));
    expect(await turns[64]).toBeUndefined();
    open('transmit', 64);
    expect((await Promise.all(turns.slice(0, 64))).every((one) => one === room)).toBe(true);
  });
});
