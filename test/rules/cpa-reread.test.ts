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

  test('that was damaged in the store is told with its CPAId and not used; the others are', async () => {
    const store = await openStore('sqlite::memory:');
    const cpa = await testCpa();
    const other = await testCpa({ cpaId: 'TEST_OTHER' });
    const put = (cpaId: string, xml: string, imported: string) =>
      store.agreements.put(
        { cpaId, xml: Buffer.from(xml), sha256: sha256(imported), importedAt: 1, importedBy: 'test' },
        true,
      );
    await put('TEST_A_B', cpa.replace('TEST_A_B', 'TEST_A_C'), cpa);
    await put('TEST_OTHER', other, other);
    const damaged: string[] = [];
    const index = await createAgreementCache(store, testClock(), (cpaId) => damaged.push(cpaId)).current();
    expect(damaged).toEqual(['TEST_A_B']);
    expect(() => index.byCpaId('TEST_A_B')).toThrow(
      'stored CPA TEST_A_B is not what was imported: the store is damaged',
    );
    expect(index.byCpaId('TEST_A_C')).toBeUndefined();
    expect(index.byCpaId('TEST_OTHER')?.cpaId).toBe('TEST_OTHER');
    await store.close();
  });
});
