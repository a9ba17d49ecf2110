// `dk` against a running gateway: tables that fit a screen, exit codes that mean one thing, and JSON also when it fails.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiServer, createApi } from '../../adapter/api/index.ts';
import { writeStuf } from '../../adapter/stuf/index.ts';
import { shorten } from '../../tools/commands/message.ts';
import { freePorts } from '../../tools/demo/ports.ts';
import { TEST_SERVICE, testCpa } from '../fixtures/gateway.ts';
import { heen } from '../fixtures/hub.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const cli = fileURLToPath(new URL('../../dist/tools/cli.js', import.meta.url));
const KEY = 'sleutel-van-de-proef';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const BUSINESS = { berichtcode: 'Di01', referentienummer: 'r', zender: '9999', ontvanger: '99999901' };

let folder = '';
let pair: Pair;
let api: ApiServer;
let url = '';
let apiB: ApiServer;
let urlB = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dk-remote-'));
  const route = { cpaId: 'TEST_A_B', fromPartyId: OIN_A, toPartyId: OIN_B, service: TEST_SERVICE.value };
  pair = await testPair({}, { a: { routes: [{ ...route, serviceType: TEST_SERVICE.type }] } });
  const open = (side: Pair['a']): ApiServer =>
    createApi(side.gateway, {
      host: '127.0.0.1',
      port: 0,
      observer: side.context.observer,
      keys: [
        { name: 'beheer', sha256: sha256(KEY), roles: ['application', 'operator'] },
        { name: 'app', sha256: sha256('alleen-toepassing'), roles: ['application'] },
      ],
    });
  api = open(pair.a);
  apiB = open(pair.b);
  url = `http://127.0.0.1:${(await api.listen()).port}`;
  urlB = `http://127.0.0.1:${(await apiB.listen()).port}`;
  await pair.submit('<een/>', { business: { ...BUSINESS, functie: 'WMO301' } });
  await pair.settle();
  await pair.submit('<twee/>', { uuid: `${'0123456789'.repeat(12)}` });
}, 60_000);
afterAll(async () => {
  await Promise.all([api.close(), apiB.close()]);
  await pair.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Not `spawnSync`: the gateway that answers lives in this process. */
function dk(...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
const door = (at = url, key = KEY): string[] => ['--url', at, '--key', key];

describe('dk message list and show', () => {
  test('the table fits a line of 120; --json has every id whole', async () => {
    const table = await dk('message', 'list', ...door());
    const lines = table.out.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^richting +toestand +functie +ontvangen +MessageId$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(table.out).toContain('WMO301');
    const { messages } = JSON.parse((await dk('message', 'list', ...door(), '--json')).out) as {
      messages: { messageId: string; id: string }[];
    };
    const longest = Math.max(...messages.map((one) => one.messageId.length));
    expect(longest).toBeGreaterThan(120);
    expect(messages.every((one) => one.id.length > 40)).toBe(true);
  });

  test('functie is no column when no message has one', async () => {
    const table = await dk('message', 'list', ...door(urlB));
    expect(table.out).toMatch(/^richting +toestand +ontvangen +MessageId\n/);
  });

  test('a MessageId that is too long keeps both its ends', () => {
    expect(shorten('kort@x', 20)).toBe('kort@x');
    const short = shorten('0123456789012345678901234567890123456789@gemeente.test', 30);
    expect(short).toHaveLength(30);
    expect(short).toMatch(/^01234567890.*….*ente\.test$/);
  });

  test('show takes the MessageId that the table shows as well as the id', async () => {
    const [record] = (await pair.a.store.search({ functie: 'WMO301' }, { limit: 1 })).messages;
    const byMessageId = await dk('message', 'show', record?.messageId ?? '', ...door(), '--json');
    const { message } = JSON.parse(byMessageId.out) as { message: { id: string; messageId: string } };
    expect(message.messageId).toBe(record?.messageId);
    expect(JSON.parse((await dk('message', 'show', message.id, ...door(), '--json')).out)).toMatchObject({ message });
    expect(byMessageId.code).toBe(0);
  });
});

describe('dk message send', () => {
  test('row 57 the same file again is told to be sent already; with a key of its own it goes once more', async () => {
    const file = join(folder, 'wmo301.xml');
    writeFileSync(file, writeStuf(heen('WMO301')));
    const idIn = ({ out }: Ran): string => /[0-9a-f-]{36}@\S+/.exec(out)?.[0] ?? '';
    const send = (...more: string[]): Promise<Ran> => dk('message', 'send', file, ...door(), ...more);
    const first = await send();
    expect(first).toMatchObject({ code: 0, out: `aangenomen: ${idIn(first)}\n` });
    const again = await send();
    expect([again.code, idIn(again)]).toEqual([0, idIn(first)]);
    expect(again.out).toMatch(
      /^al eerder aangenomen, niet nog eens verzonden: \S+ \(queued\); met een andere --idempotency-key/,
    );
    const other = await send('--idempotency-key', 'nog eens');
    expect([other.code, idIn(other) === idIn(first)]).toEqual([0, false]);
  });
});

describe('dk message retry, resend, cancel, redeliver, discard', () => {
  test('OPS-3 OPS-8 a command is carried out or refused with its reason; exit 1 when its state does not allow it', async () => {
    const { messageId } = await pair.submit('<drie/>');
    const early = await dk('message', 'resend', messageId, ...door());
    expect([early.code, early.out]).toEqual([
      1,
      expect.stringContaining('state — gevonden queued; verwacht failed of expired'),
    ]);
    expect(await dk('message', 'cancel', messageId, ...door())).toMatchObject({
      code: 0,
      out: `${messageId}: cancelled\n`,
    });
    const made = await dk('message', 'resend', messageId, ...door(), '--json');
    const view = JSON.parse(made.out) as { messageId: string };
    expect([made.code, view]).toEqual([0, expect.objectContaining({ state: 'queued' })]);
    expect(await dk('message', 'resend', messageId, ...door())).toMatchObject({
      code: 0,
      out: `was al opnieuw verzonden als ${view.messageId}: queued\n`,
    });
  });
});

describe('no verdict is exit code 2, told on stderr and, with --json, as one document on stdout', () => {
  const cases: readonly (readonly [string, () => Promise<string[]>, object])[] = [
    ['a wrong key', async () => ['message', 'list', ...door(url, 'fout')], { kind: 'refused', status: 401 }],
    [
      'a key that may not do this',
      async () => ['cpa', 'list', ...door(url, 'alleen-toepassing')],
      { kind: 'refused', status: 403 },
    ],
    [
      'an unknown message',
      async () => ['message', 'show', 'bestaat-niet', ...door()],
      { kind: 'refused', status: 404 },
    ],
    ['an unknown CPA', async () => ['cpa', 'show', 'bestaat-niet', ...door()], { kind: 'refused', status: 404 }],
    ['a CPA to remove that is not there', async () => ['cpa', 'remove', 'niets', ...door()], { status: 404 }],
    [
      'a gateway that is not there',
      async () => ['message', 'list', ...door(`http://127.0.0.1:${(await freePorts(1))[0]}`)],
      { kind: 'unreachable' },
    ],
    [
      'a port that no HTTP client may use',
      async () => ['message', 'show', 'x', ...door('http://127.0.0.1:1')],
      { kind: 'wrongUse', message: expect.stringContaining('deze poort mag niet voor HTTP worden gebruikt') },
    ],
    ['a file that is not there', async () => ['message', 'send', 'niets.xml', ...door()], { kind: 'wrongUse' }],
    ['a wrong key at send', async () => ['message', 'send', existing(), ...door(url, 'fout')], { status: 401 }],
    ['a wrong key at import', async () => ['cpa', 'import', existing(), ...door(url, 'fout')], { status: 401 }],
    ['an option that does not exist', async () => ['message', 'list', '--onzin'], { kind: 'wrongUse' }],
  ];
  const existing = (): string => {
    writeFileSync(join(folder, 'iets.xml'), '<x/>');
    return join(folder, 'iets.xml');
  };

  test.each(cases)('%s', async (_name, args, error) => {
    const run = await dk(...(await args()), '--json');
    expect(run.code).toBe(2);
    const document = JSON.parse(run.out) as { error: { message: string } };
    expect(document).toMatchObject({ error });
    expect(document.error.message.length).toBeGreaterThan(10);
    expect(run.err).toContain(document.error.message);
    expect(run.out).not.toContain(KEY);
    const plain = await dk(...(await args()));
    expect([plain.code, plain.out]).toEqual([2, '']);
  });

  test('a refusal of what was offered is a verdict: exit code 1', async () => {
    const sent = await dk('message', 'send', existing(), ...door(), '--json');
    expect(JSON.parse(sent.out)).toMatchObject({ status: 422 });
    expect(sent.code).toBe(1);
    const bad = join(folder, 'fout.xml');
    writeFileSync(bad, (await testCpa({ cpaId: 'FOUT' })).replace('A_business<', 'weg<'));
    const imported = await dk('cpa', 'import', bad, ...door(), '--json');
    expect(JSON.parse(imported.out)).toMatchObject({ status: 422, file: bad });
    expect(imported.code).toBe(1);
  });

  test('a file that cannot be read keeps no other from being imported: exit code 2, and every line says which', async () => {
    const good = join(folder, 'goed.xml');
    writeFileSync(good, await testCpa({ cpaId: 'NA_EEN_ANDER' }));
    const absent = join(folder, 'is-er-niet.xml');
    const run = await dk('cpa', 'import', absent, good, ...door(), '--json');
    const lines = run.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect([run.code, lines]).toEqual([
      2,
      [
        { file: absent, status: null, dryRun: false, error: { kind: 'wrongUse', message: expect.any(String) } },
        expect.objectContaining({ file: good, status: 201, cpaId: 'NA_EEN_ANDER', outcome: 'imported' }),
      ],
    ]);
  });
});
