// What somebody without an agreement sends costs little: an envelope as evidence, no parts, and only a share of the disk (OPS-7).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createEvidenceShare } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { closePairs, freshRequest, give, inBody, openPairs, pairOf, type Request } from '../fixtures/changed.ts';

const STRANGER = '00000099000000009000';
const HOUR = 3_600_000;

const withoutAgreement = inBody(/<eb:CPAId>[^<]*</, '<eb:CPAId>ONBEKEND<');
const large = (request: Request): Request => inBody('</SOAP:Header>', `${' '.repeat(70_000)}</SOAP:Header>`)(request);

async function rejected(): Promise<readonly MessageRecord[]> {
  return (await pairOf('osb-rm').b.store.search({ states: ['rejected'] }, { limit: 100 })).messages;
}
const noteCount = async (): Promise<number> => (await pairOf('osb-rm').b.store.notes(1000)).length;

describe('strangers', () => {
  beforeAll(openPairs);
  afterAll(closePairs);

  test('OPS-7 R62 another certificate than the From party: the envelope is kept, the parts are not', async () => {
    const { text, delivered } = await give('osb-rm', await freshRequest('osb-rm'), STRANGER);
    expect(text).toContain('SecurityFailure');
    expect(delivered).toBe(0);
    const [record] = await rejected();
    expect(record?.parts).toEqual([]);
    const { blobs } = pairOf('osb-rm').b.store;
    if (record?.envelope === undefined) throw new Error('no envelope');
    expect(Buffer.from(await blobs.read(record.envelope)).toString()).toContain('MessageHeader');
  });

  test('OPS-7 no agreement: the same, and of an envelope above 64 kB only a note', async () => {
    const before = [(await rejected()).length, await noteCount()] as const;
    await give('osb-rm', withoutAgreement(await freshRequest('osb-rm')));
    expect((await rejected()).map(({ parts }) => parts.length)).toEqual(Array(before[0] + 1).fill(0));
    const { text } = await give('osb-rm', large(withoutAgreement(await freshRequest('osb-rm'))));
    expect(text).toContain('ValueNotRecognized');
    expect([(await rejected()).length, await noteCount()]).toEqual([before[0] + 1, before[1] + 1]);
  });

  test('OPS-7 a partner with an agreement whose message is refused: all is kept', async () => {
    const tooLate = inBody(/<eb:TimeToLive>[^<]*</, '<eb:TimeToLive>2001-01-01T00:00:00Z<');
    const { text } = await give('osb-rm', tooLate(await freshRequest('osb-rm')));
    expect(text).toContain('TimeToLiveExpired');
    expect((await rejected()).filter(({ parts }) => parts.length === 1)).toHaveLength(1);
  });
});

describe('the share of strangers', () => {
  test('OPS-7 is used up, and comes back within the hour', () => {
    const share = createEvidenceShare(100_000);
    expect(share.take(90_000, 0)).toBe(true);
    expect(share.take(20_000, 0)).toBe(false);
    expect(share.take(20_000, HOUR / 10)).toBe(false);
    expect(share.take(20_000, HOUR / 4)).toBe(true);
    expect(share.take(20_000, HOUR / 4)).toBe(false);
    // A night adds no more than one share, and a clock that is set back adds nothing.
    expect(share.take(100_000, 20 * HOUR)).toBe(false);
    expect(share.take(97_000, 20 * HOUR)).toBe(true);
    expect(share.take(1, 10 * HOUR)).toBe(false);
  });

  test('OPS-7 thousands of small ones are counted too', () => {
    const share = createEvidenceShare(1_000_000);
    const kept = Array.from({ length: 10_000 }, () => share.take(0, 0)).filter(Boolean);
    expect(kept).toHaveLength(333);
  });
});
