// Targets with a fault on purpose, behind conditions that only coverage leads to: proof that the loop finds faults.
import type { Target } from '../target.ts';

/** Four octets, each a branch of its own: 2^32 to one by chance, a few thousand runs when every step is seen. */
function isKey(input: Buffer): boolean {
  if (input[0] === 0x46) {
    if (input[1] === 0x55) {
      if (input[2] === 0x5a) {
        if (input[3] === 0x7a) return true;
      }
    }
  }
  return false;
}

const planted = (name: string, fault: (input: Buffer) => void): Target => ({
  name,
  about: 'fout met opzet',
  dictionary: [],
  mutators: [],
  prepare: () =>
    Promise.resolve({
      seeds: [Buffer.from('seed of a planted fault')],
      run: (input) => {
        if (isKey(input)) fault(input);
      },
    }),
});

function spin(): void {
  // Never ends on its own: only the parent can stop it.
  for (let at = 0; at >= 0; at = (at + 1) % 1000);
}

function hoard(): void {
  const kept: number[][] = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, (_, i) => i));
}

export const PLANTED: readonly Target[] = [
  planted('planted-error', () => {
    throw new RangeError('planted');
  }),
  planted('planted-hang', spin),
  planted('planted-memory', hoard),
  planted('planted-crash', () => process.abort()),
];
