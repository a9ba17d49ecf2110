// The bench runs: a second of whole messages, all counted at the end, with the ratio on top and where the time went. No figure
// is asserted.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { Stages } from '../../tools/bench/stages.ts';
import { digestOf } from '../../tools/harness/product.ts';

const PRODUCT = digestOf(fileURLToPath(new URL('../../dist/adapter', import.meta.url)));
const MAIN = fileURLToPath(new URL('../../dist/tools/bench/main.js', import.meta.url));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
}

const bench = (...args: string[]): Promise<Outcome> => outcomeOf(begin(...args));

const begin = (...args: string[]) => spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });

async function outcomeOf(child: ReturnType<typeof begin>): Promise<Outcome> {
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

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The REST port of a gateway that answers, once there is one. */
async function answering(configFile: string): Promise<number> {
  for (let i = 0; i < 2_000; i += 1) {
    const port = existsSync(configFile) ? portIn(readFileSync(configFile, 'utf8')) : 0;
    if (port > 0 && (await isOpen(port))) return port;
    await pause(20);
  }
  throw new Error('no gateway answers');
}

/** 0 while it is being written. */
const portIn = (config: string): number =>
  Number(/"api":\{[^}]*?"port":(\d+)/.exec(config.replaceAll(/\s/g, ''))?.[1] ?? 0);

const isOpen = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/live`).then(
    () => true,
    () => false,
  );

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'ended by %s it ends the gateways that it started, and says what was measured so far',
  async (signal, code) => {
    const dir = mkdtempSync(join(tmpdir(), 'bench-test-'));
    try {
      const child = begin('--only', 'pair,start', '--seconds', '300', '--json', '--dir', dir);
      const outcome = outcomeOf(child);
      const ports = [];
      for (const name of ['zender', 'ontvanger']) ports.push(await answering(join(dir, 'pair', name, 'gateway.json')));
      child.kill(signal);
      const { code: ended, out } = await outcome;
      expect(ended).toBe(code);
      expect(JSON.parse(out)).toMatchObject({ interrupted: true, sound: false, machine: {}, bars: [] });
      await pause(200);
      expect(await Promise.all(ports.map(isOpen))).toEqual([false, false]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
  60_000,
);

test('the table says when, how long and of which gateway', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bench-test-'));
  try {
    const child = begin('--only', 'whole', '--seconds', '7', '--dir', dir);
    const outcome = outcomeOf(child);
    child.stdout.once('data', () => child.kill('SIGTERM'));
    const [head] = (await outcome).out.split('\n');
    expect(head).toMatch(
      /^Begonnen \d{4}-\d\d-\d\dT[\d:.]+Z, 7 s per meting onder belasting\. Gateway, .*: [0-9a-f]{12}$/,
    );
    expect(head).toContain(PRODUCT);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 60_000);

test('D11 whole messages: measured beside the machine, none refused, missing or twice; CPU by stage, flame graph', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bench-test-'));
  try {
    const begunAt = Date.now();
    const { code, out } = await bench('--only', 'whole', '--seconds', '1', '--json', '--profile', '--dir', dir);
    const report = JSON.parse(out) as Record<string, Record<string, number>>;
    expect(Object.keys(report).slice(0, 3)).toEqual(['ratio', 'ratioPerCore', 'startedAt']);
    expect(report).toMatchObject({ seconds: 1, interrupted: false, product: PRODUCT });
    expect(Date.parse(String(report.startedAt))).toBeGreaterThanOrEqual(begunAt);
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
