// The multipart reader: packaging rules, broken packages, transfer encodings and limits.
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readMultipart } from '../../adapter/mime/index.ts';
import {
  chunksOf,
  contentType,
  LIMITS,
  packageOf,
  RELATED,
  readBack,
  SOAP_PART,
  verdict,
} from '../fixtures/wire/mime.ts';

const ALL_BYTES = Buffer.from([...Array(256).keys(), 13, 10, 10, 13, 13, 10]);
const part = (id: string, body: string | Buffer, more = ''): Buffer =>
  Buffer.concat([
    Buffer.from(`Content-Type: application/octet-stream\r\nContent-ID: <${id}>\r\n${more}\r\n`),
    Buffer.from(body as string),
  ]);

describe('packaging', () => {
  test('R4 R7 DK-055 T23 T24 parts are given out byte for byte, with length, digest and type', async () => {
    const read = await readBack(packageOf(SOAP_PART, part('p1@a', ALL_BYTES), part('p2@a', '')));
    if (!read.result.ok) throw new Error(read.result.error.detail);
    const [soap, binary, empty] = read.result.value.parts;
    expect(read.result.value.root).toBe(0);
    expect(soap?.header.contentType.mediaType).toBe('text/xml');
    expect(soap?.header.contentType.parameters.get('charset')).toBe('UTF-8');
    expect(read.bodies.get(0)?.toString()).toBe('<a/>');
    expect(read.bodies.get(1)).toEqual(ALL_BYTES);
    expect(binary).toMatchObject({
      bytes: ALL_BYTES.length,
      sha256: createHash('sha256').update(ALL_BYTES).digest('hex'),
    });
    expect(empty).toMatchObject({
      bytes: 0,
      sha256: createHash('sha256').digest('hex'),
      header: { contentId: 'p2@a' },
    });
  });

  test('R11 T13 unknown header fields are ignored; an absent Content-Type is text/plain, an absent encoding is raw', async () => {
    const read = await readBack(
      packageOf('X-Foo: bar\r\n folded: on\r\nContent-Id: <soap@a.example>\r\n\r\n<a/>', '\r\nplain'),
    );
    expect(verdict(read)).toBe('parts:2');
    expect(read.headers[1]).toMatchObject({ contentId: undefined, fileName: undefined, transferEncoding: 'binary' });
    expect(read.headers[1]?.contentType.mediaType).toBe('text/plain');
    expect(read.bodies.get(1)?.toString()).toBe('plain');
  });

  test('R5 R6 T16 T17 T18 row 105 the root is the part that start names, with or without brackets, else the first', async () => {
    const soapSecond = packageOf(part('p1@a', 'x'), SOAP_PART);
    const rootOf = async (start: string, bytes = soapSecond): Promise<number | string> => {
      const read = await readBack(bytes, contentType(`multipart/related; boundary=b1${start}`));
      if (!read.result.ok) return read.result.error.kind;
      expect(read.roots).toEqual([0, 1].map((i) => read.result.ok && i === read.result.value.root));
      return read.result.value.root;
    };
    expect(await rootOf('; start="<soap@a.example>"')).toBe(1);
    expect(await rootOf('; start="soap@a.example"')).toBe(1);
    expect(
      await rootOf(
        '; start="<soap@a.example>"',
        Buffer.from(soapSecond.toString().replace('<soap@a.example>', 'soap@a.example')),
      ),
    ).toBe(1);
    expect(await rootOf('')).toBe(0);
    expect(await rootOf('; start="<nobody@a.example>"')).toBe('fault');
  });

  test('row 103 preamble, epilogue, LF only, blanks behind the boundary are accepted and the octets stay exact', async () => {
    const plain = packageOf(SOAP_PART, part('p1@a', 'line\r\nend'));
    const framed = Buffer.concat([Buffer.from('preamble --b1\r\n'), plain, Buffer.from('epilogue\r\n--b1\r\n--b1--')]);
    const lf = Buffer.from(
      '--b1\nContent-ID: <soap@a.example>\n\n<a/>\n--b1\nContent-ID: <p>\n\nends in CR\r\n--b1--\n',
    );
    const blanks = Buffer.from(plain.toString().replaceAll('--b1\r\n', '--b1 \t \r\n').replace('--b1--', '--b1-- \t'));
    for (const bytes of [plain, framed, blanks]) {
      const read = await readBack(bytes);
      expect(verdict(read)).toBe('parts:2');
      expect(read.bodies.get(1)?.toString()).toBe('line\r\nend');
    }
    const read = await readBack(lf);
    expect(verdict(read)).toBe('parts:2');
    expect(read.bodies.get(0)?.toString()).toBe('<a/>');
    expect(read.bodies.get(1)?.toString()).toBe('ends in CR\r');
  });

  test('row 101 text that only begins like the boundary, or does not stand on its own line, is content', async () => {
    const body = 'x\r\n--b12\r\n--b1-\r\n--b1x\r\n--b1--x\r\n --b1\r\n--b\r\n---b1\r\nx--b1\r\n--b1 x';
    const read = await readBack(packageOf(SOAP_PART, part('p1@a', body)));
    expect(verdict(read)).toBe('parts:2');
    expect(read.bodies.get(1)?.toString()).toBe(body);
  });

  test('row 101 a boundary of regular expression characters is taken literally', async () => {
    const bytes = Buffer.from(
      packageOf(SOAP_PART, part('p', '--bx1\r\n--b1'))
        .toString()
        .replaceAll('--b1\r\nC', '--.*\r\nC')
        .replace('--b1--', '--.*--'),
    );
    const read = await readBack(bytes, contentType('multipart/related; boundary=".*"'));
    expect(verdict(read)).toBe('parts:2');
    expect(read.bodies.get(1)?.toString()).toBe('--bx1\r\n--b1');
  });

  test('row 110 a multipart inside a part is just octets', async () => {
    const inner = '--in\r\n\r\nx\r\n--in--';
    const read = await readBack(packageOf(SOAP_PART, `Content-Type: multipart/mixed; boundary=in\r\n\r\n${inner}`));
    expect(verdict(read)).toBe('parts:2');
    expect(read.bodies.get(1)?.toString()).toBe(inner);
  });
});

describe('broken packages', () => {
  const good = packageOf(SOAP_PART, part('p1@a', 'payload'));
  test.each([
    ['T14 row 102 no closing boundary', good.subarray(0, good.indexOf('--b1--'))],
    ['T14 row 102 cut in a part', good.subarray(0, good.indexOf('load'))],
    ['T14 row 102 cut in a header', good.subarray(0, good.indexOf('Content-ID: <p1'))],
    ['T14 row 102 cut in the closing boundary', good.subarray(0, good.length - 3)],
    ['row 102 empty body', Buffer.alloc(0)],
    ['row 102 another boundary', Buffer.from(good.toString().replaceAll('b1', 'b2'))],
    ['row 102 a closing boundary only', Buffer.from('--b1--\r\n')],
    ['T26 row 106 the same Content-ID twice', packageOf(SOAP_PART, part('p1@a', 'x'), part('p1@a', 'x'))],
    [
      'T26 row 106 the same Content-ID once without brackets',
      packageOf(SOAP_PART, 'Content-ID: soap@a.example\r\n\r\n'),
    ],
    ['row 106 two Content-ID fields in a part', packageOf(SOAP_PART, 'Content-ID: <p>\r\nContent-ID: <q>\r\n\r\n')],
    [
      'row 106 two encodings in a part',
      packageOf(SOAP_PART, part('p', '', 'Content-Transfer-Encoding: binary\r\ncontent-transfer-encoding: base64\r\n')),
    ],
    ['row 105 start names no part', packageOf(part('p1@a', 'x'))],
  ])('fault: %s', async (_name, bytes) => {
    expect(verdict(await readBack(bytes))).toBe('fault');
  });

  test('T14 fault: no boundary parameter, or not multipart/related', async () => {
    expect(verdict(await readBack(good, contentType('multipart/related; type="text/xml"')))).toBe('fault');
    expect(verdict(await readBack(good, contentType('multipart/mixed; boundary=b1')))).toBe('fault');
  });

  test('row 102 the closing boundary may be the last octets', async () => {
    expect(verdict(await readBack(good.subarray(0, good.length - 2)))).toBe('parts:2');
    expect(verdict(await readBack(good.subarray(0, good.length - 1)))).toBe('parts:2');
  });

  test.each([
    ['row 104 a header that runs into the boundary', packageOf(SOAP_PART, 'Content-ID: <p>')],
    ['row 104 a header that runs into XML', packageOf(SOAP_PART, 'Content-ID: <p>\r\n<eb:x>y</eb:x>')],
    ['row 104 a first line that is a continuation', packageOf(SOAP_PART, ' x: y\r\n\r\n')],
    [
      'row 109 an unknown transfer encoding',
      packageOf(SOAP_PART, part('p', 'x', 'Content-Transfer-Encoding: x-uuencode\r\n')),
    ],
    ['row 109 base64 with junk', packageOf(SOAP_PART, part('p', 'QUJD!UQ=', 'Content-Transfer-Encoding: base64\r\n'))],
    ['row 109 base64 that is cut', packageOf(SOAP_PART, part('p', 'QUJDR', 'Content-Transfer-Encoding: base64\r\n'))],
    ['row 109 base64 without padding', packageOf(SOAP_PART, part('p', 'QUI', 'Content-Transfer-Encoding: base64\r\n'))],
    [
      'row 109 base64 with text behind the padding',
      packageOf(SOAP_PART, part('p', 'QQ==QQ==', 'Content-Transfer-Encoding: base64\r\n')),
    ],
    [
      'row 109 a quoted-printable escape that is cut',
      packageOf(SOAP_PART, part('p', 'a=4', 'Content-Transfer-Encoding: quoted-printable\r\n')),
    ],
  ])('mimeProblem: %s', async (_name, bytes) => {
    const read = await readBack(bytes);
    expect(verdict(read)).toBe('mimeProblem');
    expect(read.bodies.get(0)?.toString()).toBe('<a/>');
  });

  test('rows 104 109 behind an unreadable part the root is still read, for the ebMS error', async () => {
    const unreadable = part('p', 'x', 'Content-Transfer-Encoding: x\r\n');
    const read = await readBack(packageOf(unreadable, part('q', 'not given'), SOAP_PART));
    expect(verdict(read)).toBe('mimeProblem');
    expect([...read.bodies.keys()]).toEqual([2]);
    const cut = packageOf(unreadable, SOAP_PART);
    expect(verdict(await readBack(cut.subarray(0, -8)))).toBe('fault');
  });

  test('row 102 a connection that ends within the body is a truncated package; other errors are thrown on', async () => {
    const ending = (code: string) =>
      (async function* () {
        yield good.subarray(0, 20);
        throw Object.assign(new Error('aborted'), { code });
      })();
    const options = { limits: LIMITS, sink: () => ({ write: () => undefined }) };
    const result = await readMultipart(ending('ECONNRESET'), RELATED, options);
    expect(result).toMatchObject({ ok: false, error: { kind: 'fault' } });
    await expect(readMultipart(ending('ENOSPC'), RELATED, options)).rejects.toThrow('aborted');
  });
});

describe('R13 R60 T21 row 109 transfer encodings', () => {
  const decoded = async (encoding: string, text: string, sizes?: readonly number[]): Promise<Buffer | undefined> => {
    const read = await readBack(
      packageOf(SOAP_PART, part('p', text, `Content-Transfer-Encoding: ${encoding}\r\n`)),
      RELATED,
      sizes,
    );
    expect(verdict(read)).toBe('parts:2');
    return read.bodies.get(1);
  };

  test.each(['binary', '8bit', '7bit', '8BIT'])('%s is raw', async (encoding) => {
    expect((await decoded(encoding, 'a=3D\tb \r\n'))?.toString()).toBe('a=3D\tb \r\n');
  });

  test.each([1, 2, 3, 5, 65_536])('base64 with line ends and blanks, in chunks of %d', async (size) => {
    const text = `${ALL_BYTES.toString('base64').replace(/(.{76})/g, '$1\r\n')} \t\r\n`;
    expect(await decoded('Base64', text, [size])).toEqual(ALL_BYTES);
    expect(await decoded('base64', 'QU I=\r\n', [size])).toEqual(Buffer.from('AB'));
    expect(await decoded('base64', '', [size])).toEqual(Buffer.alloc(0));
  });

  test.each([1, 2, 3, 5, 65_536])('quoted-printable, in chunks of %d', async (size) => {
    const text = 'caf=C3=A9=\r\n=3d soft =  \r\nblanks end \t \r\n  lead=20\r\n \r\n=\nlf \nlast=';
    expect((await decoded('quoted-printable', text, [size]))?.toString()).toBe(
      'café= soft blanks end\r\n  lead \r\n\r\nlf\nlast',
    );
  });
});

describe('limits', () => {
  test('row 110 at most 1000 parts, in linear time', async () => {
    const empty = Array.from({ length: 999 }, () => '\r\n');
    expect(verdict(await readBack(packageOf(SOAP_PART, ...empty)))).toBe('parts:1000');
    expect(verdict(await readBack(packageOf(SOAP_PART, ...empty, '\r\n')))).toBe('tooLarge');
    const started = performance.now();
    expect(verdict(await readBack(packageOf(SOAP_PART, ...Array.from({ length: 100_000 }, () => '\r\n'))))).toBe(
      'tooLarge',
    );
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test.each([[1], [7], [65_536]])(
    'row 110 a header over 32 kB, with and without colons, in chunks of %d',
    async (size) => {
      const header = (bytes: number): string => `Content-ID: <soap@a.example>\r\nX: ${'x'.repeat(bytes)}\r\n\r\n`;
      expect(verdict(await readBack(packageOf(header(32_000)), RELATED, [size]))).toBe('parts:1');
      expect(verdict(await readBack(packageOf(header(33_000)), RELATED, [size]))).toBe('tooLarge');
      expect(verdict(await readBack(packageOf('x'.repeat(80_000)), RELATED, [size]))).toBe('tooLarge');
      expect(verdict(await readBack(packageOf(`${'a:\r\n'.repeat(10_000)}\r\n`), RELATED, [size]))).toBe('tooLarge');
    },
  );

  test('row 111 the total and the SOAP part are limited; the sink gets no more than that', async () => {
    const bytes = packageOf(SOAP_PART, part('p', Buffer.alloc(1000)));
    expect(verdict(await readBack(bytes, RELATED, [100], { ...LIMITS, maxBytes: bytes.length }))).toBe('parts:2');
    expect(verdict(await readBack(bytes, RELATED, [100], { ...LIMITS, maxBytes: bytes.length - 1 }))).toBe('tooLarge');
    expect(verdict(await readBack(bytes, RELATED, [100], { ...LIMITS, maxRootBytes: 4 }))).toBe('parts:2');
    const tooLarge = await readBack(bytes, RELATED, [100], { ...LIMITS, maxRootBytes: 3 });
    expect(verdict(tooLarge)).toBe('tooLarge');
    expect(tooLarge.bodies.get(0)).toEqual(Buffer.alloc(0));
  });

  test('row 111 a body that never ends is left at the limit', async () => {
    let given = 0;
    const endless = (async function* () {
      for (;;) {
        given += 1000;
        yield Buffer.alloc(1000);
      }
    })();
    const result = await readMultipart(endless, RELATED, {
      limits: { ...LIMITS, maxBytes: 10_000 },
      sink: () => ({ write: () => undefined }),
    });
    expect(result).toMatchObject({ ok: false, error: { kind: 'tooLarge' } });
    expect(given).toBe(11_000);
  });

  test('D5 the next chunk is read only when the sink has taken the last one', async () => {
    const order: string[] = [];
    const body = (async function* () {
      for await (const chunk of chunksOf(packageOf(SOAP_PART), [40])) {
        order.push('chunk');
        yield chunk;
      }
    })();
    await readMultipart(body, RELATED, {
      limits: LIMITS,
      sink: () => ({
        write: async () => {
          order.push('begin');
          await new Promise((resolve) => setImmediate(resolve));
          order.push('end');
        },
      }),
    });
    expect(order.join(' ')).not.toMatch(/begin (?!end)/);
    expect(order).toContain('end');
  });

  test('row 109 an equals sign that begins no quoted-printable escape stands for itself', async () => {
    const text = 'a=XY b="c" d=C3=A9 e=4x';
    const read = await readBack(
      packageOf(SOAP_PART, part('p', text, 'Content-Transfer-Encoding: quoted-printable\r\n')),
      RELATED,
      [1],
    );
    expect(read.bodies.get(1)?.toString('utf8')).toBe('a=XY b="c" dé e=4x'.replace('dé', 'd\u00e9'));
  });

  test('row 110 in chunks of one octet the last quarter costs no more than the first: time is linear', async () => {
    const body = Buffer.from('\r\n--b1x'.repeat(60_000));
    const bytes = packageOf(SOAP_PART, part('p', body));
    const quarter = Math.ceil(bytes.length / 4);
    const spent: number[] = [];
    const octets = (async function* () {
      for (let at = 0; at < bytes.length; at += 1) {
        if (at % quarter === 0) spent.push(process.cpuUsage().user / 1000);
        yield bytes.subarray(at, at + 1);
      }
      spent.push(process.cpuUsage().user / 1000);
    })();
    let read = 0;
    const result = await readMultipart(octets, RELATED, {
      limits: LIMITS,
      sink: () => ({
        write: (chunk) => {
          read += chunk.length;
        },
      }),
    });
    expect(result.ok && result.value.parts[1]?.sha256).toBe(createHash('sha256').update(body).digest('hex'));
    expect(read).toBeGreaterThan(body.length);
    // Were every octet to cost what came before it, the last quarter would cost seven times the first.
    const [first = 0, second = 0, , fourth = 0, end = 0] = spent;
    expect(end - fourth).toBeLessThan(4 * (second - first) + 200);
  });
});

describe('any bytes in any chunks', () => {
  const piece = fc.constantFrom(
    '--b1',
    '--b1--',
    '\r\n',
    '\n',
    '\r',
    '--',
    ' ',
    'x',
    'Content-ID: <a>',
    'Content-ID: <soap@a.example>',
    ':',
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: quoted-printable',
    'QUJD',
    '=',
    '=3D',
  );
  const noise = fc.oneof(
    fc.array(piece, { maxLength: 60 }).map((list) => Buffer.from(list.join(''))),
    fc.uint8Array({ maxLength: 300 }).map((a) => Buffer.from(a)),
  );

  test('row 103 chunking never changes the outcome, and nothing throws', async () => {
    await fc.assert(
      fc.asyncProperty(
        noise,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
        async (bytes, sizes) => {
          const framed = Buffer.concat([
            Buffer.from('--b1\r\nContent-ID: <soap@a.example>\r\n\r\n<a/>\r\n--b1\r\n'),
            bytes,
            Buffer.from('\r\n--b1--'),
          ]);
          for (const input of [bytes, framed]) {
            const whole = await readBack(input);
            const cut = await readBack(input, RELATED, sizes);
            expect(cut.result).toEqual(whole.result);
            if (whole.result.ok) expect(cut.bodies).toEqual(whole.bodies);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
