// What is refused or ignored is kept up to a share of its sender, partners too; answers and what changes something are not bounded (OPS-7).
import { describe, expect, test } from '@jest/globals';
import { createEvidenceShares } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { StoreUnavailable } from '../../adapter/store/index.ts';
import { giveTo, inBody, requestOf } from '../fixtures/changed.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { acknowledgment, give, giveText, signal, told, waiting } from '../fixtures/signal.ts';

const pair = ownPairs();
const STRANGER = '00000099000000009000';
const LONG = 'x'.repeat(20_000);
const TIMES = 40;

function allow(gateway: Pair['a'], bytes: { strangers?: number; partner?: number }): void {
  const { strangers = 0, partner = 0 } = bytes;
  Object.assign(gateway.context, { evidence: createEvidenceShares({ strangers, partner }) });
}

/** An acknowledgment of B about a message of A, with ids as long as they go. */
const padded = (about: string): Parameters<typeof give>[1] => {
  const one = signal('Acknowledgment', OIN_B, OIN_A, acknowledgment(about), about);
  return { ...one, header: { ...one.header, conversationId: LONG } };
};

const rejected = async (p: Pair): Promise<readonly MessageRecord[]> =>
  (await p.b.store.search({ states: ['rejected'] }, { limit: 100 })).messages;

describe('signals that change nothing', () => {
  test.each([
    ['a stranger', STRANGER, { strangers: 18_000 }],
    ['a partner', OIN_B, { partner: 18_000 }],
  ] as const)('OPS-7 row 32 of %s: each is answered, five are noted, with ids that are cut', async (_, oin, bytes) => {
    const p = await pair({ profile: 'osb-rm' });
    allow(p.a, bytes);
    for (let i = 0; i < TIMES; i += 1) expect((await give(p.a, padded(LONG), oin)).status).toBe(204);
    const notes = await p.a.store.notes(100);
    expect(notes).toHaveLength(5);
    for (const { detail } of notes) expect(detail.length).toBeLessThan(1000);
    expect(told(p.a).filter((event) => event === 'evidence.dropped')).toHaveLength(TIMES - 5);
  });

  test('OPS-7 row 34 the same acknowledgment again and again: its share of the journal, and the message stays as it is', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    await p.settle();
    allow(p.a, { partner: 100_000 });
    const before = (await p.a.store.journal(record.id)).length;
    for (let i = 0; i < TIMES; i += 1) expect((await give(p.a, padded(record.messageId), OIN_B)).status).toBe(204);
    const after = await p.a.store.journal(record.id);
    expect(after.length - before).toBe(4);
    expect((await p.sent(record)).state).toBe('acknowledged');
  });

  test('OPS-7 R106 above the share the first acknowledgment counts all the same', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    allow(p.a, { partner: 0 });
    await give(p.a, padded('nooit@a'), OIN_B);
    expect(await p.a.store.notes(10)).toEqual([]);
    const first = signal('Acknowledgment', OIN_B, OIN_A, acknowledgment(record.messageId), record.messageId);
    await give(p.a, first, OIN_B);
    expect((await p.sent(record)).state).toBe('acknowledged');
  });
});

describe('requests that cannot be read', () => {
  test('OPS-7 a partner’s are counted to it, so that strangers keep their share, and theirs are not', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const rubbish = (oin: string) => giveText(p.b, '<rubbish', oin);
    allow(p.b, { strangers: 7_000, partner: 13_000 });
    for (let i = 0; i < TIMES; i += 1) for (const oin of [OIN_A, STRANGER]) await rubbish(oin);
    const from = (await p.b.store.notes(100)).map(({ detail }) => (detail.includes(OIN_A) ? 'partner' : 'stranger'));
    expect(from.filter((who) => who === 'partner')).toHaveLength(4);
    expect(from.filter((who) => who === 'stranger')).toHaveLength(2);
  });
});

describe('messages of a partner', () => {
  const refused = inBody(/<eb:TimeToLive>[^<]*</, '<eb:TimeToLive>2001-01-01T00:00:00Z<');
  const large = (p: Pair): Promise<MessageRecord> => p.submit(`<proef>${'y'.repeat(200_000)}</proef>`);

  test('OPS-7 refused ones: whole, then the envelope, then nothing; the answer is the same', async () => {
    const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
    allow(p.b, { partner: 450_000 });
    const { body, headers } = await requestOfLarge(p, large);
    const replies: string[] = [];
    for (let i = 0; i < TIMES; i += 1) {
      const { text, delivered } = await giveTo(p, refused({ body, headers }));
      expect(delivered).toBe(0);
      replies.push(/errorCode="([^"]+)"/.exec(text)?.[1] ?? text);
    }
    expect(new Set(replies)).toEqual(new Set(['TimeToLiveExpired']));
    const kept = await rejected(p);
    const whole = kept.filter(({ parts }) => parts.length === 1);
    expect(whole).toHaveLength(2);
    expect(kept.length).toBeGreaterThan(2);
    expect(kept.length).toBeLessThan(15);
    for (const { envelope } of kept) expect((await p.b.store.blobs.read(envelope)).length).toBe(envelope.bytes);
  });

  test.each([
    ['a race that is lost', () => Promise.resolve('conflict' as const)],
    ['a store that is away', () => Promise.reject(new StoreUnavailable('away'))],
  ])('OPS-7 a refused one takes of the share once, however often it is not written: %s', async (_, fails) => {
    const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
    // Enough for one whole message, and not for two.
    allow(p.b, { partner: 300_000 });
    const request = refused(await requestOfLarge(p, large));
    const { store } = p.b;
    let left = 3;
    const commit: typeof store.commit = (change) => {
      left -= 1;
      return left < 0 ? store.commit(change) : fails();
    };
    Object.assign(p.b.context, { store: { ...store, commit } });
    let status = 503;
    for (let i = 0; i < 5 && status === 503; i += 1) ({ status } = await giveTo(p, request));
    expect(left).toBeLessThan(0);
    const kept = await rejected(p);
    expect(kept.map(({ parts }) => parts.length)).toEqual([1]);
  });

  test('OPS-7 row 60 what is told of a refused one is short, however long its words are, and the answer too', async () => {
    const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
    const padding = inBody(/xlink:href="[^"]*"/, `xlink:href="cid:${LONG}"`);
    const { text, delivered } = await giveTo(p, padding(await requestOf(p)));
    expect([delivered, text.includes('MessageError')]).toEqual([0, true]);
    expect(text.length).toBeLessThan(LONG.length);
    const [record] = await rejected(p);
    expect(record?.problem).toMatch(/^MimeProblem cid:x/);
    expect(record?.problem?.length).toBeLessThan(1100);
    const journal = await p.b.store.journal(record?.id ?? ('' as MessageRecord['id']));
    expect(JSON.stringify(journal).length).toBeLessThan(3000);
  });

  test.each(['mshSignalsOnly', 'none'] as const)(
    'OPS-7 row 46 copies, syncReply %s: a share of them is counted, each gets the same acknowledgment',
    async (syncReply) => {
      const p = await pair({ profile: 'osb-rm', syncReply });
      const request = await requestOf(p);
      await giveTo(p, request);
      await p.b.work();
      const posted = (): string[] =>
        p.wire.posts.map(({ body }) => body.toString('latin1')).filter((text) => text.includes('<eb:Acknowledgment'));
      const first = posted().at(-1);
      allow(p.b, { partner: 10_000 });
      const answers: (string | undefined)[] = [];
      for (let i = 0; i < TIMES; i += 1) {
        const { text } = await giveTo(p, request);
        await p.b.work();
        for (let waits = 0; waits < 400 && syncReply === 'none' && posted().length < i + 2; waits += 1)
          await new Promise((resolve) => setTimeout(resolve, 5));
        answers.push(syncReply === 'none' ? posted().at(-1) : text);
      }
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toContain('<eb:Acknowledgment');
      if (syncReply === 'none') expect([posted().length, answers[0]]).toEqual([TIMES + 1, first]);
      const [record] = await p.received();
      expect(record?.copies).toBe(3);
      expect((await p.b.store.journal(record?.id ?? ('' as MessageRecord['id']))).length).toBeLessThan(10);
    },
  );
});

/** The request of a message of A with a large part. */
async function requestOfLarge(p: Pair, submit: (p: Pair) => Promise<MessageRecord>) {
  await submit(p);
  const before = p.wire.posts.length;
  p.wire.faults.push(() => Promise.resolve({ kind: 'response', status: 503, headers: {}, body: new Uint8Array() }));
  await p.a.work();
  const post = p.wire.posts[before];
  if (post === undefined) throw new Error('nothing was posted');
  return { body: post.body.toString('latin1'), headers: post.headers };
}
