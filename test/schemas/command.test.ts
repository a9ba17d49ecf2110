// `dk schemas` as its users run it: one object per line, files in order, and exit codes that mean one thing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeStuf } from '../../adapter/stuf/index.ts';
import type { SchemaEntry } from '../../adapter/xsd/index.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { testCpa } from '../fixtures/gateway.ts';
import { checkFiles, dkSchemas } from '../fixtures/schemas-command.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dk-schemas-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

function envelope(payload: string | Uint8Array, functie = 'WMO301', versie = '0003'): Uint8Array {
  return writeStuf({
    kind: 'Di01',
    stuurgegevens: {
      berichtcode: 'Di01',
      zender: { organisatie: '9999', applicatie: 'Proef' },
      ontvanger: { organisatie: '99999901', applicatie: 'GGk' },
      referentienummer: '0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f',
      tijdstipBericht: '20260115120000',
      functie,
    },
    parameters: {
      applicatieVersie: '0001',
      applicatieSubversie: '0000',
      functieVersie: versie,
      functieSubversie: '0002',
    },
    payload: { kind: 'xmlBestand', bytes: Buffer.from(payload) },
  });
}

const EBMS = `<?xml version="1.0"?>
<SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:eb="http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd">
<SOAP:Header>
<eb:MessageHeader SOAP:mustUnderstand="1" eb:version="2.0">
<eb:From><eb:PartyId eb:type="urn:osb:oin">00000000000000000000</eb:PartyId></eb:From>
<eb:To><eb:PartyId eb:type="urn:osb:oin">00000000000000000001</eb:PartyId></eb:To>
<eb:CPAId>TEST</eb:CPAId>
<eb:ConversationId>1</eb:ConversationId>
<eb:Service>urn:oasis:names:tc:ebxml-msg:service</eb:Service>
<eb:Action>Ping</eb:Action>
<eb:MessageData><eb:MessageId>1@test</eb:MessageId><eb:Timestamp>2026-01-15T12:00:00Z</eb:Timestamp></eb:MessageData>
</eb:MessageHeader>
</SOAP:Header>
<SOAP:Body/>
</SOAP:Envelope>
`;

const STUF = Buffer.from(envelope(sampleMessage('WMO301'))).toString();
const PLANTED = '999990019';

describe('row 156 dk schemas check', () => {
  test('a mixed bag: what each file is, in the order given, and exit code 1', async () => {
    const bsn = `<wmo301:Bsn>x${PLANTED}</wmo301:Bsn>`;
    const badMessage = sampleMessage('WMO301').replace(/<wmo301:Bsn>[^<]*<\/wmo301:Bsn>/, bsn);
    const files = [
      file('bericht.xml', sampleMessage('JW323', { full: true })),
      file('voorlopig.xml', sampleMessage('WMO405')),
      file('envelop.xml', envelope(sampleMessage('WMO301'))),
      file('envelop-fout.xml', envelope(badMessage)),
      file('envelop-onbekend.xml', envelope(sampleMessage('WMO301'), 'WMO999')),
      file('ebms.xml', EBMS),
      file('ebms-fout.xml', EBMS.replace(/<eb:CPAId>.*\n/, '')),
      file('cpa.xml', await testCpa()),
      file('afval.bin', Buffer.from([0, 1, 2, 255, 254])),
      file('tekst.txt', `geen XML ${PLANTED}`),
      file('leeg.xml', ''),
      file('onbekend.xml', '<a xmlns="urn:onbekend"/>'),
      file(
        'doctype.xml',
        `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>\n${sampleMessage('WMO301').split('?>\n')[1]}`,
      ),
      file('soap.xml', '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>'),
    ];
    const run = checkFiles(files);
    expect(run.results.map((one) => one.file)).toEqual(files);
    const seen = run.results.map(({ kind, standard, message, version, grade, valid, issues }) =>
      [kind, standard, message, version, grade, valid, issues.map(({ code }) => code).join(' ')]
        .map(String)
        .join(' | '),
    );
    expect(seen).toEqual([
      'istandaarden | iJw | JW323 | 3.2 | strict | true | ',
      'istandaarden | iEb | WMO405 | 3.0 | envelope | true | ',
      'stuf | iWmo | WMO301 | 3.2 | strict | true | ',
      'stuf | iWmo | WMO301 | 3.2 | strict | false | maxLength pattern',
      'stuf | StUF-GGk | WMO999 | 2.1.04 | strict | true | functieUnknown noSchema',
      'ebms | ebMS | null | 2.0 | strict | true | ',
      'ebms | ebMS | null | 2.0 | strict | false | unexpected',
      'cpa | CPPA | null | 2.0 | strict | true | ',
      'unknown | null | null | null | null | false | encoding',
      'unknown | null | null | null | null | false | notWellFormed',
      'unknown | null | null | null | null | false | notWellFormed',
      'unknown | null | null | null | null | false | root',
      'istandaarden | iWmo | WMO301 | 3.2 | strict | false | doctype',
      'soap | SOAP | null | 1.1 | strict | true | ',
    ]);
    for (const result of run.results) {
      expect(Object.keys(result)).toEqual([
        'file',
        'kind',
        'standard',
        'message',
        'version',
        'grade',
        'valid',
        'issues',
      ]);
      for (const issue of result.issues) {
        const mark = issue.severity === 'Warning' ? ['severity'] : [];
        expect(Object.keys(issue)).toEqual(['line', 'path', 'code', 'message', ...mark]);
      }
    }
    expect(run.results[3]?.issues[0]?.path).toBe(
      '/envelopHeenbericht-ggk_Di01/parameters/bericht/xmlBestand/Bericht/Client/Bsn',
    );
    expect(run.results[6]?.issues[0]).toMatchObject({ line: 8, path: '/Envelope/Header/MessageHeader/ConversationId' });
    expect(`${run.out}${run.err}`).not.toContain(PLANTED);
    expect(run.code).toBe(1);
  });

  test('STUF-4 a message that is not UTF-8 without byte order mark, alone or in its envelope: valid, with a warning', () => {
    const text = `\ufeff${sampleMessage('WMO301').replace(/^<\?xml[^>]*>/, '')}`;
    const wide = Buffer.from(text, 'utf16le');
    const broken = text.replace(/Geslacht>[^<]*</, 'Geslacht>9<');
    const run = checkFiles([
      file('bom.xml', text),
      file('bom-fout.xml', broken),
      file('utf16.xml', wide),
      file('latin1.xml', `<?xml version="1.0" encoding="ISO-8859-1"?>${text.slice(1)}`),
      file('utf8.xml', text.slice(1)),
      file('envelop-utf16.xml', envelope(wide)),
      file('envelop-zelf-utf16.xml', Buffer.from(`\ufeff${Buffer.from(envelope(text.slice(1)))}`, 'utf16le')),
    ]);
    const told = (found: string, path = '/') => ({
      line: 1,
      path,
      code: 'notUtf8',
      message: `gevonden ${found}; verwacht UTF-8 zonder byte order mark`,
      severity: 'Warning',
    });
    const mark = 'byte order mark';
    const wrong = { path: '/Bericht/Client/Geslacht', code: 'enumeration' };
    expect(run.results.map(({ valid, issues }) => [valid, issues])).toEqual([
      [true, [told(`UTF-8 met ${mark}`)]],
      [false, [told(`UTF-8 met ${mark}`), expect.objectContaining(wrong)]],
      [true, [told(`UTF-16 met ${mark}`)]],
      [true, [told(`ISO-8859-1 zonder ${mark}`)]],
      [true, []],
      [true, [told(`UTF-16 met ${mark}`, '/envelopHeenbericht-ggk_Di01/parameters/bericht/xmlBestand')]],
      [true, []],
    ]);
    expect(run.results[1]?.issues[1]).not.toHaveProperty('severity');
    const forPeople = dkSchemas('check', join(folder, 'bom.xml'));
    expect([forPeople.code, forPeople.out]).toEqual([
      0,
      expect.stringMatching(/^✓ .*\n.* notUtf8: .* \(waarschuwing\)\n$/),
    ]);
  });

  test('only valid files: 0; a file that is not there: 2, said on stderr, and the others are still checked in order', () => {
    const good = file('goed.xml', sampleMessage('WMO301'));
    const bad = file('fout.xml', sampleMessage('WMO302').replace('BerichtCode>', 'Berichtcode>'));
    const absent = join(folder, 'bestaat-niet.xml');
    expect(checkFiles([good, good])).toMatchObject({ code: 0, err: '' });
    const run = checkFiles([good, absent, bad, good]);
    expect(run.results.map((one) => [one.file, one.valid, 'error' in one])).toEqual([
      [good, true, false],
      [absent, false, true],
      [bad, false, false],
      [good, true, false],
    ]);
    expect(run.err).toContain('bestaat-niet.xml');
    expect(run.code).toBe(2);
    expect(dkSchemas('check').code).toBe(2);
  });

  test.each([
    ['a file that is not there', 'bestaat-niet.xml', 'kan niet worden gelezen (ENOENT)'],
    ['a folder', '.', 'is een map; verwacht een bestand'],
  ])(
    '%s has its own line of the same shape, with the error as other commands say it; for people stderr alone',
    (_what, name, why) => {
      const path = join(folder, name);
      const message = `${path}: ${why}`;
      const run = checkFiles([path]);
      const nothing = { kind: 'unknown', standard: null, message: null, version: null, grade: null, valid: false };
      expect(run.results).toEqual([{ file: path, ...nothing, issues: [], error: { kind: 'wrongUse', message } }]);
      expect([run.code, run.err]).toEqual([2, `${message}\n`]);
      expect(dkSchemas('check', path)).toEqual({ code: 2, out: '', err: `${message}\n` });
    },
  );

  test.each([
    ['a MIME body', '--grens\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--grens--\r\n'],
    ['a request', 'POST /ebms HTTP/1.1\r\nHost: x\r\n\r\n<a/>'],
    ['a response', 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<a/>'],
    ['headers without a request line', 'Content-Type: multipart/related; boundary=b\n\n--b\n'],
    ['a request with an envelope that has a schema', `POST /ebms HTTP/1.1\r\nHost: x\r\n\r\n${EBMS}`],
    ['a MIME body with one', `--grens\r\nContent-Type: text/xml\r\n\r\n${EBMS}\r\n--grens--\r\n`],
    ['a request with a StUF message', `POST /ebms HTTP/1.1\r\nHost: x\r\n\r\n${STUF}`],
  ])('%s is no document: it points to the command that reads it', (_name, text) => {
    const run = checkFiles([file('opname.bin', text)]);
    expect(run.results[0]?.issues.map(({ code }) => code)).toEqual(['recording', expect.any(String)]);
    expect(run.results[0]?.issues[0]?.message).toContain('dk message inspect');
    expect(run.code).toBe(1);
  });

  test('an empty file, a foreign root and a file that is too large: what was found and what is expected', () => {
    const expected = 'verwacht een bericht van de iStandaarden, StUF-GGk, ebMS 2.0 of SOAP 1.1, of een CPA';
    const firstOf = (name: string, content: string | Uint8Array): unknown =>
      checkFiles([file(name, content)]).results[0]?.issues[0]?.message;
    for (const empty of ['', ' \r\n\t'])
      expect(firstOf('leeg.xml', empty)).toContain(`het bestand is leeg; ${expected}`);
    expect(firstOf('vreemd.xml', `<p:lijst xmlns:p="urn:onbekend">${PLANTED}</p:lijst>`)).toContain(
      `geen schema bekend voor begin-element lijst in naamruimte urn:onbekend; ${expected}`,
    );
    expect(firstOf('kaal.xml', '<lijst/>')).toContain('begin-element lijst zonder naamruimte; verwacht');
    expect(firstOf('groot.xml', Buffer.alloc(31 * 1024 * 1024, 'x'))).toBe(
      'het document is te groot; hoogstens 31457280 bytes',
    );
  });

  test('2,000 files in one call: each has its line, in order', () => {
    const small = join(folder, 'veel');
    mkdirSync(small);
    const files = Array.from({ length: 2000 }, (_, i) => {
      const path = join(small, `${i}.xml`);
      const xml = sampleMessage('WMO319', { identificatie: `T${i}` });
      writeFileSync(path, i % 100 === 99 ? xml.replace('<wmo319:Antwoord>', '<wmo319:Antwoord><wmo319:Extra/>') : xml);
      return path;
    });
    const run = checkFiles(files);
    expect(run.results.map((one) => one.file)).toEqual(files);
    expect(run.results.flatMap(({ valid }, i) => (valid ? [] : [i]))).toEqual(
      Array.from({ length: 20 }, (_, i) => i * 100 + 99),
    );
    expect(run.code).toBe(1);
  });

  test('without --json: a line for people per file, with place and rule below it', () => {
    const bad = file('mens.xml', sampleMessage('JW301').replace(/Geslacht>[^<]*</, `Geslacht>${PLANTED}<`));
    const run = dkSchemas('check', bad, file('mens-goed.xml', sampleMessage('WMO501')));
    expect(run.out).toMatch(/^✗ .*mens\.xml: istandaarden iJw JW301 3\.2\n/);
    expect(run.out).toMatch(/regel \d+ {2}\/Bericht\/Client\/Geslacht {2}(enumeration|maxLength): /);
    expect(run.out).toMatch(/✓ .*mens-goed\.xml: istandaarden iPgb WMO501 2\.0 \[voorlopig schema: provisional\]\n/);
    expect(run.out).not.toContain(PLANTED);
  });
});

describe('dk schemas list', () => {
  test('--json gives the catalogue; for people a table with every id', () => {
    const listed = JSON.parse(dkSchemas('list', '--json').out) as SchemaEntry[];
    expect(listed.length).toBeGreaterThan(50);
    const table = dkSchemas('list');
    for (const { id } of listed) expect(table.out).toContain(`\n${id} `);
    expect(table.code).toBe(0);
  });
});
