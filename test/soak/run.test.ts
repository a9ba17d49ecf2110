// A soak of twenty seconds with a fault every five ends with nothing lost; wrong use is told.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { SoakResult } from '../../tools/soak/run.ts';

const MAIN = fileURLToPath(new URL('../../dist/tools/soak/main.js', import.meta.url));
const LONG_MS = 280_000;

async function soak(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'soak-test-'));
  try {
    const child = spawn(process.execPath, [MAIN, '--dir', dir, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, stdout, stderr };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test(
  'mixed traffic through faults ends with nothing lost, nothing twice and nothing without an end',
  async () => {
    const { code, stdout } = await soak(
      '--minutes',
      '0.35',
      '--fault-seconds',
      '5',
      '--rate',
      '6',
      '--seed',
      // Begins with a kill, a partner away and a freeze: faults that need no traffic at the right moment.
      'a',
      '--json',
    );
    const result = JSON.parse(stdout) as SoakResult;
    expect(result).toMatchObject({ good: true, troubles: [], fell: 0 });
    expect(result.counts).toMatchObject({ lost: 0, twice: 0, endless: 0, unanswered: 0, misbelieved: 0 });
    expect(result.counts.accepted).toBe(result.submitted);
    expect(result.counts.delivered + result.counts.faults).toBe(result.counts.accepted);
    expect(result.submitted).toBeGreaterThan(60);
    expect(result.faults.reduce((sum, { struck }) => sum + struck, 0)).toBeGreaterThanOrEqual(2);
    expect(result.measured.openFiles.hub.max).toBeGreaterThan(0);
    expect(result.measured.storeBytes.hub.last).toBeGreaterThan(result.measured.storeBytes.hub.first);
    expect(code).toBe(0);
  },
  LONG_MS,
);

test.each([
  [[], '--hours of --minutes'],
  [['--minutes', 'nul'], '--minutes: verwacht een getal groter dan 0'],
  [['--onbekend'], '--onbekend'],
])('wrong use ends with 2 and says what was expected: %j', async (args, words) => {
  const { code, stderr } = await soak(...args);
  expect(stderr).toContain(words);
  expect(code).toBe(2);
});
