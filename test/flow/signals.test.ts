// Signals that prove, do not prove, or come from nowhere (rows 32–36), and a store that is away (rows 16, 20, 56).
import { describe, expect, test } from '@jest/globals';
import { ACTOR } from '../../adapter/base/index.ts';
import { type EbmsMessage, type ErrorList, writeMessage } from '../../adapter/ebms/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { BlobDamaged } from '../../adapter/store/index.ts';
import { inbound, putCpa, testCpa, URL_B } from '../fixtures/gateway.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import {
  acknowledgment,
  ERRORS,
  give,
  giveText,
  HEADERS,
  read,
  signal,
  signedBy,
  told,
  waiting,
} from '../fixtures/signal.ts';

const pair = ownPairs();

/** A third party; it has an agreement with A, and none with B. */
const OIN_X = '00000099000000003000';

describe('acknowledgments', () => {
  test('R96 row 32 T133 about a message we do not know: 204, a note and a warning, never an error', async () => {
    const p = await pair();
    const reply = await give(p.a, signal('Acknowledgment', OIN_B, OIN_A, acknowledgment('nooit@a'), 'nooit@a'), OIN_B);
    expect(reply.status).toBe(204);
    expect(reply.body ?? []).toHaveLength(0);
    expect(told(p.a)).toContain('signal.unknown');
    expect((await p.a.store.notes(10)).map((note) => note.event)).toContain('signal.unknown');
  });

  test('R94 row 35 T110 unsigned where a signed one was asked: the message stays pending, alert', async () => {
    const p = await pair();
    const record = await waiting(p);
    const reply = await give(
      p.a,
      signal('Acknowledgment', OIN_B, OIN_A, acknowledgment(record.messageId), record.messageId),
      OIN_B,
    );
    expect(reply.status).toBe(204);
    expect((await p.sent(record)).state).toBe('awaitingAck');
    expect(told(p.a)).toContain('signal.refused');
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
  });

  test('row 33 by the certificate of another party: refused, alert', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    await give(p.a, signal('Acknowledgment', OIN_B, OIN_A, acknowledgment(record.messageId), record.messageId), OIN_A);
    expect((await p.sent(record)).state).toBe('awaitingAck');
    expect(told(p.a)).toContain('signal.refused');
  });

  describe('row 33 under another agreement than that of the message', () => {
    /** B's message is waiting at A, which also has a second CPA with B and one with X, each in force and each fit for signals. */
    async function amongOthers(): Promise<{ p: Pair; record: MessageRecord }> {
      const p = await pair({ profile: 'osb-rm' });
      const second = await testCpa({ profile: 'osb-rm', cpaId: 'TEST_A_B_2' });
      const ofX = (await testCpa({ profile: 'osb-rm', cpaId: 'TEST_A_X' })).replaceAll(OIN_B, OIN_X);
      for (const xml of [second, ofX]) await putCpa(p.a.store, xml, p.clock.now());
      await p.a.context.agreements.refresh();
      return { p, record: await waiting(p) };
    }
    const failure = { codeContext: ERRORS, errorCode: 'Unknown', severity: 'Error' as const };
    const kinds = [
      ['Acknowledgment', (about: string) => acknowledgment(about)],
      ['MessageError', () => ({ errorList: { version: '2.0', highestSeverity: 'Error' as const, errors: [failure] } })],
    ] as const;
    const senders = [
      ['partner X, under its own CPA', OIN_X, 'TEST_A_X', 'it comes under another CPA'],
      ['partner X, under the CPA of A and B', OIN_X, 'TEST_A_B', 'it comes from another party'],
      ['B itself, under a second CPA', OIN_B, 'TEST_A_B_2', 'it comes under another CPA'],
    ] as const;

    test.each(senders.flatMap((sender) => kinds.map((kind) => [kind[0], ...sender, kind[1]] as const)))(
      'row 33 R94 R96 %s of %s: nothing changes, alert',
      async (action, _who, oin, cpaId, why, content) => {
        const { p, record } = await amongOthers();
        const made = signal(action, oin, OIN_A, content(record.messageId), record.messageId);
        const reply = await give(p.a, { ...made, header: { ...made.header, cpaId } }, oin);
        expect([reply.status, reply.body ?? []]).toEqual([204, []]);
        expect(await p.sent(record)).toMatchObject({ state: 'awaitingAck', jobs: record.jobs });
        expect(p.a.events.filter(({ event }) => event === 'signal.refused').map(({ fields }) => fields.detail)).toEqual(
          [expect.stringContaining(why)],
        );
        const journal = await p.a.store.journal(record.id);
        expect(journal.at(-1)).toMatchObject({ event: 'signalRefused', detail: expect.stringContaining(why) });
        // The partner's own acknowledgment still settles it.
        await p.settle();
        expect((await p.sent(record)).state).toBe('acknowledged');
      },
    );
  });

  test('row 36 R94 a signed one about another message than it was signed about', async () => {
    const p = await pair();
    const first = await waiting(p);
    const second = await waiting(p);
    await p.b.work();
    const acks = p.wire.posts.filter((post) => post.url.includes('a.localhost'));
    expect(acks).toHaveLength(2);
    expect((await p.sent(first)).state).toBe('acknowledged');
    expect((await p.sent(second)).state).toBe('acknowledged');
    const third = await waiting(p);
    const other = (acks[0]?.body ?? Buffer.alloc(0)).toString('utf8').replaceAll(first.messageId, third.messageId);
    await p.a.gateway.receive(inbound(Buffer.from(other), HEADERS, OIN_B));
    expect((await p.sent(third)).state).toBe('awaitingAck');
    expect(told(p.a)).toContain('signal.refused');
  });

  /** An Acknowledgment of B with the References of its own, which got lost, changed and then well signed, by B or another. */
  async function answeredBy(
    party: 'partij-a' | 'partij-b',
    { p, about, change = (text) => text }: { p: Pair; about: MessageRecord; change?: (text: string) => string },
  ): Promise<string> {
    p.wire.faults.push(() => ({ kind: 'failed', reason: 'connect', detail: 'weg' }));
    await p.b.work(1);
    const lost = p.wire.posts.find((post) => post.url.includes('a.localhost'));
    const content = acknowledgment(about.messageId, read(lost?.body).acknowledgment?.references);
    return signedBy(party, change(writeMessage(signal('Acknowledgment', OIN_B, OIN_A, content, about.messageId))));
  }

  test.each<[string, RegExp, string, string]>([
    ['T109 with another digest of a part', /(URI="cid:[\s\S]*?<ds:DigestValue>)..../, '$1AAAA', 'has another digest'],
    [
      'T111 without the Reference of the part',
      /<ds:Reference[^>]* URI="cid:[\s\S]*?<\/ds:Reference>/,
      '',
      '1 references',
    ],
  ])('R94 row 36 well signed, %s: it proves nothing, alert, the message goes again', async (_title, from, to, why) => {
    const p = await pair();
    const record = await waiting(p);
    const text = await answeredBy('partij-b', { p, about: record, change: (made) => made.replace(from, to) });
    expect((await giveText(p.a, text, OIN_B)).status).toBe(204);
    expect((await p.sent(record)).state).toBe('awaitingAck');
    expect(p.a.events.find(({ event }) => event === 'signal.refused')?.fields.detail).toContain(why);
    p.clock.pass(60_000);
    await p.a.work(1);
    expect(p.wire.posts.filter((post) => post.url.includes('b.localhost'))).toHaveLength(2);
  });

  test('R94 well signed, with the References as they were: the message is acknowledged', async () => {
    const p = await pair();
    const record = await waiting(p);
    await giveText(p.a, await answeredBy('partij-b', { p, about: record }), OIN_B);
    expect((await p.sent(record)).state).toBe('acknowledged');
  });

  test.each<[string, 'partij-a' | 'partij-b', RegExp, string]>([
    ['row 152 by the valid key of another party', 'partij-a', /^$/, 'SignatureValue does not fit SignedInfo'],
    ['row 35 without its signature', 'partij-b', /<ds:Signature[ >].*<\/ds:Signature>/s, 'this one is not signed'],
  ])('R94 the same %s: it proves nothing, alert', async (_how, party, leftOut, why) => {
    const p = await pair();
    const record = await waiting(p);
    const text = (await answeredBy(party, { p, about: record })).replace(leftOut, '');
    expect(read(Buffer.from(text)).acknowledgment?.references).toHaveLength(2);
    expect((await giveText(p.a, text, OIN_B)).status).toBe(204);
    expect((await p.sent(record)).state).toBe('awaitingAck');
    expect(p.a.events.find(({ event }) => event === 'signal.refused')?.fields.detail).toContain(why);
  });

  test('T134 DuplicateElimination and Roles in the header of an Acknowledgment make no difference', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    const made = signal('Acknowledgment', OIN_B, OIN_A, acknowledgment(record.messageId), record.messageId);
    const { from, to } = made.header;
    const header = {
      ...made.header,
      from: { ...from, role: 'B' },
      to: { ...to, role: 'A' },
      duplicateElimination: true,
    };
    await give(p.a, { ...made, header }, OIN_B);
    expect((await p.sent(record)).state).toBe('acknowledged');
  });

  test('R115 row 34 T132 an error after the acknowledgment: the first wins, the conflict is told', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await p.submit();
    await p.settle();
    const error = {
      version: '2.0',
      highestSeverity: 'Error' as const,
      errors: [
        {
          codeContext: ERRORS,
          errorCode: 'Unknown',
          severity: 'Error' as const,
        },
      ],
    };
    await give(p.a, signal('MessageError', OIN_B, OIN_A, { errorList: error }, record.messageId), OIN_B);
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(told(p.a)).toContain('signal.conflict');
  });

  test('R115 row 34 an acknowledgment after the error: rejected it stays, for us and for its application, the conflict is told', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await p.submit('<proef/>', { submittedBy: { client: 'test', requestSha256: '0'.repeat(64) } });
    await p.a.work();
    const errors = [{ codeContext: ERRORS, errorCode: 'OtherXml', severity: 'Error' as const }];
    const errorList = { version: '2.0', highestSeverity: 'Error' as const, errors };
    await give(p.a, signal('MessageError', OIN_B, OIN_A, { errorList }, record.messageId), OIN_B);
    await p.a.work();
    const rejected = await p.sent(record);
    expect(rejected).toMatchObject({ state: 'rejected', errorCodes: ['OtherXml'], jobs: [] });
    const before = told(p.a).length;
    const late = signal('Acknowledgment', OIN_B, OIN_A, acknowledgment(record.messageId), record.messageId);
    expect((await give(p.a, late, OIN_B)).status).toBe(204);
    await p.settle();
    const { version: _version, ...same } = rejected;
    expect(await p.sent(record)).toMatchObject(same);
    expect((await p.a.store.journal(record.id)).at(-1)).toMatchObject({ event: 'signalIgnored', state: 'rejected' });
    expect(told(p.a).filter((event) => event === 'message.ended')).toHaveLength(1);
    expect(told(p.a).slice(before)).toEqual(expect.arrayContaining(['signal.conflict']));
    expect(told(p.a)).not.toContain('message.acknowledged');
  });

  test.each(['Error', 'Warning'] as const)(
    'R68 R74 R91 T76 T78 T79 a MessageError ends the message and is never answered, its highestSeverity being %s; a Warning changes nothing',
    async (highest) => {
      const p = await pair({ profile: 'osb-rm' });
      const record = await waiting(p);
      const list = (severity: 'Error' | 'Warning', highestSeverity = severity) => ({
        errorList: {
          version: '2.0',
          highestSeverity,
          errors: [{ codeContext: ERRORS, errorCode: 'DeliveryFailure', severity }],
        },
      });
      const first = await give(p.a, signal('MessageError', OIN_B, OIN_A, list('Warning'), record.messageId), OIN_B);
      expect((await p.sent(record)).state).toBe('awaitingAck');
      const second = await give(
        p.a,
        signal('MessageError', OIN_B, OIN_A, list('Error', highest), record.messageId),
        OIN_B,
      );
      expect((await p.sent(record)).state).toBe('rejected');
      expect([first.status, second.status]).toEqual([204, 204]);
      expect(told(p.a)).toContain('message.rejected');
      const posts = p.wire.posts.length;
      p.clock.pass(120_000);
      await p.a.work();
      expect(p.wire.posts).toHaveLength(posts);
    },
  );

  test('OPS-1 T131 a late acknowledgment corrects a message that was given up', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    p.clock.pass(3_600_000);
    await p.a.work();
    expect((await p.sent(record)).state).toBe('expired');
    await give(p.a, signal('Acknowledgment', OIN_B, OIN_A, acknowledgment(record.messageId), record.messageId), OIN_B);
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(told(p.a)).toContain('message.corrected');
  });
});

describe('errors of the partner', () => {
  const errorList = (change: Partial<ErrorList> = {}): Partial<EbmsMessage> => ({
    errorList: {
      version: '2.0',
      highestSeverity: 'Error',
      errors: [{ codeContext: ERRORS, errorCode: 'Unknown', severity: 'Error' }],
      ...change,
    },
  });
  const error = (about: string, content: Partial<EbmsMessage>) => signal('MessageError', OIN_B, OIN_A, content, about);

  test('R74 T75 a faulty one gets no answer at all, and changes nothing: alert', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    const reply = await give(p.a, error(record.messageId, errorList({ version: '1.0' })), OIN_B);
    expect([reply.status, reply.body ?? []]).toEqual([204, []]);
    expect((await p.sent(record)).state).toBe('awaitingAck');
    expect(told(p.a)).toContain('signal.refused');
    await p.a.work();
    expect(p.wire.posts.filter(({ url }) => url === URL_B)).toHaveLength(1);
  });

  test('R74 T80 about an unknown message it is noted, and nothing else', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const reply = await give(p.a, error('nooit@a', errorList()), OIN_B);
    expect([reply.status, reply.body ?? []]).toEqual([204, []]);
    expect((await p.a.store.notes(10)).map(({ event, detail }) => [event, detail])).toEqual([
      ['signal.unknown', expect.stringContaining('nooit@a')],
    ]);
    await p.a.work();
    expect(p.wire.posts).toEqual([]);
  });

  test('R69 T83 a code and a codeContext of his own are taken and shown', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    const own = { codeContext: 'urn:van:hen', errorCode: 'TeLaat', severity: 'Error' as const, description: 'helaas' };
    await give(p.a, error(record.messageId, errorList({ errors: [own] })), OIN_B);
    expect(await p.sent(record)).toMatchObject({ state: 'rejected', problem: expect.stringMatching(/TeLaat.*helaas/) });
  });

  test.each([
    ['without Description', ''],
    ['with one that names no language', '<eb:Description>helaas</eb:Description>'],
  ])('R71 T84 an Error %s is taken', async (_title, description) => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    const text = writeMessage(error(record.messageId, errorList()));
    await giveText(p.a, text.replace('</eb:Error>', `${description}</eb:Error>`), OIN_B);
    expect(await p.sent(record)).toMatchObject({ state: 'rejected', problem: expect.stringContaining('Unknown') });
  });
});

describe('combinations', () => {
  test('R90 an Acknowledgment that asks for an acknowledgment is not accepted', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    const asks = { ackRequested: [{ version: '2.0', signed: false, actor: ACTOR.toPartyMsh }] };
    await give(
      p.a,
      signal('Acknowledgment', OIN_B, OIN_A, { ...acknowledgment(record.messageId), ...asks }, record.messageId),
      OIN_B,
    );
    expect((await p.sent(record)).state).toBe('awaitingAck');
  });
});

describe('the store is away', () => {
  test('row 16 a message is answered 503 and nothing is acknowledged; the resend is taken', async () => {
    const p = await pair({ syncReply: 'mshSignalsOnly' });
    const { commit } = p.b.store;
    const broken = async () => {
      const { StoreUnavailable } = await import('../../adapter/store/index.ts');
      throw new StoreUnavailable('SQLITE_FULL: database or disk is full');
    };
    p.b.store.commit = broken;
    const record = await p.submit();
    await p.a.work();
    expect(p.wire.posts[0]?.reply).toMatchObject({ kind: 'response', status: 503 });
    expect((await p.sent(record)).state).toBe('queued');
    expect(told(p.b)).toContain('store.unavailable');
    p.b.store.commit = commit;
    p.clock.pass(60_000);
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(await p.received()).toHaveLength(1);
  });

  test('row 20 lost races are decided again inside and not shown to the partner', async () => {
    const p = await pair({ syncReply: 'mshSignalsOnly' });
    const { commit } = p.b.store;
    let lost = 3;
    p.b.store.commit = async (change) => (lost-- > 0 ? 'conflict' : commit(change));
    const record = await p.submit();
    await p.settle();
    expect(p.wire.posts[0]?.reply).toMatchObject({ kind: 'response', status: 200 });
    expect((await p.sent(record)).state).toBe('acknowledged');
  });

  test('row 23 an Acknowledgment whose octets are damaged is not sent: told once, and its job ends', async () => {
    const p = await pair();
    await waiting(p);
    const { blobs } = p.b.context;
    const body = (await p.received())[0]?.answer?.body.sha256;
    const read: typeof blobs.read = (ref) =>
      ref.sha256 === body ? Promise.reject(new BlobDamaged('blob x does not have its digest')) : blobs.read(ref);
    Object.assign(p.b.context, { blobs: { ...blobs, read } });
    await p.b.work();
    p.clock.pass(600_000);
    await p.b.work();
    expect(p.b.events.filter(({ event }) => event === 'answer.failed')).toMatchObject([
      { fields: { detail: 'blob x does not have its digest' } },
    ]);
    expect((await p.received())[0]?.jobs.map(({ kind }) => kind)).toEqual(['collect']);
  });

  test('row 7 row 56 R108 a message that is not confirmed is offered again under the same id; a second confirm changes nothing', async () => {
    const p = await pair();
    await p.submit();
    await p.settle();
    const [first] = await p.b.gateway.offer(10, 60_000);
    expect(await p.b.gateway.offer(10, 60_000)).toEqual([]);
    p.clock.pass(61_000);
    const [again] = await p.b.gateway.offer(10, 60_000);
    expect(again?.id).toBe(first?.id);
    if (again === undefined) throw new Error('not offered');
    expect(await p.b.gateway.confirm(again.id)).toBe('confirmed');
    expect(await p.b.gateway.confirm(again.id)).toBe('already');
    p.clock.pass(600_000);
    expect(await p.b.gateway.offer(10, 60_000)).toEqual([]);
  });
});
