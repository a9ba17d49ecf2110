// By which way answers go back: errors when the CPA knows both parties but not what the message is about (R76, T192), and each
// signal by the channel that is named for it (C27).
import { describe, expect, test } from '@jest/globals';
import { type Change, inBody, requestOf } from '../fixtures/changed.ts';
import { inbound, putCpa, testCpa, URL_A } from '../fixtures/gateway.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { give, read, signal } from '../fixtures/signal.ts';

const pair = ownPairs();

const UNKNOWN = [
  ['T46 an unknown Service', inBody('>test:dienst:1<', '>test:dienst:2<'), 'ValueNotRecognized'],
  ['T47 an unknown Action', inBody('>ggk_Di01<', '>onbekend<'), 'ValueNotRecognized'],
  ['T41 a wrong Role', inBody('<eb:Role>A</eb:Role>', '<eb:Role>Z</eb:Role>'), 'ValueNotRecognized'],
  ['T45 a Service that is none', inBody(/(<eb:Service) eb:type="[^"]*">[^<]*</, '$1>geen uri<'), 'Inconsistent'],
] as const;

async function giveChanged(p: Pair, change: Change, oin = OIN_A) {
  const changed = change(await requestOf(p));
  const before = p.wire.posts.length;
  const reply = await p.b.gateway.receive(inbound(Buffer.from(changed.body, 'latin1'), changed.headers, oin));
  await p.b.work();
  return { reply, posts: p.wire.posts.slice(before) };
}

describe('a partner whose CPA knows both parties, and not what the message is about', () => {
  test.each(UNKNOWN)(
    'R76 R143 T192 %s, asynchronous: an empty 204, and the error to the address of the CPA',
    async (_title, change, code) => {
      const { reply, posts } = await giveChanged(await pair({ profile: 'osb-rm' }), change);
      expect([reply.status, reply.body?.length ?? 0]).toEqual([204, 0]);
      expect(posts.map(({ url }) => url)).toEqual([URL_A]);
      expect(read(posts[0]?.body).errorList?.errors.map(({ errorCode }) => errorCode)).toEqual([code]);
    },
  );

  test.each(UNKNOWN)('R146 T182 %s, with SyncReply: in the 200 of its own connection', async (_title, change, code) => {
    const { reply, posts } = await giveChanged(await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' }), change);
    expect([reply.status, read(reply.body).errorList?.errors[0]?.errorCode]).toEqual([200, code]);
    expect(posts).toEqual([]);
  });

  test('R76 T81 row 93 from another certificate: in the response, and nothing is posted', async () => {
    const { reply, posts } = await giveChanged(await pair({ profile: 'osb-rm' }), UNKNOWN[1][1], OIN_B);
    expect(reply.status).toBe(200);
    expect(posts).toEqual([]);
  });

  test('OPS-7 it has an agreement: what it sent is kept whole', async () => {
    const p = await pair({ profile: 'osb-rm' });
    await giveChanged(p, UNKNOWN[1][1]);
    const [kept] = (await p.b.store.search({ states: ['rejected'] }, { limit: 10 })).messages;
    expect(kept?.parts).toHaveLength(1);
  });
});

describe('a CPA that names a channel of its own for the Acknowledgments to us', () => {
  const elsewhere = `${URL_A}/bevestigd`;

  /** A's signals arrive at its default address, but its Acknowledgments elsewhere. */
  async function overridden(): Promise<Pair> {
    const p = await pair({ profile: 'osb-rm' });
    const xml = await testCpa({ profile: 'osb-rm' });
    const own = (name: string, from: string, to: string): string => {
      const found = new RegExp(`<tp:${name} [^>]*"${from}"[\\s\\S]*?</tp:${name}>`).exec(xml)?.[0] ?? '';
      return found.replace(`"${from}"`, `"${to}"`);
    };
    const channel = own('DeliveryChannel', 'A_signals', 'A_ack').replace('A_transport', 'A_ack_transport');
    const transport = own('Transport', 'A_transport', 'A_ack_transport').replaceAll(URL_A, elsewhere);
    const changed = xml
      .replace('<tp:DeliveryChannel', `${channel}<tp:DeliveryChannel`)
      .replace('<tp:Transport ', `${transport}<tp:Transport `)
      .replace(
        '</tp:PartyInfo>',
        `<tp:OverrideMshActionBinding tp:action="Acknowledgment" tp:channelId="A_ack"/></tp:PartyInfo>`,
      );
    await putCpa(p.b.store, changed, p.clock.now());
    await p.b.context.agreements.refresh();
    return p;
  }

  test.each([
    ['Ping', 'Pong'],
    ['StatusRequest', 'StatusResponse'],
  ])('C27 C28 a %s gets its %s over the default channel all the same', async (asked, answer) => {
    const p = await overridden();
    const body = asked === 'Ping' ? {} : { statusRequest: { version: '2.0', refToMessageId: 'x@test' } };
    await give(p.b, signal(asked, OIN_A, OIN_B, body), OIN_A);
    for (let i = 0; i < 200 && p.wire.posts.length === 0; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(p.wire.posts.map((post) => [post.url, read(post.body).header.action])).toEqual([[URL_A, answer]]);
  });

  test('C27 T213 a message gets its Acknowledgment there', async () => {
    const p = await overridden();
    const { reply, posts } = await giveChanged(p, (request) => request);
    expect(reply.status).toBe(204);
    expect(posts.map((post) => [post.url, read(post.body).header.action])).toEqual([[elsewhere, 'Acknowledgment']]);
  });
});
