// `npm run demo` as a newcomer starts it: one process that stays up, a second one beside it, and the commands it prints.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isSettled, since, takeCensus } from '../../tools/demo/census.ts';
import { type Leg, legsOf } from '../../tools/demo/legs.ts';
import { lineFor } from '../../tools/demo/timeline.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = join(root, 'dist/tools/demo/main.js');
const COUNTS = ['sent', 'delivered', 'refused', 'retried', 'duplicates'] as const;
type Counts = Readonly<Record<(typeof COUNTS)[number], number>>;

interface Report {
  readonly good: boolean;
  readonly totals: Counts;
  readonly steps: readonly (Counts & { readonly title: string; readonly good: boolean; readonly says: string })[];
  readonly next: readonly { readonly commands: readonly string[] }[];
}

describe('the whole demo, left running', () => {
  let folder = '';
  let demo: ChildProcess;
  let report: Report;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dk-demo-'));
    // A demo that was cut off left its number and its files behind.
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    mkdirSync(join(folder, '.demo/oud'), { recursive: true });
    writeFileSync(join(folder, '.demo/demo.pid'), `${gone}\n`);
    // What is set for the gateway of whoever runs the demo is not about the demo's own.
    const env = { ...process.env, DK_MODE: 'production', DK_STORE: 'sqlite:elders', DK_LOG_LEVEL: 'error' };
    demo = spawn(process.execPath, [script, '--json', '--keep'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (demo.stdout === null) throw new Error('no output to read');
    const lines = createInterface({ input: demo.stdout });
    report = await new Promise<Report>((resolve, reject) => {
      lines.once('line', (line) => resolve(JSON.parse(line) as Report));
      demo.once('exit', (code) => reject(new Error(`the demo ended with ${code} before its report`)));
    });
  }, 120_000);
  afterAll(async () => {
    if (demo.exitCode === null && demo.signalCode === null) {
      const ended = new Promise((resolve) => demo.once('exit', resolve));
      demo.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  test('every step goes as expected, and the counts add up: what was sent is delivered or refused', () => {
    expect(report.steps.filter((step) => !step.good)).toEqual([]);
    expect(report.good).toBe(true);
    expect(report.steps).toHaveLength(9);
    for (const { title, sent, delivered, refused } of report.steps)
      expect([title, delivered + refused]).toEqual([title, sent]);
    const sum = (name: (typeof COUNTS)[number]): number => report.steps.reduce((total, one) => total + one[name], 0);
    expect(report.totals).toEqual(Object.fromEntries(COUNTS.map((name) => [name, sum(name)])));
    expect(report.totals).toEqual({ sent: 14, delivered: 11, refused: 3, retried: 2, duplicates: 1 });
  });

  test('what a demo left behind that no longer runs is cleared away', () => {
    expect(readdirSync(join(folder, '.demo'))).not.toContain('oud');
  });

  test('a second demo beside it is refused and takes nothing away', () => {
    const before = readdirSync(join(folder, '.demo')).sort();
    const begin = (...args: string[]) =>
      spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
    const second = begin();
    expect(second.status).toBe(2);
    expect(second.stderr).toContain(`proces ${demo.pid}`);
    expect(second.stderr).toContain('Ctrl-C');
    expect(second.stdout).toBe('');
    const forMachine = begin('--json');
    expect(forMachine.status).toBe(2);
    expect(JSON.parse(forMachine.stdout)).toEqual({ error: { kind: 'wrongUse', message: second.stderr.trim() } });
    expect(readdirSync(join(folder, '.demo')).sort()).toEqual(before);
    expect(existsSync(join(folder, '.demo/gemeente/data'))).toBe(true);
  });

  test('the printed inspect command judges the recording at the instant of recording, whenever it is run', () => {
    const command = report.next.flatMap((one) => one.commands).find((one) => one.includes('message inspect')) ?? '';
    const args = command.split(' ').slice(2);
    const inspect = (more: readonly string[]) =>
      spawnSync(process.execPath, [join(root, 'dist/tools/cli.js'), ...more, '--json'], {
        cwd: folder,
        encoding: 'utf8',
        timeout: 60_000,
      });
    const asPrinted = inspect(args);
    expect(JSON.parse(asPrinted.stdout)).toMatchObject({ kind: 'business', answer: { kind: 'acknowledgment' } });
    expect(asPrinted.status).toBe(0);
    // Half an hour later, which is what a newcomer's `now` comes to.
    const at = args[args.indexOf('--at') + 1] ?? '';
    const later = new Date(Date.parse(at) + 1_800_000).toISOString();
    const afterwards = inspect(args.map((one) => (one === at ? later : one)));
    expect(afterwards.stdout).toContain('TimeToLiveExpired');
    expect(afterwards.status).toBe(1);
  });

  test('stopped with SIGTERM it ends well and gives the folder back', async () => {
    const ended = new Promise((resolve) => demo.once('exit', resolve));
    demo.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(existsSync(join(folder, '.demo/demo.pid'))).toBe(false);
  }, 30_000);
});

test('ended half-way, while it starts its processes, the demo takes along what it started and gives the folder back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dk-demo-'));
  try {
    const demo = spawn(process.execPath, [script, '--json'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = new Promise((resolve) => demo.once('exit', resolve));
    const answers = (port: number): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/health/live`).then(
        () => true,
        () => false,
      );
    const file = join(folder, '.demo/hub/gateway.json');
    const portNow = (): number =>
      existsSync(file) ? Number(/"api": \{\s*"port": (\d+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? 0) : 0;
    for (let i = 0; i < 2_000 && !(await answers(portNow())); i += 1) await new Promise((next) => setTimeout(next, 10));
    demo.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(portNow()).toBeGreaterThan(0);
    await new Promise((next) => setTimeout(next, 200));
    expect(await answers(portNow())).toBe(false);
    expect(existsSync(join(folder, '.demo/demo.pid'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

describe('the timeline', () => {
  const event = { gateway: 'hub', at: '2030-01-01T12:00:00.000Z', level: 'info', messageId: 'aaaaaaaa-1@x' };

  test('an Acknowledgment is told with the message it is about', () => {
    const line = lineFor({ ...event, event: 'message.acknowledged', refToMessageId: 'bbbbbbbb-2@x' });
    expect(line).toBe('  12:00:00.000  hub       Acknowledgment ontvangen  aaaaaaaa… over bericht bbbbbbbb…');
  });

  test('what nobody follows is left out', () => {
    expect(lineFor({ ...event, event: 'transmit.attempt' })).toBeUndefined();
  });
});

describe('the count', () => {
  const sent = (messageId: string, answer?: string) => ({
    at: 0,
    messageId,
    functie: 'WMO305',
    referentienummer: messageId,
    status: 204,
    ...(answer === undefined ? {} : { answer }),
  });
  const seen = (kind: string, change: object = {}) => ({
    at: 0,
    kind,
    messageId: 's',
    refToMessageId: undefined,
    conversationId: 'c',
    action: 'a',
    parts: [],
    signature: 'valid',
    copy: false,
    errorCodes: [],
    envelopeSha256: '',
    ...change,
  });
  const inbox = (berichtcode: string, crossRefnummer?: string) => ({
    business: { berichtcode, referentienummer: 'r', ...(crossRefnummer === undefined ? {} : { crossRefnummer }) },
  });
  const nothing = { received: [], sent: [], mischief: [] };

  test('a message sent twice is one, its copy is not delivered again', () => {
    const partner = { ...nothing, sent: [sent('m1'), sent('m1')], received: [seen('acknowledgment')] };
    expect(takeCensus({ municipality: [], inbox: [inbox('Di01')], partners: [partner] })).toEqual({
      sent: 1,
      delivered: 1,
      refused: 0,
    });
    const receiver = { ...nothing, received: [seen('business'), seen('business', { copy: true })] };
    expect(takeCensus({ municipality: [], inbox: [], partners: [receiver] }).delivered).toBe(1);
  });

  test('a refusal counts once, whether in the response, by a message of its own, or both', () => {
    const partner = {
      ...nothing,
      sent: [sent('m1', 'SecurityFailure: x'), sent('m2', 'Acknowledgment'), sent('m3')],
      received: [seen('error', { refToMessageId: 'm1' }), seen('error', { refToMessageId: 'm3' })],
    };
    expect(takeCensus({ municipality: [], inbox: [], partners: [partner] })).toEqual({
      sent: 3,
      delivered: 0,
      refused: 2,
    });
    const faults = [inbox('Fo01', 'r1'), inbox('Fo01', 'r1')];
    expect(takeCensus({ municipality: [], inbox: faults, partners: [] })).toEqual({
      sent: 0,
      delivered: 0,
      refused: 1,
    });
  });

  test('a leg is acknowledged when its own sender has it so: a gateway by its state, a partner in the response or apart', async () => {
    const out = (messageId: string, state: string, direction = 'out') => ({
      ...{ id: messageId, messageId, state, direction, copies: 0 },
      business: { berichtcode: 'Di01', referentienummer: 'm1' },
    });
    const messages = (gateway: 'gemeente' | 'hub') =>
      Promise.resolve(
        gateway === 'hub' ? [out('h', 'acknowledged'), out('i', 'delivered', 'in')] : [out('g', 'queued')],
      );
    const vecozo = { ...nothing, sent: [sent('m1'), sent('m2')] };
    const legs = async (received: ReturnType<typeof seen>[]): Promise<readonly Leg[]> =>
      legsOf({ messages, log: (one) => Promise.resolve(one === 'cak' ? nothing : { ...vecozo, received }) }, ['m1']);
    const gateways = [
      { messageId: 'g', acknowledged: false },
      { messageId: 'h', acknowledged: true },
    ];
    expect(await legs([])).toEqual([...gateways, { messageId: 'm1', acknowledged: false }]);
    const other = seen('acknowledgment', { refToMessageId: 'm2' });
    expect(await legs([other])).toContainEqual({ messageId: 'm1', acknowledged: false });
    const own = seen('acknowledgment', { refToMessageId: 'm1' });
    expect(await legs([own])).toContainEqual({ messageId: 'm1', acknowledged: true });
    vecozo.sent = [sent('m1', 'Acknowledgment')];
    expect(await legs([])).toContainEqual({ messageId: 'm1', acknowledged: true });
  });

  test('a message of which nothing came is not settled', () => {
    const before = { sent: 2, delivered: 2, refused: 0 };
    expect(isSettled(since(before, { sent: 3, delivered: 2, refused: 0 }))).toBe(false);
    expect(isSettled(since(before, { sent: 3, delivered: 2, refused: 1 }))).toBe(true);
    expect(isSettled(since(before, before))).toBe(false);
  });
});
