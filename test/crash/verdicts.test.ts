// What CI makes of the reports of the fuzzer and the crash harness: nothing tried is not good.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { NOTHING } from '../../tools/harness/count.ts';

const SCRIPT = fileURLToPath(new URL('../../.ci/verdicts.mjs', import.meta.url));
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'verdicts-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function verdicts(tool: string, report: unknown): string[] {
  const file = join(dir, 'report.json');
  writeFileSync(file, JSON.stringify(report));
  return spawnSync(process.execPath, [SCRIPT, tool, file], { encoding: 'utf8' }).stdout.trim().split('\n');
}

test('a fuzz target that ran nothing or covered nothing is bad', () => {
  const target = { target: 'mime', seconds: 60, runs: 9, covered: 5, findings: [] };
  const targets = [target, { ...target, runs: 0 }, { ...target, covered: 0 }, { ...target, findings: [{}] }];
  expect(verdicts('fuzz', { targets })).toEqual(['good mime', 'bad mime', 'bad mime', 'bad mime']);
});

test('a crash point that was struck in fewer than nine rounds of ten is bad', () => {
  const point = { point: 'random', rounds: 30, struck: 27, counts: NOTHING, fell: 0, good: true };
  const points = [
    point,
    { ...point, struck: 26 },
    { ...point, good: false },
    { ...point, fell: 1 },
    { ...point, counts: { ...NOTHING, twice: 1 } },
  ];
  expect(verdicts('crash-1', { points })).toEqual(['good random', ...Array(4).fill('bad random')]);
});
