// The crash harness must be able to fail: it catches gateways built wrongly, and passes the one built rightly.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

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
    readonly left: number;
    readonly points: readonly {
      readonly point: string;
      readonly rounds: number;
      readonly struck: number;
      readonly counts: Readonly<Record<string, number>>;
    }[];
    readonly bad: readonly {
      readonly nameless?: number;
      readonly struck: boolean;
      readonly counts: Readonly<Record<string, number>>;
    }[];
  };
}

/** Runs the compiled tool in a folder of its own. */
async function crash(...args: string[]): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), 'crash-test-'));
  try {
    return await crashIn(dir, args);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** `begun`: called with the process id when it runs, in a process group of its own. */
async function crashIn(dir: string, args: readonly string[], begun?: (pid: number) => Promise<void>): Promise<Outcome> {
  const child = spawn(process.execPath, [MAIN, '--json', '--dir', dir, ...args], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: begun !== undefined,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  await begun?.(child.pid ?? 0);
  const code = await closed;
  const report = stdout.startsWith('{') ? JSON.parse(stdout) : { good: false, left: 0, points: [], bad: [] };
  return { code, stderr, report: report as Outcome['report'] };
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

/** What is gone shows as lost, without an end, or without an answer, by where it was; or the sender believes otherwise. */
const missing = ({ lost = 0, endless = 0, unanswered = 0, misbelieved = 0 }: Readonly<Record<string, number>> = {}) =>
  lost + endless + unanswered + misbelieved;

/** In seven of its twenty rounds the power goes while a message that is kept as a file is in hand. */
const OFTEN_LARGE = 'bestanden-3487';

describe('gateways built wrongly are caught', () => {
  const wrong = (broken: string, seed = 'proef'): Promise<Outcome> =>
    crash(
      '--rounds',
      '10',
      '--point',
      'committedNotAnswered,postedNotCommitted',
      '--seed',
      seed,
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
    'row 2 one that leaves files that nothing names, also when nothing else is wrong',
    async () => {
      const { report, code } = await wrong('leavesFiles');
      const [bad] = report.bad;
      expect(bad?.nameless).toBeGreaterThan(0);
      expect(missing(bad?.counts) + (bad?.counts.twice ?? 0)).toBe(0);
      expect(code).toBe(1);
    },
    LONG_MS,
  );

  test(
    'row 10 one that does not synchronise loses what it acknowledged when the power goes',
    async () => {
      const { report, code } = await wrong('doesNotSync');
      expect(missing(report.bad[0]?.counts)).toBeGreaterThan(0);
      expect(code).toBe(1);
    },
    LONG_MS,
  );

  test(
    'row 10 one that does not synchronise its files loses a large message when the power goes',
    async () => {
      const { report, code } = await wrong('doesNotSyncFiles', OFTEN_LARGE);
      expect(missing(report.bad[0]?.counts)).toBeGreaterThan(0);
      expect(code).toBe(1);
    },
    LONG_MS,
  );

  test(
    'row 10 one that does not synchronise the folders above its files loses a large message with its folder',
    async () => {
      const { report, code } = await wrong('doesNotSyncFolders', OFTEN_LARGE);
      expect(missing(report.bad[0]?.counts)).toBeGreaterThan(0);
      expect(code).toBe(1);
    },
    LONG_MS,
  );
});

describe('a run that was ended', () => {
  const ONE = ['--rounds', '2', '--point', 'bodyHalf', '--seed', 'proef'];
  const AGAIN = [...ONE.slice(0, 4), '--resume', '--report'];
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  let dir = '';
  const page = (): string => join(dir, 'adapter', 'reports', 'crash.md');
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'crash-test-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while the gateways are loading, which hear it too, tells of no bad round and writes no report; --resume does both',
    async (signal) => {
      mkdirSync(dirname(page()), { recursive: true });
      writeFileSync(page(), 'van een andere run');
      const ended = await crashIn(dir, [...ONE, '--report'], async (pid) => {
        // This folder is there just before the first gateway is started.
        const about = join(dir, 'gateways', 'last-words');
        for (let i = 0; i < 5_000 && !existsSync(about); i += 1) await pause(10);
        await pause(100);
        process.kill(-pid, signal);
      });
      expect(ended.report.bad).toEqual([]);
      expect(ended.stderr).not.toContain('niet goed:');
      expect(ended.report.left).toBeGreaterThan(0);
      expect(ended.code).toBe(1);
      expect(readFileSync(page(), 'utf8')).toBe('van een andere run');
      expect(ended.stderr).toContain(`crash.md is niet geschreven: nog ${ended.report.left} rondes te gaan; --resume`);
      const { report, code } = await crashIn(dir, AGAIN);
      expect(report).toMatchObject({ good: true, left: 0, points: [{ point: 'bodyHalf', rounds: 2, struck: 2 }] });
      expect(code).toBe(0);
      expect(readFileSync(page(), 'utf8')).toContain(
        'Gevraagd: 2 rondes per punt (per omstandigheid één per honderd, ten minste 1), over `bodyHalf`. Alle zijn gedaan.',
      );
    },
    LONG_MS,
  );

  const mounted = (folder: string): boolean => spawnSync('mountpoint', ['-q', folder]).status === 0;
  const mount = (folder: string): boolean => spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status === 0;
  function mayMount(): boolean {
    const folder = mkdtempSync(join(tmpdir(), 'crash-mount-'));
    const may = mount(folder) && mounted(folder) && spawnSync('umount', [folder]).status === 0;
    rmSync(folder, { recursive: true, force: true });
    return may;
  }

  (mayMount() ? test : test.skip)(
    'a small disk that it left mounted is taken away (skipped where nothing may be mounted)',
    async () => {
      const data = join(dir, 'gateways', 'hub', 'data');
      mkdirSync(data, { recursive: true });
      expect(mount(data)).toBe(true);
      const { report } = await crashIn(dir, ONE);
      expect(mounted(data)).toBe(false);
      expect(report).toMatchObject({ good: true, bad: [], points: [{ rounds: 2, struck: 2 }] });
    },
    LONG_MS,
  );
});

describe('the command', () => {
  test.each([
    [['--rounds', 'nul'], '--rounds: verwacht een geheel getal vanaf 1'],
    [['--point', 'nergens'], '--point nergens: verwacht een van bodyHalf'],
    [['--broken', 'alles'], '--broken alles: verwacht een van answersEarly'],
    [['--resume'], 'is geen run; verwacht journaal.jsonl'],
    [['--onbekend'], '--onbekend'],
  ])('wrong use ends with 2 and says what was expected: %j', async (args, words) => {
    const { code, stderr } = await crash(...args);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });
});
