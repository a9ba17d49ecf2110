// A CPA that the store holds is read again at each start: what its import checked is not checked anew, and what is damaged is not used.
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseCpa, rereadCpa } from '../../adapter/agreement/index.ts';
import { createAgreementCache } from '../../adapter/gateway/index.ts';
import { openStore } from '../../adapter/store/index.ts';
import { testClock, testCpa } from '../fixtures/gateway.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const reread = (text: string, digest = sha256(text)) => rereadCpa(Buffer.from(text), digest);

describe('V8 a stored CPA', () => {
  test.each(['osb-be', 'osb-rm', 'osb-be-s', 'osb-rm-s'] as const)(
    '%s: comes out as its import read it',
    async (profile) => {
      const cpa = await testCpa({ profile });
      const parsed = parseCpa(Buffer.from(cpa));
      expect(parsed.ok && parsed.value.agreement).toEqual(reread(cpa));
    },
  );

  test('with an octet changed is not what was imported', async () => {
    const cpa = await testCpa();
    expect(reread(cpa.replace('TEST_A_B', 'TEST_A_C'), sha256(cpa))).toBeUndefined();
  });

  test.each(['', '<a/>', '<CollaborationProtocolAgreement/>'])('%j is none, whatever its digest says', (text) => {
    expect(reread(text)).toBeUndefined();
  });

  test('that was damaged in the store is told with its CPAId, and not used', async () => {
    const store = await openStore('sqlite::memory:');
    const cpa = await testCpa();
    const damaged = Buffer.from(cpa.replace('TEST_A_B', 'TEST_A_C'));
    const row = { cpaId: 'TEST_A_B', sha256: sha256(cpa), importedAt: 1, importedBy: 'test' };
    await store.agreements.put({ ...row, xml: damaged }, true);
    const reading = createAgreementCache(store, testClock()).current();
    await expect(reading).rejects.toThrow('stored CPA TEST_A_B is not what was imported: the store is damaged');
    await store.close();
  });
});
