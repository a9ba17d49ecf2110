// The disk of a running gateway stops taking writes: what is new is told to come back, nothing is left behind (rows 21, 24).
import { afterEach, describe, expect, test } from '@jest/globals';
import { type DiskFault, openFailingDisk } from '../fixtures/failing-disk.ts';
import { inbound, testCpa, testGateway, URL_B } from '../fixtures/gateway.ts';
import { testPair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const LARGE = `<proef>${'x'.repeat(400_000)}</proef>`;
let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

/** A sends to a B whose store lies on that disk; B acknowledges in its response. */
async function onFailingDisk() {
  const disk = await openFailingDisk();
  const p = await testPair({ syncReply: 'mshSignalsOnly' });
  const b = await testGateway({
    name: 'b',
    oin: OIN_B,
    cpas: [await testCpa({ syncReply: 'mshSignalsOnly' })],
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
    return { record, post, reply: post.reply };
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

  // A part above the size of a row goes to the disk while it is read, before anybody knows whether it is a copy: 503.
  test('row 24 whatever it is told meanwhile, a copy of a large message delivers nothing and gets the same acknowledgment when there is a disk', async () => {
    const { disk, sent, again, received, alerts } = await onFailingDisk();
    const first = await sent(LARGE);
    expect(Buffer.from(first.reply.body).toString()).toContain('eb:Acknowledgment');
    disk.fail('EROFS');
    expect([200, 503]).toContain((await again(first)).status);
    disk.heal();
    const reply = await again(first);
    expect(reply.status).toBe(200);
    expect(Buffer.from(reply.body ?? [])).toEqual(Buffer.from(first.reply.body));
    expect(await received()).toHaveLength(1);
    expect(alerts()).toBeLessThanOrEqual(1);
  });
});
