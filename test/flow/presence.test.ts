// What a CPA demands, forbids or leaves free of DuplicateElimination, AckRequested and SyncReply, at gateways that hold it (C25, R81, R100).
import { describe, expect, test } from '@jest/globals';
import { ACTOR } from '../../adapter/base/index.ts';
import { ATTRS, type Change, extra, inBody, type Request, requestOf } from '../fixtures/changed.ts';
import { inbound, putCpa, type TestGateway, testCpa, URL_A } from '../fixtures/gateway.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A } from '../fixtures/pki.ts';
import { told } from '../fixtures/signal.ts';

const pair = ownPairs();
type Terms = NonNullable<Parameters<typeof testCpa>[0]>;
const SYNC = { syncReply: 'mshSignalsOnly' } as const;

const ACK = `<eb:AckRequested SOAP:actor="${ACTOR.toPartyMsh}" ${ATTRS} eb:signed="false"></eb:AckRequested>`;
const SYNC_REPLY = `<eb:SyncReply SOAP:actor="${ACTOR.next}" ${ATTRS}></eb:SyncReply>`;
const eliminated: Change = inBody(
  '</eb:MessageHeader>',
  '<eb:DuplicateElimination></eb:DuplicateElimination></eb:MessageHeader>',
);

async function holds(gateway: TestGateway, xml: string): Promise<void> {
  await putCpa(gateway.store, xml, Date.now());
  await gateway.context.agreements.refresh();
}

/** A pair under a CPA in which this word of its characteristics is another one. */
async function pairUnder(terms: Terms, attribute: string, value: string): Promise<Pair> {
  const p = await pair(terms);
  const xml = (await testCpa(terms)).replaceAll(new RegExp(`(tp:${attribute}=")[^"]*`, 'g'), `$1${value}`);
  for (const one of [p.a, p.b]) await holds(one, xml);
  return p;
}

/** What B says to it: in the response, or else by its next POST. */
async function answerTo(p: Pair, { body, headers }: Request): Promise<string> {
  const before = p.wire.posts.length;
  const reply = await p.b.gateway.receive(inbound(Buffer.from(body, 'latin1'), headers, OIN_A));
  await p.b.work();
  const posted = p.wire.posts.slice(before).find(({ url }) => url === URL_A)?.body;
  return Buffer.from(posted ?? reply.body ?? []).toString();
}
const errorIn = (text: string): string | undefined =>
  /eb:errorCode="(\w+)" [^>]*eb:location="[^"]*\/(\w+)"/.exec(text)?.slice(1).join(' ');

describe('never', () => {
  const cases: readonly (readonly [string, Terms, Change, string])[] = [
    ['R37 T60 DuplicateElimination', { profile: 'osb-be', ...SYNC }, eliminated, 'DuplicateElimination'],
    ['R100 T138 AckRequested', { profile: 'osb-be', ...SYNC }, extra(ACK), 'AckRequested'],
    ['R81 T177 SyncReply under an asynchronous CPA', { profile: 'osb-rm' }, extra(SYNC_REPLY), 'SyncReply'],
  ];
  test.each(cases)('%s is Inconsistent, and nothing is delivered', async (_title, terms, change, where) => {
    const p = await pair(terms);
    const request = await requestOf(p);
    expect(errorIn(await answerTo(p, change(request)))).toBe(`Inconsistent ${where}`);
    expect(await p.received()).toHaveLength(0);
    await answerTo(p, request);
    expect(await p.received()).toHaveLength(1);
  });
});

describe('R28 T43 the partner holds another copy of the CPA', () => {
  test.each([
    ['T43 best effort, ours is reliable', 'osb-be', 'osb-rm'],
    ['T43 reliable, ours is best effort', 'osb-rm', 'osb-be'],
  ] as const)('%s: Inconsistent, no delivery', async (_title, theirs, ours) => {
    const p = await pair({ profile: theirs, ...SYNC });
    await holds(p.b, await testCpa({ profile: ours, ...SYNC }));
    const text = await answerTo(p, await requestOf(p));
    expect(text).toContain('eb:errorCode="Inconsistent"');
    expect(text).not.toContain('<eb:Acknowledgment');
    expect(await p.received()).toHaveLength(0);
  });
});

test('C25 T145 perMessage: with AckRequested it is acknowledged, without it is taken in silence', async () => {
  const p = await pairUnder({ profile: 'osb-rm', ...SYNC }, 'ackRequested', 'perMessage');
  const silent = await requestOf(p);
  expect(silent.body).not.toContain('AckRequested');
  expect(await answerTo(p, silent)).toBe('');
  expect(await answerTo(p, extra(ACK)(await requestOf(p)))).toContain('<eb:Acknowledgment');
  expect(await p.received()).toHaveLength(2);
});

describe('copies', () => {
  /** What the application is offered, and confirms. */
  async function taken(p: Pair): Promise<number> {
    const offered = await p.b.gateway.offer(10, 60_000);
    for (const { id } of offered) await p.b.gateway.confirm(id);
    return offered.length;
  }

  test('R109 T120 duplicates eliminated, nothing asked: nothing comes back and nothing is delivered again', async () => {
    const p = await pairUnder({ profile: 'osb-be', ...SYNC }, 'duplicateElimination', 'always');
    const request = await requestOf(p);
    expect([await answerTo(p, request), await taken(p)]).toEqual(['', 1]);
    expect([await answerTo(p, request), await taken(p)]).toEqual(['', 0]);
    expect(told(p.b)).toContain('message.duplicate');
  });

  test('R107 T121 duplicates not eliminated, an Acknowledgment asked: the same one again, and no second delivery either', async () => {
    const p = await pairUnder({ profile: 'osb-rm', ...SYNC }, 'duplicateElimination', 'never');
    const request = await requestOf(p);
    expect(request.body).not.toContain('DuplicateElimination');
    const first = await answerTo(p, request);
    expect([first, await taken(p)]).toEqual([expect.stringContaining('<eb:Acknowledgment'), 1]);
    expect([await answerTo(p, request), await taken(p)]).toEqual([first, 0]);
  });

  test('row 52 R109 duplicates not eliminated, nothing asked: each is delivered, and told as a copy', async () => {
    const p = await pair({ profile: 'osb-be', ...SYNC });
    const request = await requestOf(p);
    expect([await answerTo(p, request), await taken(p)]).toEqual(['', 1]);
    expect([await answerTo(p, request), await taken(p)]).toEqual(['', 1]);
    expect(told(p.b)).toContain('message.duplicate');
  });
});
