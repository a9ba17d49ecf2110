// A copy arrives while the first is still in work: it waits for that commit, up to a bound, and then 503 (row 51).
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Store } from '../../adapter/store/index.ts';
import type { HttpReply } from '../../adapter/transport/index.ts';
import { inbound, peerOf, URL_B } from '../fixtures/gateway.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_A } from '../fixtures/pki.ts';
import { startEndpoint } from '../transport/rig.ts';

/** A store whose commits begin when it is told so. */
function heldCommits(store: Store) {
  const { commit } = store;
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let begun = 0;
  store.commit = async (change) => {
    begun += 1;
    await opened;
    return commit(change);
  };
  return { open, begun: () => begun };
}

const tick = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('row 51 a copy while the first is in work', () => {
  let p: Pair;
  let request: { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> };

  beforeEach(async () => {
    p = await testPair({ syncReply: 'mshSignalsOnly' });
    p.wire.doors.delete(URL_B);
    await p.submit();
    await p.a.work(1);
    const [post] = p.wire.posts;
    if (post === undefined) throw new Error('nothing was posted');
    request = post;
  });
  afterEach(() => p.close());

  test('row 51 it waits for the commit of the first, decides nothing by itself, and gets the same acknowledgment', async () => {
    const commits = heldCommits(p.b.store);
    const replies: HttpReply[] = [];
    const copies = Array.from({ length: 3 }, async () => {
      replies.push(await p.b.gateway.receive(inbound(request.body, request.headers, OIN_A)));
    });
    for (let i = 0; i < 200 && commits.begun() === 0; i += 1) await tick(5);
    await tick(50);
    expect([commits.begun(), replies.length]).toEqual([1, 0]);
    commits.open();
    await Promise.all(copies);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    const answers = new Set(replies.map(({ body }) => Buffer.from(body ?? []).toString('latin1')));
    expect([...answers]).toEqual([expect.stringContaining('<eb:Acknowledgment')]);
    expect((await p.received()).map(({ copies: seen }) => seen)).toEqual([2]);
  });

  test('row 51 up to a bound: then 503 with Retry-After for the first and its copy, and the stored acknowledgment afterwards', async () => {
    const commits = heldCommits(p.b.store);
    const { server, url } = await startEndpoint(
      { listener: { kind: 'plain' }, limits: { replyTimeoutMs: 250, retryAfterSeconds: 7 } },
      (given) => p.b.gateway.receive({ ...given, peer: peerOf(OIN_A) }),
    );
    try {
      const post = async () => {
        const { headers } = request;
        const response = await fetch(url, { method: 'POST', headers, body: request.body });
        return { status: response.status, retry: response.headers.get('retry-after'), text: await response.text() };
      };
      const busy = { status: 503, retry: '7', text: '' };
      expect(await Promise.all([post(), post()])).toEqual([busy, busy]);
      expect(commits.begun()).toBe(1);
      expect(await p.received()).toHaveLength(0);
      commits.open();
      const [first, second] = [await post(), await post()];
      expect(first).toMatchObject({ status: 200, text: expect.stringContaining('<eb:Acknowledgment') });
      expect(second).toEqual(first);
      expect((await p.received()).map(({ copies }) => copies)).toEqual([3]);
    } finally {
      commits.open();
      await server.close(1_000);
    }
  });
});
