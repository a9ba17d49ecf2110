// Large documents take turns by their size and by whose they are; small ones never wait (row 125).
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTurns, TurnsClosed } from '../../adapter/gateway/index.ts';

const LIMITS = { mostBytes: 100, most: 3, freeBytes: 10 };

/** Work that says when it runs and ends when told. */
function stage() {
  const turns = createTurns(LIMITS);
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (name: string, bytes: number, owner = 'one', alone = false): Promise<string> =>
    turns.run({ bytes, owner, alone }, () => {
      running.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await settle();
  };
  return { turns, running, start, settle, end };
}

test('as many run at once as fit, the others in the order of asking', async () => {
  const { running, start, settle, end } = stage();
  const all = [start('a', 60), start('b', 60), start('c', 30)];
  await settle();
  expect(running).toEqual(['a']);
  await end('a');
  expect(running).toEqual(['a', 'b', 'c']);
  await end('b');
  await end('c');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
});

test('one above the bound runs when it is alone, and a small one does not wait for it', async () => {
  const { running, start, settle, end } = stage();
  const large = start('large', 1_000);
  const other = start('other', 20);
  const small = start('small', 10);
  await settle();
  expect(running.toSorted()).toEqual(['large', 'small']);
  await end('large');
  await end('small');
  expect(running.slice(2)).toEqual(['other']);
  await end('other');
  expect(await Promise.all([large, other, small])).toEqual(['large', 'other', 'small']);
});

test('no more than so many run at once, however small', async () => {
  const { running, start, settle, end } = stage();
  for (const name of ['a', 'b', 'c', 'd']) void start(name, 11);
  await settle();
  expect(running).toEqual(['a', 'b', 'c']);
  await end('b');
  expect(running).toEqual(['a', 'b', 'c', 'd']);
});

test('a sender of very many has the next turn after one who has nothing in hand', async () => {
  const { running, start, settle, end } = stage();
  for (let i = 0; i < 20; i += 1) void start(`heavy${i}`, 30, 'heavy');
  await settle();
  void start('other', 40, 'other');
  await end('heavy0');
  expect(running).toEqual(['heavy0', 'heavy1', 'heavy2', 'other']);
  await end('heavy1');
  expect(running).toEqual(['heavy0', 'heavy1', 'heavy2', 'other', 'heavy3']);
});

test('one that is next waits for its room and is not passed by for ever', async () => {
  const { running, start, settle, end } = stage();
  void start('a', 60);
  await settle();
  void start('large', 90, 'other');
  for (let i = 0; i < 5; i += 1) void start(`small${i}`, 11);
  await settle();
  expect(running).toEqual(['a']);
  await end('a');
  expect(running).toEqual(['a', 'large']);
});

test('what is to go alone waits until nothing that takes turns is in hand, be it ever so small, and nothing joins it', async () => {
  const { running, start, settle, end } = stage();
  void start('a', 20);
  void start('suspect', 1, 'other', true);
  void start('b', 20);
  await settle();
  expect(running).toEqual(['a']);
  await end('a');
  expect(running).toEqual(['a', 'suspect']);
  await end('suspect');
  expect(running).toEqual(['a', 'suspect', 'b']);
});

test('when it is closed nobody who waits has a turn, now or later; what is in hand ends, and small ones go', async () => {
  const { turns, running, start, settle, end } = stage();
  const inHand = start('a', 90);
  await settle();
  const waiting = start('b', 90).catch((error: unknown) => error);
  turns.close();
  expect(await waiting).toBeInstanceOf(TurnsClosed);
  await expect(start('c', 90)).rejects.toBeInstanceOf(TurnsClosed);
  await end('a');
  expect(await inHand).toBe('a');
  expect(await turns.run({ bytes: 1, owner: 'one' }, () => Promise.resolve('small'))).toBe('small');
  expect(running).toEqual(['a']);
});

test('a failure gives the turn on', async () => {
  const { turns } = stage();
  const one = { bytes: 100, owner: 'one' };
  await expect(turns.run(one, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await turns.run(one, () => Promise.resolve('next'))).toBe('next');
});

test('under random use every one has its turn, and neither bound is passed', async () => {
  const asked = fc.record({
    bytes: fc.integer({ min: 1, max: 150 }),
    owner: fc.constantFrom('a', 'b', 'c'),
    alone: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { maxLength: 30 }), async (all) => {
      const turns = createTurns(LIMITS);
      const inHand = new Set<(typeof all)[number]>();
      await Promise.all(
        all.map((one) =>
          turns.run(one, async () => {
            if (one.alone || turns.waits(one.bytes)) inHand.add(one);
            const bytes = [...inHand].reduce((sum, { bytes }) => sum + bytes, 0);
            if (inHand.size > 1) {
              expect([...inHand].some(({ alone }) => alone)).toBe(false);
              expect(bytes).toBeLessThanOrEqual(LIMITS.mostBytes);
            }
            expect(inHand.size).toBeLessThanOrEqual(LIMITS.most);
            await new Promise((resolve) => setImmediate(resolve));
            inHand.delete(one);
          }),
        ),
      );
      expect(inHand.size).toBe(0);
    }),
    { numRuns: 100 },
  );
});
