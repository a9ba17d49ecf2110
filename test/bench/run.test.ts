// The bench runs: a second of whole messages, all counted at the end, with the ratio on top and where the time went. No figure
// is asserted.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { Stages } from '../../tools/bench/stages.ts';

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

test('D11 whole messages: measured beside the machine, none refused, missing or twice; CPU by stage, flame graph', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bench-test-'));
  try {
    const { code, out } = await bench('--only', 'whole', '--seconds', '1', '--json', '--profile', '--dir', dir);
    const report = JSON.parse(out) as Record<string, Record<string, number>>;
    expect(Object.keys(report).slice(0, 3)).toEqual(['ratio', 'ratioPerCore', 'machine']);
    expect(report.ratio).toBeGreaterThan(0);
    expect(report.sound).toBe(true);
    expect(report.bars).toEqual(
      expect.arrayContaining([
        {
          part: 'whole',
          name: 'aangekomen',
          value: report.whole?.messages,
          unit: '',
          bar: expect.anything(),
          met: true,
        },
        { part: 'whole', name: 'verkeerd getekend', value: 0, unit: '', bar: { kind: 'atMost', value: 0 }, met: true },
      ]),
    );
    expect(report.whole?.checked).toBeGreaterThan(0);
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
      spaced: { missing: 0, doubled: 0, refused: 0 },
    });
    expect(report.whole?.eventLoopMaxMs).toBeGreaterThanOrEqual(report.whole?.eventLoopP99Ms ?? Number.NaN);
    const { stages } = report.whole as unknown as { stages: Stages };
    expect(stages.messages).toBeGreaterThan(0);
    expect(stages.stages.map(({ name }) => name)).toEqual(expect.arrayContaining(['adapter/gateway', 'libxml2']));
    expect(stages.stages.every(({ us }) => us > 0)).toBe(true);
    expect(stages.flame).toBe(join(dir, 'vlam.html'));
    expect(readFileSync(join(dir, 'vlam.html'), 'utf8')).toContain(`hub, ${stages.messages} berichten`);
    expect(code).toBe(0);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 120_000);
