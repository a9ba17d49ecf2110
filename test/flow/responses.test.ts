// What a partner says in the response to a message of ours: only an Acknowledgment or MessageError about it is taken (DK-002).
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { OIN_TYPE } from '../../adapter/base/index.ts';
import { writeMessage } from '../../adapter/ebms/index.ts';
import { submitMessage } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { TEST_SERVICE, URL_A } from '../fixtures/gateway.ts';
import { ownPairs, type Pair, type Post } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { acknowledgment, HEADERS, signal, told } from '../fixtures/signal.ts';

const pair = ownPairs();
const MINUTE = 60_000;
const LARGE = `<antwoord>${'x'.repeat(400_000)}</antwoord>`;

/** The request that B makes of a business answer to a message of A; it never gets to A. */
async function answerOfB(p: Pair, about: MessageRecord): Promise<Pick<Post, 'headers' | 'body'>> {
  const party = (value: string) => ({ partyIds: [{ value, type: OIN_TYPE }] });
  const submitted = await submitMessage(
    {
      cpaId: 'TEST_A_B',
      from: party(OIN_B),
      to: party(OIN_A),
      service: TEST_SERVICE,
      action: 'ggk_Du01',
      uuid: randomUUID(),
      refToMessageId: about.messageId,
      contents: [{ contentId: 'antwoord@b.test', contentType: 'application/xml', content: Buffer.from(LARGE) }],
    },
    p.b.context,
  );
  if (!submitted.ok) throw new Error('B cannot answer');
  p.wire.faults.push(() => ({ kind: 'failed', reason: 'connect', detail: 'alleen opgenomen' }));
  await p.b.work(1);
  const post = p.wire.posts.find(({ url }) => url === URL_A);
  if (post === undefined) throw new Error('nothing was posted');
  return post;
}

/** Gives this in the response to the next request. */
const respond = (p: Pair, { headers, body }: Pick<Post, 'headers' | 'body'>): void => {
  p.wire.faults.push(() => ({ kind: 'response', status: 200, headers, body }));
};

/** The message waits for its next attempt; why, and what was in the response, is in the journal. */
async function expectRefused(p: Pair, record: MessageRecord, given: Buffer, why: string): Promise<void> {
  const { state, jobs } = await p.sent(record);
  expect([state, jobs.map(({ lastProblem }) => lastProblem)]).toEqual(['queued', [expect.stringContaining(why)]]);
  const { detail, evidence } = (await p.a.store.journal(record.id)).at(-1) ?? {};
  expect(detail).toContain(why);
  if (evidence === undefined) throw new Error('no evidence');
  const octets = Buffer.from(await p.a.store.blobs.read(evidence));
  expect(octets.equals(given.subarray(0, octets.length)) && octets.length > 100).toBe(true);
}

test('DK-002 a business message is not taken, though it names ours; the next attempt is acknowledged', async () => {
  const p = await pair({ syncReply: 'mshSignalsOnly' });
  const record = await p.submit();
  const answer = await answerOfB(p, record);
  respond(p, answer);
  await p.a.work(1);
  await expectRefused(p, record, answer.body, 'kind business');
  expect((await p.a.store.search({ direction: 'in' }, { limit: 10 })).messages).toEqual([]);
  expect(told(p.a)).not.toContain('message.accepted');
  p.clock.pass(MINUTE);
  await p.settle();
  expect((await p.sent(record)).state).toBe('acknowledged');
  // By a request of its own it is welcome.
  expect((await p.a.store.search({ direction: 'in' }, { limit: 10 })).messages).toMatchObject([
    { refToMessageId: record.messageId, state: 'received' },
  ]);
});

test.each(['Ping', 'Pong', 'StatusRequest', 'Dansen'])('DK-002 R145 a %s is no answer to a message', async (action) => {
  const p = await pair();
  const record = await p.submit();
  const content =
    action === 'StatusRequest' ? { statusRequest: { version: '2.0', refToMessageId: record.messageId } } : {};
  const body = Buffer.from(writeMessage(signal(action, OIN_B, OIN_A, content, record.messageId)));
  respond(p, { headers: HEADERS, body });
  await p.a.work(1);
  await expectRefused(p, record, body, 'expected an Acknowledgment or MessageError');
  expect(p.wire.posts).toHaveLength(1);
});

test('R145 an Acknowledgment of another message, and what is no ebMS message, are kept as evidence', async () => {
  const p = await pair({ profile: 'osb-rm' });
  const record = await p.submit();
  const other = Buffer.from(writeMessage(signal('Acknowledgment', OIN_B, OIN_A, acknowledgment('ander@a'), 'ander@a')));
  respond(p, { headers: HEADERS, body: other });
  await p.a.work(1);
  await expectRefused(p, record, other, 'another message');
  p.clock.pass(MINUTE);
  const none = Buffer.from(`<bericht>${'y'.repeat(200)}</bericht>`);
  respond(p, { headers: HEADERS, body: none });
  await p.a.work(1);
  await expectRefused(p, record, none, 'unreadable response');
});
