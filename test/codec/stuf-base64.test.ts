// base64 of a StUF payload is judged by what it decodes to: the verdict must be that of the alphabet itself.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeBase64 } from '../../adapter/stuf/base64.ts';

const FORM = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;
const strict = (text: string): boolean => FORM.test(text.replace(/[\t\n\r ]/g, ''));

test('row 155 the same verdict as the alphabet, on text near base64', () => {
  const character = fc.constantFrom(...'ABQgwx019+/==-_ \n\u00e9\u0141\u0100.,');
  fc.assert(
    fc.property(
      fc.array(character, { maxLength: 24 }).map((list) => list.join('')),
      (text) => {
        expect([text, decodeBase64(text).ok]).toEqual([text, strict(text)]);
      },
    ),
    { numRuns: 20_000 },
  );
});

test('row 155 what was encoded comes back, with white space anywhere', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, at) => {
      const text = Buffer.from(bytes).toString('base64');
      const spread = `${text.slice(0, at % (text.length + 1))}\r\n ${text.slice(at % (text.length + 1))}`;
      const decoded = decodeBase64(spread);
      expect(decoded.ok ? [...decoded.value] : undefined).toEqual([...bytes]);
    }),
  );
});

test.each(['\u0141\u0141\u0141A', 'AAAA-AAA', 'AA_A', 'AA=A', '=AAA', 'A===', '====', 'AAAA=', 'AB==', 'ABC='])(
  'row 155 %j is no base64',
  (text) => {
    expect(decodeBase64(text).ok).toBe(false);
  },
);
