// What is taken with a warning: the journal of a running gateway tells it, and inspect lists it (rows 107, 114).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inspectMessage } from '../../adapter/gateway/index.ts';
import { entityOf, readHttpFile } from '../../tools/http-file.ts';
import {
  type Change,
  closePairs,
  freshRequest,
  give,
  inHeaders,
  openPairs,
  pairOf,
  type Request,
  withPart,
} from '../fixtures/changed.ts';
import { agreementOf, testCpa } from '../fixtures/gateway.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const withoutAction = inHeaders({ soapaction: undefined });

beforeAll(openPairs);
afterAll(closePairs);

/** What the journal says with the acceptance of a changed message. */
async function acceptedWith(change: Change): Promise<string> {
  const { b, clock, received } = pairOf('osb-rm');
  const { text } = await give('osb-rm', change(await freshRequest('osb-rm')));
  expect(text).toContain('<eb:Acknowledgment');
  const [record] = await received(clock.now());
  const journal = record === undefined ? [] : await b.store.journal(record.id);
  const accepted = journal.find(({ event }) => event === 'accepted');
  if (accepted === undefined) throw new Error('not accepted');
  return accepted.detail ?? '';
}

describe('the journal of the message', () => {
  test('nothing to warn about', async () => {
    expect(await acceptedWith((request) => request)).toBe('');
    expect(await acceptedWith(inHeaders({ soapaction: 'ebXML' }))).toBe('');
  });

  test('row 114 SOAPAction absent', async () => {
    expect(await acceptedWith(withoutAction)).toBe(
      'Inconsistent HTTP/SOAPAction: the header is missing; expected "ebXML"',
    );
  });

  test('row 107 a part that the Manifest does not name', async () => {
    const part = withPart('Content-Type: text/plain\r\nContent-ID: <extra@x>\r\n\r\nextra');
    expect(await acceptedWith(part)).toContain('//Body/Manifest: 1 part(s) are not named');
  });
});

/** A request as a recorder writes it. */
const recording = ({ body, headers }: Request, first: string): string =>
  `${first}\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`;

async function warningsOf(file: string, to = OIN_B): Promise<readonly string[]> {
  const inspection = await inspectMessage(entityOf(readHttpFile(Buffer.from(file, 'latin1')), undefined), {
    agreements: [agreementOf(await testCpa({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' }))],
    now: Date.now(),
    ownParties: new Set([to]),
    limits: pairOf('osb-rm').b.context.limits,
    allowSha1: false,
    signerTrust: () => undefined,
  });
  expect(inspection.answer.kind).toBe(to === OIN_B ? 'acknowledgment' : 'none');
  return inspection.issues.map(({ severity, where, rule }) => `${severity} ${where} ${rule}`);
}

describe('inspect', () => {
  const POST = 'POST /ebms HTTP/1.1';
  const missing = ['Warning HTTP/SOAPAction row 114'];

  test('row 114 a recorded request without SOAPAction, and one with it', async () => {
    const request = await freshRequest('osb-rm');
    expect(await warningsOf(recording(withoutAction(request), POST))).toEqual(missing);
    expect(await warningsOf(recording(request, POST))).toEqual([]);
  });

  test('row 114 the same of a recorded Acknowledgment, which is a request of its own under an asynchronous CPA', async () => {
    const { text: body } = await give('osb-rm', await freshRequest('osb-rm'));
    const request = { body, headers: { 'content-type': 'text/xml; charset=UTF-8' } };
    expect(body).toContain('<eb:Acknowledgment');
    expect(await warningsOf(recording(request, POST), OIN_A)).toEqual(missing);
    expect(await warningsOf(recording(request, 'HTTP/1.1 200 OK'), OIN_A)).toEqual([]);
  });

  test('row 114 a response need not have one, and a bare file says nothing about it', async () => {
    const request = withoutAction(await freshRequest('osb-rm'));
    expect(await warningsOf(recording(request, 'HTTP/1.1 200 OK'))).toEqual([]);
    expect(await warningsOf(request.body)).toEqual([]);
  });
});
