// Ping and StatusRequest of a partner: who gets which answer, and what nobody learns (R118–R125, row 58).
import { describe, expect, test } from '@jest/globals';
import { writeMessage } from '../../adapter/ebms/index.ts';
import { housekeep } from '../../adapter/gateway/index.ts';
import { inbound, putCpa, testCpa } from '../fixtures/gateway.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { give, giveText, HEADERS, read, signal, signedBy, told } from '../fixtures/signal.ts';

const pair = ownPairs();
const SYNC = { syncReply: 'mshSignalsOnly' } as const;
/** A third party, which has an agreement with B. */
const OIN_X = '00000099000000003000';

const textOf = (reply: { readonly body?: Uint8Array }): string => Buffer.from(reply.body ?? []).toString();

describe('Ping', () => {
  test('R123 R124 R39 R30 T152 T154 it gets its Pong in the response when the CPA is synchronous', async () => {
    const p = await pair(SYNC);
    const ping = signal('Ping', OIN_A, OIN_B);
    const reply = await give(p.b, ping, OIN_A);
    const { header } = read(reply.body);
    expect(header).toMatchObject({
      from: ping.header.to,
      to: ping.header.from,
      cpaId: 'TEST_A_B',
      conversationId: 'gesprek',
      service: ping.header.service,
      action: 'Pong',
      refToMessageId: ping.header.messageId,
    });
    expect(textOf(reply)).toContain('<SOAP:Body></SOAP:Body>');
    expect((await p.b.store.search({}, { limit: 10 })).messages).toHaveLength(0);
  });

  test('R125 and by a POST of its own when it is not', async () => {
    const p = await pair();
    const reply = await give(p.b, signal('Ping', OIN_A, OIN_B), OIN_A);
    expect(reply.status).toBe(204);
    for (let i = 0; i < 200 && p.wire.posts.length === 0; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(read(p.wire.posts[0]?.body).header.action).toBe('Pong');
  });

  test('R3 R125 T153 in a package of one part it gets the same', async () => {
    const p = await pair(SYNC);
    const body = `--b1\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <soap@a>\r\n\r\n${writeMessage(signal('Ping', OIN_A, OIN_B))}\r\n--b1--\r\n`;
    const headers = {
      ...HEADERS,
      'content-type': 'multipart/related; type="text/xml"; boundary="b1"; start="<soap@a>"',
    };
    const reply = await p.b.gateway.receive(inbound(Buffer.from(body), headers, OIN_A));
    expect(read(reply.body).header.action).toBe('Pong');
  });

  test.each(['Ping', 'StatusRequest'])(
    'R36 T57 a %s past its TimeToLive is answered with TimeToLiveExpired',
    async (action) => {
      const p = await pair(SYNC);
      const body = action === 'Ping' ? {} : { statusRequest: { version: '2.0', refToMessageId: 'x@test' } };
      const asked = signal(action, OIN_A, OIN_B, body);
      const late = { ...asked, header: { ...asked.header, timeToLive: { instant: Date.now() - 1, zoned: true } } };
      expect(textOf(await give(p.b, late, OIN_A))).toContain('eb:errorCode="TimeToLiveExpired"');
      expect(textOf(await give(p.b, asked, OIN_A))).not.toContain('eb:errorCode');
    },
  );

  test('R124 T155 signed it gets its Pong; with a broken signature a SecurityFailure', async () => {
    const p = await pair(SYNC);
    const envelope = await signedBy('partij-a', writeMessage(signal('Ping', OIN_A, OIN_B)));
    expect(read((await giveText(p.b, envelope, OIN_A)).body).header.action).toBe('Pong');
    const changed = envelope.replace('>gesprek<', '>ander gesprek<');
    expect(textOf(await giveText(p.b, changed, OIN_A))).toContain('eb:errorCode="SecurityFailure"');
  });

  test.each([
    ['an unknown CPA', OIN_A, 'ONBEKEND', 'ValueNotRecognized'],
    ['the CPA of others', OIN_X, 'TEST_A_B', 'Inconsistent'],
  ])('R125 T156 under %s: an error, and not a word about what is here', async (_title, oin, cpaId, code) => {
    const p = await pair(SYNC);
    const ping = signal('Ping', oin, OIN_B);
    const text = textOf(await give(p.b, { ...ping, header: { ...ping.header, cpaId } }, oin));
    expect(text).toContain(`eb:errorCode="${code}"`);
    expect(text).not.toContain('Pong');
    expect(text.replaceAll(`<eb:CPAId>${cpaId}<`, '')).not.toMatch(/TEST_A_B|partij|dienst/);
    expect(text).not.toContain(OIN_A === oin ? OIN_X : OIN_A);
  });

  test('R96 T159 a Pong nobody waits for is ignored', async () => {
    const p = await pair();
    expect((await give(p.a, signal('Pong', OIN_B, OIN_A, {}, 'nooit@a'), OIN_B)).status).toBe(204);
    expect(told(p.a)).toContain('signal.ignored');
  });

  test('R32 an action of the MSH service that does not exist', async () => {
    const p = await pair(SYNC);
    const error = read((await give(p.b, signal('Dansen', OIN_A, OIN_B), OIN_A)).body);
    expect(error.errorList?.errors[0]?.errorCode).toBe('ValueNotRecognized');
  });
});

describe('StatusRequest', () => {
  const request = (about: string, from: string, to: string, cpaId = 'TEST_A_B') => {
    const made = signal('StatusRequest', from, to, { statusRequest: { version: '2.0', refToMessageId: about } });
    return { ...made, header: { ...made.header, cpaId } };
  };
  /** What B says of a message to a party that asks. */
  const ask = async (p: Pair, about: string, from = OIN_A, cpaId = 'TEST_A_B') =>
    read((await give(p.b, request(about, from, OIN_B, cpaId), from)).body).statusResponse;

  test('row 58 R118 R119 R120 T160 of a message that is here: Received, then Processed, since when, and of which', async () => {
    const p = await pair(SYNC);
    const record = await p.submit();
    await p.settle();
    const [received] = await p.received();
    p.clock.pass(5_000);
    const asked = request(record.messageId, OIN_A, OIN_B);
    const answer = read((await give(p.b, asked, OIN_A)).body);
    expect(answer.header).toMatchObject({ action: 'StatusResponse', refToMessageId: asked.header.messageId });
    expect(answer.statusResponse).toEqual({
      version: '2.0',
      refToMessageId: record.messageId,
      status: 'Received',
      timestamp: { instant: received?.acceptedAt, zoned: true },
    });
    const [one] = await p.b.gateway.offer(1, 60_000);
    if (one !== undefined) await p.b.gateway.confirm(one.id);
    expect(await ask(p, record.messageId)).toMatchObject({ status: 'Processed' });
  });

  test('row 58 R121 R122 T161 T162 nothing is told of an unknown message, nor of that of others', async () => {
    const p = await pair(SYNC);
    const ofX = (await testCpa({ ...SYNC, cpaId: 'TEST_X_B' })).replaceAll(OIN_A, OIN_X);
    await putCpa(p.b.store, ofX, p.clock.now());
    await p.b.context.agreements.refresh();
    const record = await p.submit();
    await p.settle();
    const nothing = (refToMessageId: string) => ({ version: '2.0', refToMessageId, status: 'NotRecognized' });
    expect(await ask(p, 'nooit@a')).toEqual(nothing('nooit@a'));
    expect(await ask(p, record.messageId, OIN_X, 'TEST_X_B')).toEqual(nothing(record.messageId));
    const byB = read((await give(p.a, request(record.messageId, OIN_B, OIN_A), OIN_B)).body).statusResponse;
    expect(byB?.status).toBe('NotRecognized');
  });

  test('R117 T163 with a Manifest it is Inconsistent', async () => {
    const p = await pair(SYNC);
    const manifest = { version: '2.0', references: [{ href: 'cid:weg@a' }] };
    const { errorList, statusResponse } = read(
      (await give(p.b, { ...request('m@a', OIN_A, OIN_B), manifest }, OIN_A)).body,
    );
    expect(errorList?.errors).toEqual([
      expect.objectContaining({ errorCode: 'Inconsistent', location: '//Body/StatusRequest' }),
    ]);
    expect(statusResponse).toBeUndefined();
  });

  test('R122 T165 when the time of its record is over it is NotRecognized', async () => {
    const p = await pair(SYNC);
    const DAY = 86_400_000;
    Object.assign(p.b.context.policy, { keepIdsMs: 10 * DAY });
    const record = await p.submit();
    await p.settle();
    const [one] = await p.b.gateway.offer(1, 60_000);
    if (one !== undefined) await p.b.gateway.confirm(one.id);
    p.clock.pass(9 * DAY);
    await housekeep(p.b.context);
    expect(await ask(p, record.messageId)).toMatchObject({ status: 'Processed' });
    p.clock.pass(2 * DAY);
    await housekeep(p.b.context);
    expect((await ask(p, record.messageId))?.status).toBe('NotRecognized');
  });
});
