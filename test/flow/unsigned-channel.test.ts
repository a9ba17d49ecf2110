// A signature that nobody asked for (row 127): checked when the CPA names a certificate for it, and refused when it names none.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Change,
  closePairs,
  freshRequest,
  give,
  giveTo,
  inBody,
  openPairs,
  type Request,
  requestOf,
} from '../fixtures/changed.ts';
import { putCpa, testCpa } from '../fixtures/gateway.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';

const pair = ownPairs();

beforeAll(openPairs);
afterAll(closePairs);

const BAD: readonly (readonly [string, Change])[] = [
  ['a part changed after signing', inBody('<proef/>', '<proeg/>')],
  ['another SignatureValue', inBody(/<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA')],
];

const unsigned: Change = inBody(/<ds:Signature[\s\S]*<\/ds:Signature>/, '');

test.each<readonly [string, Change]>([['a signature that would be good', (request) => request], ...BAD])(
  'row 127 no certificate: %s is refused with the reason, and the message without it is taken',
  async (_name, change) => {
    // Both pairs have the same parties and the same CPAId; only one of the agreements knows of signatures.
    const signed = await freshRequest('osb-rm-s');
    const refused = await give('osb-rm', change(signed));
    expect(refused.text).toContain('eb:errorCode="SecurityFailure"');
    expect(refused.text).toContain('the CPA names no signing certificate of the sender');
    expect(refused.delivered).toBe(0);
    const bare = inBody(/eb:signed="true"/, 'eb:signed="false"')(unsigned(signed));
    const taken = await give('osb-rm', bare);
    expect(taken.text).toContain('<eb:Acknowledgment');
    expect(taken.delivered).toBe(1);
  },
);

/** What the agreement of B says of signing: not asked of messages, and yet a certificate to check one by. */
const NAMED: readonly (readonly [string, (cpa: string) => string])[] = [
  ['of the channel', (cpa) => cpa],
  [
    'of the default channel only',
    (cpa) =>
      cpa.replace(
        /(<tp:DocExchange tp:docExchangeId="._exchange_business">)([\s\S]*?)(<\/tp:DocExchange>)/g,
        (_all, open, inside: string, close) =>
          [
            open,
            inside.replace(/<tp:(Sender|Receiver)NonRepudiation>[\s\S]*?<\/tp:\1NonRepudiation>/g, ''),
            close,
          ].join(''),
      ),
  ],
];

describe.each(NAMED)('row 127 an unsigned channel, and the CPA names the certificate %s', (_where, change) => {
  async function opened(): Promise<{ p: Pair; request: Request }> {
    const cpa = { profile: 'osb-rm-s', syncReply: 'mshSignalsOnly' } as const;
    const p = await pair(cpa);
    const request = await requestOf(p);
    const notAsked = (await testCpa(cpa)).replaceAll(
      'isNonRepudiationRequired="true"',
      'isNonRepudiationRequired="false"',
    );
    await putCpa(p.b.store, change(notAsked), p.clock.now());
    await p.b.context.agreements.refresh();
    return { p, request };
  }

  test('a good signature is taken, and so is the same message without one', async () => {
    for (const made of [(request: Request) => request, unsigned]) {
      const { p, request } = await opened();
      const taken = await giveTo(p, made(request));
      expect(taken.text).toContain('<eb:Acknowledgment');
      expect(taken.delivered).toBe(1);
    }
  });

  test.each(BAD)('%s is refused', async (_name, made) => {
    const { p, request } = await opened();
    const refused = await giveTo(p, made(request));
    expect(refused.text).toContain('eb:errorCode="SecurityFailure"');
    expect(refused.text).not.toContain('names no signing certificate');
    expect(refused.delivered).toBe(0);
  });
});
