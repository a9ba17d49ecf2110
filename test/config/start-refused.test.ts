// A start that cannot work says which option, what was found and what is expected, and ends with 2: no fault of the program.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { readConfig } from '../../adapter/config/index.ts';
import { routingFaults } from '../../adapter/routing-check.ts';
import { openStore } from '../../adapter/store/index.ts';

const MAIN = fileURLToPath(new URL('../../dist/adapter/main.js', import.meta.url));
let folder: string;
let taken: Server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dk-start-'));
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => taken.close(resolve));
});

function start(settings: object) {
  const file = join(folder, 'gateway.json');
  // How full the disk of this machine is must not be told beside it.
  const disk = { warnPercent: 99, stopPercent: 99 };
  const store = `sqlite:${join(folder, 'data')}`;
  writeFileSync(file, JSON.stringify({ store, disk, logLevel: 'error', ...settings }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--config', file], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stdout, stderr };
}

test('a port that is in use is named, also when another door stands open already', () => {
  const { port } = taken.address() as AddressInfo;
  const told = start({ endpoint: { plainHttpPort: 0 }, policy: { allowHttp: true }, api: { port } });
  expect(told).toEqual({
    status: 2,
    stdout: '',
    stderr: `api.port: 127.0.0.1:${port} is al in gebruik; verwacht een vrije poort, draait deze gateway al?\n`,
  });
});

test('files that cannot be read are named by their options, all at once and beside other slips', () => {
  const endpoint = { keyFile: '/geen/sleutel', certFile: '/geen/cert', caFiles: ['/geen/ca'], crlFiles: [folder] };
  const { status, stderr } = start({
    endpoint,
    signing: [{ keyFile: '/geen/s', certFile: '/geen/t' }],
    hub: { inactive: ['WMO999'] },
    schemasDir: '/geen/schemas',
  });
  expect([status, stderr.trim().split('\n')]).toEqual([
    2,
    [
      'hub.inactive: WMO999 is geen functie die dit programma kent; verwacht een naam zoals WMO301 of JW305',
      'endpoint.keyFile: /geen/sleutel: kan niet worden gelezen',
      'endpoint.certFile: /geen/cert: kan niet worden gelezen',
      'endpoint.caFiles.0: /geen/ca: kan niet worden gelezen',
      `endpoint.crlFiles.0: ${folder}: kan niet worden gelezen`,
      'signing.0.keyFile: /geen/s: kan niet worden gelezen',
      'signing.0.certFile: /geen/t: kan niet worden gelezen',
      'schemasDir: /geen/schemas/catalogue.json: kan niet worden gelezen',
    ],
  ]);
});

describe('row 100 files that are not what their option asks for are named by it, all at once', () => {
  const text = (): string => {
    const file = join(folder, 'tekst');
    writeFileSync(file, 'geen certificaat');
    return file;
  };
  const told = (settings: object): unknown => {
    const { status, stdout, stderr } = start(settings);
    return [
      status,
      stdout,
      stderr
        .trim()
        .split('\n')
        .map((line) => line.split(': ')[0]),
    ];
  };

  test('of both sides and of every signer', () => {
    const pair = { keyFile: text(), certFile: text() };
    const side = { ...pair, caFiles: [text()], crlFiles: [text()] };
    const of = (name: string): readonly string[] =>
      ['caFiles.0', 'crlFiles.0', 'caFiles', 'crlFiles', 'certFile'].map((option) => `${name}.${option}`);
    const signers = ['signing.0.keyFile', 'signing.0.certFile', 'signing.1.keyFile', 'signing.1.certFile'];
    expect(told({ endpoint: side, client: side, signing: [pair, pair] })).toEqual([
      2,
      '',
      [...of('endpoint'), ...of('client'), ...signers],
    ]);
  });

  test('row 94 of an endpoint behind a proxy, without a key of its own', () => {
    const endpoint = { trustedProxies: ['127.0.0.1'] };
    expect(told({ endpoint })).toEqual([2, '', ['endpoint.caFiles']]);
    expect(told({ endpoint: { ...endpoint, caFiles: [text()] } })).toEqual([
      2,
      '',
      ['endpoint.caFiles.0', 'endpoint.caFiles'],
    ]);
  });
});

describe('row 16 a store that cannot be', () => {
  const said = (store: string): string => {
    const { status, stdout, stderr } = start({ store });
    expect([status, stdout]).toEqual([2, '']);
    return stderr.trim();
  };
  const inside = (name: string): string => join(folder, name);
  const NOT_WRITABLE = 'kan niet worden gebruikt; verwacht een map waarin deze gateway mag schrijven';

  test('a file in its path', () => {
    writeFileSync(inside('bestand'), '');
    expect(said(`sqlite:${inside('bestand/opslag')}`)).toBe(
      `store: ${inside('bestand/opslag')} ${NOT_WRITABLE} (ENOTDIR)`,
    );
  });

  test('a database that is none', () => {
    mkdirSync(inside('geen'));
    writeFileSync(inside('geen/gateway.db'), 'geen database'.repeat(1_000));
    expect(said(`sqlite:${inside('geen')}`)).toBe(
      `store: ${inside('geen')} heeft een gateway.db die beschadigd is of geen database; zet een back-up terug (SQLITE_NOTADB)`,
    );
  });

  test('one that another process keeps locked while its layout must be brought up to date', async () => {
    mkdirSync(inside('bezet'));
    const db = new Database(inside('bezet/gateway.db'));
    db.exec('CREATE TABLE iets (x); BEGIN IMMEDIATE');
    expect(said(`sqlite:${inside('bezet')}`)).toMatch(
      /bezet wordt nu door een ander proces beschreven; probeer het opnieuw als dat klaar is \(SQLITE_BUSY/,
    );
    db.close();
  });

  test('one of a newer version of the program', async () => {
    const store = await openStore(`sqlite:${inside('nieuwer')}`);
    await store.close();
    const db = new Database(inside('nieuwer/gateway.db'));
    db.prepare('INSERT INTO migrations VALUES (1000, ?)').run('');
    db.close();
    expect(said(`sqlite:${inside('nieuwer')}`)).toMatch(
      /^store: gevonden indeling 1000; verwacht ten hoogste \d+: de database is van een nieuwere versie/,
    );
  });
});

test('row 57 a store that was begun under another messageIdDomain: what was sent already would go again', async () => {
  const store = await openStore(`sqlite:${join(folder, 'begonnen')}`);
  await store.keepFirst('messageIdDomain', 'eerst.example');
  await store.close();
  const config = { store: `sqlite:${join(folder, 'begonnen')}`, api: { port: (taken.address() as AddressInfo).port } };
  const refused = start({ ...config, messageIdDomain: 'later.example' });
  expect([refused.status, refused.stderr.trim()]).toEqual([
    2,
    expect.stringMatching(/^messageIdDomain: gevonden later\.example; verwacht eerst\.example, waarmee /),
  ]);
  // With the right one it comes as far as the port that is taken.
  expect(start({ ...config, messageIdDomain: 'eerst.example' }).stderr).toMatch(/^api\.port: /);
});

test('row 94 a proxy that is no address, and a range that is everybody, are named with all other faults', () => {
  const config = {
    endpoint: { trustedProxies: ['10.0.0.5', 'proxy.local', '0.0.0.0/0'] },
    hub: { inactive: ['WMO999'] },
  };
  const read = readConfig({}, JSON.stringify(config), 'gateway.json');
  if (!read.ok) throw new Error('the configuration is not read');
  expect(routingFaults(read.value).map(({ where, detail }) => `${where}: ${detail}`)).toEqual([
    expect.stringMatching(/^hub\.inactive: WMO999/),
    expect.stringMatching(
      /^endpoint\.trustedProxies\[1\]: gevonden proxy\.local; verwacht IP-adressen of CIDR-reeksen/,
    ),
    expect.stringMatching(/^endpoint\.trustedProxies\[2\]: gevonden 0\.0\.0\.0\/0; verwacht .*geen reeks van alles$/),
  ]);
});
