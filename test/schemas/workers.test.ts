// Large documents go through workers, nothing outside is read, and a worker that dies costs one document only.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readOrPeek, readStuf, type StufReading, writeStuf } from '../../adapter/stuf/index.ts';
import { INLINE_VALIDATION_BYTES, openSchemas, type Schemas } from '../../adapter/xsd/index.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { heen } from '../fixtures/hub.ts';

const folder = new URL('../../schemas', import.meta.url);
const ID = 'iwmo-3.2/wmo323';
const PLANTED = '999990019';

let schemas: Schemas;
/** Every worker a document was handed to since the test began, in order; the class is Node's own. */
let handed: Worker[] = [];
const postMessage = Worker.prototype.postMessage;
beforeAll(async () => {
  schemas = await openSchemas(folder);
  Worker.prototype.postMessage = function (this: Worker, ...given: Parameters<typeof postMessage>) {
    handed.push(this);
    return postMessage.apply(this, given);
  };
});
afterAll(async () => {
  Worker.prototype.postMessage = postMessage;
  await schemas.close();
});
beforeEach(() => {
  handed = [];
});

const message = sampleMessage('WMO323', { full: true });
const PRESTATIE = /( *<wmo323:Prestatie>[\s\S]*?<\/wmo323:Prestatie>\n)/;
const prestatie = PRESTATIE.exec(message)?.[1] ?? '';

/** The message with so many copies of its first Prestatie before the others. */
function repeated(count: number, change: (text: string, at: number) => string = (text) => text): Buffer {
  const many = Array.from({ length: count }, (_, i) => change(prestatie, i)).join('');
  return Buffer.from(message.replace(PRESTATIE, () => `${many}${prestatie}`));
}
const enlarged = (bytes: number, change?: (text: string) => string): Buffer =>
  repeated(Math.ceil(bytes / prestatie.length), change);
const padded = (text: string): Buffer => Buffer.from(`${text}<!--${' '.repeat(INLINE_VALIDATION_BYTES)}-->\n`);

describe('row 125 documents above 256 KB', () => {
  test('the limit: at 262,144 octets where it is, one more in a worker', async () => {
    const room = INLINE_VALIDATION_BYTES - Buffer.byteLength(message) - '<!---->'.length;
    const at = Buffer.from(`${message}<!--${' '.repeat(room)}-->`);
    expect(at.length).toBe(262_144);
    expect((await schemas.validate(at, ID)).valid).toBe(true);
    expect(handed).toHaveLength(0);
    expect((await schemas.validate(Buffer.concat([at, Buffer.from('\n')]), ID)).valid).toBe(true);
    expect(handed).toHaveLength(1);
  });

  test.each([
    ['valid', message],
    ['pattern', message.replace(/DeclaratieNummer>[^<]*</, 'DeclaratieNummer>-<')],
    ['enumeration', message.replace(/Eenheid>[^<]*</g, `Eenheid>${PLANTED}<`)],
    ['missing', message.replace(/<wmo323:DeclaratieDagtekening>.*\n/, '')],
    ['unexpected', message.replace('</wmo323:Declaratie>', '<wmo323:Extra/></wmo323:Declaratie>')],
    ['not well-formed', message.replace('</wmo323:Declaratie>', '')],
    ['doctype', message.replace('?>\n', '?>\n<!DOCTYPE a>\n')],
    ['another root', sampleMessage('WMO301')],
    ['binary', '\u0000\u0001'],
  ])('%s gets the same findings in a worker as where it is', async (_, text) => {
    const small = await schemas.validate(Buffer.from(text), ID);
    expect(handed).toHaveLength(0);
    const large = await schemas.validate(padded(text), ID);
    expect(handed).toHaveLength(1);
    expect(large.valid).toBe(small.valid);
    expect(large.issues).toEqual(small.issues);
    expect(large.schema).toEqual(small.schema);
    expect(JSON.stringify(large)).not.toContain(PLANTED);
  });

  test('row 156 a finding behind line 65,535 has its own line and position', async () => {
    const count = 4000;
    const bytes = repeated(count, (text, at) =>
      at === count - 1 ? text.replace(/Eenheid>[^<]*</, 'Eenheid>ZZ<') : text,
    );
    const lines = bytes.toString('utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('>ZZ<')) + 1;
    expect(line).toBeGreaterThan(65_535);
    const path = `/Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[${count}]/Eenheid`;
    const { issues } = await schemas.validate(bytes, ID);
    expect(issues).toEqual([{ line, path, code: 'enumeration', message: expect.any(String) }]);
  });

  test('row 156 namesakes on one line are told apart', async () => {
    const text = message.replace(PRESTATIE, (one) => one.repeat(3) + one.replace(/Eenheid>[^<]*</, 'Eenheid>ZZ<'));
    const { issues } = await schemas.validate(Buffer.from(text.replace(/\n\s*/g, '')), ID);
    expect(issues.map(({ line, path }) => [line, path])).toEqual([
      [1, '/Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[4]/Eenheid'],
    ]);
  });

  test('row 159 at most 200 findings, however many there are', async () => {
    const { issues } = await schemas.validate(
      enlarged(600_000, (text) => text.replace(/Eenheid>[^<]*</, `Eenheid>${PLANTED}<`)),
      ID,
    );
    expect(issues).toHaveLength(200);
    expect(JSON.stringify(issues)).not.toContain(PLANTED);
  });

  test('row 158 25 MB of valid messages is valid; 31 MB is refused as too large', async () => {
    expect((await schemas.validate(enlarged(25_000_000), ID)).issues).toEqual([]);
    const refused = await schemas.validate(Buffer.alloc(31 * 1024 * 1024, ' '), ID);
    expect(refused.issues).toEqual([{ line: 1, path: '/', code: 'tooLarge', message: expect.any(String) }]);
  }, 60_000);

  test('row 158 an envelope of 25 MB is valid, and not when one character of it is no base64', async () => {
    const bytes = Buffer.from(
      writeStuf({
        kind: 'Di01',
        stuurgegevens: {
          berichtcode: 'Di01',
          zender: { organisatie: '9999', applicatie: 'Proef' },
          ontvanger: { organisatie: '99999901', applicatie: 'GGk' },
          referentienummer: '0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f',
          tijdstipBericht: '20260115120000',
          functie: 'WMO301',
        },
        parameters: {
          applicatieVersie: '0001',
          applicatieSubversie: '0000',
          functieVersie: '0003',
          functieSubversie: '0002',
        },
        payload: { kind: 'tekstBestand', bestandsnaam: 'proef.pdf', bytes: Buffer.alloc(18_700_000, 7) },
      }),
    );
    expect(bytes.length).toBeGreaterThan(24_900_000);
    expect((await schemas.validate(bytes, 'stuf-ggk0210')).issues).toEqual([]);
    bytes[20_000_000] = '-'.charCodeAt(0);
    const path = '/envelopHeenbericht-ggk_Di01/parameters/bericht/tekstBestand';
    const { issues } = await schemas.validate(bytes, 'stuf-ggk0210');
    expect(issues.map((issue) => [issue.code, issue.path])).toEqual([
      ['type', path],
      ['base64', path],
    ]);
  }, 60_000);

  test.each([
    ['no text but blanks', ' ', 1_000_000, 'maxLength pattern'],
    ['letters', 'a', 1_000_000, 'maxLength'],
    ['letters, more than libxml2 looks at', 'a', 20_000_000, 'limit'],
  ])('row 125 a value of %s is a finding, not a failure', async (_, character, times, codes) => {
    const text = sampleMessage('WMO301', { full: true });
    const long = text.replace(/<iwmo:Achternaam>[^<]*</, () => `<iwmo:Achternaam>${character.repeat(times)}<`);
    const { issues } = await schemas.validate(Buffer.from(long), 'iwmo-3.2/wmo301');
    expect(issues.map(({ code }) => code).join(' ')).toBe(codes);
  });

  test.each([
    ['date', 'Begindatum', 'type'],
    ['enumeration', 'Eenheid', 'maxLength enumeration'],
    ['integer', 'ProductTarief', 'type'],
  ])('row 159 a %s of 100,000 characters has the same rule as a short one', async (_, name, codes) => {
    for (const times of [10, 100_000]) {
      const value = PLANTED.repeat(times / 10).replace(/^9/, 'x');
      const text = message.replace(new RegExp(`${name}>[^<]*<`), () => `${name}>${value}<`);
      const { issues } = await schemas.validate(Buffer.from(text), ID);
      expect(issues.map(({ code }) => code).join(' ')).toBe(codes);
      expect(JSON.stringify(issues)).not.toContain('90019');
    }
  });

  test('row 125 five million blanks where a text is asked for', async () => {
    const text = sampleMessage('WMO301', { full: true });
    const blank = (put: string): Buffer =>
      Buffer.from(text.replace(/<wmo301:Commentaar>[^<]*</, () => `<wmo301:Commentaar>${put}<`));
    const blanks = ' '.repeat(5_000_000);
    expect((await schemas.validate(blank(blanks), 'iwmo-3.2/wmo301')).issues.map(({ code }) => code)).toEqual([
      'pattern',
    ]);
    expect((await schemas.validate(blank(`${blanks}a${blanks}`), 'iwmo-3.2/wmo301')).issues).toEqual([]);
  });

  test('many at once: every document gets its own verdict', async () => {
    const bad = message.replace(/Eenheid>[^<]*</, 'Eenheid>ZZ<');
    const texts = Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? bad : message));
    const verdicts = await Promise.all(
      texts.map((text, i) => schemas.validate(i % 2 === 0 ? padded(text) : Buffer.from(text), ID)),
    );
    expect(verdicts.map(({ valid }) => valid)).toEqual(texts.map((text) => text === message));
    expect(handed).toHaveLength(12);
    expect(new Set(handed).size).toBeLessThanOrEqual(2);
  });
});

describe('row 120 nothing outside is read', () => {
  let server: Server;
  let asked = 0;
  let outside = '';
  let temporary = '';
  beforeAll(async () => {
    temporary = mkdtempSync(join(tmpdir(), 'dk-outside-'));
    outside = join(temporary, 'iets.xsd');
    writeFileSync(
      outside,
      '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:iets"><xs:element name="iets"/></xs:schema>',
    );
    server = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(temporary, { recursive: true, force: true });
  });
  const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  const places = (): string[] => [
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/iets.xsd`,
    outside,
    pathToFileURL(outside).href,
    'schemas/1/iwmo-3.2/WMO301.xsd',
    'schemas/2/iwmo-3.2/WMO301.xsd',
    '../iwmo-3.2/WMO301.xsd',
  ];

  test('xsi:schemaLocation changes no verdict, neither of its own document nor of the next', async () => {
    const other = sampleMessage('WMO301');
    for (const place of places()) {
      for (const pad of [Buffer.from, padded]) {
        const own = message.replace(' xmlns:iwmo=', ` ${XSI} xsi:schemaLocation="urn:iets ${place}" xmlns:iwmo=`);
        expect((await schemas.validate(pad(own), ID)).issues).toEqual([]);
        const wrong = other.replace(
          ' xmlns:iwmo=',
          ` ${XSI} xsi:schemaLocation="http://www.istandaarden.nl/iwmo/3_2/wmo301/schema ${place}" xmlns:iwmo=`,
        );
        expect((await schemas.validate(pad(wrong), ID)).issues.map(({ code }) => code)).toEqual(['root']);
        expect((await schemas.validate(pad(other), ID)).issues.map(({ code }) => code)).toEqual(['root']);
        const iets = `<iets xmlns="urn:iets" ${XSI} xsi:schemaLocation="urn:iets ${place}"/>`;
        expect((await schemas.validate(pad(iets), ID)).issues.map(({ code }) => code)).toEqual(['root']);
      }
    }
    expect(asked).toBe(0);
  });

  test('xinclude, xml-stylesheet and xml:base are not followed', async () => {
    for (const place of places()) {
      const text = message
        .replace('?>\n', `?>\n<?xml-stylesheet href="${place}"?>\n`)
        .replace(
          '</wmo323:Declaratie>',
          `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${place}"/></wmo323:Declaratie>`,
        );
      const { issues } = await schemas.validate(Buffer.from(text), ID);
      expect(issues.map(({ code, path }) => [code, path])).toEqual([['unexpected', '/Bericht/Declaratie/include']]);
    }
    expect(asked).toBe(0);
  });

  test('row 117 a DOCTYPE is refused, with entities or without, small and large', async () => {
    const types = [
      '<!DOCTYPE a>',
      `<!DOCTYPE a SYSTEM "${places()[0]}">`,
      `<!DOCTYPE a [<!ENTITY b SYSTEM "${places()[1]}">]>`,
    ];
    for (const type of types) {
      const text = message.replace('?>\n', `?>\n${type}\n`);
      for (const bytes of [Buffer.from(text), padded(text)]) {
        const { issues } = await schemas.validate(bytes, ID);
        expect(issues.map(({ code }) => code)).toEqual(['doctype']);
      }
    }
    expect(asked).toBe(0);
  });
});

describe('row 159 values that imitate the texts of libxml2', () => {
  test.each([
    `This element is not expected. Expected is ( ${PLANTED} ).`,
    `Missing child element(s). Expected is one of ( ${PLANTED} ).`,
    `The attribute '${PLANTED}' is required but missing.`,
    `[facet 'maxLength'] maximum length of '${PLANTED}'`,
    `x' is not a valid value of the atomic type '${PLANTED}'.`,
    `line one\nline two ${PLANTED}`,
  ])('%j is not taken over', async (value) => {
    const text = message
      .replace(/Eenheid>[^<]*</, () => `Eenheid>${value}<`)
      .replace(/Begindatum>[^<]*</, () => `Begindatum>${value}<`);
    const { issues } = await schemas.validate(Buffer.from(text), ID);
    expect(issues.length).toBeGreaterThanOrEqual(2);
    expect(issues.filter(({ code }) => !['maxLength', 'enumeration', 'type', 'pattern'].includes(code))).toEqual([]);
    expect(issues.map(({ code }) => code)).toContain('type');
    expect(JSON.stringify(issues)).not.toContain(PLANTED);
  });
});

const withoutBytes = (read: StufReading | ReturnType<typeof readStuf>): unknown =>
  read.ok && 'payload' in read.value ? { ...read.value, payload: { ...read.value.payload, bytes: 0 } } : read;

describe('row 125 workers that die', () => {
  let own: Schemas;
  beforeEach(async () => {
    own = await openSchemas(folder);
  });
  afterEach(() => own.close());
  const large = enlarged(INLINE_VALIDATION_BYTES + 1);

  test('in the middle of a document: that promise is rejected, the next documents are checked', async () => {
    const lost = own.validate(large, ID);
    const kept = own.validate(large, ID);
    const waiting = own.validate(large, ID);
    await Promise.all([expect(lost).rejects.toThrow('worker'), handed[0]?.terminate()]);
    expect((await kept).valid).toBe(true);
    expect((await waiting).valid).toBe(true);
    expect((await own.validate(large, ID)).valid).toBe(true);
  });

  test('while it has nothing to do: the next document gets a new one', async () => {
    expect((await own.validate(large, ID)).valid).toBe(true);
    await handed[0]?.terminate();
    expect((await own.validate(large, ID)).valid).toBe(true);
    expect(handed[1]).not.toBe(handed[0]);
  });

  test('one after the other, more often than there are workers', async () => {
    for (let i = 0; i < 5; i += 1) {
      const lost = own.validate(large, ID);
      await Promise.all([expect(lost).rejects.toThrow('worker'), handed[i]?.terminate()]);
    }
    expect((await own.validate(large, ID)).valid).toBe(true);
  });

  test('after 256 MB a worker is replaced, and no document notices', async () => {
    const bytes = Buffer.alloc(4 * 1024 * 1024, 'x');
    for (let i = 0; i < 66; i += 1) {
      const { issues } = await own.validate(bytes, ID);
      expect(issues.map(({ code }) => code)).toEqual(['notWellFormed']);
    }
    expect(new Set(handed.slice(0, 65)).size).toBe(1);
    expect(handed[65]).not.toBe(handed[64]);
    expect((await own.validate(large, ID)).valid).toBe(true);
  }, 60_000);

  test('after a document above 4 MB a worker is replaced, for it would keep the memory', async () => {
    for (let i = 0; i < 3; i += 1) await own.validate(Buffer.alloc(5 * 1024 * 1024, 'x'), ID);
    expect(new Set(handed).size).toBe(3);
  }, 60_000);

  test('a StUF document is read there with the same verdict, and its payload comes back whole', async () => {
    const payload = Buffer.from(`<a>${'x'.repeat(400_000)}</a>`);
    const bytes = Buffer.from(writeStuf(heen('WMO301', { payload })));
    const read = await own.readStuf(bytes);
    if (!read.ok || !('payload' in read.value)) throw new Error('not read');
    expect(payload.equals(read.value.payload.bytes)).toBe(true);
    const inline = readStuf(bytes);
    expect(withoutBytes(read)).toEqual(withoutBytes(inline));
    const broken = Buffer.concat([bytes, Buffer.from('<')]);
    expect(await own.readStuf(broken)).toEqual(readOrPeek(broken));
    expect(new Set(handed).size).toBe(1);
  });

  test('an error inside a worker is a rejection with its code', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'dk-empty-'));
    const [entry] = own.entries.filter(({ id }) => id === ID);
    writeFileSync(join(empty, 'catalogue.json'), JSON.stringify([entry]));
    const broken = await openSchemas(empty);
    try {
      await expect(broken.validate(large, ID)).rejects.toThrow('failed (ENOENT)');
      await expect(broken.validate(large, ID)).rejects.toThrow('failed (ENOENT)');
    } finally {
      await broken.close();
      rmSync(empty, { recursive: true, force: true });
    }
  });

  test('closing rejects what is under way or waiting, and what comes later', async () => {
    const jobs = Array.from({ length: 4 }, () => own.validate(large, ID));
    const outcome = Promise.allSettled(jobs);
    await own.close();
    expect((await outcome).map(({ status }) => status)).toEqual(jobs.map(() => 'rejected'));
    await expect(own.validate(large, ID)).rejects.toThrow('closed');
    await own.close();
  });
});
