// A soak of twenty seconds with a fault every five ends with nothing lost; wrong use is told.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { SoakResult } from '../../tools/soak/run.ts';

const MAIN = fileURLToPath(new URL('../../dist/tools/soak/main.js', import.meta.url));
const LONG_MS = 280_000;

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** A report was written. */
  readonly reported: boolean;
}

/** `begun`: called with the process and its folder when it runs. */
async function soak(args: readonly string[], begun?: (child: ChildProcess, dir: string) => void): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), 'soak-test-'));
  try {
    const child = spawn(process.execPath, [MAIN, '--dir', dir, ...args], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    begun?.(child, dir);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, stdout, stderr, reported: existsSync(join(dir, 'adapter', 'reports', 'soak.md')) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test(
  'mixed traffic through faults ends with nothing lost, nothing twice and nothing without an end',
  async () => {
    // The seed begins with a kill, a partner away and a freeze: faults that need no traffic at the right moment.
    const args = '--minutes 0.35 --fault-seconds 5 --rate 6 --seed a --json --report'.split(' ');
    const { code, stdout, reported } = await soak(args);
    const result = JSON.parse(stdout) as SoakResult;
    expect(result).toMatchObject({ good: true, interrupted: false, askedSeconds: 21, troubles: [], fell: 0 });
    expect(reported).toBe(true);
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

test.each(['SIGINT', 'SIGTERM'] as const)(
  'ended by %s it counts what it did, is not good and writes no report',
  async (signal) => {
    const args = '--minutes 20 --rate 6 --seed a --json --report'.split(' ');
    const { code, stdout, stderr, reported } = await soak(args, (child, dir) => {
      const look = setInterval(() => {
        if (child.exitCode !== null) clearInterval(look);
        if (!existsSync(join(dir, 'gateways', 'last-words'))) return;
        clearInterval(look);
        child.kill(signal);
      }, 20);
    });
    const result = JSON.parse(stdout) as SoakResult;
    expect(result).toMatchObject({ good: false, interrupted: true, askedSeconds: 1_200 });
    expect(result.seconds).toBeLessThan(600);
    expect(stderr).toContain('soak.md is niet geschreven: de proef is afgebroken');
    expect(reported).toBe(false);
    expect(code).toBe(1);
  },
  LONG_MS,
);

test.each([
  [[], '--hours of --minutes'],
  [['--minutes', 'nul'], '--minutes: verwacht een getal groter dan 0'],
  [['--onbekend'], '--onbekend'],
])('wrong use ends with 2 and says what was expected: %j', async (args, words) => {
  const { code, stderr } = await soak(args);
  expect(stderr).toContain(words);
  expect(code).toBe(2);
});
