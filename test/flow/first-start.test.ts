// The first start of a newcomer: without a configuration, and with the one that README gives.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Config, readConfig } from '../../adapter/config/index.ts';
import { firstRun, firstRunText } from '../../adapter/first-run.ts';
import { type Running, startProgram } from '../../adapter/program.ts';
import { makeDevPki, writeDevPki } from '../../tools/certs/index.ts';
import { PRODUCTION, read, refusedAt } from '../config/given.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function readExample(): Config {
  const example = /```json\n(\{[\s\S]*?\n\})\n```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1];
  if (example === undefined) throw new Error('README has no example of a gateway.json');
  const result = readConfig({}, example);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

let folder = '';
const started: Running[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dk-first-'));
});
afterAll(async () => {
  await Promise.all(started.map((one) => one.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** On free ports, with its store in memory, its log silent but for errors. */
async function start(config: Config, file: string | undefined): Promise<Running> {
  const quiet = { ...config, store: 'sqlite::memory:', logLevel: 'error' as const };
  const ports = { api: { ...config.api, port: 0 }, endpoint: { ...config.endpoint, port: 0 } };
  const running = await startProgram({ config: { ...quiet, ...ports }, file, startAt: undefined });
  started.push(running);
  return running;
}

const status = async (address: string, key: string): Promise<number> =>
  (await fetch(`${address}/messages`, { headers: { authorization: `Bearer ${key}` } })).status;

describe('npm start without gateway.json', () => {
  test('there is a key for this run, told with the doors that are open and why the other is not', async () => {
    const first = firstRun(read({}));
    if (first === undefined) throw new Error('no key was made');
    const { doors } = await start(first.config, undefined);
    expect(doors.addresses).toHaveLength(1);
    const [rest = ''] = doors.addresses;
    expect([await status(rest, first.key), await status(rest, 'een-andere')]).toEqual([200, 401]);
    const text = firstRunText(first.key, doors);
    expect(text).toContain(`open   ${rest}`);
    expect(text).toMatch(/dicht {2}ebMS: .*endpoint\.certFile/);
    expect(text).toContain(`DK_KEY=${first.key}`);
    expect(JSON.stringify(first.config)).not.toContain(first.key);
  });

  test('every run has another key; a configured key, a gateway without REST and production get none', () => {
    expect(firstRun(read({}))?.key).not.toBe(firstRun(read({}))?.key);
    expect(firstRun(readExample())).toBeUndefined();
    expect(firstRun(read({ roles: ['endpoint', 'worker'] }))).toBeUndefined();
    expect(firstRun(read(PRODUCTION))).toBeUndefined();
  });
});

describe('the gateway.json of README', () => {
  test('it starts over the certificates of `dk certs dev`, both doors open, and its key opens REST', async () => {
    const parties = [
      { oin: '00000001999999910000', name: 'gemeente' },
      { oin: '00000001999999920000', name: 'hub' },
    ];
    await writeDevPki(join(folder, 'certs-dev'), await makeDevPki({ parties, reuseKeys: true }));
    const config = JSON.parse(
      JSON.stringify(readExample()).replaceAll('"certs-dev/', `"${folder}/certs-dev/`),
    ) as Config;
    const { doors } = await start(config, 'gateway.json');
    expect(doors.closed).toEqual([]);
    const [ebms, rest = ''] = doors.addresses;
    expect(ebms).toMatch(/^https:/);
    expect(await status(rest, 'alleen-om-te-proberen')).toBe(200);
  }, 60_000);

  test('its API key is refused in production', () => {
    const sha256 = createHash('sha256').update('alleen-om-te-proberen').digest('hex');
    const keys = [{ name: 'beheer', sha256, roles: ['operator'] }];
    expect(refusedAt({ ...PRODUCTION, api: { keys } })).toEqual(['api.keys.0']);
    expect(refusedAt({ ...PRODUCTION, api: { keys: [{ ...keys[0], sha256: 'a'.repeat(64) }] } })).toEqual([]);
  });
});
