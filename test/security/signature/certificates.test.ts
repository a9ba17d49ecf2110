// Who signed: revoked, expired and backdated signers, judged when the message arrives (row 150, DK-075, DK-076).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSignerTrust } from '../../../adapter/gateway/index.ts';
import { type Request, requestOf } from '../../fixtures/changed.ts';
import { inbound } from '../../fixtures/gateway.ts';
import { type Pair, testPair } from '../../fixtures/pair.ts';
import { OIN_A, testPki } from '../../fixtures/pki.ts';
import { compose, type Step, swap, takeApart } from './message.ts';
import { bothReferences, prepareKeys, resign } from './signer.ts';

const DAY = 86_400_000;
const open: Pair[] = [];

beforeAll(prepareKeys);
afterAll(async () => {
  for (const pair of open) await pair.close();
});

type Trust = Parameters<typeof createSignerTrust>[0];

/** A pair whose receiver judges signers by these lists, under a CPA of ten years. */
async function pairWith(material: (pki: Awaited<ReturnType<typeof testPki>>) => Trust | Promise<Trust>): Promise<Pair> {
  const trust = createSignerTrust(await material(await testPki()));
  if (!trust.ok) throw new Error(trust.error.map((issue) => issue.detail).join('; '));
  const pair = await testPair(
    { profile: 'osb-rm-s', syncReply: 'mshSignalsOnly', end: Date.now() + 3650 * DAY },
    { b: { signerTrust: trust.value } },
  );
  open.push(pair);
  return pair;
}

const fresh = requestOf;

async function give(pair: Pair, request: Request): Promise<string> {
  const reply = await pair.b.gateway.receive(inbound(Buffer.from(request.body, 'latin1'), request.headers, OIN_A));
  return Buffer.from(reply.body ?? []).toString('utf8');
}

/** The message stamped otherwise, without TimeToLive, and signed so by A. */
function stamped(request: Request, at: number): Request {
  const restamp: Step = (message) =>
    swap(
      /(?<=<eb:Timestamp>)[^<]*<\/eb:Timestamp>(<eb:TimeToLive>[^<]*<\/eb:TimeToLive>)?/,
      `${new Date(at).toISOString()}</eb:Timestamp>`,
    )(message);
  const message = restamp(takeApart(request));
  return compose(resign(message, { references: bothReferences(message) }));
}

const current = (pki: Awaited<ReturnType<typeof testPki>>): Trust => ({ ca: [pki.caPem], crl: pki.crlPems });
const withoutLists = (pki: Awaited<ReturnType<typeof testPki>>): Trust => ({
  ca: [pki.caPem],
  crl: [],
  revocation: 'none',
});

describe('whose certificate signs', () => {
  test('DK-075 the certificate of the CPA, valid and on no list, is taken', async () => {
    const pair = await pairWith(current);
    expect(await give(pair, await fresh(pair))).toContain('<eb:Acknowledgment');
  });

  test('row 150 DK-076 T97 a revoked one is refused, whatever Timestamp the message bears', async () => {
    const pair = await pairWith(async (pki) => {
      const serials = [pki.party('partij-a').signing.serial];
      const revoking = await pki.issuingCrl({ serials, thisUpdate: new Date(Date.now() - 3_600_000) });
      return { ca: [pki.caPem], crl: [pki.root.crlPem, pki.domain.crlPem, revoking] };
    });
    const before = stamped(await fresh(pair), Date.now() - 2 * 3_600_000);
    expect(await give(pair, before)).toContain('not trusted: revoked');
    expect(await give(pair, await fresh(pair))).toContain('not trusted: revoked');
    expect(await pair.received()).toHaveLength(0);
  });

  test('row 150 T97 an expired one is refused, also when the message is backdated to its days', async () => {
    const pair = await pairWith(withoutLists);
    pair.clock.pass(500 * DAY);
    const backdated = stamped(await fresh(pair), pair.clock.now() - 400 * DAY);
    expect(await give(pair, backdated)).toContain('not trusted: expired');
    expect(await give(pair, await fresh(pair))).toContain('not trusted: expired');
    expect(await pair.received()).toHaveLength(0);
  });

  test('row 71 row 150 one message with a clock years ahead does not shut the signer out', async () => {
    const pair = await pairWith(withoutLists);
    await give(pair, stamped(await fresh(pair), Date.now() + 3000 * DAY));
    expect(await give(pair, await fresh(pair))).toContain('<eb:Acknowledgment');
  });

  test('row 150 a message sent before the newest list was made is taken: lists are renewed while messages wait', async () => {
    const pair = await pairWith(async (pki) => {
      const renewed = await pki.issuingCrl({ serials: [], thisUpdate: new Date(Date.now() - 60_000) });
      return { ca: [pki.caPem], crl: [pki.root.crlPem, pki.domain.crlPem, renewed] };
    });
    const waited = stamped(await fresh(pair), Date.now() - 3_600_000);
    expect(await give(pair, waited)).toContain('<eb:Acknowledgment');
  });
});

describe('a message that was delivered', () => {
  test('row 151 R107 R112 again as it was: the stored answer; changed: refused, and no second delivery', async () => {
    const pair = await pairWith(current);
    const request = await fresh(pair);
    const first = await give(pair, request);
    expect(await give(pair, request)).toBe(first);
    const changed = swap(/(?<=<eb:ConversationId>)./, 'x')(takeApart(request));
    expect(await give(pair, compose(changed))).toContain('SecurityFailure');
    const signed = resign(changed, { references: bothReferences(changed) });
    expect(await give(pair, compose(signed))).toContain('was used before');
    expect(await pair.received()).toHaveLength(1);
  });
});
