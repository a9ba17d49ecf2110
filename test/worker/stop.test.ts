// The order of an orderly stop: what it cuts off is written down while there is a store to write it in.
import { expect, test } from '@jest/globals';
import { shutDown } from '../../adapter/shut-down.ts';

/** A gateway with one job in hand, which goes on until `cutOffBy` closes and then writes what became of it. */
async function stopped(cutOffBy: 'client' | 'validator'): Promise<readonly string[]> {
  const said: string[] = [];
  let cutOff = (): void => undefined;
  const inHand = new Promise<void>((resolve) => {
    cutOff = resolve;
  })
    .then(() => new Promise((resolve) => setTimeout(resolve, 20)))
    .then(() => said.push('written'));
  let drained = false;
  const closing = (name: string) => ({
    close: async (): Promise<void> => {
      said.push(name);
      if (name === cutOffBy) cutOff();
    },
  });
  await shutDown({
    endpoint: undefined,
    plain: undefined,
    api: undefined,
    worker: {
      // The time for it is over at once the first time.
      stop: async () => {
        if (drained) await inHand;
        drained = true;
      },
    },
    turns: { close: () => said.push('turns') },
    store: closing('store'),
    client: closing('client'),
    validator: closing('validator'),
    observer: { emit: () => undefined },
    timers: [],
    disk: undefined,
  });
  return said;
}

test.each(['client', 'validator'] as const)(
  'OPS-4 what the end of the %s cuts off is written before the store closes',
  async (cutOffBy) => {
    const said = await stopped(cutOffBy);
    expect(said.filter((one) => one !== 'turns').sort()).toEqual(['client', 'store', 'validator', 'written']);
    expect(said[0]).toBe('turns');
    expect(said.at(-1)).toBe('store');
  },
);
