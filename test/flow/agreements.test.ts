// What the CPA itself says about a message at a running gateway: unknown, not agreed, too early, too late, another (rows 48, 60, 61).
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { housekeep } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { inBody, type Request } from '../fixtures/changed.ts';
import { inbound, putCpa, testCpa } from '../fixtures/gateway.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const SECOND = 1_000;
const DAY = 86_400_000;
const TERMS = { profile: 'osb-rm', syncReply: 'mshSignalsOnly' } as const;

let p: Pair;
beforeEach(async () => {
  p = await testPair(TERMS);
  // A CPA counts whole seconds.
  p.clock.pass(SECOND - (p.clock.now() % SECOND));
});
afterEach(() => p.close());

/** A message of A that never got to B. */
async function freshOfA(): Promise<Request> {
  p.wire.faults.push(() => ({ kind: 'failed', reason: 'connect', detail: 'alleen opgenomen' }));
  await p.submit();
  await p.a.work(1);
  const post = p.wire.posts.at(-1);
  if (post === undefined) throw new Error('nothing was posted');
  return { body: post.body.toString('latin1'), headers: post.headers };
}

async function giveB({ body, headers }: Request): Promise<string> {
  const reply = await p.b.gateway.receive(inbound(Buffer.from(body, 'latin1'), headers, OIN_A));
  expect(reply.status).toBe(200);
  return Buffer.from(reply.body ?? []).toString();
}

/** B holds this CPA from now on; A goes on with the one it had. */
async function atB(xml: string): Promise<void> {
  await putCpa(p.b.store, xml, p.clock.now());
  await p.b.context.agreements.refresh();
}

const errorIn = (answer: string) => ({
  code: /eb:errorCode="(\w+)"/.exec(answer)?.[1],
  at: /eb:location="([^"]*)"/.exec(answer)?.[1],
  says: /<eb:Description[^>]*>([^<]*)</.exec(answer)?.[1],
});

async function rejected(): Promise<readonly MessageRecord[]> {
  return (await p.b.store.search({ states: ['rejected'] }, { limit: 10 })).messages;
}
const refusals = (): (string | undefined)[] =>
  p.b.events.filter(({ event }) => event === 'message.refused').map(({ fields }) => fields.detail);

describe('row 61 a CPA that may not be used now', () => {
  const cases = [
    [
      'C5 proposed',
      'the CPA is proposed, not agreed',
      async () => (await testCpa(TERMS)).replace('"agreed"', '"proposed"'),
    ],
    ['C6 not started yet', 'the CPA has not started yet', () => testCpa({ ...TERMS, start: p.clock.now() + SECOND })],
    ['C6 expired', 'the CPA has expired', () => testCpa({ ...TERMS, end: p.clock.now() - SECOND })],
  ] as const;

  test.each(cases)('row 61 T44 %s: Inconsistent at the CPAId, the reason named, kept', async (_title, reason, cpa) => {
    const request = await freshOfA();
    await atB(await cpa());
    const answer = await giveB(request);
    expect(errorIn(answer)).toEqual({ code: 'Inconsistent', at: '//Header/MessageHeader/CPAId', says: reason });
    expect(answer).not.toContain('eb:Acknowledgment');
    expect(await p.received()).toHaveLength(0);
    const [evidence] = await rejected();
    expect(evidence?.problem).toContain(reason);
    expect(refusals()).toEqual([expect.stringContaining(reason)]);
  });

  test('row 61 it counts at the moment the message comes, and the first and last moment belong to it', async () => {
    const [early, first, last, late] = [await freshOfA(), await freshOfA(), await freshOfA(), await freshOfA()];
    const start = p.clock.now() + SECOND;
    await atB(await testCpa({ ...TERMS, start, end: start + SECOND }));
    const answers = [];
    for (const [request, step] of [
      [early, SECOND - 1],
      [first, 1],
      [last, SECOND],
      [late, 1],
    ] as const) {
      p.clock.pass(step);
      const answer = await giveB(request);
      answers.push(errorIn(answer).says ?? (answer.includes('<eb:Acknowledgment') && 'acknowledged'));
    }
    expect(answers).toEqual(['the CPA has not started yet', 'acknowledged', 'acknowledged', 'the CPA has expired']);
  });

  test('row 61 the operator is warned from 90 days before the end, and when it has ended', async () => {
    const warnings = async (days: number): Promise<(string | undefined)[]> => {
      await atB(await testCpa({ ...TERMS, start: p.clock.now() - 2 * DAY, end: p.clock.now() + days * DAY }));
      p.b.events.length = 0;
      await housekeep(p.b.context);
      return p.b.events.filter(({ event }) => event === 'cpa.expiring').map(({ fields }) => fields.detail);
    };
    expect(await warnings(91)).toEqual([]);
    expect(await warnings(90)).toEqual(['de CPA eindigt over 90 dagen']);
    expect(await warnings(1)).toEqual(['de CPA eindigt over 1 dag']);
    expect(await warnings(-1)).toEqual(['de CPA is geëindigd']);
  });
});

describe('row 60 an unknown CPAId', () => {
  const unknownTo = async (cpaId: string): Promise<string> =>
    giveB(inBody('>TEST_A_B<', `>${cpaId}<`)(await freshOfA()));

  test.each([
    ['spelled almost the same', 'TEST_A_b'],
    ['altogether another, of the same two parties', 'ONBEKEND'],
  ])('row 60 R29 %s: the operator sees which one may be meant, the partner does not', async (_title, cpaId) => {
    const answer = await unknownTo(cpaId);
    expect(errorIn(answer)).toEqual({
      code: 'ValueNotRecognized',
      at: '//Header/MessageHeader/CPAId',
      says: 'CPAId is not known here',
    });
    const hint = 'CPA niet geïmporteerd; bedoelde de partner TEST_A_B?';
    expect((await rejected())[0]?.problem).toContain(hint);
    expect(refusals()).toEqual([expect.stringContaining(hint)]);
    const [evidence] = await rejected();
    const journal = evidence === undefined ? [] : await p.b.store.journal(evidence.id);
    expect(journal.map(({ detail }) => detail)).toEqual([expect.stringContaining(hint)]);
    expect(answer).not.toMatch(/bedoelde|TEST_A_B</);
  });

  test('row 60 of several agreements only what is spelled almost the same is named; else those of the two parties', async () => {
    await atB(await testCpa({ ...TERMS, cpaId: 'ANDERE' }));
    await atB((await testCpa({ ...TERMS, cpaId: 'VAN_DERDEN' })).replaceAll(OIN_B, '00000099000000003000'));
    await unknownTo('Test-a-b');
    await unknownTo('ONBEKEND');
    const meant = refusals().map((detail) =>
      /bedoelde de partner (.*)\?/
        .exec(detail ?? '')?.[1]
        ?.split(' of ')
        .sort(),
    );
    expect(meant).toEqual([['TEST_A_B'], ['ANDERE', 'TEST_A_B']]);
  });

  test('row 60 raw kept: the envelope as it came', async () => {
    await unknownTo('ONBEKEND');
    const [evidence] = await rejected();
    if (evidence === undefined) throw new Error('nothing was kept');
    expect(Buffer.from(await p.b.store.blobs.read(evidence.envelope)).toString()).toContain('>ONBEKEND<');
  });

  test('row 60 no CPA that could be meant: nothing is guessed', async () => {
    await p.b.gateway.removeCpa('TEST_A_B', 'proef');
    await giveB(await freshOfA());
    const [detail] = refusals();
    expect(detail).toContain('CPA niet geïmporteerd');
    expect(detail).not.toContain('bedoelde');
  });
});

describe('row 48 another CPA of the same two parties', () => {
  test('row 48 row 47 the same MessageId under it is id reuse: not delivered, kept, Inconsistent, alerted', async () => {
    const request = await freshOfA();
    await atB(await testCpa({ ...TERMS, cpaId: 'TEST_A_B_2' }));
    expect(await giveB(request)).toContain('<eb:Acknowledgment');
    const again = inBody('>TEST_A_B<', '>TEST_A_B_2<')(request);
    expect(errorIn(await giveB(again))).toMatchObject({
      code: 'Inconsistent',
      at: '//Header/MessageHeader/MessageData/MessageId',
    });
    const received = await p.received();
    expect(received.map(({ cpaId, copies }) => [cpaId, copies])).toEqual([['TEST_A_B', 0]]);
    expect((await rejected()).map(({ cpaId, parts }) => [cpaId, parts.length])).toEqual([['TEST_A_B_2', 1]]);
    expect(p.b.events.map(({ event }) => event)).toContain('message.reuse');
    // The CPA itself is good: a message of its own is taken under it.
    expect(await giveB(inBody('>TEST_A_B<', '>TEST_A_B_2<')(await freshOfA()))).toContain('<eb:Acknowledgment');
  });
});
