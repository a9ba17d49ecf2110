// A message that comes again: at once, a hundredfold, late, changed, from another party, or after a refusal (rows 25, 46–50).
import { describe, expect, test } from '@jest/globals';
import { housekeep } from '../../adapter/gateway/index.ts';
import { type Change, giveTo, inBody } from '../fixtures/changed.ts';
import { inbound, URL_B } from '../fixtures/gateway.ts';
import { ownPairs, type Pair, recordedPost } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { told } from '../fixtures/signal.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

const pair = ownPairs();

describe('duplicates', () => {
  /** The request that A made, to be given to B again. */
  async function delivered(p: Pair): Promise<{ body: Buffer; headers: Readonly<Record<string, string>> }> {
    await p.submit();
    await p.settle();
    const post = p.wire.posts.find((one) => one.url.includes('b.localhost'));
    if (post === undefined) throw new Error('nothing was sent');
    return post;
  }

  test('row 46 T183 a hundred copies at once of a message that we have: every answer is the stored one, byte for byte', async () => {
    const p = await pair({ syncReply: 'mshSignalsOnly' });
    const { body, headers } = await delivered(p);
    const replies = await Promise.all(
      Array.from({ length: 100 }, () => p.b.gateway.receive(inbound(body, headers, OIN_A))),
    );
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]));
    expect(new Set(replies.map((reply) => Buffer.from(reply.body ?? []).toString('latin1'))).size).toBe(1);
    const received = await p.received();
    expect(received).toHaveLength(1);
    expect(received[0]?.copies).toBe(100);
  });

  test('row 46 row 25 T124 a hundred copies at once of a message that is new to us: one stored, every answer equal byte for byte', async () => {
    const p = await pair({ syncReply: 'mshSignalsOnly' });
    p.wire.doors.delete(URL_B);
    const { body, headers } = await delivered(p);
    expect(await p.received()).toHaveLength(0);
    const replies = await Promise.all(
      Array.from({ length: 100 }, () => p.b.gateway.receive(inbound(body, headers, OIN_A))),
    );
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]));
    const answers = new Set(replies.map((reply) => Buffer.from(reply.body ?? []).toString('latin1')));
    expect([...answers]).toEqual([expect.stringContaining('<eb:Acknowledgment')]);
    const received = await p.received();
    expect(received.map(({ copies }) => copies)).toEqual([99]);
    await p.b.work();
    expect(await p.b.gateway.offer(1000, MINUTE)).toHaveLength(1);
    const events = told(p.b);
    expect(events.filter((event) => event === 'message.accepted')).toHaveLength(1);
    expect(events.filter((event) => event === 'message.duplicate')).toHaveLength(99);
  });

  test('R112 row 47 T123 the same MessageId with another body is not delivered, kept, answered Inconsistent and alerted', async () => {
    const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
    const { body, headers } = await delivered(p);
    const other = Buffer.from(body.toString('latin1').replace('<proef/>', '<ander/>'), 'latin1');
    const reply = await p.b.gateway.receive(inbound(other, headers, OIN_A));
    expect(Buffer.from(reply.body ?? []).toString()).toContain('Inconsistent');
    expect(await p.received()).toHaveLength(1);
    expect(told(p.b)).toContain('message.reuse');
    expect((await p.b.store.search({ states: ['rejected'] }, { limit: 10 })).messages).toHaveLength(1);
  });

  test.each<[string, string, Change]>([
    ['row 93 from another organisation', OIN_B, (request) => request],
    ['row 126 without its signature', OIN_A, inBody(/<ds:Signature[\s\S]*<\/ds:Signature>/, '')],
    ['row 140 with another SignatureValue', OIN_A, inBody(/<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA')],
  ])(
    'R107 %s, a message that we have gets a SecurityFailure, not its stored answer, and is no copy',
    async (_title, oin, change) => {
      const p = await pair({ syncReply: 'mshSignalsOnly' });
      const { body, headers } = await delivered(p);
      const { text } = await giveTo(p, change({ body: body.toString('latin1'), headers }), oin);
      expect(text).toContain('eb:errorCode="SecurityFailure"');
      expect(text).not.toContain('<eb:Acknowledgment');
      expect(await p.received()).toMatchObject([{ copies: 0 }]);
      expect(told(p.b)).toContain('message.refused');
      expect(told(p.b)).not.toContain('message.duplicate');
    },
  );

  test('row 48 the same MessageId from the other party is independent', async () => {
    const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
    const { body, headers } = await delivered(p);
    const swapped = body
      .toString('latin1')
      .replaceAll(OIN_A, 'X'.repeat(20))
      .replaceAll(OIN_B, OIN_A)
      .replaceAll('X'.repeat(20), OIN_B)
      .replaceAll('<eb:Role>A</eb:Role>', '<eb:Role>#</eb:Role>')
      .replaceAll('<eb:Role>B</eb:Role>', '<eb:Role>A</eb:Role>')
      .replaceAll('<eb:Role>#</eb:Role>', '<eb:Role>B</eb:Role>');
    const reply = await p.a.gateway.receive(inbound(Buffer.from(swapped, 'latin1'), headers, OIN_B));
    expect(Buffer.from(reply.body ?? []).toString()).toContain('Acknowledgment');
  });

  test.each([
    ['T59 its TimeToLive', 2 * 3_600_000],
    ['row 49 T122 PersistDuration', 30 * DAY],
  ])(
    'R107 R36 after %s has passed what came in time is still handed over, and a copy gets the stored answer',
    async (_title, wait) => {
      const p = await pair({ syncReply: 'mshSignalsOnly' });
      const { body, headers } = await delivered(p);
      const give = async () =>
        Buffer.from((await p.b.gateway.receive(inbound(body, headers, OIN_A))).body ?? []).toString();
      const before = await give();
      p.clock.pass(wait);
      expect((await p.received())[0]?.timeToLive).toBeLessThan(p.clock.now());
      await housekeep(p.b.context);
      expect(await p.b.gateway.offer(10, MINUTE)).toHaveLength(1);
      expect(before).toContain('<eb:Acknowledgment');
      expect(await give()).toBe(before);
      expect(await p.received()).toHaveLength(1);
    },
  );

  test('row 50 T87 a bad message that comes again is refused alike: one error for each, no delivery', async () => {
    const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
    const post = await recordedPost(p);
    const bad = Buffer.from(post.body.toString('latin1').replace('>ggk_Di01<', '>onbekend<'), 'latin1');
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await p.b.gateway.receive(inbound(bad, post.headers, OIN_A));
      expect(status).toBe(200);
      expect(
        Buffer.from(body ?? [])
          .toString()
          .match(/eb:errorCode="\w+"/g),
      ).toEqual(['eb:errorCode="ValueNotRecognized"']);
    }
    expect(await p.received()).toHaveLength(0);
    expect(told(p.b).filter((event) => event === 'message.refused')).toHaveLength(2);
  });

  test('row 50 a message refused because its CPA was missing is judged anew when it comes again', async () => {
    const p = await pair({ syncReply: 'mshSignalsOnly' });
    const { body, headers } = await delivered(p);
    const late = await pair({ syncReply: 'mshSignalsOnly' });
    await late.b.gateway.removeCpa('TEST_A_B', 'proef');
    const first = await late.b.gateway.receive(inbound(body, headers, OIN_A));
    expect(Buffer.from(first.body ?? []).toString()).toContain('ValueNotRecognized');
    const cpa = await p.b.gateway.cpa('TEST_A_B');
    if (cpa !== undefined) await late.b.store.agreements.put(cpa, true);
    await late.b.context.agreements.refresh();
    const second = await late.b.gateway.receive(inbound(body, headers, OIN_A));
    expect(Buffer.from(second.body ?? []).toString()).toContain('eb:Acknowledgment');
    expect(await late.received()).toHaveLength(1);
  });
});
