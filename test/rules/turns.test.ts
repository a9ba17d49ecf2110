// Large documents take turns by their size; small ones never wait (row 125).
import { expect, test } from '@jest/globals';
import { createTurns } from '../../adapter/gateway/index.ts';

/** Work that says when it runs and ends when told. */
function stage() {
  const turns = createTurns({ mostBytes: 100, freeBytes: 10 });
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (name: string, bytes: number): Promise<string> =>
    turns.run(bytes, () => {
      running.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { turns, running, start, settle, end: (name: string) => ends.get(name)?.() };
}

test('as many run at once as fit, the others in the order of asking', async () => {
  const { running, start, settle, end } = stage();
  const all = [start('a', 60), start('b', 60), start('c', 30)];
  await settle();
  expect(running).toEqual(['a']);
  end('a');
  await settle();
  expect(running).toEqual(['a', 'b', 'c']);
  end('b');
  end('c');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
});

test('one above the bound runs when it is alone, and a small one does not wait for it', async () => {
  const { running, start, settle, end } = stage();
  const large = start('large', 1_000);
  const other = start('other', 20);
  const small = start('small', 10);
  await settle();
  expect(running.toSorted()).toEqual(['large', 'small']);
  for (const name of ['large', 'small']) end(name);
  await settle();
  expect(running.slice(2)).toEqual(['other']);
  end('other');
  expect(await Promise.all([large, other, small])).toEqual(['large', 'other', 'small']);
});

test('a failure gives the turn on', async () => {
  const { turns } = stage();
  await expect(turns.run(100, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await turns.run(100, () => Promise.resolve('next'))).toBe('next');
});
