// `dk certs dev`: what lands on disk, with which rights, and the exit codes.

import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { holdsDevelopment, prepareTls, readTlsFiles, reportMaterial } from '../../adapter/transport/index.ts';
import { certsCommand } from '../../tools/commands/certs.ts';
import { tellNoVerdict } from '../../tools/output.ts';

let dir = '';
let out = '';
let err = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dk-certs-'));
  out = '';
  err = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});

afterEach(async () => {
  jest.restoreAllMocks();
  process.exitCode = 0;
  await rm(dir, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<number> {
  process.exitCode = undefined;
  try {
    await certsCommand().parseAsync(['dev', '--dir', dir, ...args], { from: 'user' });
  } catch (error) {
    tellNoVerdict(error, { json: args.includes('--json') });
  }
  return Number(process.exitCode ?? 0);
}

const filesOf = (party: string) => ({
  key: join(dir, party, 'tls.key'),
  cert: join(dir, party, 'tls.crt'),
  ca: [join(dir, 'ca', 'chain.pem')],
  crl: ['root', 'domain', 'issuing'].map((name) => join(dir, 'ca', `${name}.crl.pem`)),
});

describe('dk certs dev', () => {
  test('PKI001 it writes a PKI that the endpoint can use, keys for the owner only', async () => {
    expect(await run('--party', '00000099000000007000:zorgkantoor', '--bad')).toBe(0);
    expect(out).toContain('zorgkantoor: OIN 00000099000000007000');
    expect((await readdir(dir)).sort()).toEqual(['afgekeurd', 'ca', 'zorgkantoor']);
    const mode = (await stat(join(dir, 'zorgkantoor', 'tls.key'))).mode & 0o777;
    expect(mode).toBe(0o600);
    const material = await readTlsFiles(filesOf('zorgkantoor'));
    const prepared = material.ok ? prepareTls(material.value) : material;
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.error));
    expect(prepared.value.own.oin).toBe('00000099000000007000');
    const report = reportMaterial(prepared.value, Date.now());
    expect(holdsDevelopment(await readFile(filesOf('zorgkantoor').cert))).toBe(true);
    expect(report.issues.map(({ severity, rule }) => [severity, rule])).toEqual([['Warning', 'TLSCIPH001']]);
    expect(report.crlNextUpdate).toBeGreaterThan(Date.now());
    expect(await readFile(join(dir, 'ca', 'issuing.crl'))).toHaveProperty('length', expect.any(Number));
  });

  test('it replaces nothing without --force, and everything with it', async () => {
    expect(await run('--party', '00000099000000007000:oud')).toBe(0);
    await chmod(join(dir, 'oud', 'tls.key'), 0o644);
    await writeFile(join(dir, 'README.md'), 'blijft');
    expect(await run('--party', '00000099000000008000:nieuw')).toBe(2);
    expect(err).toContain('--force');
    expect(await run('--party', '00000099000000008000:nieuw', '--force', '--json')).toBe(0);
    expect((await readdir(dir)).sort()).toEqual(['README.md', 'ca', 'nieuw']);
    const json = JSON.parse(out.slice(out.indexOf('{')));
    expect(json.parties).toEqual([{ oin: '00000099000000008000', name: 'nieuw' }]);
    expect(json.files).toContain(join('nieuw', 'signing.key'));
  });

  test('with --json what it did not do is one document as well: wrong use, and a folder that cannot be written', async () => {
    expect(await run('--bits', '1024', '--json')).toBe(2);
    expect(JSON.parse(out)).toEqual({ error: { kind: 'wrongUse', message: err.trim() } });
    await writeFile(join(dir, 'bestand'), '');
    out = '';
    const inFile = join(dir, 'bestand', 'certs');
    expect(await run('--dir', inFile, '--json')).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ error: { kind: 'failed', dir: inFile, code: 'ENOTDIR' } });
  });

  test.each([
    ['geen dubbele punt', ['--party', 'gemeente']],
    ['OIN te kort', ['--party', '0000009900000000700:x']],
    ['gereserveerde naam', ['--party', '00000099000000007000:ca']],
    ['pad als naam', ['--party', '00000099000000007000:../weg']],
    ['dubbele naam', ['--party', '00000099000000007000:x', '--party', '00000099000000008000:x']],
    ['onbekende sleutellengte', ['--bits', '1024']],
  ])('wrong use (%s) ends with 2 and writes nothing', async (_, args) => {
    expect(await run(...args)).toBe(2);
    expect(err).not.toBe('');
    expect(await readdir(dir)).toEqual([]);
  });

  test('row 100 an unreadable key file is named', async () => {
    const read = await readTlsFiles({ ...filesOf('niemand'), ca: [], crl: [] });
    expect(read.ok).toBe(false);
    expect(read.ok ? [] : read.error.map(({ where }) => where)).toEqual(['key', 'cert']);
    expect(read.ok ? '' : read.error[0]?.detail).toContain('ENOENT');
  });
});
