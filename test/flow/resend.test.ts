// What ended without acknowledgment goes again as a new message, when an operator says so (row 43, OPS-8).
import { describe, expect, test } from '@jest/globals';
import { derivedUuid } from '../../adapter/gateway/submit.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { StoreUnavailable } from '../../adapter/store/index.ts';
import type { Fault } from '../fixtures/gateway.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { acknowledgment, give, signal, told } from '../fixtures/signal.ts';

const pair = ownPairs();
const refused: Fault = () => ({ kind: 'response', status: 400, headers: {}, body: Buffer.alloc(0) });

/** A message that failed because its POST was refused. */
async function failed(p: Pair, change: Parameters<Pair['submit']>[1] = {}): Promise<MessageRecord> {
  p.wire.faults.push(refused);
  const record = await p.submit('<proef/>', change);
  await p.settle();
  return p.sent(record);
}

async function resent(p: Pair, record: MessageRecord): Promise<{ record: MessageRecord; created: boolean }> {
  const result = await p.a.gateway.resend(record.id, 'beheer');
  if (!result.ok) throw new Error(result.error.map(({ detail }) => detail).join('; '));
  return result.value;
}

test('OPS-1 OPS-3 a message that was cancelled after it had arrived is acknowledged after all, and does not go again', async () => {
  const p = await pair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
  p.wire.faults.push(() => ({ kind: 'failed', reason: 'timeout', detail: 'it arrived, and its response was lost' }));
  const record = await p.submit();
  await p.a.work();
  const cancelled = await p.a.gateway.operate(record.id, 'cancel', 'beheer');
  expect(cancelled.ok && cancelled.value.state).toBe('cancelled');
  const about = acknowledgment(record.messageId);
  await give(p.a, signal('Acknowledgment', OIN_B, OIN_A, about, record.messageId), OIN_B);
  expect((await p.sent(record)).state).toBe('acknowledged');
  expect(told(p.a)).toContain('message.corrected');
  expect((await p.a.gateway.resend(record.id, 'beheer')).ok).toBe(false);
});

describe('row 43 OPS-8 a message that failed goes again as a new one', () => {
  test.each([
    ['pull', {}],
    ['log', { asks: true }],
  ] as const)('DK-102 its application hears of it as it does now: %s', async (applicationEvents, hears) => {
    const p = await pair({ profile: 'osb-rm-s' }, { a: { applicationEvents } });
    const by = { client: 'app', requestSha256: 'ab' };
    const then = 'asks' in hears ? by : { ...by, asks: true as const };
    const { record } = await resent(p, await failed(p, { submittedBy: then }));
    expect(record.submittedBy).toEqual({ ...by, ...hears });
  });

  test('also after TimeToLive: new MessageId and times, the same conversation, parties, parts and origin of the content', async () => {
    const p = await pair({ profile: 'osb-rm-s' });
    const business = { berichtcode: 'Di01', referentienummer: 'r1', zender: '9999', ontvanger: '99999901' };
    const old = await failed(p, {
      business,
      submittedBy: { client: 'app', requestSha256: 'ab' },
      refToMessageId: 'x@y',
    });
    p.clock.pass((old.timeToLive ?? 0) - p.clock.now() + 1);
    const { record, created } = await resent(p, old);
    expect(created).toBe(true);
    const { cpaId, conversationId, parts, refToMessageId, from, to, service, action, submittedBy } = old;
    expect(record).toMatchObject({
      cpaId,
      conversationId,
      parts,
      refToMessageId,
      from,
      to,
      service,
      action,
      submittedBy,
    });
    expect(record).toMatchObject({ resendOf: old.id, business });
    expect(record.messageId).not.toBe(old.messageId);
    expect(record.timestamp).toBe(p.clock.now());
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(await p.sent(old)).toMatchObject({ state: 'failed', resentAs: record.id });
    const [arrived, ...more] = await p.received();
    expect(more).toEqual([]);
    expect(arrived).toMatchObject({ messageId: record.messageId, conversationId });
    const [part] = arrived?.parts ?? [];
    expect(part === undefined ? '' : Buffer.from(await p.b.store.blobs.read(part.blob)).toString()).toBe('<proef/>');
  });

  test('asked twice it is one new message, and the old one says which', async () => {
    const p = await pair();
    const old = await failed(p);
    const first = await resent(p, old);
    const second = await resent(p, old);
    expect(second).toMatchObject({ created: false, record: { id: first.record.id } });
    await p.settle();
    expect(await p.received()).toHaveLength(1);
    const journal = await p.a.store.journal(old.id);
    expect(journal.filter(({ event }) => event === 'resent')).toMatchObject([
      { state: 'failed', rules: ['OPS-8'], detail: `operator beheer: resend as ${first.record.messageId}` },
    ]);
    expect(p.a.events.filter(({ event }) => event === 'message.resent')).toHaveLength(1);
  });

  test('a crash between the new message and the note on the old one is mended when it is asked again', async () => {
    const p = await pair();
    const old = await failed(p);
    const { commit } = p.a.store;
    p.a.store.commit = (change) =>
      change.message.id === old.id ? Promise.reject(new StoreUnavailable('weg')) : commit.call(p.a.store, change);
    await expect(p.a.gateway.resend(old.id, 'beheer')).rejects.toThrow(StoreUnavailable);
    p.a.store.commit = commit;
    const { created, record } = await resent(p, old);
    expect(created).toBe(false);
    expect(record.messageId).toContain(derivedUuid(`resend|${old.id}`));
    expect((await p.a.store.journal(old.id)).map(({ event }) => event)).toContain('resent');
    await p.settle();
    expect(await p.received()).toHaveLength(1);
  });

  test('a new one that fails too goes again in its turn', async () => {
    const p = await pair();
    const old = await failed(p);
    p.wire.faults.push(refused);
    const { record: second } = await resent(p, old);
    await p.settle();
    expect((await p.sent(second)).state).toBe('failed');
    const { record: third, created } = await resent(p, second);
    await p.settle();
    expect([created, (await p.sent(third)).state, third.resendOf]).toEqual([true, 'acknowledged', second.id]);
  });

  test('asked of the first, it goes on from the last that failed; and not again while that one is under way', async () => {
    const p = await pair();
    const old = await failed(p);
    p.wire.faults.push(refused);
    const { record: second } = await resent(p, old);
    await p.settle();
    const { record: third, created } = await resent(p, old);
    expect([created, third.resendOf]).toEqual([true, second.id]);
    expect(await resent(p, old)).toMatchObject({ created: false, record: { id: third.id } });
    await p.settle();
    expect(await resent(p, second)).toMatchObject({ created: false, record: { id: third.id, state: 'acknowledged' } });
    expect(await p.received()).toHaveLength(1);
    expect([(await p.sent(old)).resentAs, (await p.sent(second)).resentAs]).toEqual([second.id, third.id]);
  });

  test('OPS-2 what goes on as a new message is not sent again itself', async () => {
    const p = await pair();
    const old = await failed(p);
    await resent(p, old);
    expect(await p.a.gateway.operate(old.id, 'retry')).toMatchObject({
      ok: false,
      error: [{ detail: expect.stringContaining('resentAs') }],
    });
    await p.settle();
    expect(await p.received()).toHaveLength(1);
  });
});

describe('OPS-8 what cannot go again', () => {
  test('a message that is under way, acknowledged or received, and one that is not there', async () => {
    const p = await pair();
    const waiting = await p.submit();
    const refusal = (where: string, detail: RegExp) => ({
      ok: false,
      error: [{ where, rule: 'OPS-8', detail: expect.stringMatching(detail) }],
    });
    expect(await p.a.gateway.resend(waiting.id, 'beheer')).toMatchObject(
      refusal('state', /^gevonden queued; verwacht failed of /),
    );
    await p.settle();
    expect(await p.a.gateway.resend(waiting.id, 'beheer')).toMatchObject(refusal('state', /^gevonden acknowledged/));
    const [inbound] = await p.received();
    if (inbound === undefined) throw new Error('nothing arrived');
    expect(await p.b.gateway.resend(inbound.id, 'beheer')).toMatchObject(refusal('direction', /^gevonden in/));
    expect(await p.a.gateway.resend(inbound.id, 'beheer')).toMatchObject(refusal('id', /geen bericht/));
    await p.settle();
    expect(await p.received()).toHaveLength(1);
  });

  test('a message whose CPA is gone: the CPA of today decides, and the old message stays as it is', async () => {
    const p = await pair();
    const old = await failed(p);
    await p.a.gateway.removeCpa(old.cpaId, 'proef');
    expect(await p.a.gateway.resend(old.id, 'beheer')).toMatchObject({ ok: false });
    expect(await p.sent(old)).toEqual(old);
  });
});
