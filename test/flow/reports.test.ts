// Somebody looks through everything that is stored while a message arrives: reading comes in pages, and receiving goes between (row 19).
import { expect, test } from '@jest/globals';
import { inbound } from '../fixtures/gateway.ts';
import { recordedPost, testPair } from '../fixtures/pair.ts';
import { OIN_A } from '../fixtures/pki.ts';
import { read } from '../fixtures/signal.ts';

const READERS = 20;
const LONGEST_PAGE = 1_000;
/** Receiving waits for a turn of the loop once or twice; while it waits every reader has a page, and one before the first. */
const PAGES_EACH = 4;

test('row 19 twenty reports over two hundred messages at once: a message that arrives waits for a few pages, not for all', async () => {
  const pair = await testPair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
  try {
    for (let i = 0; i < 200; i += 1) await pair.submit();
    await pair.settle();
    const post = await recordedPost(pair);
    let pages = 0;
    let reading = true;
    const reader = async (): Promise<void> => {
      while (reading) {
        await pair.b.store.search({ direction: 'in' }, { limit: LONGEST_PAGE });
        pages += 1;
        // As over HTTP: each page is a request of its own.
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const readers = Array.from({ length: READERS }, reader);
    const reply = await pair.b.gateway.receive(inbound(post.body, post.headers, OIN_A));
    const during = pages;
    reading = false;
    await Promise.all(readers);
    expect(read(reply.body).acknowledgment).toBeDefined();
    expect(during).toBeGreaterThan(0);
    expect(during).toBeLessThanOrEqual(READERS * PAGES_EACH);
    expect(await pair.received()).toHaveLength(201);
  } finally {
    await pair.close();
  }
});
