// `dk certs dev`: what lands on disk, with which rights, and the exit codes; and what is wrong with what must be refused.
import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { holdsDevelopment, prepareTls, readCrl, readTlsFiles, reportMaterial } from '../../adapter/transport/index.ts';
import type { BadKind } from '../../tools/certs/index.ts';
import { certsCommand } from '../../tools/commands/certs.ts';
import { tellNoVerdict } from '../../tools/output.ts';

const CLI = fileURLToPath(new URL('../../dist/tools/cli.js', import.meta.url));

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

describe('dk certs dev --bad', () => {
  const FIRST = '00000099000000007000';
  const DAY = 86_400_000;

  const openCertificate = async (...path: string[]): Promise<X509Certificate> =>
    new X509Certificate(await readFile(join(dir, ...path)));

  /** What a verifier looks at; `from` and `to` in days from now, where a day more or less is no matter. */
  async function factsOf(...path: string[]) {
    const certificate = await openCertificate(...path, 'tls.crt');
    const issuing = await openCertificate('ca', 'issuing.crt');
    const list = readCrl(await readFile(join(dir, 'ca', 'issuing.crl')));
    if (!list.ok) throw new Error(list.error);
    const days = (at: string): number => Math.round((Date.parse(at) - Date.now()) / DAY);
    return {
      oin: /serialNumber=(\S+)/.exec(certificate.subject)?.[1],
      hosts: certificate.subjectAltName,
      usage: certificate.keyUsage,
      from: days(certificate.validFrom),
      to: days(certificate.validTo),
      issuer: certificate.checkIssued(issuing) && certificate.verify(issuing.publicKey) ? 'ours' : certificate.issuer,
      revoked: list.value.isRevoked(Buffer.from(certificate.serialNumber, 'hex').toString('latin1')),
      authority: certificate.ca,
      ownKey: certificate.checkPrivateKey(createPrivateKey(await readFile(join(dir, ...path, 'tls.key')))),
    };
  }

  const good = {
    oin: FIRST,
    hosts: 'DNS:zorgkantoor.localhost, DNS:localhost, IP Address:127.0.0.1',
    usage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
    from: -1,
    to: 397,
    issuer: 'ours',
    revoked: false,
    authority: false,
    ownKey: true,
  };
  const DEFECTS: Readonly<Record<BadKind, Partial<Record<keyof typeof good, unknown>>>> = {
    expired: { from: -40, to: -10 },
    notYetValid: { from: 397, to: 427 },
    revoked: { revoked: true },
    otherOin: { oin: '00000099999999990000' },
    otherRoot: { issuer: expect.stringContaining('CN=Vreemde Root CA') },
    selfSigned: { issuer: expect.stringContaining(`serialNumber=${FIRST}`) },
    noClientAuth: { usage: ['1.3.6.1.5.5.7.3.1'] },
    noServerAuth: { usage: ['1.3.6.1.5.5.7.3.2'] },
    otherHost: { hosts: 'DNS:elders.example' },
  };

  test('PKI002 each is the good certificate of the first party but for its one defect, and the help says which', async () => {
    expect(await run('--party', `${FIRST}:zorgkantoor`, '--party', '00000099000000008000:ander', '--bad')).toBe(0);
    expect(out).toContain('afgekeurd/<soort>');
    expect(await factsOf('zorgkantoor')).toEqual(good);
    expect((await readdir(join(dir, 'afgekeurd'))).sort()).toEqual(Object.keys(DEFECTS).sort());
    for (const [kind, defect] of Object.entries(DEFECTS)) {
      expect([kind, await factsOf('afgekeurd', kind)]).toEqual([kind, { ...good, ...defect }]);
    }
    const help = spawnSync(process.execPath, [CLI, 'certs', 'dev', '--help'], {
      encoding: 'utf8',
      timeout: 60_000,
    }).stdout;
    for (const kind of Object.keys(DEFECTS)) expect(help).toMatch(new RegExp(`^  ${kind} {2,}\\S`, 'm'));
  });
});
