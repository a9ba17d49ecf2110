// The bench runs: two seconds of whole messages, all counted at the end, with the ratio on top. No figure is asserted.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../../dist/tools/bench/main.js', import.meta.url));

async function bench(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out };
}

test('wrong use ends with 2', async () => {
  expect(await bench('--onbekend')).toEqual({ code: 2, out: '' });
});

test('D11 whole messages: measured beside the machine, none missing, none twice', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bench-test-'));
  try {
    const { code, out } = await bench('--only', 'whole', '--seconds', '2', '--json', '--dir', dir);
    const report = JSON.parse(out) as Record<string, Record<string, number>>;
    expect(Object.keys(report).slice(0, 3)).toEqual(['ratio', 'ratioPerCore', 'machine']);
    expect(report.ratio).toBeGreaterThan(0);
    expect(report.machine).toMatchObject({
      signPerSecond: expect.any(Number),
      verifyPerSecond: expect.any(Number),
      fsyncPerSecond: expect.any(Number),
    });
    expect(report.whole?.messages).toBeGreaterThan(0);
    expect(report.whole).toMatchObject({
      missing: 0,
      doubled: 0,
      refused: 0,
      async: { missing: 0, doubled: 0, refused: 0 },
    });
    expect(code).toBe(0);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 120_000);
