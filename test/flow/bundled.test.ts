// A signal that rides on a business message instead of coming alone: it counts by what it proves, and the message is taken (DK-093).
import { describe, expect, test } from '@jest/globals';
import { type EbmsMessage, writeMessage } from '../../adapter/ebms/index.ts';
import { signedPart, stage } from '../../adapter/gateway/blob.ts';
import type { Change, CommitResult, MessageRecord } from '../../adapter/msh/index.ts';
import { StoreUnavailable } from '../../adapter/store/index.ts';
import { inbound, putCpa, TEST_SERVICE, testCpa } from '../fixtures/gateway.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { acknowledgment, ERRORS, read, signal, signedBy, told, waiting } from '../fixtures/signal.ts';

const pair = ownPairs();
const PAYLOAD = '<antwoord/>';

/** A business message of B with one part, and what rides on it. */
function carrying(rides: Partial<EbmsMessage>, header: Partial<EbmsMessage['header']> = {}): EbmsMessage {
  const made = signal('ggk_Di01', OIN_B, OIN_A, {
    ackRequested: [{ version: '2.0', signed: false }],
    manifest: { version: '2.0', references: [{ href: 'cid:deel@b' }] },
    ...rides,
  });
  return { ...made, header: { ...made.header, service: TEST_SERVICE, duplicateElimination: true, ...header } };
}

/** Gives it to A, as B would. */
const give = (p: Pair, envelope: string) =>
  p.a.gateway.receive(
    inbound(
      Buffer.from(
        `--b\r\nContent-Type: text/xml\r\nContent-ID: <e@b>\r\n\r\n${envelope}\r\n--b\r\nContent-Type: application/xml\r\nContent-ID: <deel@b>\r\n\r\n${PAYLOAD}\r\n--b--\r\n`,
      ),
      { 'content-type': 'multipart/related; boundary=b; type="text/xml"; start="<e@b>"', soapaction: '"ebXML"' },
      OIN_B,
    ),
  );

const taken = async ({ a }: Pair): Promise<readonly MessageRecord[]> =>
  (await a.store.search({ direction: 'in', states: ['received'] }, { limit: 10 })).messages;

/** The store of A does otherwise with changes of our message, so many times. */
function disturb({ a }: Pair, { id }: MessageRecord, times: number, otherwise: () => CommitResult): void {
  const { commit } = a.store;
  let left = times;
  a.store.commit = (change: Change) =>
    change.message.id === id && left-- > 0 ? Promise.resolve().then(otherwise) : commit(change);
}

const eventOf = ({ a }: Pair, name: string) => a.events.find(({ event }) => event === name)?.fields;

describe('DK-093 an Acknowledgment on a business message', () => {
  test('R87 R89 T150 acknowledges the message that it names, and the deviation is told', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    const message = carrying(acknowledgment(record.messageId));
    expect((await give(p, writeMessage(message))).status).toBe(204);
    expect((await p.sent(record)).state).toBe('acknowledged');
    const [answer, ...more] = await taken(p);
    if (answer === undefined) throw new Error('not taken');
    expect(more).toEqual([]);
    expect(await p.a.store.journal(answer.id)).toMatchObject([
      { event: 'accepted', rules: ['R108', 'DK-093'], detail: expect.stringContaining('//Header/Acknowledgment') },
    ]);
    expect(eventOf(p, 'message.accepted')).toMatchObject({ detail: 'warnings: DK-093' });
    expect(eventOf(p, 'message.acknowledged')).toMatchObject({ refToMessageId: record.messageId });
    p.clock.pass(600_000);
    await p.a.work();
    // All that A posts is the acknowledgment of the answer.
    expect(
      p.wire.posts.filter(({ url }) => url.includes('b.localhost')).map(({ body }) => read(body).header.action),
    ).toEqual(['ggk_Di01', 'Acknowledgment']);
  });

  test('R89 R35 it may be about another message than the one that is answered', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const [first, second] = [await waiting(p), await waiting(p)];
    await give(p, writeMessage(carrying(acknowledgment(second.messageId), { refToMessageId: first.messageId })));
    expect([(await p.sent(first)).state, (await p.sent(second)).state]).toEqual(['awaitingAck', 'acknowledged']);
    const other = carrying(acknowledgment(first.messageId), { refToMessageId: 'nooit@a' });
    await give(p, writeMessage(other));
    const answer = (await taken(p)).find(({ messageId }) => messageId === other.header.messageId);
    if (answer === undefined) throw new Error('not taken');
    expect(await p.a.store.journal(answer.id)).toMatchObject([{ rules: ['R108', 'DK-093', 'R35'] }]);
  });

  test('OPS-1 it corrects a message that was given up', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    p.clock.pass(3_600_000);
    await p.a.work();
    expect((await p.sent(record)).state).toBe('expired');
    await give(p, writeMessage(carrying(acknowledgment(record.messageId))));
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(told(p.a)).toContain('message.corrected');
  });

  describe('R94 where a signed one was asked', () => {
    async function answeredWith(change: (text: string) => string): Promise<{ p: Pair; record: MessageRecord }> {
      const p = await pair();
      const record = await waiting(p);
      p.wire.faults.push(() => ({ kind: 'failed', reason: 'connect', detail: 'weg' }));
      await p.b.work(1);
      const lost = p.wire.posts.find(({ url }) => url.includes('a.localhost'));
      const content = acknowledgment(record.messageId, read(lost?.body).acknowledgment?.references);
      const asks = [{ version: '2.0', signed: true }];
      const envelope = change(writeMessage(carrying({ ...content, ackRequested: asks })));
      const part = signedPart('deel@b', stage(Buffer.from(PAYLOAD)), p.a.store.blobs);
      await give(p, await signedBy('partij-b', envelope, [part]));
      expect(await taken(p)).toHaveLength(1);
      return { p, record };
    }

    test('with the digests of what was sent: it is acknowledged', async () => {
      const { p, record } = await answeredWith((text) => text);
      expect((await p.sent(record)).state).toBe('acknowledged');
      expect((await p.a.store.journal(record.id)).at(-1)?.detail).toMatch(/^signed Acknowledgment /);
    });

    test.each([
      [
        'another digest',
        (text: string) => text.replace(/(URI="cid:[\s\S]*?<ds:DigestValue>)..../, '$1AAAA'),
        'has another digest',
      ],
      ['no digest', (text: string) => text.replace(/<ds:Reference[\s\S]*<\/ds:Reference>/, ''), '0 references'],
    ])('row 36 with %s it proves nothing: the message is taken, ours waits on, alert', async (_title, change, why) => {
      const { p, record } = await answeredWith(change);
      expect((await p.sent(record)).state).toBe('awaitingAck');
      expect(eventOf(p, 'signal.refused')?.detail).toContain(why);
      expect(eventOf(p, 'message.accepted')).toMatchObject({ detail: 'warnings: DK-093' });
    });
  });

  test('row 33 under another CPA than that of the message it names: the message is taken, ours waits on, alert', async () => {
    const p = await pair({ profile: 'osb-rm' });
    await putCpa(p.a.store, await testCpa({ profile: 'osb-rm', cpaId: 'TEST_A_B_2' }), p.clock.now());
    await p.a.context.agreements.refresh();
    const record = await waiting(p);
    await give(p, writeMessage(carrying(acknowledgment(record.messageId), { cpaId: 'TEST_A_B_2' })));
    expect(await taken(p)).toHaveLength(1);
    expect((await p.sent(record)).state).toBe('awaitingAck');
    expect(eventOf(p, 'signal.refused')?.detail).toContain('it comes under another CPA');
  });

  test('R96 row 32 about a message that we do not know: the message is taken, and a note is left', async () => {
    const p = await pair({ profile: 'osb-rm' });
    expect((await give(p, writeMessage(carrying(acknowledgment('nooit@a'))))).status).toBe(204);
    expect(await taken(p)).toHaveLength(1);
    expect((await p.a.store.notes(10)).map(({ event }) => event)).toContain('signal.unknown');
  });

  test('on a message that is refused it counts for nothing', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    const content = {
      ...acknowledgment(record.messageId),
      manifest: { version: '2.0', references: [{ href: 'cid:weg@b' }] },
    };
    await give(p, writeMessage(carrying(content)));
    expect(told(p.a)).toContain('message.refused');
    expect((await p.sent(record)).state).toBe('awaitingAck');
  });

  test('R107 broken off before its own change is written: the reply stands, and a copy of the message puts it right', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    disturb(p, record, 1, () => {
      throw new StoreUnavailable('SQLITE_FULL: database or disk is full');
    });
    const envelope = writeMessage(carrying(acknowledgment(record.messageId)));
    expect((await give(p, envelope)).status).toBe(204);
    expect((await p.sent(record)).state).toBe('awaitingAck');
    expect(told(p.a)).toContain('store.unavailable');
    for (let copy = 0; copy < 2; copy += 1) {
      expect((await give(p, envelope)).status).toBe(204);
      expect((await p.sent(record)).state).toBe('acknowledged');
    }
    expect(await taken(p)).toMatchObject([{ copies: 2 }]);
    expect(told(p.a).filter((event) => event === 'message.acknowledged')).toHaveLength(1);
  });

  test('row 20 a race that it loses is run again, and the message is taken once', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    disturb(p, record, 3, () => 'conflict');
    await give(p, writeMessage(carrying(acknowledgment(record.messageId))));
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(await taken(p)).toMatchObject([{ copies: 0 }]);
  });
});

describe('R78 Warnings on a business message', () => {
  const WORDS = 'client Proefpersoon, geboren 1950-01-01';
  const error = { codeContext: ERRORS, errorCode: 'Inconsistent', severity: 'Warning' as const, description: WORDS };
  const errorList = { version: '2.0', highestSeverity: 'Warning' as const, errors: [error] };
  const SAID = `warning from the partner: Inconsistent at ?: ${WORDS}`;

  const saidOf = async ({ a }: Pair, { id }: MessageRecord): Promise<(string | undefined)[]> =>
    (await a.store.journal(id)).filter(({ event }) => event === 'signalIgnored').map(({ detail }) => detail);

  test('R68 row 159 stand in its journal and in that of the message they are about, in no log line, and change nothing', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    const envelope = writeMessage(carrying({ errorList }, { refToMessageId: record.messageId }));
    await give(p, envelope);
    const [answer] = await taken(p);
    if (answer === undefined) throw new Error('not taken');
    expect((await p.a.store.journal(answer.id))[0]?.detail).toBe(SAID);
    expect(await saidOf(p, record)).toEqual([SAID]);
    expect(JSON.stringify(p.a.events)).not.toContain('Proefpersoon');
    expect((await p.sent(record)).state).toBe('awaitingAck');
    await give(p, envelope);
    expect(await taken(p)).toMatchObject([{ copies: 1 }]);
    expect(await saidOf(p, record)).toEqual([SAID]);
  });

  test('R67 R117 an Error among them is none: the message that carries it is refused', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const errors = [error, { ...error, severity: 'Error' as const }];
    await give(p, writeMessage(carrying({ errorList: { ...errorList, errors } })));
    expect(await taken(p)).toEqual([]);
    expect((await p.a.store.search({ direction: 'in' }, { limit: 10 })).messages).toMatchObject([
      { state: 'rejected' },
    ]);
  });

  test('R89 are about what the message names, also beside an Acknowledgment of another', async () => {
    const p = await pair({ profile: 'osb-rm' });
    const [named, other] = [await waiting(p), await waiting(p)];
    const rides = { ...acknowledgment(other.messageId), errorList };
    await give(p, writeMessage(carrying(rides, { refToMessageId: named.messageId })));
    expect([await saidOf(p, named), await saidOf(p, other)]).toEqual([[SAID], []]);
    expect([(await p.sent(named)).state, (await p.sent(other)).state]).toEqual(['awaitingAck', 'acknowledged']);
  });

  test.each([
    ['nothing', () => undefined],
    ['a message that we do not know', () => 'nooit@a'],
    ['a message under another CPA', ({ messageId }: MessageRecord) => messageId],
  ])('about %s: they stand with the message that carries them only', async (title, nameIn) => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    const cpaId = title.endsWith('CPA') ? 'TEST_A_B_2' : 'TEST_A_B';
    await putCpa(p.a.store, await testCpa({ profile: 'osb-rm', cpaId: 'TEST_A_B_2' }), p.clock.now());
    await p.a.context.agreements.refresh();
    const refToMessageId = nameIn(record);
    const header = { cpaId, ...(refToMessageId === undefined ? {} : { refToMessageId }) };
    await give(p, writeMessage(carrying({ errorList }, header)));
    const [answer] = await taken(p);
    if (answer === undefined) throw new Error('not taken');
    expect((await p.a.store.journal(answer.id))[0]?.detail).toContain(SAID);
    expect(await saidOf(p, record)).toEqual([]);
    expect(await p.a.store.notes(10)).toEqual([]);
    expect(told(p.a).filter((event) => event.startsWith('signal.'))).toEqual([]);
  });
});
