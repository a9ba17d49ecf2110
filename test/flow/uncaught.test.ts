// What the process itself tells (row 159): of faults that nothing caught, and of the URLs that it is asked.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createApi } from '../../adapter/api/index.ts';
import { createObserver, faultOf } from '../../adapter/observe/index.ts';
import { testPair } from '../fixtures/pair.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const BSN = '999990019';
const NAME = 'Proefpersoon';
const PAYLOAD = `<Bsn>${BSN}</Bsn><Achternaam>${NAME}</Achternaam>\n    at ${NAME} (file:///${NAME}:1:1)`;
const PLANTED = new RegExp(`${BSN}|${NAME}`);
const KEY = 'alleen-om-te-proberen';
const KEY_SHA256 = '4b5b64178fb64cff01ebbd15b1a72a063f9bcffd9732ccd7f6d78a42dd2af065';

/** Beside the program, in its process: does to it what the test says. */
const BESIDE = `
const fault = (text) => Object.assign(new RangeError(text), { code: 'ERR_PROEF' });
const DO = {
  throws: (text) => { throw fault(text); },
  rejects: (text) => void Promise.reject(fault(text)),
  isUp: () => process.send({ isUp: process.listenerCount('uncaughtException') > 0 }),
  warns: (text) => process.emitWarning(Object.assign(new Error(text), { code: 'PROEF' })),
  rejectsText: (text) => void Promise.reject(text),
  reports: () => process.send({ onFatalError: process.report.reportOnFatalError,
    onSignal: process.report.reportOnSignal, onUncaught: process.report.reportOnUncaughtException }),
};
process.on('message', ([what, text]) => DO[what](text));`;

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<number | null>;
  /** The first line of the event. */
  told(event: string): Promise<Record<string, unknown>>;
}

let folder = '';
const children: ChildProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dk-uncaught-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(settings: Record<string, unknown> = {}): Started {
  const config = join(folder, 'gateway.json');
  const api = { port: 0, keys: [{ name: 'proef', sha256: KEY_SHA256, roles: ['application', 'operator'] }] };
  const plain = { endpoint: { plainHttpPort: 0 }, logLevel: 'debug', name: 'proef', store: 'sqlite::memory:' };
  writeFileSync(config, JSON.stringify({ ...plain, api, ...settings }));
  const child = fork(join(root, 'dist/adapter/main.js'), ['--config', config], {
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(BESIDE)}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  const heard = { out: '', err: '' };
  child.stdout?.on('data', (piece: Buffer) => {
    heard.out += piece.toString();
  });
  child.stderr?.on('data', (piece: Buffer) => {
    heard.err += piece.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, out: () => heard.out, err: () => heard.err, ended, told: (event) => lineOf(event, child, heard) };
}

function lineOf(event: string, child: ChildProcess, heard: { out: string; err: string }) {
  return new Promise<Record<string, unknown>>((resolve, reject) => {
    const look = (): void => {
      const line = linesOf(heard.out).find((one) => one.event === event);
      if (line !== undefined) resolve(line);
    };
    child.stdout?.on('data', look);
    child.once('close', () => reject(new Error(`it ended without ${event}: ${heard.out}${heard.err}`)));
    look();
  });
}

const linesOf = (out: string): Record<string, unknown>[] =>
  out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('row 159 a fault that nothing caught', () => {
  test.each([
    ['throws', 'ERR_PROEF', /^RangeError\n {4}at .*:\d+:\d+\)?\n/],
    ['rejects', 'ERR_PROEF', /^RangeError\n {4}at .*:\d+:\d+\)?\n/],
    ['rejectsText', undefined, /^a thrown string$/],
  ])('%s: one line with its class, code and place, none of its words, and exit code 1', async (what, code, detail) => {
    const run = start();
    await run.told('gateway.started');
    const before = linesOf(run.out()).length;
    run.child.send([what, PAYLOAD]);
    expect(await run.ended).toBe(1);
    const lines = linesOf(run.out()).slice(before);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ event: 'gateway.crashed', gateway: 'proef', level: 'error', alert: true });
    expect([lines[0]?.code, lines[0]?.detail]).toEqual([code, expect.stringMatching(detail)]);
    expect(run.out()).not.toMatch(PLANTED);
    expect(run.err()).toBe('');
  });

  test('a warning of Node is a line too, without its words, and the process goes on', async () => {
    const run = start();
    await run.told('gateway.started');
    run.child.send(['warns', PAYLOAD]);
    expect(await run.told('process.warning')).toMatchObject({ level: 'warn', gateway: 'proef', code: 'PROEF' });
    expect(run.out()).not.toMatch(PLANTED);
    expect([run.err(), run.child.exitCode]).toEqual(['', null]);
  });

  test('row 21 a log on a disk that is full ends nothing', async () => {
    const config = join(folder, 'vol.json');
    const settings = { endpoint: { plainHttpPort: 0 }, logLevel: 'debug', name: 'proef', store: 'sqlite::memory:' };
    const api = { port: 0, keys: [{ name: 'proef', sha256: KEY_SHA256, roles: ['operator'] }] };
    writeFileSync(config, JSON.stringify({ ...settings, api }));
    // Files may have no more than one block, as on a disk that has no other.
    const main = join(root, 'dist/adapter/main.js');
    const log = join(folder, 'vol.log');
    const line = `ulimit -f 1; exec "$0" --import "$1" "$2" --config "$3" >> "$4" 2>> "$4"`;
    const beside = `data:text/javascript,${encodeURIComponent(BESIDE)}`;
    writeFileSync(log, 'x'.repeat(4096));
    const child = spawn('bash', ['-c', line, process.execPath, beside, main, config, log], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    children.push(child);
    const ask = (what: string): Promise<unknown> => {
      const answer = new Promise((resolve) => child.once('message', resolve));
      child.send([what, PAYLOAD]);
      return answer;
    };
    let isUp = false;
    for (let i = 0; i < 100 && !isUp; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      ({ isUp } = (await ask('isUp')) as { isUp: boolean });
    }
    for (let i = 0; i < 5; i += 1) child.send(['warns', PAYLOAD]);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await ask('isUp')).toEqual({ isUp: true });
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    expect(statSync(log).size).toBe(4096);
  }, 20_000);

  test('what the start cannot do is said with its words, for whoever mends it, but never a BSN', async () => {
    const schemasDir = join(folder, BSN);
    mkdirSync(schemasDir);
    writeFileSync(join(schemasDir, 'catalogue.json'), `"${BSN}"`);
    const run = start({ schemasDir });
    expect(await run.ended).toBe(1);
    const [line, ...more] = linesOf(run.out());
    expect(more).toEqual([]);
    expect(line).toMatchObject({ event: 'gateway.crashed', gateway: 'proef' });
    expect(line?.detail).toMatch(/^entries\.map is not a function\n\w+\n {4}at /);
    expect([run.out().includes(BSN), run.err()]).toEqual([false, '']);
  });

  test('no report of Node, which has the heap or the environment in it: neither by default nor by npm start', async () => {
    const run = start();
    await run.told('gateway.started');
    const said = new Promise((resolve) => run.child.once('message', resolve));
    run.child.send(['reports', '']);
    expect(await said).toEqual({ onFatalError: false, onSignal: false, onUncaught: false });
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
    expect(scripts.start).toMatch(/^node [^-]\S*\/main\.js$/);
  });

  test.each<[string, unknown, RegExp]>([
    [
      'a class and a code that are sentences',
      Object.assign(new Error(''), { name: PAYLOAD, code: PAYLOAD }),
      /^Error\n/,
    ],
    ['a message that is all there is', Object.assign(new Error(PAYLOAD), { stack: PAYLOAD }), /^Error$/],
    ['a stack that begins with the message', Object.assign(new TypeError(PAYLOAD)), /^TypeError\n {4}at /],
    ['an object', { message: PAYLOAD }, /^a thrown object$/],
    ['nothing', undefined, /^a thrown undefined$/],
  ])('%s: none of the words', (_what, error, expected) => {
    const fault = faultOf(error);
    expect(fault.detail).toMatch(expected);
    expect(JSON.stringify(fault)).not.toMatch(PLANTED);
  });
});

describe('row 159 a fault behind a door', () => {
  test('of the API: told by its class and place, answered with its number', async () => {
    const lines: string[] = [];
    const observer = createObserver({ name: 'proef', level: 'debug', write: (line) => lines.push(line) });
    const fails = async (): Promise<never> => {
      throw new RangeError(PAYLOAD);
    };
    const pair = await testPair();
    const gateway = { ...pair.a.gateway, search: fails };
    const keys = [{ name: 'proef', sha256: KEY_SHA256, roles: ['operator' as const] }];
    const api = createApi(gateway, { host: '127.0.0.1', port: 0, keys, observer });
    try {
      const { port } = await api.listen();
      const headers = { authorization: `Bearer ${KEY}` };
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/messages`, { headers });
      const text = await answer.text();
      const told = lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .find(({ event }) => event === 'bug');
      expect(answer.status).toBe(500);
      expect(text).toContain(String(told?.cid));
      expect(told?.detail).toMatch(/^RangeError\n {4}at /);
      expect(`${text}${lines.join('')}`).not.toMatch(PLANTED);
    } finally {
      await api.close();
      await pair.close();
    }
  });
});

test('row 159 no URL that is asked is in a line of the log or in a metric, and no answer repeats it', async () => {
  const run = start();
  const { detail } = await run.told('gateway.started');
  const [ebms = '', api = ''] = String(detail).split(' · ');
  const origin = new URL(api).origin;
  const query = `naam=${NAME}&bsn=${BSN}&max=${BSN}&limit=${BSN}&cursor=${BSN}`;
  const urls = [
    ...['', '/', `/${BSN}/${NAME}`].map((path) => `${ebms}${path}?${query}`),
    ...['messages', 'inbox', 'events', 'cpas', 'notes', NAME].map((path) => `${api}/${path}?${query}`),
    ...['messages', 'cpas', NAME].map((path) => `${api}/${path}/${NAME}${BSN}`),
    ...['commands', 'journal', 'confirm', `parts/${BSN}`].map((path) => `${api}/messages/${NAME}${BSN}/${path}`),
    ...['inbox', 'events'].map((path) => `${api}/${path}/${NAME}${BSN}/confirm`),
    `${origin}/${NAME}/${BSN}`,
    `${origin}/metrics?${query}`,
    `${api}/messages/%E0%A4%A${BSN}`,
  ];
  const asked = urls.flatMap((url) => ['GET', 'POST', 'DELETE'].map((method) => ({ url, method })));
  for (const { url, method } of asked) {
    const init = method === 'POST' ? { body: '<a/>', headers: { 'content-type': 'text/xml' } } : { headers: {} };
    const headers = { ...init.headers, authorization: `Bearer ${KEY}` };
    const response = await fetch(url, { ...init, method, headers });
    expect(`${method} ${response.status} ${await response.text()}`).not.toMatch(PLANTED);
  }
  expect(await (await fetch(`${origin}/metrics`)).text()).not.toMatch(PLANTED);
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(0);
  expect(linesOf(run.out()).map(({ event }) => event)).toEqual(expect.arrayContaining(['http.refused']));
  expect(`${run.out()}${run.err()}`).not.toMatch(PLANTED);
});
