// The crash harness must be able to fail: it catches three gateways built wrongly, and passes the one built rightly.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../../dist/tools/crash/main.js', import.meta.url));
const LONG_MS = 180_000;
const POINTS = [
  'bodyHalf',
  'blobWritten',
  'committedNotAnswered',
  'answerHalf',
  'claimedNotPosted',
  'postedNotCommitted',
  'ackNotCommitted',
  'forwardedNotSettled',
  'cpaActivation',
  'random',
];

interface Outcome {
  readonly code: number | null;
  readonly stderr: string;
  readonly report: {
    readonly good: boolean;
    readonly points: readonly {
      readonly point: string;
      readonly rounds: number;
      readonly struck: number;
      readonly counts: Readonly<Record<string, number>>;
    }[];
    readonly bad: readonly { readonly struck: boolean; readonly counts: Readonly<Record<string, number>> }[];
  };
}

/** Runs the compiled tool in a folder of its own. */
async function crash(...args: string[]): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), 'crash-test-'));
  try {
    const child = spawn(process.execPath, [MAIN, '--json', '--dir', dir, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const report = stdout.startsWith('{') ? JSON.parse(stdout) : { good: false, points: [], bad: [] };
    return { code, stderr, report: report as Outcome['report'] };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describe('the gateway as it is', () => {
  test(
    'row 1 row 2 row 3 row 5 row 6 row 8 T118 three rounds at each point: killed there, nothing lost, nothing twice, nobody unanswered',
    async () => {
      const { report, code } = await crash('--rounds', '3', '--point', POINTS.join(','), '--seed', 'proef');
      expect(report.bad).toEqual([]);
      expect(report.points.map(({ point, rounds, struck }) => [point, rounds, struck])).toEqual(
        POINTS.map((point) => [point, 3, 3]),
      );
      for (const { counts } of report.points) {
        expect(counts.accepted).toBeGreaterThanOrEqual(3);
        expect((counts.delivered ?? 0) + (counts.faults ?? 0)).toBe(counts.accepted);
      }
      expect(code).toBe(0);
    },
    LONG_MS,
  );

  test(
    'row 12 a worker frozen longer than its lease is overtaken by another, and its late writes change nothing',
    async () => {
      const { report } = await crash('--rounds', '1', '--point', 'frozen', '--seed', 'proef');
      expect(report.bad).toEqual([]);
      expect(report.points).toMatchObject([{ point: 'frozen', struck: 1 }]);
    },
    LONG_MS,
  );
});

describe('gateways built wrongly are caught', () => {
  const wrong = (broken: string): Promise<Outcome> =>
    crash(
      '--rounds',
      '10',
      '--point',
      'committedNotAnswered,postedNotCommitted',
      '--seed',
      'proef',
      '--broken',
      broken,
      '--stop',
    );

  test(
    'row 3 one that answers before it commits loses what was in its hands',
    async () => {
      const { report, code } = await wrong('answersEarly');
      const [bad] = report.bad;
      expect((bad?.counts.lost ?? 0) + (bad?.counts.unanswered ?? 0)).toBeGreaterThan(0);
      expect(bad?.struck).toBe(true);
      expect(code).toBe(1);
    },
    LONG_MS,
  );

  test(
    'row 25 one that forgets its duplicate key delivers twice',
    async () => {
      const { report, code } = await wrong('forgetsDuplicates');
      expect(report.bad[0]?.counts.twice).toBeGreaterThan(0);
      expect(report.bad[0]?.counts.lost).toBe(0);
      expect(code).toBe(1);
    },
    LONG_MS,
  );

  test(
    'row 10 one that does not synchronise loses what it acknowledged when the power goes',
    async () => {
      const { report, code } = await wrong('doesNotSync');
      const [bad] = report.bad;
      expect((bad?.counts.lost ?? 0) + (bad?.counts.unanswered ?? 0) + (bad?.counts.misbelieved ?? 0)).toBeGreaterThan(
        0,
      );
      expect(code).toBe(1);
    },
    LONG_MS,
  );

  test(
    'row 10 one that does not synchronise its files loses a large message when the power goes',
    async () => {
      const { report, code } = await wrong('doesNotSyncFiles');
      const [bad] = report.bad;
      expect((bad?.counts.lost ?? 0) + (bad?.counts.endless ?? 0)).toBeGreaterThan(0);
      expect(code).toBe(1);
    },
    LONG_MS,
  );
});

describe('the command', () => {
  test.each([
    [['--rounds', 'nul'], '--rounds: verwacht een geheel getal vanaf 1'],
    [['--point', 'nergens'], '--point nergens: verwacht een van bodyHalf'],
    [['--broken', 'alles'], '--broken alles: verwacht een van answersEarly'],
    [['--onbekend'], '--onbekend'],
  ])('wrong use ends with 2 and says what was expected: %j', async (args, words) => {
    const { code, stderr } = await crash(...args);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });
});
