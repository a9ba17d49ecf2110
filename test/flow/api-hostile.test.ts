// The REST door and callers with a key who try more than it allows, or ask for what nobody meant.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiServer, createApi } from '../../adapter/api/index.ts';
import { writeStuf } from '../../adapter/stuf/index.ts';
import { inbound, TEST_SERVICE } from '../fixtures/gateway.ts';
import { heen, openHub } from '../fixtures/hub.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const KEYS = { app: 'app-key', beheer: 'op-key' } as const;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let pair: Pair;
let api: ApiServer;
let url = '';

beforeAll(async () => {
  const route = { cpaId: 'TEST_A_B', fromPartyId: OIN_A, toPartyId: OIN_B, service: TEST_SERVICE.value };
  pair = await testPair({}, { a: { routes: [{ ...route, serviceType: TEST_SERVICE.type }] } });
  api = createApi(pair.a.gateway, {
    host: '127.0.0.1',
    port: 0,
    observer: pair.a.context.observer,
    keys: [
      { name: 'app', sha256: sha256(KEYS.app), roles: ['application'] },
      { name: 'beheer', sha256: sha256(KEYS.beheer), roles: ['operator'] },
    ],
  });
  url = `http://127.0.0.1:${(await api.listen()).port}`;
});
afterAll(async () => {
  await api.close();
  await pair.close();
});

const call = (path: string, init: RequestInit, key: keyof typeof KEYS): Promise<Response> =>
  fetch(url + path, {
    ...init,
    headers: { authorization: `Bearer ${KEYS[key]}`, ...(init.headers as Record<string, string>) },
  });
const xml = () => ({
  method: 'POST',
  body: new Uint8Array(writeStuf(heen('WMO301'))),
  headers: { 'content-type': 'application/xml' },
});
const json = (value: unknown, more: Record<string, string> = {}) => ({
  method: 'POST',
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json', ...more },
});

test('however a path is spelled, a key does no more than its roles allow', async () => {
  const { id } = (await (await call('/api/v1/messages', xml(), 'app')).json()) as { id: string };
  const spelled = (path: string): readonly string[] =>
    [path, path.toUpperCase(), `${path}/`].map((one) => one.replace('ID', id));
  const asked: readonly (readonly [string, RequestInit, keyof typeof KEYS])[] = [
    ['/api/v1/messages/ID/parts/0', {}, 'beheer'],
    ['/api/v1/messages/ID/parts/0', { method: 'HEAD' }, 'beheer'],
    ['/api/v1/messages', xml(), 'beheer'],
    ['/api/v1/inbox', {}, 'beheer'],
    ['/api/v1/events', {}, 'beheer'],
    ['/api/v1/messages/ID/commands', json({ command: 'cancel' }), 'app'],
    ['/api/v1/cpas', {}, 'app'],
    ['/api/v1/notes', {}, 'app'],
  ];
  for (const [path, init, key] of asked)
    for (const one of spelled(path)) expect([one, (await call(one, init, key)).status]).toEqual([one, 403]);
  expect(await (await call(`/api/v1/messages/${id}`, {}, 'app')).json()).toMatchObject({ state: 'queued' });
});

test('row 57 the same key and document with other fields is another wish: 409, and the first stays', async () => {
  const stuf = Buffer.from(writeStuf(heen('WMO301'))).toString('base64');
  const submit = (fields: object): Promise<Response> =>
    call('/api/v1/messages', json({ stuf, ...fields }, { 'idempotency-key': 'een wens' }), 'app');
  const first = await submit({ conversationId: 'A' });
  expect(first.status).toBe(202);
  const statuses = [
    { conversationId: 'A' },
    { conversationId: 'B' },
    { conversationId: 'A', refToMessageId: 'r@t' },
    {},
  ];
  const answers: number[] = [];
  for (const fields of statuses) answers.push((await submit(fields)).status);
  expect(answers).toEqual([202, 409, 409, 409]);
});

test.each([
  ['empty', '', 0],
  ['too long', 'k'.repeat(256), 256],
])('row 57 a key that is %s is no key: two messages are not taken for one', async (_, key, length) => {
  const { headers, ...rest } = xml();
  const response = await call('/api/v1/messages', { ...rest, headers: { ...headers, 'idempotency-key': key } }, 'app');
  expect([response.status, await response.json()]).toEqual([
    400,
    expect.objectContaining({
      detail: `Idempotency-Key: gevonden ${length} tekens; verwacht 1 tot en met 255.`,
    }),
  ]);
});

const unreadable: readonly (readonly [string, string, RequestInit, number, string])[] = [
  [
    'too much',
    '/api/v1/messages',
    { body: new Uint8Array(38 * 1024 * 1024) },
    413,
    `De aanvraag is te groot; verwacht ten hoogste ${37 * 1024 * 1024} bytes.`,
  ],
  [
    'another encoding',
    '/api/v1/messages',
    { body: 'x', headers: { 'content-encoding': 'lzma' } },
    415,
    'Content-Encoding: verwacht gzip, deflate, br, of geen.',
  ],
  [
    'gzip that is none',
    '/api/v1/messages',
    { body: 'x', headers: { 'content-encoding': 'gzip' } },
    400,
    'De inhoud is niet wat Content-Encoding zegt.',
  ],
  [
    'brotli that is none',
    '/api/v1/messages',
    { body: 'dit is geen brotli', headers: { 'content-encoding': 'br' } },
    400,
    'De inhoud is niet wat Content-Encoding zegt.',
  ],
  [
    'a half percent in the path',
    '/api/v1/messages/%zz/commands',
    { body: '{}' },
    400,
    'Het pad: verwacht bij een % twee hexadecimale cijfers.',
  ],
];
test.each(unreadable)('row 155 %s: what was expected is said', async (_, path, init, status, detail) => {
  const headers = { 'content-type': 'application/xml', ...(init.headers as Record<string, string>) };
  const key = path.endsWith('/commands') ? 'beheer' : 'app';
  const response = await call(path, { method: 'POST', ...init, headers }, key);
  expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ detail })]);
});

test.each([
  ['messages?limit=x', 'limit: gevonden "x"; verwacht een geheel getal van 1 tot en met 1000.'],
  ['messages?limit=1&limit=2', 'limit: gevonden meer dan één waarde; verwacht een geheel getal van 1 tot en met 1000.'],
  ['messages?limit=0x10', 'limit: gevonden "0x10"; verwacht een geheel getal van 1 tot en met 1000.'],
  ['messages?limit=999990019', 'limit: gevonden "[bsn]"; verwacht een geheel getal van 1 tot en met 1000.'],
  ['messages?functi=WMO301', /^"functi": onbekend; verwacht een of meer van direction, cpaId, /],
  ['inbox?lease=', 'lease: gevonden ""; verwacht een aantal seconden van 5 tot en met 3600.'],
  ['inbox?maximum=5', '"maximum": onbekend; verwacht een of meer van max, lease.'],
])('row 157 %s is 400 and says what was found and what is expected', async (path, detail) => {
  const response = await call(`/api/v1/${path}`, {}, 'app');
  const said = typeof detail === 'string' ? detail : expect.stringMatching(detail);
  expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ detail: said })]);
});

test.each([
  ['messages', 'PUT', 'app', 'POST, GET'],
  ['messages/ID', 'DELETE', 'app', 'GET'],
  ['messages/ID/commands', 'GET', 'beheer', 'POST'],
  ['messages/ID/parts/0', 'POST', 'app', 'GET'],
  ['inbox', 'POST', 'app', 'GET'],
  ['inbox/ID/confirm', 'GET', 'app', 'POST'],
  ['cpas/ID', 'PUT', 'beheer', 'GET, DELETE'],
  ['notes', 'DELETE', 'beheer', 'GET'],
] as const)('row 157 %s with %s is 405 and says which methods there are', async (path, method, key, allowed) => {
  const response = await call(`/api/v1/${path}`, { method }, key);
  expect([response.status, response.headers.get('allow')]).toEqual([405, allowed]);
  const detail = `Methode: gevonden ${method}; verwacht ${allowed.replace(', ', ' of ')}.`;
  expect(await response.json()).toMatchObject({ type: 'urn:dk:problem:method-not-allowed', detail });
  // Who may not be here learns nothing of it.
  expect((await fetch(response.url, { method })).status).toBe(401);
});

test('row 7 HEAD, whose answer nobody reads, takes nothing under a lease', async () => {
  const key = { name: 'app', sha256: sha256(KEYS.app), roles: ['application'] as const };
  const door = createApi(pair.b.gateway, {
    host: '127.0.0.1',
    port: 0,
    observer: pair.b.context.observer,
    keys: [key],
  });
  const inbox = `http://127.0.0.1:${(await door.listen()).port}/api/v1/inbox`;
  const headers = { authorization: `Bearer ${KEYS.app}` };
  try {
    const { messageId } = await pair.submit();
    await pair.settle();
    const head = await fetch(inbox, { method: 'HEAD', headers });
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET']);
    const { messages } = (await (await fetch(inbox, { headers })).json()) as { messages: { messageId: string }[] };
    expect(messages.map((message) => message.messageId)).toContain(messageId);
  } finally {
    await door.close();
  }
});

test('row 159 a note repeats no BSN that a stranger wrote where a name should be', async () => {
  const body = Buffer.from('<Bericht999990019/>');
  const { gateway } = pair.a;
  await gateway.receive(inbound(body, { 'content-type': 'text/xml', soapaction: '"ebXML"' }, '00000099000000009000'));
  const response = await call('/api/v1/notes', {}, 'beheer');
  const { notes } = (await response.json()) as { notes: { detail: string; at: string }[] };
  expect(notes[0]?.detail).toContain('Bericht[bsn]');
  expect(notes[0]?.at).toMatch(/Z$/);
});

describe('a hub', () => {
  test('row 56 what waits to be forwarded is nobody’s to confirm: it goes on all the same', async () => {
    const rig = await openHub();
    try {
      await rig.submit(writeStuf(heen('WMO301')));
      await rig.a.work();
      const [record] = (await rig.hub.store.search({ direction: 'in' }, { limit: 1 })).messages;
      expect(record?.state).toBe('received');
      expect(record === undefined ? undefined : await rig.hub.gateway.confirm(record.id)).toBe('unknown');
      await rig.settle();
      expect((await rig.collected()).map(({ kind }) => kind)).toEqual(['Di01']);
    } finally {
      await rig.close();
    }
  });
});
