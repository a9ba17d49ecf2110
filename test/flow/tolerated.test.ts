// What a correct message may carry besides, or lose on the way, without being refused or read otherwise.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  ATTRS,
  boundaryOf,
  type Change,
  closePairs,
  extra,
  freshRequest,
  give,
  inBody,
  inHeaders,
  openPairs,
  pairOf,
  type RefusalProfile,
} from '../fixtures/changed.ts';
import { recordedPost } from '../fixtures/pair.ts';

beforeAll(openPairs);
afterAll(closePairs);

const CASES: readonly (readonly [string, RefusalProfile, Change])[] = [
  [
    'R42 R43 T70 xlink:role, Schema and Description of a Reference',
    'osb-rm',
    inBody(
      /(<eb:Reference)([^>]*)>/,
      '$1 xlink:role="urn:rol"$2><eb:Schema eb:location="urn:schema"></eb:Schema><eb:Description xml:lang="nl">deel</eb:Description>',
    ),
  ],
  [
    'R78 R116 T86 an ErrorList of Warnings on a business message',
    'osb-rm',
    extra(
      `<eb:ErrorList ${ATTRS} eb:highestSeverity="Warning"><eb:Error eb:errorCode="Unknown" eb:severity="Warning"></eb:Error></eb:ErrorList>`,
    ),
  ],
  [
    'R59 the media type of a signed part, changed on the way, is not covered by the signature',
    'osb-rm-s',
    inBody('Content-Type: application/xml', 'Content-Type: text/plain'),
  ],
  [
    'R33 T54 a bare UUID as MessageId',
    'osb-rm',
    inBody(/<eb:MessageId>[^<]*</, '<eb:MessageId>1b4e28ba-2fa1-11d2-883f-0016d3cca427<'),
  ],
  ['R84 T143 AckRequested without actor', 'osb-rm', inBody(/(<eb:AckRequested) SOAP:actor="[^"]*"/, '$1')],
  [
    'R3 T7 a package of the SOAP part alone',
    'osb-rm',
    (request) => {
      const bare = inBody(/<eb:Manifest[\s\S]*<\/eb:Manifest>/, '')(request);
      const boundary = boundaryOf(bare);
      return inBody(new RegExp(`(</SOAP:Envelope>)\\r\\n--${boundary}\\r[\\s\\S]*`), `$1\r\n--${boundary}--\r\n`)(bare);
    },
  ],
  [
    'DK-009 R140 T198 other HTTP headers',
    'osb-rm',
    inHeaders({ 'mime-version': '1.0', 'content-description': 'iets', 'x-anders': 'ja' }),
  ],
];

test.each(CASES)('%s (%s) is acknowledged and delivered', async (_title, profile, change) => {
  const { text, delivered } = await give(profile, change(await freshRequest(profile)));
  expect(text).toContain('<eb:Acknowledgment');
  expect(delivered).toBe(1);
});

test('R40 T67 row 107 a part without a Manifest is dropped on an unsigned channel', async () => {
  const change = inBody(/<eb:Manifest[\s\S]*<\/eb:Manifest>/, '');
  const { text, delivered } = await give('osb-rm', change(await freshRequest('osb-rm')));
  expect([text, delivered]).toEqual([expect.stringContaining('<eb:Acknowledgment'), 1]);
  const p = pairOf('osb-rm');
  const [record] = await p.received(p.clock.now());
  expect(record?.parts).toEqual([]);
});

test('R40 T67 row 107 and on a signed channel it is refused', async () => {
  const change = inBody(/<eb:Manifest[\s\S]*<\/eb:Manifest>/, '');
  const { text, delivered } = await give('osb-rm-s', change(await freshRequest('osb-rm-s')));
  expect([text, delivered]).toEqual([expect.stringContaining('eb:errorCode="MimeProblem"'), 0]);
});

test('R60 T113 signed text with CRLF, sent in base64, is verified and kept as it was', async () => {
  const text = '<proef>\r\n</proef>\r\n';
  const p = pairOf('osb-rm-s');
  const post = await recordedPost(p, text);
  const encoded = post.body
    .toString('latin1')
    .replace(`\r\n\r\n${text}\r\n--`, () => `\r\nContent-Transfer-Encoding: base64\r\n\r\n${btoa(text)}\r\n--`);
  expect(encoded).toContain(btoa(text));
  const given = await give('osb-rm-s', { body: encoded, headers: post.headers });
  expect([given.text, given.delivered]).toEqual([expect.stringContaining('<eb:Acknowledgment'), 1]);
  const [part] = (await p.received(p.clock.now()))[0]?.parts ?? [];
  if (part === undefined) throw new Error('no part');
  expect(Buffer.from(await p.b.store.blobs.read(part.blob)).toString()).toBe(text);
});
