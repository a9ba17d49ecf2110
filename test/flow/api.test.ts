// The REST door: keys, problems, submit, inbox with lease, operators, health and metrics.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { resolveExchange } from '../../adapter/agreement/index.ts';
import { type ApiServer, createApi } from '../../adapter/api/index.ts';
import { OIN_TYPE } from '../../adapter/base/index.ts';
import { STATES } from '../../adapter/msh/index.ts';
import { StoreUnavailable } from '../../adapter/store/index.ts';
import { wrapHeen, writeStuf } from '../../adapter/stuf/index.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { TEST_SERVICE, testCpa } from '../fixtures/gateway.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const ROUTE = {
  cpaId: 'TEST_A_B',
  fromPartyId: OIN_A,
  toPartyId: OIN_B,
  service: TEST_SERVICE.value,
  serviceType: TEST_SERVICE.type,
};

let pair: Pair;
let doors: ApiServer[] = [];
let urlA = '';
let urlB = '';

beforeAll(async () => {
  pair = await testPair({}, { a: { routes: [ROUTE] } });
  const open = async (side: Pair['a']): Promise<string> => {
    const api = createApi(side.gateway, {
      host: '127.0.0.1',
      port: 0,
      observer: side.context.observer,
      keys: [
        { name: 'app', sha256: sha256('app-key'), roles: ['application'] },
        { name: 'beheer', sha256: sha256('op-key'), roles: ['application', 'operator'] },
        { name: 'alleen beheer', sha256: sha256('only-op-key'), roles: ['operator'] },
      ],
    });
    doors.push(api);
    return `http://127.0.0.1:${(await api.listen()).port}`;
  };
  urlA = await open(pair.a);
  urlB = await open(pair.b);
});
afterAll(async () => {
  await Promise.all(doors.map((door) => door.close()));
  doors = [];
  await pair.close();
});

const call = (url: string, path: string, init: RequestInit = {}, key = 'app-key') =>
  fetch(url + path, {
    ...init,
    headers: { authorization: `Bearer ${key}`, ...(init.headers as Record<string, string>) },
  });

function stuf(payload = sampleMessage('WMO301')): Buffer {
  const content = {
    functie: 'WMO301',
    payload: Buffer.from(payload),
    referentienummer: randomUUID(),
    tijdstip: Date.now(),
    parameters: {
      applicatieVersie: '0001',
      applicatieSubversie: '0000',
      functieVersie: '0003',
      functieSubversie: '0002',
    },
  };
  return Buffer.from(writeStuf(wrapHeen(content, { organisatie: '9999', applicatie: 'Proef' }, '99999901')));
}
const submit = (body: Buffer, key: string, type = 'application/xml') =>
  call(urlA, '/api/v1/messages', {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': type, 'idempotency-key': key },
  });

describe('keys', () => {
  test.each([undefined, 'Bearer', 'Bearer fout', 'Basic app-key'])('no access with %s', async (authorization) => {
    const response = await fetch(`${urlA}/api/v1/messages`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ type: 'urn:dk:problem:unauthorized', status: 401 });
  });

  test('an application may not manage CPAs', async () => {
    expect((await call(urlA, '/api/v1/cpas')).status).toBe(403);
    expect((await call(urlA, '/api/v1/cpas', {}, 'op-key')).status).toBe(200);
  });
});

describe('messages', () => {
  test('row 57 submit, submit again, and another body with the same key', async () => {
    const body = stuf();
    const first = await submit(body, 'een');
    const again = await submit(body, 'een');
    const other = await submit(stuf(), 'een');
    expect([first.status, again.status, other.status]).toEqual([202, 202, 409]);
    const replayed = [first, again].map(({ headers }) => headers.get('idempotency-replayed'));
    expect(replayed).toEqual([null, 'true']);
    const [a, b] = [(await first.json()) as { id: string; href: string }, (await again.json()) as { id: string }];
    expect(b.id).toBe(a.id);
    expect(first.headers.get('location')).toBe(a.href);
    expect(await (await call(urlA, a.href)).json()).toMatchObject({ state: 'queued', business: { functie: 'WMO301' } });
  });

  test('T53 thousands of messages, of two applications with keys that are alike: every MessageId is its own', async () => {
    const p = await testPair({ profile: 'osb-be' }, { a: { routes: [ROUTE], submitPolicy: 'off' } });
    try {
      const body = stuf('<proef/>');
      const ids = new Set<string>();
      for (let number = 0; number < 1_000; number += 1) {
        for (const client of ['app', 'beheer']) {
          const made = await p.a.gateway.submitDocument({ stuf: body }, { client, key: `bericht-${number}` });
          if (made.kind !== 'accepted') throw new Error(made.kind);
          ids.add(made.record.messageId);
        }
      }
      expect(ids.size).toBe(2_000);
      expect([...ids].filter((id) => !/^[0-9a-f-]{36}@[^@\s<>]+$/.test(id))).toEqual([]);
    } finally {
      await p.close();
    }
  }, 60_000);

  test.each([
    ['conversationId', 'x'.repeat(256), '256'],
    ['refToMessageId', 'y'.repeat(256), '256'],
    ['conversationId', 'a\u0007b', '3'],
    ['conversationId', 'a\ud800b', '3'],
  ])('row 157 R33 a %s that no header may hold is 422 with what was found and expected', async (name, value, found) => {
    const stored = stuf().toString('base64');
    const body = Buffer.from(JSON.stringify({ stuf: stored, [name]: value }));
    const response = await submit(body, randomUUID(), 'application/json');
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      type: 'urn:dk:problem:id-invalid',
      issues: [
        { where: name, rule: 'R33', detail: expect.stringMatching(`^gevonden ${found} tekens; verwacht .*255`) },
      ],
    });
    const most = Buffer.from(JSON.stringify({ stuf: stored, [name]: 'z'.repeat(255) }));
    expect((await submit(most, randomUUID(), 'application/json')).status).toBe(202);
  });

  test('row 157 a conversationId that is no text is 400 and names the field', async () => {
    const body = Buffer.from(JSON.stringify({ stuf: stuf().toString('base64'), conversationId: 7 }));
    const response = await submit(body, randomUUID(), 'application/json');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: 'conversationId: gevonden number; verwacht tekst.' });
  });

  test.each([
    ['conversationID', { conversationID: 'x' }, /^conversationID: onbekend; verwacht stuf, conversationId/],
    ['characters that are no base64', { stuf: '<xml/>' }, /^stuf: gevonden tekens die geen base64 zijn/],
    ['no stuf', { stuf: undefined }, /^stuf: ontbreekt; verwacht het StUF-bericht als base64/],
    ['a stuf that is no text', { stuf: 7 }, /^stuf: gevonden number; verwacht het StUF-bericht als base64/],
  ])('row 157 %s is 400 and names the field', async (_, change, detail) => {
    const body = Buffer.from(JSON.stringify({ stuf: stuf().toString('base64'), ...change }));
    const response = await submit(body, randomUUID(), 'application/json');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(detail) });
  });

  test('row 157 what breaks its XSD is 422 with line, place and facet', async () => {
    const response = await submit(stuf(sampleMessage('WMO301').replace(/Geslacht>[^<]*</, 'Geslacht>7<')), 'fout');
    expect(response.status).toBe(422);
    const problem = (await response.json()) as { issues: { code: string; where: string; line: number }[] };
    expect(problem.issues).toMatchObject([{ code: 'xsd.enumeration', where: '/Bericht/Client/Geslacht' }]);
    expect(problem.issues[0]?.line).toBeGreaterThan(1);
  });

  const bad: readonly (readonly [string, Buffer, string, number])[] = [
    ['nothing', Buffer.alloc(0), 'application/xml', 400],
    ['another type', Buffer.from('x'), 'text/plain', 400],
    ['JSON that is none', Buffer.from('{'), 'application/json', 400],
    ['JSON without stuf', Buffer.from('{}'), 'application/json', 400],
    ['XML that is no StUF', Buffer.from('<x/>'), 'application/xml', 422],
    ['too much', Buffer.alloc(38 * 1024 * 1024, 32), 'application/xml', 413],
  ];
  test.each(bad)('row 155 %s is refused in words', async (_name, body, type, status) => {
    const response = await submit(body, randomUUID(), type);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { title: string }).title.length).toBeGreaterThan(5);
  });

  test('R108 row 56 the whole way: submitted at A, collected under a lease and confirmed at B', async () => {
    const body = stuf();
    const sent = (await (await submit(body, 'heel')).json()) as { id: string };
    await pair.settle();
    const inbox = (await (await call(urlB, '/api/v1/inbox?max=10&lease=60')).json()) as {
      messages: { id: string; confirm: string; business: { functie: string }; parts: { href: string }[] }[];
    };
    const mine = inbox.messages.at(-1);
    expect(mine?.business.functie).toBe('WMO301');
    const part = Buffer.from(await (await call(urlB, mine?.parts[0]?.href ?? '')).arrayBuffer());
    expect(part.equals(body)).toBe(true);
    expect(await (await call(urlB, mine?.confirm ?? '', { method: 'POST' })).json()).toEqual({
      confirmed: true,
      already: false,
    });
    expect(await (await call(urlB, mine?.confirm ?? '', { method: 'POST' })).json()).toEqual({
      confirmed: true,
      already: true,
    });
    const journal = (await (await call(urlA, `/api/v1/messages/${sent.id}/journal`)).json()) as {
      entries: { event: string }[];
    };
    expect(journal.entries.map((entry) => entry.event)).toEqual([
      'submitted',
      'attempt',
      'transmittedAwaitingAck',
      'acknowledged',
    ]);
    expect(await (await call(urlA, `/api/v1/messages/${sent.id}`)).json()).toMatchObject({
      state: 'acknowledged',
      attempts: 1,
    });
  });

  test.each([
    '/api/v1/messages/bestaatniet',
    '/api/v1/inbox?max=0',
    '/api/v1/inbox?lease=1',
    '/api/v1/messages?limit=100000',
    '/api/v1/messages?cursor=onzin',
    '/api/v1/niets',
  ])('%s is a problem, not a crash', async (path) => {
    const response = await call(urlA, path);
    expect([400, 404]).toContain(response.status);
    expect(response.headers.get('content-type')).toContain('problem+json');
  });
});

describe('filters of the list', () => {
  const list = async (query: string) => {
    const response = await call(urlA, `/api/v1/messages?${query}`);
    return { status: response.status, body: (await response.json()) as { detail?: string; messages?: object[] } };
  };

  test.each([
    ['state=bezorgd', ['state', '"bezorgd"', 'acknowledged', 'discarded']],
    ['state=queued,Queued', ['state', '"Queued"', 'queued']],
    ['direction=uit', ['direction', '"uit"', 'in, out']],
    ['state=queued&state=sent', ['state', 'meer dan één keer']],
    [`state=${'x'.repeat(500)}`, [`"${'x'.repeat(40)}"`]],
  ])('%s is 400: the parameter, what was found, what is allowed', async (query, words) => {
    const { status, body } = await list(query);
    expect(status).toBe(400);
    for (const word of words) expect(body.detail).toContain(word);
    expect(body.detail?.length).toBeLessThan(250);
  });

  test('every state that a message can be in is taken', async () => {
    expect((await list(`state=${STATES.join(',')}`)).body.messages?.length).toBeGreaterThan(0);
    expect((await list('state=parked&direction=in')).body.messages).toEqual([]);
  });
});

describe('operators', () => {
  test('V2 row 82 T203 T206 import, import again, other content, remove', async () => {
    const xml = await testCpa({ cpaId: 'TEST_NIEUW', actions: ['iets'] });
    const send = (body: string, query = '') =>
      call(
        urlA,
        `/api/v1/cpas${query}`,
        { method: 'POST', body, headers: { 'content-type': 'application/xml' } },
        'op-key',
      );
    expect((await send(xml, '?dryRun=true')).status).toBe(201);
    expect((await call(urlA, '/api/v1/cpas/TEST_NIEUW', {}, 'op-key')).status).toBe(404);
    expect((await send(xml)).status).toBe(201);
    expect((await send(xml)).status).toBe(200);
    const index = await pair.a.context.agreements.current();
    const party = (value: string) => ({ partyIds: [{ value, type: OIN_TYPE }] });
    for (const [from, to] of [
      [OIN_A, OIN_B],
      [OIN_B, OIN_A],
    ] as const) {
      const query = { from: party(from), to: party(to), service: TEST_SERVICE, action: 'iets', now: Date.now() };
      expect(resolveExchange(index, { cpaId: 'TEST_NIEUW', ...query }).ok).toBe(true);
    }
    const other = xml.replace('partyName="A"', 'partyName="AA"');
    expect((await send(other)).status).toBe(422);
    expect((await send(other, '?replace=true')).status).toBe(201);
    expect((await call(urlA, '/api/v1/cpas/TEST_NIEUW', { method: 'DELETE' }, 'op-key')).status).toBe(204);
  });

  test('row 76 row 78 a faulty CPA is refused with lines, and nothing is stored', async () => {
    const xml = (await testCpa({ cpaId: 'TEST_FOUT' })).replace('<tp:ChannelId>A_business<', '<tp:ChannelId>weg<');
    const response = await call(urlA, '/api/v1/cpas', { method: 'POST', body: xml }, 'op-key');
    expect(response.status).toBe(422);
    expect(((await response.json()) as { issues: { line: number; rule: string }[] }).issues[0]).toMatchObject({
      rule: 'V8',
      line: expect.any(Number),
    });
    expect((await call(urlA, '/api/v1/cpas/TEST_FOUT', {}, 'op-key')).status).toBe(404);
  });

  test('OPS-3 a command that does not fit is a conflict, an unknown one a bad request', async () => {
    const sent = (await (await submit(stuf(), 'bevel')).json()) as { id: string };
    const command = (name: string) =>
      call(
        urlA,
        `/api/v1/messages/${sent.id}/commands`,
        { method: 'POST', body: JSON.stringify({ command: name }), headers: { 'content-type': 'application/json' } },
        'op-key',
      );
    expect((await command('dansen')).status).toBe(400);
    expect((await command('discard')).status).toBe(409);
    expect(await (await command('cancel')).json()).toMatchObject({ state: 'cancelled' });
    const journal = await (await call(urlA, `/api/v1/messages/${sent.id}/journal`)).json();
    expect(JSON.stringify(journal)).toContain('operator beheer: cancel');
  });

  test('a key of an operator alone sees messages and moves them; it submits nothing and reads no content', async () => {
    const sent = (await (await submit(stuf(), 'voor beheer')).json()) as { id: string; parts: { href: string }[] };
    const ask = (path: string, init: RequestInit = {}) => call(urlA, path, init, 'only-op-key');
    const path = `/api/v1/messages/${sent.id}`;
    for (const seen of ['/api/v1/messages', path, `${path}/journal`, '/api/v1/cpas', '/api/v1/notes'])
      expect([seen, (await ask(seen)).status]).toEqual([seen, 200]);
    const headers = { 'content-type': 'application/json' };
    expect(
      (await ask(`${path}/commands`, { method: 'POST', body: JSON.stringify({ command: 'cancel' }), headers })).status,
    ).toBe(200);
    const part = sent.parts[0]?.href ?? '';
    expect((await call(urlA, part)).status).toBe(200);
    expect((await ask(part)).status).toBe(403);
    expect((await ask('/api/v1/inbox')).status).toBe(403);
    const offered = { method: 'POST', body: new Uint8Array(stuf()), headers: { 'content-type': 'application/xml' } };
    expect((await ask('/api/v1/messages', offered)).status).toBe(403);
    expect((await call(urlA, `${path}/commands`, { method: 'POST', body: '{}', headers })).status).toBe(403);
  });

  test('OPS-8 row 43 resend makes a new message once, and names the old one', async () => {
    const command = (id: string, name: string | undefined, key = 'op-key') =>
      call(
        urlA,
        `/api/v1/messages/${id}/commands`,
        { method: 'POST', body: JSON.stringify({ command: name }), headers: { 'content-type': 'application/json' } },
        key,
      );
    const sent = (await (await submit(stuf(), 'nog eens')).json()) as { id: string; messageId: string };
    expect((await command(sent.id, 'resend')).status).toBe(409);
    const faults: readonly (readonly [string | undefined, RegExp])[] = [
      [undefined, /^command: ontbreekt; verwacht een van retry, cancel/],
      ['wis', /^command: verwacht een van retry, cancel/],
    ];
    for (const [name, detail] of faults) {
      const refused = await command(sent.id, name);
      expect([refused.status, await refused.json()]).toEqual([
        400,
        expect.objectContaining({ detail: expect.stringMatching(detail) }),
      ]);
    }
    await command(sent.id, 'cancel');
    expect((await command(sent.id, 'resend', 'app-key')).status).toBe(403);
    const made = await command(sent.id, 'resend');
    const view = (await made.json()) as { id: string; href: string };
    expect([made.status, made.headers.get('location')]).toEqual([202, view.href]);
    expect(view).toMatchObject({ state: 'queued', resendOf: sent.id });
    expect((await command(sent.id, 'resend')).status).toBe(200);
    expect((await command('bm8', 'resend')).status).toBe(404);
    await pair.settle();
    expect(await (await call(urlA, view.href)).json()).toMatchObject({ state: 'acknowledged' });
  });
});

describe('monitoring', () => {
  test('row 16 ready while the store takes writes, not ready when it does not', async () => {
    expect((await fetch(`${urlA}/health/live`)).status).toBe(200);
    expect((await fetch(`${urlA}/health/ready`)).status).toBe(200);
    const { probe } = pair.a.store;
    pair.a.store.probe = () => Promise.reject(new StoreUnavailable('schijf vol'));
    expect((await fetch(`${urlA}/health/ready`)).status).toBe(503);
    pair.a.store.probe = probe;
  });

  test('metrics in the text format, without a key and without ids', async () => {
    const text = await (await fetch(`${urlA}/metrics`)).text();
    expect(text).toContain('dk_messages_total');
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });
});
