// The product as its users start it: the commands of `dk`, as processes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeDevPki, writeDevPki } from '../../tools/certs/index.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { testCpa } from '../fixtures/gateway.ts';
import { testPair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { sharedDir } from '../fixtures/shared.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'dist/tools/cli.js');
let folder = '';

beforeAll(() => {
  if (!existsSync(cli)) throw new Error('dist/ is not there: run `npm run build` first (npm test does)');
  folder = mkdtempSync(join(tmpdir(), 'dk-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function dk(...args: string[]): { code: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  return { code: run.status, out: run.stdout, err: run.stderr };
}
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** What a gateway posts for one message. */
async function posted() {
  const p = await testPair();
  await p.submit();
  await p.settle();
  await p.close();
  const [post] = p.wire.posts;
  if (post === undefined) throw new Error('nothing was posted');
  return post;
}

describe('dk', () => {
  test('help names the groups; wrong use is 2', () => {
    const help = dk('--help');
    for (const group of ['certs', 'cpa', 'schemas', 'message', 'partner', 'rules']) expect(help.out).toContain(group);
    for (const word of ['DK_URL', 'DK_KEY', '0  goed', '1  wat', '2  verkeerd']) expect(help.out).toContain(word);
    expect(help.code).toBe(0);
    expect(dk('onzin').code).toBe(2);
    expect(dk('schemas', 'check').code).toBe(2);
    expect(dk('schemas', 'check', 'bestaat-niet.xml').code).toBe(2);
    expect(dk('message', 'inspect', 'bestaat-niet').code).toBe(2);
  });

  test('row 156 schemas check: one object per line; 0 when valid, 1 when not', () => {
    const good = file('goed.xml', sampleMessage('WMO301'));
    const bad = file('fout.xml', sampleMessage('JW301').replace(/Geslacht>[^<]*</, 'Geslacht>7<'));
    const one = dk('schemas', 'check', good, '--json');
    expect(one.code).toBe(0);
    expect(JSON.parse(one.out)).toEqual({
      file: good,
      kind: 'istandaarden',
      standard: 'iWmo',
      message: 'WMO301',
      version: '3.2',
      grade: 'strict',
      valid: true,
      issues: [],
    });
    const both = dk('schemas', 'check', good, bad, '--json');
    expect(both.code).toBe(1);
    const lines = both.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { valid: boolean; issues: object[] });
    expect(lines.map((line) => line.valid)).toEqual([true, false]);
    expect(lines[1]?.issues[0]).toMatchObject({
      path: '/Bericht/Client/Geslacht',
      code: 'enumeration',
      line: expect.any(Number),
    });
  });

  test('V1 cpa check and create: good is 0, bad is 1 with lines', async () => {
    const xml = await testCpa();
    const good = dk('cpa', 'check', file('cpa.xml', xml), '--allow-localhost', '--json');
    expect(JSON.parse(good.out)).toMatchObject({ cpaId: 'TEST_A_B', valid: true });
    expect(good.code).toBe(0);
    const bad = dk('cpa', 'check', file('cpa-fout.xml', xml.replace('A_business<', 'weg<')), '--json');
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.out)).toMatchObject({ valid: false, issues: [{ rule: 'V8', line: expect.any(Number) }] });
  });

  test('V1 cpa create: the example of --help gives a CPA that is in force now', async () => {
    const help = dk('cpa', 'create', '--help').out;
    const example = JSON.parse(help.slice(help.indexOf('{'))) as { parties: { oin: string }[] };
    const parties = ['gemeente', 'hub'].map((name, i) => ({ name, oin: example.parties[i]?.oin ?? '' }));
    await writeDevPki(join(folder, 'certs-dev'), await makeDevPki({ parties, reuseKeys: true }));
    const made = dk('cpa', 'create', file('voorbeeld.json', JSON.stringify(example)), '--out', 'voorbeeld.xml');
    expect([made.code, made.out]).toEqual([0, 'geschreven: voorbeeld.xml\n']);
    // The development certificates end before the CPA of the example does.
    expect(
      made.err
        .trim()
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(
      [0, 1].flatMap((party) =>
        ['tls', 'signing'].map((use) => `! parties[${party}].${use}CertificateFile — eindigt eerder dan de CPA [V21]`),
      ),
    );
    const checked = dk('cpa', 'check', 'voorbeeld.xml', '--json');
    expect(JSON.parse(checked.out)).toMatchObject({ cpaId: 'GGK_A_B_1', valid: true });
    expect(checked.code).toBe(0);
  });

  test('V1 cpa create: what an import would refuse is not written, and told by its field; exit code 1', () => {
    const example = JSON.parse(readFileSync(join(folder, 'voorbeeld.json'), 'utf8')) as { parties: object[] };
    const parties = example.parties.map((party) => ({ ...party, endpoint: 'https://wie:geheim@partij.example/' }));
    const input = file('geweigerd.json', JSON.stringify({ ...example, parties, retryInterval: 'PT0S' }));
    const run = dk('cpa', 'create', input, '--out', 'geweigerd.xml');
    expect(run.code).toBe(1);
    for (const where of ['parties[0].endpoint', 'parties[1].endpoint', 'retryInterval'])
      expect(run.out).toContain(`  ✗ ${where} — `);
    expect(run.out + run.err).not.toContain('geheim');
    expect(existsSync(join(folder, 'geweigerd.xml'))).toBe(false);
    const json = dk('cpa', 'create', input, '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      outcome: 'refused',
      issues: expect.arrayContaining([expect.objectContaining({ where: 'retryInterval', severity: 'Error' })]),
    });
    const warned = JSON.parse(dk('cpa', 'create', join(folder, 'voorbeeld.json'), '--json').out) as object;
    expect(warned).toMatchObject({
      outcome: 'created',
      xml: expect.stringContaining('CollaborationProtocolAgreement'),
      issues: expect.arrayContaining([expect.objectContaining({ severity: 'Warning', rule: 'V21' })]),
    });
  });

  test('V1 cpa create: --out replaces nothing without --force', () => {
    const [input, out] = [join(folder, 'voorbeeld.json'), join(folder, 'af.xml')];
    writeFileSync(out, 'van een ander');
    const refused = dk('cpa', 'create', input, '--out', out);
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect(refused.err).toBe(`${out} bestaat al. Gebruik --force om het te vervangen.\n`);
    expect(readFileSync(out, 'utf8')).toBe('van een ander');
    expect(dk('cpa', 'create', input, '--out', out, '--force').code).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('CollaborationProtocolAgreement');
  });

  test('V1 cpa create: what is missing is named by its place, with what is expected', () => {
    const parties = [{ oin: '00000001999999910000' }, { oin: 7 }];
    const input = file('half.json', JSON.stringify({ start: 'x', parties, exchanges: [{ service: 's' }] }));
    const run = dk('cpa', 'create', input);
    expect([run.code, run.out]).toEqual([2, '']);
    const faults = run.err.trim().split('\n');
    for (const fault of [
      'cpaId: ontbreekt; verwacht tekst',
      'start: verwacht een tijdstip zoals 2030-01-31T00:00:00Z',
      'parties[0].tlsCertificateFile: ontbreekt; verwacht tekst',
      'parties[1].oin: gevonden een getal; verwacht tekst',
      'exchanges[0].from: ontbreekt; verwacht 0 of 1: welke van de twee partijen zendt',
    ]) {
      expect(faults).toContain(`${input}: ${fault}`);
    }
    expect(run.err).toContain('exchanges[0].profile: ontbreekt; verwacht osb-be, osb-rm');
    expect(run.err).not.toContain('undefined');
    expect(dk('cpa', 'create', file('leeg.json', '{}')).err).toContain('parties: ontbreekt; verwacht twee partijen');
  });

  test('V1 cpa create: certificate files that cannot be read are named all at once', () => {
    const example = JSON.parse(readFileSync(join(folder, 'voorbeeld.json'), 'utf8')) as { parties: object[] };
    const parties = example.parties.map((party, i) => ({
      ...party,
      tlsCertificateFile: `weg-${i}.crt`,
      signingCertificateFile: folder,
      ...(i === 1 ? { serverCertificateFile: 'ook-weg.crt' } : {}),
    }));
    const input = file('zonder-bestanden.json', JSON.stringify({ ...example, parties }));
    const run = dk('cpa', 'create', input);
    expect([run.code, run.out]).toEqual([2, '']);
    expect(run.err.trim().split('\n')).toEqual(
      [
        'parties[0].tlsCertificateFile: weg-0.crt',
        `parties[0].signingCertificateFile: ${folder}`,
        'parties[1].tlsCertificateFile: weg-1.crt',
        'parties[1].serverCertificateFile: ook-weg.crt',
        `parties[1].signingCertificateFile: ${folder}`,
      ].map((fault) => `${input}: ${fault} kan niet worden gelezen`),
    );
  });

  test('cpa check: a file that cannot be read has its own object with the error, the others are judged, exit code 2', async () => {
    const good = file('goede-cpa.xml', await testCpa());
    const bad = file('kapotte-cpa.xml', '<a/>');
    const run = dk(
      'cpa',
      'check',
      '--json',
      '--allow-http',
      '--allow-localhost',
      folder,
      good,
      'bestaat-niet.xml',
      bad,
    );
    const results = run.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const unread = (name: string, message: string) => {
      return { file: name, cpaId: null, valid: false, issues: [], error: { kind: 'wrongUse', message } };
    };
    expect(results).toEqual([
      unread(folder, `${folder}: is een map; verwacht een bestand`),
      { file: good, cpaId: 'TEST_A_B', valid: true, issues: expect.any(Array) },
      unread('bestaat-niet.xml', 'bestaat-niet.xml: kan niet worden gelezen (ENOENT)'),
      { file: bad, cpaId: null, valid: false, issues: [expect.objectContaining({ severity: 'Error' })] },
    ]);
    expect([run.code, run.err.trim().split('\n').length]).toEqual([2, 2]);
    expect(dk('cpa', 'check', '--allow-localhost', folder, good).out).toContain(`✓ ${good}: TEST_A_B`);
  });

  test('V7 cpa check: each --own takes one OIN and leaves the files; what is no OIN is wrong use', async () => {
    const good = file('eigen-cpa.xml', await testCpa());
    const check = (...own: string[]): ReturnType<typeof dk> => dk('cpa', 'check', '--allow-localhost', ...own, good);
    expect(check('--own', OIN_A).out).toContain(`✓ ${good}: TEST_A_B`);
    expect(check('--own', '00000099000000009000_OTA').out).toContain('geen van beide partijen zijn wij');
    expect(check('--own', OIN_A, '--own', OIN_B).out).toContain('beide partijen zijn wij');
    const wrong = check('--own', '0000009900000000100');
    expect([wrong.code, wrong.out]).toEqual([2, '']);
    expect(wrong.err).toMatch(/^--own: gevonden 0000009900000000100; verwacht een OIN van 20 cijfers/);
  });

  test('R142 message inspect names the parts as they came: the SOAP part by its own header, a bare document by the request', async () => {
    const { body, headers } = await posted();
    const partsOf = (name: string, bytes: Uint8Array, type: string): Record<string, unknown>[] => {
      writeFileSync(join(folder, name), bytes);
      const run = dk('message', 'inspect', name, '--content-type', type, '--json');
      return (JSON.parse(run.out) as { parts: Record<string, unknown>[] }).parts;
    };
    const type = headers['content-type'] ?? '';
    const start = /start="?<([^>"]+)>/.exec(type)?.[1];
    const text = body.toString('latin1');
    const envelope = body.subarray(text.indexOf('<SOAP'), text.indexOf('Envelope>', text.indexOf('</SOAP')) + 9);
    const own = /content-type: ([^\r]+)/i.exec(text)?.[1];
    const packed = partsOf('pakket.bin', body, type);
    expect(packed).toHaveLength(2);
    expect(packed[0]).toMatchObject({ contentId: start, contentType: own, bytes: envelope.length });
    expect([start, own]).not.toContain(undefined);
    expect(partsOf('kaal.xml', envelope, 'text/xml; charset="utf-8"')).toMatchObject([
      { contentId: '', contentType: 'text/xml; charset="utf-8"', sha256: packed[0]?.sha256 },
    ]);
  });

  test('message inspect speaks Dutch to people, beside the names of the standard and the fault as it goes out', () => {
    const empty = dk('message', 'inspect', file('leeg.bin', ''));
    expect(empty.code).toBe(1);
    expect(empty.out).toMatch(
      /^.*leeg\.bin: onleesbaar\n {2}handtekening: geen\n {2}✗ Empty HTTP — het bestand is leeg; verwacht/,
    );
    expect(empty.out).toContain('antwoord: SOAP Fault (Client), HTTP 400');
    const refused = dk('message', 'inspect', file('get.bin', 'GET /ebms HTTP/1.1\r\nHost: x\r\n\r\n'));
    expect(refused.out).toContain('antwoord: geen (405)\n');
  });

  test('V11 message inspect under a CPA that no gateway can have says why, and judges nothing', async () => {
    const xml = await testCpa();
    const second = xml.indexOf('<tp:PartyInfo', xml.indexOf('<tp:PartyInfo') + 1);
    const deaf = xml.slice(second).replace(/<tp:TransportReceiver>[\s\S]*?<\/tp:TransportReceiver>/, '');
    const cpa = file('doof-cpa.xml', xml.slice(0, second) + deaf);
    const run = dk('message', 'inspect', file('leeg.bin', ''), '--cpa', cpa);
    expect([run.code, run.out]).toEqual([2, '']);
    expect(run.err).toMatch(/^.*doof-cpa\.xml: geen bruikbare CPA; regel \d+: het .*kanaal .*Endpoint/);
  });

  test('row 71 message inspect judges an old recording at its own Timestamp, and one from the future at this moment', async () => {
    const { body, headers } = await posted();
    const judgedAt = (stamp: string): number => {
      const stamped = body.toString('latin1').replace(/<eb:Timestamp>[^<]*/, `<eb:Timestamp>${stamp}`);
      writeFileSync(join(folder, 'gestempeld.bin'), stamped, 'latin1');
      const run = dk('message', 'inspect', 'gestempeld.bin', '--content-type', headers['content-type'] ?? '', '--json');
      return Date.parse((JSON.parse(run.out) as { judgedAt: string }).judgedAt);
    };
    expect(judgedAt('2020-01-01T00:00:00Z')).toBe(Date.UTC(2020, 0, 1));
    expect(Math.abs(judgedAt('2099-01-01T00:00:00Z') - Date.now())).toBeLessThan(600_000);
  });

  const shared = sharedDir();
  (shared ? test : test.skip)(
    'R142 message inspect says what is in a recorded message and what it is answered (needs ../shared)',
    () => {
      const wire = join(shared ?? '', 'data/peer-wire');
      const flow = join(wire, '2.19.3/rm-signed-sha256-sync/01-request.bin');
      const run = dk(
        'message',
        'inspect',
        flow,
        '--cpa',
        join(wire, 'cpa/peer.rm.signed-sha256.sync.xml'),
        '--at',
        '2026-11-23T21:40:00Z',
        '--json',
      );
      const view = JSON.parse(run.out) as {
        kind: string;
        parts: { sha256: string }[];
        signature: object;
        answer: object;
      };
      expect(view).toMatchObject({
        kind: 'business',
        signature: { verdict: 'valid' },
        answer: { kind: 'acknowledgment' },
      });
      expect(view.parts.length).toBeGreaterThan(1);
      expect(Object.keys(view)).toEqual(
        expect.arrayContaining(['file', 'kind', 'header', 'parts', 'signature', 'issues', 'answer']),
      );
      expect(run.code).toBe(0);
    },
  );

  test('README shows every option of the configuration, as the program knows them', async () => {
    const { renderConfigTable } = await import('../../adapter/config/index.ts');
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(renderConfigTable());
  });
});
