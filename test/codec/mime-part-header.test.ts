// The header values of a part that a hub sends on: what is read can be written, and what cannot be written is refused.
import { expect, test } from '@jest/globals';
import { writeMultipart } from '../../adapter/mime/index.ts';
import { packageOf, readBack, SOAP_PART, verdict } from '../fixtures/wire/mime.ts';

const withType = (value: string): string => `Content-ID: <p>\r\nContent-Type: ${value}\r\n\r\n<x/>`;

test('R9 a folded Content-Type is read as one line, which can be written on', async () => {
  const read = await readBack(packageOf(SOAP_PART, withType('application/xml;\r\n\tcharset="UTF-8"')));
  expect(verdict(read)).toBe('parts:2');
  const contentType = read.headers[1]?.contentType.raw ?? '';
  expect(contentType).toBe('application/xml; charset="UTF-8"');
  const body = Buffer.from('<x/>');
  expect(() => writeMultipart([{ contentId: 'p@a', contentType, bytes: body.length, body }], 'grens')).not.toThrow();
});

test.each(['application/xml; a=\u0001b', 'application/xml\u007f', 'application/xml; a="\u0085"'])(
  'R9 a Content-Type with a control character, %j, is refused: it could not be sent on',
  async (value) => {
    expect(verdict(await readBack(packageOf(SOAP_PART, withType(value))))).toBe('fault');
  },
);
