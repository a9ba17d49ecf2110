// By which way an error goes back when the CPA knows both parties, but not what the message is about (R76, T192).
import { describe, expect, test } from '@jest/globals';
import { inBody, requestOf } from '../fixtures/changed.ts';
import { inbound, URL_A } from '../fixtures/gateway.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { read } from '../fixtures/signal.ts';

const pair = ownPairs();

const UNKNOWN = [
  ['T46 an unknown Service', inBody('>test:dienst:1<', '>test:dienst:2<'), 'ValueNotRecognized'],
  ['T47 an unknown Action', inBody('>ggk_Di01<', '>onbekend<'), 'ValueNotRecognized'],
  ['T41 a wrong Role', inBody('<eb:Role>A</eb:Role>', '<eb:Role>Z</eb:Role>'), 'ValueNotRecognized'],
  ['T45 a Service that is none', inBody(/(<eb:Service) eb:type="[^"]*">[^<]*</, '$1>geen uri<'), 'Inconsistent'],
] as const;

async function giveChanged(p: Pair, change: (typeof UNKNOWN)[number][1], oin = OIN_A) {
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
