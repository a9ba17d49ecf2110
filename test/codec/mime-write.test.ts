// The multipart writer: exact framing, known length, and what the reader makes of it.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type OutboundPart, writeMultipart } from '../../adapter/mime/index.ts';
import { contentType, readBack } from '../fixtures/wire/mime.ts';

const soap: OutboundPart = {
  contentId: 'soap@a.example',
  contentType: 'text/xml; charset=UTF-8',
  bytes: 4,
  body: Buffer.from('<a/>'),
};
const streamed = (bytes: Uint8Array, promised = bytes.length): OutboundPart => ({
  contentId: 'p1@a.example',
  contentType: 'application/xml',
  fileName: 'a"b.xml',
  bytes: promised,
  body: async function* () {
    yield bytes.subarray(0, 2);
    yield bytes.subarray(2);
  },
});

describe('writing', () => {
  test('R4 T2 T3 T4 type, boundary and start of a package', () => {
    const multipart = writeMultipart([soap, streamed(Buffer.from('<p/>'))], 'b1');
    expect(multipart.contentType).toBe('multipart/related; type="text/xml"; boundary="b1"; start="<soap@a.example>"');
  });

  test('R5 R13 T2 T5 T8 the octets of a package', async () => {
    const multipart = writeMultipart([soap, streamed(Buffer.from('<p/>'))], 'b1');
    const text = Buffer.from(await multipart.whole()).toString();
    expect(text).toBe(
      '--b1\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <soap@a.example>\r\n\r\n<a/>\r\n' +
        '--b1\r\nContent-Type: application/xml\r\nContent-ID: <p1@a.example>\r\n' +
        'Content-Disposition: attachment; filename="a\\"b.xml"\r\n\r\n<p/>\r\n--b1--\r\n',
    );
    expect(multipart.bytes).toBe(text.length);
    expect(typeof multipart.body).toBe('function');
    expect(writeMultipart([soap], 'b1').body).toBeInstanceOf(Uint8Array);
  });

  test('row 108 header values cannot break out of their line', () => {
    const evil = { ...soap, fileName: 'a\r\nX: y\u0000é.xml' };
    const text = Buffer.from(writeMultipart([evil], 'b1').body as Uint8Array).toString();
    expect(text).toContain(
      `Content-Disposition: attachment; filename="aX: y_.xml"; filename*=UTF-8''aX%3A%20y%C3%A9.xml\r\n`,
    );
    expect(() => writeMultipart([{ ...soap, contentId: 'a\r\nX: y' }], 'b1')).toThrow('control character');
    expect(() => writeMultipart([{ ...soap, contentType: 'a/b\nX: y' }], 'b1')).toThrow('control character');
    expect(() => writeMultipart([soap], 'b"1')).toThrow('boundary');
    expect(() => writeMultipart([], 'b1')).toThrow('SOAP part');
  });

  test('R141 a body of another length than promised is an error, not a wrong Content-Length', async () => {
    await expect(writeMultipart([soap, streamed(Buffer.from('<p/>'), 5)], 'b1').whole()).rejects.toThrow('5 bytes');
    expect(() => writeMultipart([{ ...soap, bytes: 3 }], 'b1')).toThrow('3 bytes');
  });

  test('T12 T23 what is written is read back unchanged, streamed or whole', async () => {
    const payload = fc.record({
      body: fc.uint8Array({ maxLength: 200 }),
      fileName: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 })),
      stream: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 4 }), async (payloads) => {
        const parts = payloads.map(
          ({ body, fileName, stream }, i): OutboundPart => ({
            contentId: `p${i}@a.example`,
            contentType: 'application/octet-stream',
            ...(fileName === null ? {} : { fileName }),
            bytes: body.length,
            body: stream
              ? async function* () {
                  yield body;
                }
              : body,
          }),
        );
        const multipart = writeMultipart([soap, ...parts], 'boundary-of-the-test');
        const bytes = await multipart.whole();
        expect(bytes.length).toBe(multipart.bytes);
        const read = await readBack(bytes, contentType(multipart.contentType), [17]);
        if (!read.result.ok) throw new Error(read.result.error.detail);
        expect(read.result.value.root).toBe(0);
        for (const [i, { body }] of payloads.entries()) expect(read.bodies.get(i + 1)).toEqual(Buffer.from(body));
        expect(read.headers.map((header) => header.contentId)).toEqual([
          'soap@a.example',
          ...parts.map((p) => p.contentId),
        ]);
      }),
      { numRuns: 200 },
    );
  });

  test.each(['plat.xml', 'één bestand.xml', 'a;b"c\\d.xml'.replace('\\', ''), '𝔘nicode.xml'])(
    'row 108 the file name %s comes back',
    async (fileName) => {
      const multipart = writeMultipart([soap, { ...soap, contentId: 'p', fileName }], 'b1');
      const read = await readBack(multipart.body as Uint8Array, contentType(multipart.contentType));
      expect(read.headers[1]?.fileName).toBe(fileName);
    },
  );
});
