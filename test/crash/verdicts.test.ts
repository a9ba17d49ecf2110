// What CI makes of the reports of the fuzzer and the crash harness: nothing tried is not good.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SPECIAL_NAMES } from '../../tools/crash/circumstances.ts';
import { NOTHING } from '../../tools/harness/count.ts';
import { POINT_NAMES } from '../../tools/harness/points.ts';

const RUN = fileURLToPath(new URL('../../.ci/run', import.meta.url));
const SCRIPT = fileURLToPath(new URL('../../.ci/verdicts.mjs', import.meta.url));
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'verdicts-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function verdicts(tool: string, report: unknown, expected: number): { lines: string[]; status: number | null } {
  const file = join(dir, 'report.json');
  writeFileSync(file, JSON.stringify(report));
  const { stdout, status } = spawnSync(process.execPath, [SCRIPT, tool, file, `${expected}`], { encoding: 'utf8' });
  return { lines: stdout.trim().split('\n'), status };
}

test('a fuzz target that ran nothing or covered nothing is bad', () => {
  const target = { target: 'mime', seconds: 60, runs: 9, covered: 5, findings: [] };
  const targets = [target, { ...target, runs: 0 }, { ...target, covered: 0 }, { ...target, findings: [{}] }];
  const lines = ['good mime', 'bad mime', 'bad mime', 'bad mime'];
  expect(verdicts('fuzz', { targets }, 4)).toEqual({ lines, status: 0 });
});

const point = {
  point: 'random',
  rounds: 30,
  struck: 27,
  skipped: 0,
  counts: NOTHING,
  fell: 0,
  nameless: 0,
  good: true,
};

test('a crash point that was struck in fewer than nine rounds of ten is bad', () => {
  const points = [
    point,
    { ...point, struck: 26 },
    { ...point, rounds: 1, struck: 1 },
    { ...point, struck: 0, skipped: 30 },
    { ...point, good: false },
    { ...point, fell: 1 },
    { ...point, nameless: 1 },
    { ...point, counts: { ...NOTHING, twice: 1 } },
  ];
  const lines = ['good random', ...Array(7).fill('bad random')];
  expect(verdicts('crash-1', { points }, 8)).toEqual({ lines, status: 0 });
});

test('a circumstance needs one round, and is no verdict where it cannot be made', () => {
  const frozen = { ...point, point: 'frozen', rounds: 1, struck: 1 };
  const points = [frozen, { ...frozen, struck: 0 }, { ...frozen, struck: 0, skipped: 1 }, { ...frozen, fell: 1 }];
  const lines = ['good frozen', 'bad frozen', 'skipped frozen', 'bad frozen'];
  expect(verdicts('crash-2', { points }, 4)).toEqual({ lines, status: 0 });
});

test('a report with fewer points than were asked is no report; what CI runs is every point and circumstance once', () => {
  expect(verdicts('crash-1', { points: [point] }, 2).status).toBe(1);
  const asked = [...readFileSync(RUN, 'utf8').matchAll(/^ {2}crash crash-\d (\S+)/gm)].map(([, names]) =>
    (names ?? '').split(','),
  );
  expect(asked.flat().sort()).toEqual([...POINT_NAMES, ...SPECIAL_NAMES].sort());
  const expected = [...readFileSync(RUN, 'utf8').matchAll(/crash-\d=(\d+)/g)].map(([, count]) => Number(count));
  expect(expected).toEqual(asked.map(({ length }) => length));
});

/** The script in a folder of its own, with commands that do nothing but what is told here. */
function runWith(npm: string): { lines: string[]; status: number | null } {
  const bin = join(dir, 'bin');
  mkdirSync(join(dir, '.ci'), { recursive: true });
  mkdirSync(bin);
  copyFileSync(RUN, join(dir, '.ci', 'run'));
  for (const name of ['xmlsec1', 'xmllint', 'make', 'npm']) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${name === 'npm' ? npm : ''}\n`, { mode: 0o755 });
  }
  const { stdout, status } = spawnSync('bash', [join(dir, '.ci', 'run')], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
  return { lines: stdout.trim().split('\n'), status };
}

test('what CI leaves out when npm test fails is told in a line, and the last line has the counts', () => {
  const { lines, status } = runWith('[ "$1" = ci ] && exit 0; echo "Tests:       2 failed, 7 passed, 9 total"; exit 1');
  expect(lines.slice(-2)).toEqual([
    'left out because npm test failed: types, lint, rules, fuzz, crash',
    '7 passed, 2 failed',
  ]);
  expect(status).toBe(1);
});
