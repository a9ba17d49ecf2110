// A signature that nobody asked for, on a channel whose CPA names no certificate: it cannot be checked, so it cannot pass (row 127).
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Change, closePairs, freshRequest, give, inBody, openPairs } from '../fixtures/changed.ts';

beforeAll(openPairs);
afterAll(closePairs);

const CASES: readonly (readonly [string, Change])[] = [
  ['a signature that would be good', (request) => request],
  ['a part changed after signing', inBody('<proef/>', '<proeg/>')],
  ['another SignatureValue', inBody(/<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA')],
];

test.each(CASES)(
  'row 127 %s is refused with the reason, and the message without it is taken',
  async (_name, change) => {
    // Both pairs have the same parties and the same CPAId; only one of the agreements knows of signatures.
    const signed = await freshRequest('osb-rm-s');
    const refused = await give('osb-rm', change(signed));
    expect(refused.text).toContain('eb:errorCode="SecurityFailure"');
    expect(refused.text).toContain('the CPA names no signing certificate of the sender');
    expect(refused.delivered).toBe(0);
    const bare = inBody(/<ds:Signature[\s\S]*<\/ds:Signature>/, '')(signed);
    const unsigned = inBody(/eb:signed="true"/, 'eb:signed="false"')(bare);
    const taken = await give('osb-rm', unsigned);
    expect(taken.text).toContain('<eb:Acknowledgment');
    expect(taken.delivered).toBe(1);
  },
);
