// Two gateways and a wire that fails: retries, acknowledgments, expiry (acceptance rows 30–44).
import { describe, expect, test } from '@jest/globals';
import { BlobDamaged } from '../../adapter/store/index.ts';
import { type Fault, inbound, URL_A, URL_B } from '../fixtures/gateway.ts';
import { operateFor } from '../fixtures/operate.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const MINUTE = 60_000;

const pair = ownPairs();

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Fault =>
  () => ({ kind: 'response', status: code, headers, body: Buffer.from(body) });
const broken: Fault = () => ({ kind: 'failed', reason: 'connect', detail: 'verbinding geweigerd', unsent: true });
/** The connection goes while the answer is awaited. */
const cut: Fault = () => ({ kind: 'failed', reason: 'connect', detail: 'verbinding verbroken' });
const eventsOf = (one: Pair['a']): string[] => one.events.map(({ event }) => event);

describe('R102 R106 a message and its acknowledgment, in the four profiles', () => {
  const profiles = [
    ['osb-rm', 'none'],
    ['osb-rm', 'mshSignalsOnly'],
    ['osb-rm-s', 'none'],
    ['osb-rm-s', 'mshSignalsOnly'],
  ] as const;
  test.each(profiles)(
    'R88 R93 DK-077 %s with syncReply %s is delivered once and acknowledged',
    async (profile, syncReply) => {
      const p = await pair({ profile, syncReply });
      const record = await p.submit();
      await p.settle();
      expect((await p.sent(record)).state).toBe('acknowledged');
      expect(await p.received()).toHaveLength(1);
    },
  );

  test.each(['osb-be', 'osb-be-s'] as const)(
    'R109 %s is sent once and delivered, nothing comes back',
    async (profile) => {
      const p = await pair({ profile });
      const record = await p.submit();
      await p.settle();
      expect((await p.sent(record)).state).toBe('sent');
      expect(await p.received()).toHaveLength(1);
      expect(p.wire.posts).toHaveLength(1);
    },
  );
});

describe('retries', () => {
  test('R103 R105 T125 T127 the same bytes go again until the partner answers', async () => {
    const p = await pair();
    p.wire.faults.push(broken, broken);
    const record = await p.submit();
    await p.settle();
    expect((await p.sent(record)).state).toBe('queued');
    p.clock.pass(MINUTE);
    await p.settle();
    p.clock.pass(MINUTE);
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
    const sends = p.wire.posts.filter((post) => post.url.includes('b.localhost'));
    expect(new Set(sends.map((post) => post.body.toString('latin1'))).size).toBe(1);
    expect(sends).toHaveLength(3);
    expect(await p.sent(record)).toMatchObject({ attempts: 3, jobs: [] });
  });

  test('row 30 T119 the acknowledgment is lost: the resend gets the identical stored one', async () => {
    const p = await pair();
    const lost: Fault = () => ({ kind: 'failed', reason: 'connect', detail: 'weg' });
    p.wire.faults.push(() => undefined, lost, lost, lost, lost, lost);
    const record = await p.submit();
    await p.settle();
    p.clock.pass(MINUTE);
    await p.settle();
    p.wire.faults.length = 0;
    p.clock.pass(MINUTE);
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(await p.received()).toHaveLength(1);
    const acks = p.wire.posts.filter((post) => post.url.includes('a.localhost'));
    expect(acks.length).toBeGreaterThan(1);
    expect(new Set(acks.map((post) => post.body.toString('latin1'))).size).toBe(1);
  });

  test('row 30 the answer is cut off after the partner’s commit: the second post gets the stored one, byte for byte', async () => {
    const p = await pair({ syncReply: 'mshSignalsOnly' });
    let lost: Uint8Array | undefined;
    p.wire.faults.push(async (url, body, headers) => {
      lost = (await p.b.gateway.receive(inbound(body, headers, OIN_A))).body;
      return cut(url, body, headers);
    });
    const record = await p.submit();
    await p.settle();
    expect((await p.sent(record)).state).toBe('queued');
    expect(await p.received()).toHaveLength(1);
    p.clock.pass(MINUTE);
    await p.settle();
    expect(await p.sent(record)).toMatchObject({ state: 'acknowledged', attempts: 2, jobs: [] });
    expect(await p.received()).toMatchObject([{ copies: 1 }]);
    const [first, second, ...more] = p.wire.posts;
    expect([first?.url, second?.url, more]).toEqual([URL_B, URL_B, []]);
    expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
    const reply = second?.reply?.kind === 'response' ? second.reply.body : undefined;
    expect(Buffer.from(reply ?? []).toString()).toContain('<eb:Acknowledgment');
    expect(reply).toEqual(lost);
  });

  test('R95 row 31 T132 a late acknowledgment closes the message after one resend, a second one changes nothing', async () => {
    const p = await pair();
    const record = await p.submit();
    await p.a.work();
    p.clock.pass(MINUTE);
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect((await p.received())[0]?.copies).toBe(1);
    const ack = p.wire.posts.find((post) => post.url.includes('a.localhost'));
    const reply = await p.a.gateway.receive(inbound(ack?.body ?? Buffer.alloc(0), ack?.headers ?? {}, OIN_B));
    expect(reply.status).toBe(204);
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(eventsOf(p.a)).toContain('signal.ignored');
  });

  test('R106 T130 an acknowledgment between two attempts: no further one, and it is told once', async () => {
    const p = await pair();
    const record = await p.submit();
    await p.a.work();
    p.clock.pass(MINUTE);
    await p.a.work();
    await p.b.work();
    for (let minute = 0; minute < 5; minute += 1) {
      p.clock.pass(MINUTE);
      await p.settle();
    }
    expect(p.wire.posts.filter((post) => post.url === URL_B)).toHaveLength(2);
    const journal = await p.a.store.journal(record.id);
    expect(journal.filter(({ event }) => event === 'acknowledged')).toHaveLength(1);
  });

  test('R145 T185 an acknowledgment in the response is taken under an asynchronous CPA too', async () => {
    const p = await pair();
    let ack: { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> } | undefined;
    p.wire.doors.delete(URL_A);
    p.wire.doors.set(URL_B, async (request) => {
      await p.b.gateway.receive(request);
      await p.b.work();
      ack = p.wire.posts.find((post) => post.url === URL_A);
      return { status: 200, headers: ack?.headers ?? {}, body: ack?.body ?? Buffer.alloc(0) };
    });
    const record = await p.submit();
    await p.a.work();
    expect(ack?.body.toString()).toContain('<eb:Acknowledgment');
    expect((await p.sent(record)).state).toBe('acknowledged');
  });

  test('row 37 T184 an empty response where a signal is due counts as no acknowledgment', async () => {
    const p = await pair({ syncReply: 'mshSignalsOnly' });
    p.wire.faults.push(status(200));
    const record = await p.submit();
    await p.settle();
    expect((await p.sent(record)).state).toBe('queued');
    p.clock.pass(MINUTE);
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
  });

  test('row 38 an HTML page with 200 is a failure, and the page is kept', async () => {
    const p = await pair();
    p.wire.faults.push(status(200, { 'content-type': 'text/html' }, '<html>inloggen</html>'));
    const record = await p.submit();
    await p.settle();
    const journal = await p.a.store.journal(record.id);
    const evidence = journal.find((entry) => entry.event === 'transmitFailed')?.evidence;
    expect(evidence).toBeDefined();
    if (evidence !== undefined)
      expect(Buffer.from(await p.a.store.blobs.read(evidence)).toString()).toContain('inloggen');
    expect((await p.sent(record)).state).toBe('queued');
  });

  test.each([500, 502, 503, 404, 401, 403, 408, 429])('row 39 T127 HTTP %i is tried again', async (code) => {
    const p = await pair();
    p.wire.faults.push(status(code));
    const record = await p.submit();
    await p.settle();
    expect((await p.sent(record)).state).toBe('queued');
    p.clock.pass(MINUTE);
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
  });

  test.each([400, 413, 415, 501, 505])('row 39 HTTP %i stops at once, with the fault text kept', async (code) => {
    const p = await pair();
    p.wire.faults.push(status(code));
    const record = await p.submit();
    await p.settle();
    const now = await p.sent(record);
    expect(now.state).toBe('failed');
    expect(now.problem).toContain(String(code));
    expect(now.parts).toHaveLength(1);
  });

  test.each([200, 202, 204])('row 40 HTTP %i with an empty body waits for the acknowledgment', async (code) => {
    const p = await pair();
    p.wire.faults.push(status(code));
    const record = await p.submit();
    await p.a.work();
    expect((await p.sent(record)).state).toBe('awaitingAck');
  });

  test.each([301, 302, 307])('row 41 T195 HTTP %i is not followed', async (code) => {
    const p = await pair();
    p.wire.faults.push(status(code, { location: 'https://elsewhere.example/' }));
    const record = await p.submit();
    await p.a.work();
    expect((await p.sent(record)).state).toBe('queued');
    expect(p.wire.posts.map((post) => post.url)).not.toContain('https://elsewhere.example/');
  });

  test('row 42 T126 Retry-After is honoured, not below the interval and not beyond TimeToLive', async () => {
    const p = await pair();
    const retryOf = async (seconds: string): Promise<number> => {
      p.wire.faults.push(status(503, { 'retry-after': seconds }));
      const record = await p.submit();
      await p.a.work();
      const now = await p.sent(record);
      expect(now.jobs[0]?.runAt).toBeLessThanOrEqual((now.timeToLive ?? 0) + 1);
      return (now.jobs[0]?.runAt ?? 0) - p.clock.now();
    };
    expect(await retryOf('1')).toBe(MINUTE);
    expect(await retryOf('120')).toBe(2 * MINUTE);
    expect(await retryOf('86400')).toBeLessThanOrEqual(4 * MINUTE + 1001);
  });

  test('row 43 R104 R113 R114 T85 T129 retries used up: DeliveryFailure, alert, the message is there and can be sent again', async () => {
    const p = await pair();
    p.wire.faults.push(broken, broken, broken, broken);
    const record = await p.submit('<proef/>', { submittedBy: { client: 'test', requestSha256: '0'.repeat(64) } });
    for (let i = 0; i < 4; i += 1) {
      await p.settle();
      expect((await p.sent(record)).state).toBe('queued');
      p.clock.pass(MINUTE);
    }
    await p.settle();
    expect(p.wire.posts).toHaveLength(4);
    const failed = await p.sent(record);
    expect(failed).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(/^DeliveryFailure \(Error\): .* 4 attempts/),
    });
    expect(eventsOf(p.a).filter((event) => /failed|expired|ended/.test(event))).toEqual([
      ...Array(4).fill('transmit.failed'),
      'message.failed',
      'message.ended',
    ]);
    const [part] = failed.parts;
    if (part === undefined) throw new Error('the payload is gone');
    expect(Buffer.from(await p.a.store.blobs.read(part.blob)).toString()).toBe('<proef/>');

    await operateFor(p.a, record.id, 'retry');
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(await p.received()).toHaveLength(1);
    const sends = p.wire.posts.filter((post) => post.url.includes('b.localhost'));
    expect(sends).toHaveLength(5);
    expect(new Set(sends.map((post) => post.body.toString('latin1'))).size).toBe(1);
  });

  test('row 43 R104 R113 T128 retries used up on a partner that takes all and acknowledges nothing: DeliveryFailure', async () => {
    const p = await pair();
    p.wire.doors.delete(URL_B);
    const record = await p.submit();
    for (let minute = 0; minute < 4; minute += 1) {
      await p.settle();
      expect((await p.sent(record)).state).toBe('awaitingAck');
      p.clock.pass(MINUTE);
    }
    await p.settle();
    expect(p.wire.posts).toHaveLength(4);
    expect(await p.sent(record)).toMatchObject({
      state: 'failed',
      problem: 'DeliveryFailure (Warning): no Acknowledgment after 4 attempts; last: no answer',
    });
    expect(eventsOf(p.a)).toContain('message.failed');
  });

  test.each<[string, 'none' | 'mshSignalsOnly', readonly Fault[]]>([
    ['one was cut off while its answer was awaited', 'none', [broken, cut, broken, broken]],
    ['an empty answer to each, where an Acknowledgment is due in it', 'mshSignalsOnly', Array(4).fill(status(200))],
    ['an answer of HTML', 'none', [broken, broken, broken, status(200, { 'content-type': 'text/html' }, '<p>')]],
    ['an error of the server, which may come after its commit', 'none', [status(500), broken, broken, broken]],
  ])(
    'R113 T128 an attempt that may have arrived makes DeliveryFailure a Warning: %s',
    async (_title, syncReply, faults) => {
      const p = await pair({ syncReply });
      p.wire.faults.push(...faults);
      const record = await p.submit();
      for (let minute = 0; minute < 4; minute += 1) {
        await p.settle();
        p.clock.pass(MINUTE);
      }
      await p.settle();
      expect(await p.sent(record)).toMatchObject({
        state: 'failed',
        problem: expect.stringMatching(/^DeliveryFailure \(Warning\)/),
      });
    },
  );

  test('R113 what came of it before an operator let it go again still counts', async () => {
    const p = await pair();
    p.wire.faults.push(status(400), broken, broken, broken, broken);
    const record = await p.submit();
    await p.settle();
    await operateFor(p.a, record.id, 'retry');
    for (let minute = 0; minute < 4; minute += 1) {
      await p.settle();
      p.clock.pass(MINUTE);
    }
    await p.settle();
    expect(await p.sent(record)).toMatchObject({ attempts: 5, unsent: 4 });
    expect((await p.sent(record)).problem).toMatch(/^DeliveryFailure \(Warning\)/);
  });

  test('row 43 OPS-2 the same bytes cannot go again once their TimeToLive has passed: that is said, and nothing is sent', async () => {
    const p = await pair();
    p.wire.faults.push(status(400));
    const record = await p.submit();
    await p.settle();
    p.clock.pass((record.timeToLive ?? 0) - p.clock.now() + 1);
    expect(await p.a.gateway.operate(record.id, 'retry')).toMatchObject({
      ok: false,
      error: [{ rule: 'OPS-2', detail: expect.stringContaining('TimeToLive is voorbij') }],
    });
    await p.settle();
    expect((await p.sent(record)).state).toBe('failed');
    expect(p.wire.posts).toHaveLength(1);
  });

  test('OPS-2 a message that failed for good is sent again by an operator and arrives', async () => {
    const p = await pair();
    p.wire.faults.push(status(400));
    const record = await p.submit();
    await p.settle();
    await operateFor(p.a, record.id, 'retry');
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(await p.received()).toHaveLength(1);
  });

  test.each(['osb-rm', 'osb-be'] as const)(
    'row 23 %s: a part whose octets are damaged is not sent; when they are back an operator has it sent',
    async (profile) => {
      const p = await pair({ profile });
      const record = await p.submit();
      const { blobs } = p.a.context;
      const part = record.parts[0]?.blob.sha256;
      const read: typeof blobs.read = (ref) =>
        ref.sha256 === part ? Promise.reject(new BlobDamaged('blob x does not have its digest')) : blobs.read(ref);
      Object.assign(p.a.context, { blobs: { ...blobs, read } });
      await p.settle();
      expect(await p.sent(record)).toMatchObject({ state: 'failed', problem: 'blob x does not have its digest' });
      expect([p.wire.posts, eventsOf(p.a).includes('message.failed')]).toEqual([[], true]);
      Object.assign(p.a.context, { blobs });
      await operateFor(p.a, record.id, 'retry');
      await p.settle();
      expect(await p.received()).toHaveLength(1);
    },
  );

  test('row 44 R99 T151 TimeToLive passes while waiting: no further send, state expired', async () => {
    const p = await pair();
    p.wire.faults.push(broken);
    const record = await p.submit();
    await p.settle();
    p.clock.pass(60 * MINUTE);
    await p.settle();
    expect((await p.sent(record)).state).toBe('expired');
    expect(p.wire.posts).toHaveLength(1);
    expect(eventsOf(p.a)).toContain('message.expired');
  });
});
