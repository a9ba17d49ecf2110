// Somebody looks through everything that is stored while messages arrive: reading comes in pages, and receiving goes between (row 19).
import { expect, test } from '@jest/globals';
import { testPair } from '../fixtures/pair.ts';

const READERS = 20;
const LONGEST_PAGE = 1_000;

test('row 19 twenty reports over two hundred messages at once do not keep a message waiting', async () => {
  const pair = await testPair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
  try {
    for (let i = 0; i < 200; i += 1) await pair.submit();
    let pages = 0;
    let reading = true;
    const reader = async (): Promise<void> => {
      while (reading) {
        await pair.a.store.search({ direction: 'out' }, { limit: LONGEST_PAGE });
        pages += 1;
        // As over HTTP: each page is a request of its own.
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const readers = Array.from({ length: READERS }, reader);
    const before = pages;
    await pair.submit();
    expect(await pair.a.work(1)).toBeGreaterThan(0);
    const during = pages - before;
    reading = false;
    await Promise.all(readers);
    // A submission, a claim and a delivery pass a few turns of the loop each; in every turn a reader has one page at most.
    expect(during).toBeLessThan(READERS * 40);
    expect(await pair.received()).not.toHaveLength(0);
  } finally {
    await pair.close();
  }
});
