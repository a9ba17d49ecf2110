// `dk message inspect` on what a recorder wrote: the status it foretells is the one that the running endpoint gives.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createEbmsServer, type EbmsServer } from '../../adapter/transport/index.ts';
import { readHttpFile } from '../../tools/http-file.ts';
import { inspectRequest, type RequestInspection } from '../../tools/inspect-request.ts';
import { closePairs, freshRequest, openPairs, pairOf, type Request } from '../fixtures/changed.ts';
import { agreementOf, testCpa } from '../fixtures/gateway.ts';
import { OIN_B } from '../fixtures/pki.ts';
import { exchangeRaw, PATH, statuses, tcp } from '../transport/rig.ts';

/** What `endpoint.maxMessageBytes` is when nobody says otherwise. */
const DEFAULT_MAX_BODY = 36_700_160;
let server: EbmsServer;
let port = 0;
let request: Request;

beforeAll(async () => {
  await openPairs();
  request = await freshRequest('osb-rm');
  server = createEbmsServer(
    {
      host: '127.0.0.1',
      port: 0,
      path: PATH,
      listener: { kind: 'plain' },
      clock: { now: () => Date.now() },
      ids: { uuid: () => 'cid' },
      limits: { maxBodyBytes: DEFAULT_MAX_BODY, bodyIdleMs: 300, headersTimeoutMs: 300 },
    },
    (inbound) => pairOf('osb-rm').b.gateway.receive(inbound),
  );
  port = (await server.listen()).port;
});
afterAll(async () => {
  await server.close(100);
  await closePairs();
});

interface Recorded {
  readonly line?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string;
  readonly lineEnd?: string;
}

function recorded({ line = `POST ${PATH} HTTP/1.1`, headers = {}, body = request.body, lineEnd = '\r\n' }: Recorded) {
  const all = { host: 'localhost', 'content-length': String(body.length), ...request.headers, ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return Buffer.from(`${[line, ...lines].join(lineEnd)}${lineEnd}${lineEnd}${body}`, 'latin1');
}

async function inspected(bytes: Buffer): Promise<RequestInspection> {
  return inspectRequest(readHttpFile(bytes), {
    agreements: [agreementOf(await testCpa({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' }))],
    now: Date.now(),
    ownParties: new Set([OIN_B]),
    allowSha1: false,
    path: PATH,
    contentType: undefined,
  });
}

async function answered(bytes: Buffer): Promise<{ status: number | undefined; fault: boolean }> {
  const { text } = await exchangeRaw(await tcp(port), bytes, 600);
  return {
    status: statuses(text).find((status) => status !== 100),
    fault: text.includes(':Fault>'),
  };
}

const length = (change: number) => () => ({ headers: { 'content-length': String(request.body.length + change) } });
const envelope = (bytes: number) => `<a>${'x'.repeat(bytes - 7)}</a>`;

const CASES: readonly [what: string, change: () => Recorded, status: number | undefined, answer: string][] = [
  ['nothing changed', () => ({}), 200, 'acknowledgment Acknowledgment'],
  [
    'a line end after the body',
    () => ({ ...length(0)(), body: `${request.body}\r\n` }),
    200,
    'acknowledgment Acknowledgment',
  ],
  ['Expect: 100-continue', () => ({ headers: { expect: '100-continue' } }), 200, 'acknowledgment Acknowledgment'],
  ['R139 HTTP/1.0', () => ({ line: `POST ${PATH} HTTP/1.0` }), 505, 'none 505'],
  ['HTTP/2', () => ({ line: `POST ${PATH} HTTP/2` }), 400, 'none 400'],
  ['R139 another path', () => ({ line: 'POST /elders HTTP/1.1' }), 404, 'none 404'],
  [
    'R139 a target with scheme and host',
    () => ({ line: `POST https://localhost:8443${PATH}?x HTTP/1.1` }),
    200,
    'acknowledgment Acknowledgment',
  ],
  [
    'R139 such a target with another path',
    () => ({ line: `POST http://localhost${PATH}/elders HTTP/1.1` }),
    404,
    'none 404',
  ],
  ['R139 GET', () => ({ line: `GET ${PATH} HTTP/1.1` }), 405, 'none 405'],
  ['CONNECT', () => ({ line: 'CONNECT elders:443 HTTP/1.1' }), undefined, 'none '],
  ['row 112 Content-Encoding: gzip', () => ({ headers: { 'content-encoding': 'gzip' } }), 415, 'none 415'],
  [
    'row 98 Transfer-Encoding: gzip',
    () => ({ headers: { 'transfer-encoding': 'gzip', 'content-length': undefined } }),
    501,
    'none 501',
  ],
  [
    'row 98 Transfer-Encoding and Content-Length',
    () => ({ headers: { 'transfer-encoding': 'chunked' } }),
    400,
    'none 400',
  ],
  ['row 98 two lengths', () => ({ headers: { 'Content-Length': '3' } }), 400, 'none 400'],
  [
    'row 98 a chunk that is none',
    () => ({ headers: { 'transfer-encoding': 'chunked', 'content-length': undefined } }),
    400,
    'none 400',
  ],
  ['Expect of another kind', () => ({ headers: { expect: '200-ok' } }), 417, 'none 417'],
  [
    'row 110 101 header lines',
    () => ({ headers: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, 'y'])) }),
    431,
    'none 431',
  ],
  ['row 110 20 kB of header', () => ({ headers: { x: 'y'.repeat(20_000) } }), 431, 'none 431'],
  ['row 111 a body of 40 MB', () => ({ body: 'x'.repeat(40_000_000) }), 413, 'none 413'],
  [
    'row 111 a bare envelope of 2 MB',
    () => ({ headers: { 'content-type': 'text/xml' }, body: envelope(2_000_000) }),
    413,
    'fault Client',
  ],
  ['row 97 a Content-Length that is too long', length(1), 408, 'none 408'],
  ['row 98 a Content-Length that is too short: what is left is no request', length(-100), 400, 'none 400'],
];

const TRACES: readonly [what: string, change: Recorded][] = [
  ['row 98 header lines that end in LF', { lineEnd: '\n' }],
  ['Host', { headers: { host: undefined } }],
  ['Content-Length', { headers: { 'content-length': undefined } }],
];

test.each(TRACES)('%s, which a recorder may not keep: judged as it was sent, with a remark', async (_what, change) => {
  const bytes = recorded(change);
  const { answer, status, issues } = await inspected(bytes);
  expect([answer.kind, status]).toEqual(['acknowledgment', 200]);
  expect(issues).toMatchObject([{ code: 'HTTP', severity: 'Warning', detail: expect.stringContaining('400') }]);
  expect((await answered(bytes)).status).toBe(400);
});

describe('a recorded request changed in one thing', () => {
  test.each(CASES)('%s', async (_what, change, status, answer) => {
    const bytes = recorded(change());
    const inspection = await inspected(bytes);
    expect([inspection.status, `${inspection.answer.kind} ${inspection.answer.code}`]).toEqual([status, answer]);
    expect(await answered(bytes)).toEqual({ status, fault: inspection.answer.kind === 'fault' });
  });

  test('row 97 a head that does not end', async () => {
    const bytes = recorded({ body: '' }).subarray(0, -2);
    expect((await inspected(bytes)).status).toBe(408);
    expect((await answered(bytes)).status).toBe(408);
  });
});

test('row 111 a bare file is judged under the limits of an endpoint as well', async () => {
  const tooLarge = await inspected(Buffer.from(envelope(2_000_000)));
  expect([tooLarge.status, tooLarge.answer]).toEqual([413, { kind: 'fault', code: 'Client' }]);
  const muchTooLarge = await inspected(Buffer.from(envelope(40_000_000)));
  expect([muchTooLarge.status, muchTooLarge.answer]).toEqual([413, { kind: 'none', code: '413' }]);
});

test('what is wrong is said with what is expected, and what was read of a body that is cut is shown', async () => {
  const said = async (change: Recorded) => (await inspected(recorded(change))).issues[0]?.detail;
  expect(await said({ line: `POST ${PATH} HTTP/1.0` })).toContain('verwacht HTTP/1.1');
  expect(await said({ headers: { 'content-encoding': 'gzip' } })).toContain('Content-Encoding');
  expect(await said({ body: 'x'.repeat(40_000_000) })).toContain('hoogstens 36700160 bytes (endpoint.maxMessageBytes)');
  expect(await said(length(1)())).toContain('Content-Length');
  const cut = await inspected(recorded(length(-100)()));
  expect(cut.issues.map(({ code }) => code)).toEqual(['HTTP 400', 'Client']);
  expect(cut.issues[0]?.detail).toContain('Content-Length');
});

test.each([
  ['a file', Buffer.from('')],
  ['white space', Buffer.from(' \r\n')],
  ['a request', () => recorded({ body: '' })],
])('%s without anything in it: said first, before the fault that it is answered', async (_what, given) => {
  const { issues, answer } = await inspected(typeof given === 'function' ? given() : given);
  expect(issues.map(({ code, where }) => [code, where])).toEqual([
    ['Empty', 'HTTP'],
    ['Client', 'HTTP'],
  ]);
  expect(issues[0]?.detail).toMatch(/is leeg; verwacht een ebMS-bericht/);
  expect(answer.kind).toBe('fault');
});
