// The disk of a running gateway stops taking writes: what is new is told to come back, nothing is left behind (rows 21, 24).
import { afterEach, describe, expect, test } from '@jest/globals';
import { type DiskFault, openFailingDisk } from '../fixtures/failing-disk.ts';
import { inbound, testCpa, testGateway, URL_A, URL_B } from '../fixtures/gateway.ts';
import { testPair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const LARGE = `<proef>${'x'.repeat(400_000)}</proef>`;
let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

/** A sends to a B whose store lies on that disk; B acknowledges in its response, unless it is told otherwise. */
async function onFailingDisk(syncReply: 'mshSignalsOnly' | 'none' = 'mshSignalsOnly') {
  const disk = await openFailingDisk();
  const p = await testPair({ syncReply });
  const b = await testGateway({
    name: 'b',
    oin: OIN_B,
    cpas: [await testCpa({ syncReply })],
    clock: p.clock,
    wire: p.wire,
    store: disk.store,
  });
  closing.push(
    () => disk.close(),
    () => p.close(),
  );
  p.wire.doors.set(URL_B, (request) => b.gateway.receive(request));
  /** Sends a message and gives what B said to it. */
  const sent = async (payload?: string) => {
    p.wire.posts.length = 0;
    const record = await p.submit(payload);
    await p.a.work(1);
    const [post] = p.wire.posts;
    if (post?.reply?.kind !== 'response') throw new Error('B did not answer');
    return { record, post, reply: post.reply, work: () => b.work() };
  };
  const again = ({ post }: Awaited<ReturnType<typeof sent>>) =>
    b.gateway.receive(inbound(post.body, post.headers, OIN_A));
  const received = async () =>
    (await disk.store.search({ direction: 'in', states: ['received'] }, { limit: 100 })).messages;
  const alerts = () => b.events.filter(({ event }) => event === 'store.unavailable').length;
  return { disk, p, sent, again, received, alerts };
}

describe.each<[string, DiskFault]>([
  ['row 24 a file system that turns read-only', 'EROFS'],
  ['row 21 a disk that is full', 'ENOSPC'],
  ['row 24 a disk that fails', 'EIO'],
])('%s under a running gateway', (_title, fault) => {
  test('503 with Retry-After to what is new, an alert, nothing kept, no file left; then it takes all', async () => {
    const { disk, p, sent, received, alerts } = await onFailingDisk();
    const before = await sent(LARGE);
    expect(before.reply.status).toBe(200);
    const files = await disk.files();
    expect(files).toHaveLength(1);
    disk.fail(fault);
    const small = await sent();
    const large = await sent(LARGE.toUpperCase());
    disk.fail(fault, 2);
    const halfway = await sent(LARGE.replaceAll('x', 'y'));
    for (const { reply } of [small, large, halfway])
      expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect(alerts()).toBe(3);
    expect(await received()).toHaveLength(1);
    expect(await disk.files()).toEqual(files);
    disk.heal();
    p.clock.pass(60_001);
    await p.settle();
    for (const { record } of [before, small, large, halfway]) expect((await p.sent(record)).state).toBe('acknowledged');
    expect(await received()).toHaveLength(4);
    expect(await disk.files()).toHaveLength(3);
  });
});

describe('row 24 copies while nothing can be written', () => {
  test('row 24 a copy of a message that it has is acknowledged byte for byte', async () => {
    const { disk, sent, again } = await onFailingDisk();
    const first = await sent('<proef/>');
    disk.fail('EROFS');
    const reply = await again(first);
    disk.heal();
    expect(reply.status).toBe(200);
    expect(Buffer.from(reply.body ?? [])).toEqual(Buffer.from(first.reply.body));
  });

  test('row 24 so is a copy of a large message, whose part the disk does not take', async () => {
    const { disk, sent, again, received, alerts } = await onFailingDisk();
    const first = await sent(LARGE);
    const files = await disk.files();
    for (const afterWrites of [0, 2]) {
      disk.fail('EROFS', afterWrites);
      const reply = await again(first);
      disk.heal();
      expect(reply.status).toBe(200);
      expect(Buffer.from(reply.body ?? [])).toEqual(Buffer.from(first.reply.body));
    }
    expect(await received()).toHaveLength(1);
    expect(await disk.files()).toEqual(files);
    expect(alerts()).toBe(2);
  });

  test('row 24 row 47 other content under its MessageId is no copy: 503, and nothing stays', async () => {
    const { disk, sent, again, received } = await onFailingDisk();
    const first = await sent(LARGE);
    const files = await disk.files();
    const { post } = first;
    const changed = Buffer.from(post.body);
    changed.write('y', changed.indexOf('xxxx'));
    disk.fail('EROFS');
    expect((await again({ ...first, post: { ...post, body: changed } })).status).toBe(503);
    disk.heal();
    expect(await received()).toHaveLength(1);
    expect(await disk.files()).toEqual(files);
  });

  test.each([
    ['small', '<proef/>'],
    ['large', LARGE],
  ])('row 24 an Acknowledgment that goes beside the response goes again too: %s', async (_size, payload) => {
    const { disk, p, sent, again, received } = await onFailingDisk('none');
    const first = await sent(payload);
    await first.work();
    const acknowledgments = () => p.wire.posts.filter(({ url }) => url === URL_A).map(({ body }) => body);
    const [acknowledgment] = acknowledgments();
    expect(acknowledgment?.toString()).toContain('eb:Acknowledgment');
    disk.fail('EROFS');
    expect((await again(first)).status).toBe(204);
    for (let i = 0; i < 100 && acknowledgments().length < 2; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    disk.heal();
    expect(acknowledgments()).toEqual([acknowledgment, acknowledgment]);
    expect(await received()).toHaveLength(1);
  });

  test('row 24 it goes once to a partner that does not take it, however many copies come meanwhile', async () => {
    const { disk, p, sent, again } = await onFailingDisk('none');
    const first = await sent();
    await first.work();
    let posts = 0;
    const hangs = () => {
      posts += 1;
      return new Promise<undefined>(() => undefined);
    };
    p.wire.faults.push(...Array(20).fill(hangs));
    disk.fail('EROFS');
    for (let i = 0; i < 20; i += 1) expect((await again(first)).status).toBe(204);
    for (let i = 0; i < 100 && posts === 0; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    disk.heal();
    expect(posts).toBe(1);
  });
});
