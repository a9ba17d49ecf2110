// Signals that prove, do not prove, or come from nowhere (rows 32–36, 58), Ping and StatusRequest (R118–R125).
import { describe, expect, test } from '@jest/globals';
import { ACTOR, MSH_SERVICE, OIN_TYPE } from '../../adapter/base/index.ts';
import { type EbmsMessage, readMessage, writeMessage } from '../../adapter/ebms/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { readXml } from '../../adapter/xml/index.ts';
import { inbound, putCpa, testCpa } from '../fixtures/gateway.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const pair = ownPairs();

/** A third party; it has an agreement with A, and none with B. */
const OIN_X = '00000099000000003000';
const HEADERS = { 'content-type': 'text/xml; charset=UTF-8', soapaction: '"ebXML"' };
const ERRORS = 'urn:oasis:names:tc:ebxml-msg:service:errors';
const party = (value: string) => ({ partyIds: [{ value, type: OIN_TYPE }] });

function signal(
  action: string,
  from: string,
  to: string,
  change: Partial<EbmsMessage> = {},
  refToMessageId?: string,
): EbmsMessage {
  return {
    header: {
      version: '2.0',
      from: party(from),
      to: party(to),
      cpaId: 'TEST_A_B',
      conversationId: 'gesprek',
      service: { value: MSH_SERVICE },
      action,
      messageId: `${action}-${Math.trunc(performance.now() * 1000)}@test`,
      timestamp: { instant: Date.now(), zoned: true },
      ...(refToMessageId === undefined ? {} : { refToMessageId }),
      duplicateElimination: false,
    },
    syncReply: false,
    ackRequested: [],
    signatures: 0,
    ...change,
  };
}

const acknowledgment = (about: string): Partial<EbmsMessage> => ({
  acknowledgment: {
    version: '2.0',
    actor: ACTOR.toPartyMsh,
    timestamp: { instant: Date.now(), zoned: true },
    refToMessageId: about,
    references: [],
  },
});

const give = (gateway: Pair['a'], message: EbmsMessage, oin: string) =>
  gateway.gateway.receive(inbound(Buffer.from(writeMessage(message)), HEADERS, oin));

function read(body: Uint8Array | undefined): EbmsMessage {
  const xml = readXml(body ?? new Uint8Array());
  const message = xml.ok ? readMessage(xml.value) : undefined;
  if (message === undefined || !message.ok) throw new Error('no ebMS message');
  return message.value.message;
}

const told = (gateway: Pair['a']): string[] => gateway.events.map(({ event }) => event);

/** A message of A that B has, of which A waits for the acknowledgment. */
async function waiting(p: Pair): Promise<MessageRecord> {
  const record = await p.submit();
  await p.a.work();
  return p.sent(record);
}

describe('acknowledgments', () => {
  test('R96 row 32 about a message we do not know: 204, a note and a warning, never an error', async () => {
    const p = await pair();
    const reply = await give(p.a, signal('Acknowledgment', OIN_B, OIN_A, acknowledgment('nooit@a'), 'nooit@a'), OIN_B);
    expect(reply.status).toBe(204);
    expect(reply.body ?? []).toHaveLength(0);
    expect(told(p.a)).toContain('signal.unknown');
    expect((await p.a.store.notes(10)).map((note) => note.event)).toContain('signal.unknown');
  });

  test('R94 row 35 unsigned where a signed one was asked: the message stays pending, alert', async () => {
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

  test('row 36 R94 row 152 a signed one whose digests are of another message', async () => {
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

  test('R115 row 34 an error after the acknowledgment: the first wins, the conflict is told', async () => {
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

  test('R68 R74 R91 T76 a MessageError ends the message and is never answered; a Warning changes nothing', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    const list = (severity: 'Error' | 'Warning') => ({
      errorList: {
        version: '2.0',
        highestSeverity: severity,
        errors: [{ codeContext: ERRORS, errorCode: 'DeliveryFailure', severity }],
      },
    });
    const first = await give(p.a, signal('MessageError', OIN_B, OIN_A, list('Warning'), record.messageId), OIN_B);
    expect((await p.sent(record)).state).toBe('awaitingAck');
    const second = await give(p.a, signal('MessageError', OIN_B, OIN_A, list('Error'), record.messageId), OIN_B);
    expect((await p.sent(record)).state).toBe('rejected');
    expect([first.status, second.status]).toEqual([204, 204]);
    const posts = p.wire.posts.length;
    await p.a.work();
    expect(p.wire.posts).toHaveLength(posts);
  });

  test('OPS-1 a late acknowledgment corrects a message that was given up', async () => {
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

describe('services', () => {
  test('R123 R124 R39 R30 T154 a Ping gets its Pong in the response when the CPA is synchronous', async () => {
    const p = await pair({ syncReply: 'mshSignalsOnly' });
    const ping = signal('Ping', OIN_A, OIN_B);
    const pong = read((await give(p.b, ping, OIN_A)).body);
    expect(pong.header).toMatchObject({
      action: 'Pong',
      refToMessageId: ping.header.messageId,
      conversationId: 'gesprek',
    });
    expect((await p.b.store.search({}, { limit: 10 })).messages).toHaveLength(0);
  });

  test('R125 and by a POST of its own when it is not', async () => {
    const p = await pair();
    const reply = await give(p.b, signal('Ping', OIN_A, OIN_B), OIN_A);
    expect(reply.status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(read(p.wire.posts[0]?.body).header.action).toBe('Pong');
  });

  test('row 58 R118 R119 R120 R121 R122 status of a known message, an unknown one, and another party’s', async () => {
    const p = await pair({ syncReply: 'mshSignalsOnly' });
    const record = await p.submit();
    await p.settle();
    const ask = async (about: string, from: string, gateway: Pair['a'], to: string) =>
      read(
        (
          await give(
            gateway,
            signal('StatusRequest', from, to, { statusRequest: { version: '2.0', refToMessageId: about } }),
            from,
          )
        ).body,
      ).statusResponse;
    expect(await ask(record.messageId, OIN_A, p.b, OIN_B)).toMatchObject({
      status: 'Received',
      timestamp: expect.anything(),
    });
    const [one] = await p.b.gateway.offer(1, 60_000);
    if (one !== undefined) await p.b.gateway.confirm(one.id);
    expect(await ask(record.messageId, OIN_A, p.b, OIN_B)).toMatchObject({ status: 'Processed' });
    const unknown = await ask('nooit@a', OIN_A, p.b, OIN_B);
    expect(unknown?.status).toBe('NotRecognized');
    expect(unknown?.timestamp).toBeUndefined();
    expect((await ask(record.messageId, OIN_B, p.a, OIN_A))?.status).toBe('NotRecognized');
  });

  test('R32 T48 an action of the MSH service that does not exist', async () => {
    const p = await pair({ syncReply: 'mshSignalsOnly' });
    const error = read((await give(p.b, signal('Dansen', OIN_A, OIN_B), OIN_A)).body);
    expect(error.errorList?.errors[0]?.errorCode).toBe('ValueNotRecognized');
  });

  test('R96 T159 a Pong nobody waits for is ignored', async () => {
    const p = await pair();
    expect((await give(p.a, signal('Pong', OIN_B, OIN_A, {}, 'nooit@a'), OIN_B)).status).toBe(204);
    expect(told(p.a)).toContain('signal.ignored');
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

  test('row 56 R108 a message that is not confirmed is offered again under the same id; a second confirm changes nothing', async () => {
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
