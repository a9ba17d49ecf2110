// Messages of another version of ebMS or SOAP, given to a running gateway (row 65).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Change, closePairs, extra, freshRequest, give, inBody, openPairs } from '../fixtures/changed.ts';

const EBMS_3 = 'http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/';
const messaging = `<e3:Messaging xmlns:e3="${EBMS_3}" SOAP:mustUnderstand="1"><e3:UserMessage><e3:MessageInfo><e3:Timestamp>2030-01-01T00:00:00Z</e3:Timestamp><e3:MessageId>drie@partij-a.test</e3:MessageId></e3:MessageInfo></e3:UserMessage></e3:Messaging>`;

/** As an MSH of version 3 sends it: its own header block and none of version 2. */
const onlyVersion3: Change = inBody(/(<SOAP:Header[^>]*>)[\s\S]*(<\/SOAP:Header>)/, `$1${messaging}$2`);
const faultOf = (text: string): string | undefined => /<faultcode>SOAP:(\w+)<\/faultcode>/.exec(text)?.[1];

describe('another version', () => {
  beforeAll(openPairs);
  afterAll(closePairs);

  test.each(['1.0', '3.0'])('row 65 R19 T28 eb:version %s is Inconsistent, at the attribute', async (version) => {
    const change = inBody('eb:version="2.0"', `eb:version="${version}"`);
    const { status, text, delivered } = await give('osb-rm', change(await freshRequest('osb-rm')));
    expect(status).toBe(200);
    expect(text).toMatch(/<eb:Error [^>]*eb:errorCode="Inconsistent"/);
    expect(text).toContain('eb:location="//Header/MessageHeader/@version"');
    expect(delivered).toBe(0);
  });

  const blocks: readonly (readonly [string, Change, string])[] = [
    [
      'T66 Manifest',
      inBody('<eb:Manifest eb:version="2.0"', '<eb:Manifest eb:version="1.0"'),
      '//Body/Manifest/@version',
    ],
    ['T139 AckRequested', inBody(/(<eb:AckRequested [^>]*eb:version=")2.0/, '$11.0'), '//Header/AckRequested/@version'],
    ['T179 SyncReply', inBody(/(<eb:SyncReply [^>]*eb:version=")2.0/, '$11.0'), '//Header/SyncReply/@version'],
    [
      'T179 another actor of SyncReply',
      inBody(/(<eb:SyncReply SOAP:actor=")[^"]*/, '$1urn:ander'),
      '//Header/SyncReply/@actor',
    ],
  ];
  test.each(blocks)('R19 %s is Inconsistent, at the attribute', async (_title, change, where) => {
    const { status, text, delivered } = await give('osb-rm', change(await freshRequest('osb-rm')));
    expect([status, delivered]).toEqual([200, 0]);
    expect(text).toMatch(/<eb:Error [^>]*eb:errorCode="Inconsistent"/);
    expect(text).toContain(`eb:location="${where}"`);
  });

  test.each([
    ['in place of those of version 2', onlyVersion3],
    ['beside those of version 2', extra(messaging)],
  ])('row 65 R18 a header block of ebMS 3 %s is not understood', async (_title, change) => {
    const { status, text, delivered } = await give('osb-rm', change(await freshRequest('osb-rm')));
    expect([status, faultOf(text), delivered]).toEqual([500, 'MustUnderstand', 0]);
    expect(text).toContain('Messaging is not understood');
  });

  test('row 65 SOAP 1.2', async () => {
    const change = inBody('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope');
    const { status, text, delivered } = await give('osb-rm', change(await freshRequest('osb-rm')));
    expect([status, faultOf(text), delivered]).toEqual([500, 'VersionMismatch', 0]);
  });
});
