// The inputs that showed something new; a run draws from them, and they are kept in a folder for the next.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.ts';

export interface Corpus {
  readonly size: number;
  add(input: Buffer): void;
  pick(): Buffer;
}

/** Half of the draws are from the newest quarter: what was just found is where more is to be found. */
export function createCorpus(random: Random, folder: string | undefined): Corpus {
  const inputs: Buffer[] = [];
  return {
    get size() {
      return inputs.length;
    },
    add(input) {
      const copy = Buffer.from(input);
      inputs.push(copy);
      if (folder !== undefined) writeFileSync(join(folder, nameOf(copy)), copy);
    },
    pick() {
      const newest = random.chance(0.5) ? Math.floor(inputs.length * 0.75) : 0;
      return inputs[newest + random.below(inputs.length - newest)] ?? Buffer.alloc(0);
    },
  };
}

export const nameOf = (input: Uint8Array): string => createHash('sha256').update(input).digest('hex').slice(0, 16);

/** What earlier runs left in the folder, which is made when it is not there. Small ones first: they are quick. */
export function readCorpus(folder: string): Buffer[] {
  mkdirSync(folder, { recursive: true });
  const inputs = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  return inputs.sort((a, b) => a.length - b.length);
}
