// The fuzzer must be able to find: each planted fault lies behind four branches, which only its coverage leads to (row 175).
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../../dist/tools/fuzz/main.js', import.meta.url));
const LONG_MS = 300_000;

interface Report {
  readonly good: boolean;
  readonly targets: readonly { readonly runs: number; readonly covered: number; readonly corpus: number }[];
  readonly findings: readonly { readonly target: string; readonly kind: string; readonly file: string }[];
}

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'fuzz-test-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs the compiled tool, in a process group of its own. */
const fuzz = (...args: string[]): Promise<Outcome> => outcomeOf(begin(...args));

const begin = (...args: string[]) =>
  spawn(process.execPath, [MAIN, '--dir', dir, ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });

async function outcomeOf(child: ReturnType<typeof begin>): Promise<Outcome> {
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    error += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, error };
}

describe('planted faults', () => {
  test.each([
    ['planted-error', /^error$/],
    ['planted-hang', /^hang$/],
    // On a busy machine a second is over before there is too much of it.
    ['planted-memory', /^(memory|hang)$/],
    ['planted-crash', /^crash$/],
  ])(
    'row 175 %s is found, kept, and shows itself again',
    async (target, kind) => {
      const { code, out } = await fuzz('--target', target, '--seconds', '200', '--stop', '--seed', 'proef', '--json');
      const report = JSON.parse(out) as Report;
      expect(report.findings).toMatchObject([{ target, kind: expect.stringMatching(kind) }]);
      expect(report.good).toBe(false);
      expect(code).toBe(1);
      const file = report.findings[0]?.file ?? '';
      expect(readFileSync(file, 'latin1').slice(0, 4)).toBe('FUZz');
      const again = await fuzz('--target', target, '--replay', file);
      expect(again.out).toMatch(/: (error|hang|memory|crash): /);
      expect(again.code).toBe(1);
    },
    LONG_MS,
  );
});

test(
  'row 175 a target without faults ends good, and coverage made its corpus grow',
  async () => {
    const { code, out } = await fuzz('--target', 'stuf', '--seconds', '4', '--seed', 'proef', '--json');
    const report = JSON.parse(out) as Report;
    expect(report).toMatchObject({ good: true, interrupted: false, findings: [] });
    expect(report.targets[0]?.runs).toBeGreaterThan(10);
    expect(report.targets[0]?.covered).toBeGreaterThan(50);
    expect(code).toBe(0);
  },
  LONG_MS,
);

test.each(['SIGINT', 'SIGTERM'] as const)(
  'ended by %s it tells what was done of the targets that were begun, and is not good',
  async (signal) => {
    const child = begin('--target', 'stuf,mime', '--seconds', '200', '--seed', signal, '--json');
    const outcome = outcomeOf(child);
    const corpus = join(dir, 'corpus', 'stuf');
    const size = (): number => (existsSync(corpus) ? readdirSync(corpus).length : 0);
    const before = size();
    // Something was kept, so that something was run.
    for (let i = 0; i < 3_000 && size() === before; i += 1) await new Promise((next) => setTimeout(next, 20));
    process.kill(-(child.pid ?? 0), signal);
    const { code, out } = await outcome;
    const report = JSON.parse(out) as Report;
    expect(report).toMatchObject({ good: false, interrupted: true, targets: [{ target: 'stuf' }], findings: [] });
    expect(report.targets).toHaveLength(1);
    expect(report.targets[0]?.runs).toBeGreaterThan(0);
    expect(code).toBe(1);
  },
  LONG_MS,
);

test('a child that is cut before it begins does nothing', () => {
  const orders = { target: 'mime', fuzz: { seed: 'cut', ms: 20_000, corpus: join(dir, 'cut') } };
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', CUT, WATCH, JSON.stringify(orders)], {
    encoding: 'utf8',
    timeout: 15_000,
  });
  expect(JSON.parse(stdout)).toMatchObject({ runs: 0, failure: { message: expect.stringContaining('SIGKILL') } });
});

const WATCH = new URL('../../dist/tools/fuzz/watch.js', import.meta.url).href;
const CUT = `
const [watch, orders] = process.argv.slice(1);
const { watchChild } = await import(watch);
console.log(JSON.stringify(await watchChild(JSON.parse(orders), () => undefined, AbortSignal.abort())));
`;

describe('wrong use', () => {
  test.each([
    [['--target', 'alles'], '--target alles: verwacht een van mime, xml'],
    [['--seconds', 'nul'], '--seconds nul: verwacht een getal vanaf 1'],
    [['--jobs', '0'], '--jobs 0: verwacht een geheel getal vanaf 1'],
    [['--onbekend'], '--onbekend'],
  ])('%j ends with 2 and says what was expected', async (args, words) => {
    const { code, error } = await fuzz(...args);
    expect(error).toContain(words);
    expect(code).toBe(2);
  });
});
