// What the fuzzer found once stays mended, and the seeds of every target hold what the target asks (row 175).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { TARGETS, targetNamed } from '../../tools/fuzz/targets/index.ts';

const FOLDER = fileURLToPath(new URL('./regressions', import.meta.url));
const FOUND = readdirSync(FOLDER).flatMap((target) =>
  readdirSync(join(FOLDER, target)).map((name) => [target, name] as const),
);

describe('row 175 findings of the fuzzer', () => {
  test.each(FOUND)('%s: %s', async (target, name) => {
    const prepared = await targetNamed(target)?.prepare();
    expect(prepared).toBeDefined();
    await prepared?.run(readFileSync(join(FOLDER, target, name)));
  });
});

describe('row 175 seeds', () => {
  test.each(TARGETS.map((target) => [target.name, target] as const))('%s', async (_name, target) => {
    const { seeds, run } = await target.prepare();
    expect(seeds.length).toBeGreaterThan(1);
    for (const seed of seeds) await run(seed);
    // An input that is nothing at all must be survived as well.
    await run(Buffer.alloc(0));
  });
});
