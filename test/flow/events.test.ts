// An application pulls what became of its messages over the REST door, under a lease (row 43, decision 0009).
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type ApiServer, createApi, type EventsMode } from '../../adapter/api/index.ts';
import type { JobKind, MessageRecord } from '../../adapter/msh/index.ts';
import { type Running, startProgram } from '../../adapter/program.ts';
import { openStore } from '../../adapter/store/index.ts';
import { writeStuf } from '../../adapter/stuf/index.ts';
import { read } from '../config/given.ts';
import { type Fault, TEST_SERVICE, testClock, testCpa, testGateway, testWire } from '../fixtures/gateway.ts';
import { heen } from '../fixtures/hub.ts';
import { operateFor } from '../fixtures/operate.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { acknowledgment, ERRORS, give, signal } from '../fixtures/signal.ts';

const MINUTE = 60_000;
const PULLED: readonly JobKind[] = ['answer', 'transmit', 'deliver'];
const KEYS = [
  { name: 'app', sha256: createHash('sha256').update('app-key').digest('hex'), roles: ['application' as const] },
  { name: 'beheer', sha256: createHash('sha256').update('op-key').digest('hex'), roles: ['operator' as const] },
];
const SUBMITTED = { submittedBy: { client: 'zaaksysteem', requestSha256: '0'.repeat(64) } };
const broken: Fault = () => ({ kind: 'failed', reason: 'connect', detail: 'verbinding geweigerd', unsent: true });
const refused: Fault = () => ({ kind: 'response', status: 400, headers: {}, body: Buffer.alloc(0) });

const pair = ownPairs();
const doors: ApiServer[] = [];
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close()));
});

interface View {
  readonly event: string;
  readonly at: string;
  readonly severity?: string;
  readonly errorCodes?: readonly string[];
  readonly submittedBy: string;
  readonly message: {
    readonly messageId: string;
    readonly href: string;
    readonly state: string;
    readonly problem?: string;
    readonly resendOf?: string;
    readonly parts: readonly { readonly href: string }[];
  };
  readonly confirm: string;
}
type Ask = (path: string, init?: RequestInit, key?: string) => Promise<Response>;

async function doorOf({ gateway, context }: Pair['a'], events: EventsMode): Promise<Ask> {
  const door = createApi(gateway, { host: '127.0.0.1', port: 0, observer: context.observer, keys: KEYS, events });
  doors.push(door);
  const { port } = await door.listen();
  return (path, init = {}, key = 'app-key') =>
    fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { authorization: `Bearer ${key}` } });
}

async function pulled(cpa: Parameters<typeof pair>[0] = {}): Promise<{ p: Pair; ask: Ask }> {
  const p = await pair(cpa, { kinds: PULLED, a: { applicationEvents: 'pull' } });
  return { p, ask: await doorOf(p.a, 'pull') };
}

async function eventsFrom(ask: Ask, query = ''): Promise<readonly View[]> {
  const response = await ask(`/api/v1/events${query}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { events: readonly View[] }).events;
}

async function one(ask: Ask): Promise<View> {
  const events = await eventsFrom(ask);
  const [event] = events;
  if (event === undefined || events.length > 1) throw new Error(`${events.length} events, expected one`);
  return event;
}

const confirm = async (ask: Ask, { confirm }: Pick<View, 'confirm'>): Promise<unknown> =>
  (await ask(confirm, { method: 'POST' })).json();

/** All attempts of a message of A fail by the faults given. */
async function usedUp(p: Pair, faults: readonly Fault[] = [broken, broken, broken, broken]): Promise<MessageRecord> {
  p.wire.faults.push(...faults);
  const record = await p.submit('<proef/>', SUBMITTED);
  for (let minute = 0; minute < 5; minute += 1) {
    await p.settle();
    p.clock.pass(MINUTE);
  }
  return record;
}

const told = (p: Pair, event: string): number => p.a.events.filter((one) => one.event === event).length;

describe('row 43 DK-102 R104 retries used up', () => {
  test('the application is told, the operator was before; the payload is there, and what is sent anew ends in an event too', async () => {
    const { p, ask } = await pulled();
    const record = await usedUp(p);
    expect([told(p, 'message.failed'), told(p, 'message.ended')]).toEqual([1, 0]);
    const failure = await one(ask);
    expect(failure).toMatchObject({
      event: 'DeliveryFailure',
      severity: 'Error',
      submittedBy: 'zaaksysteem',
      message: { messageId: record.messageId, state: 'failed', problem: expect.stringMatching(/4 attempts/) },
    });
    expect(failure).not.toHaveProperty('errorCodes');
    expect(Date.parse(failure.at)).toBeLessThan(p.clock.now());
    expect(await (await ask(failure.message.parts[0]?.href ?? '')).text()).toBe('<proef/>');
    expect(await confirm(ask, failure)).toEqual({ confirmed: true, already: false });
    expect(await confirm(ask, failure)).toEqual({ confirmed: true, already: true });
    expect([told(p, 'message.failed'), told(p, 'message.ended')]).toEqual([1, 1]);
    expect((await p.a.store.journal(record.id)).filter(({ event }) => event === 'notified')).toHaveLength(1);
    expect(await eventsFrom(ask)).toEqual([]);

    await p.a.gateway.resend(record.id, 'beheer');
    await p.settle();
    const resent = await one(ask);
    expect(resent).toMatchObject({ event: 'acknowledged', submittedBy: 'zaaksysteem' });
    expect(`/api/v1/messages/${resent.message.resendOf}`).toBe(failure.message.href);
    expect(resent).not.toHaveProperty('severity');
  });

  test('R113 an attempt that may have arrived makes it a Warning', async () => {
    const { p, ask } = await pulled();
    const lost: Fault = () => ({ kind: 'failed', reason: 'connect', detail: 'verbinding verbroken' });
    await usedUp(p, [broken, lost, broken, broken]);
    expect(await one(ask)).toMatchObject({ event: 'DeliveryFailure', severity: 'Warning' });
  });

  test('what is not confirmed is offered again when the lease is over, the same event', async () => {
    const { p, ask } = await pulled();
    await usedUp(p);
    const [first] = await eventsFrom(ask, '?max=1&lease=30');
    expect(await eventsFrom(ask)).toEqual([]);
    p.clock.pass(30_000 - 1);
    expect(await eventsFrom(ask)).toEqual([]);
    p.clock.pass(1);
    expect(await eventsFrom(ask)).toEqual([first]);
  });

  test('row 7 it is there after a restart: the same event is offered from the store, and ended', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dk-events-'));
    try {
      const clock = testClock();
      const wire = testWire();
      const route = { cpaId: 'TEST_A_B', fromPartyId: OIN_A, toPartyId: OIN_B };
      const routes = [{ ...route, service: TEST_SERVICE.value, serviceType: TEST_SERVICE.type }];
      const open = async () =>
        testGateway({
          name: 'a',
          oin: OIN_A,
          cpas: [await testCpa()],
          clock,
          wire,
          kinds: PULLED,
          store: await openStore(`sqlite:${folder}`),
          override: { routes, submitPolicy: 'off', applicationEvents: 'pull' },
        });
      const before = await open();
      wire.faults.push(refused);
      await before.gateway.submitDocument({ stuf: Buffer.from(writeStuf(heen('WMO301'))) }, { client: 'app' });
      await before.work();
      const [offered] = await before.gateway.offerNotices(10, MINUTE);
      if (offered === undefined) throw new Error('nothing is offered');
      expect(offered).toMatchObject({ event: 'DeliveryFailure', record: { state: 'failed' } });
      await before.close();

      const after = await open();
      clock.pass(MINUTE);
      const again = await after.gateway.offerNotices(10, MINUTE);
      expect(again.map(({ id }) => id)).toEqual([offered.id]);
      expect(await after.gateway.confirmNotice(offered.id)).toBe('confirmed');
      expect(await after.store.load([offered.record.id])).toMatchObject([{ state: 'failed', jobs: [] }]);
      await after.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('row 43 OPS-1 a message that moves on after it was given up', () => {
  const late = (p: Pair, { messageId }: MessageRecord) =>
    give(p.a, signal('Acknowledgment', OIN_B, OIN_A, acknowledgment(messageId), messageId), OIN_B);

  test('its late Acknowledgment is an event also when the failure was confirmed', async () => {
    const { p, ask } = await pulled({ profile: 'osb-rm' });
    const record = await usedUp(p);
    await confirm(ask, await one(ask));
    await late(p, record);
    const event = await one(ask);
    expect(event).toMatchObject({ event: 'acknowledged', message: { messageId: record.messageId } });
    expect(await confirm(ask, event)).toEqual({ confirmed: true, already: false });
    expect((await p.sent(record)).jobs).toEqual([]);
  });

  test('a confirmation of the failure that comes after it does not end it', async () => {
    const { p, ask } = await pulled({ profile: 'osb-rm' });
    const record = await usedUp(p);
    const failure = await one(ask);
    await late(p, record);
    expect(await confirm(ask, failure)).toEqual({ confirmed: true, already: true });
    expect(await one(ask)).toMatchObject({ event: 'acknowledged' });
  });

  test('also within the same millisecond', async () => {
    const { p, ask } = await pulled({ profile: 'osb-rm' });
    p.wire.faults.push(refused);
    const record = await p.submit('<proef/>', SUBMITTED);
    await p.settle();
    const failure = await one(ask);
    await late(p, record);
    await confirm(ask, failure);
    expect(await one(ask)).toMatchObject({ event: 'acknowledged', at: failure.at });
  });

  test('OPS-2 let go again before anybody asked: under way is what is told, then its end', async () => {
    const { p, ask } = await pulled();
    p.wire.faults.push(refused);
    const record = await p.submit('<proef/>', SUBMITTED);
    await p.settle();
    p.clock.pass(1_000);
    await operateFor(p.a, record.id, 'retry');
    const under = await one(ask);
    expect(under).toMatchObject({ event: 'retried', message: { state: 'queued' } });
    expect(Date.parse(under.at)).toBe(Math.floor(p.clock.now()));
    await p.settle();
    expect(await one(ask)).toMatchObject({ event: 'acknowledged' });
  });

  test('OPS-8 sent anew under the lease: the event comes again and names the new message', async () => {
    const { p, ask } = await pulled();
    const record = await usedUp(p);
    const failure = await one(ask);
    expect(failure.message).not.toHaveProperty('resentAs');
    await p.a.gateway.resend(record.id, 'beheer');
    const again = await one(ask);
    expect(again.message).toHaveProperty('resentAs');
    expect(again.confirm).toBe(failure.confirm);
  });
});

describe('row 43 every end of a message is an event', () => {
  test('sent without an Acknowledgment being asked, cancelled, and out of time', async () => {
    const best = await pulled({ profile: 'osb-be' });
    await best.p.submit('<proef/>', SUBMITTED);
    await best.p.settle();
    expect(await one(best.ask)).toMatchObject({ event: 'sent', message: { state: 'sent' } });

    const { p, ask } = await pulled();
    const withdrawn = await p.submit('<proef/>', SUBMITTED);
    await operateFor(p.a, withdrawn.id, 'cancel');
    const cancelled = await one(ask);
    expect(cancelled).toMatchObject({ event: 'cancelled' });
    await confirm(ask, cancelled);
    p.wire.faults.push(broken);
    await p.submit('<proef/>', SUBMITTED);
    await p.settle();
    p.clock.pass(60 * MINUTE);
    await p.settle();
    expect(await one(ask)).toMatchObject({ event: 'expired', severity: 'Error' });
    expect(told(p, 'message.expired')).toBe(1);
  });

  test('row 159 rejected by the partner: its codes, without what could be a BSN', async () => {
    const { p, ask } = await pulled({ profile: 'osb-rm' });
    const { messageId } = await taken(p);
    const fault = (errorCode: string) => ({
      codeContext: ERRORS,
      errorCode,
      severity: 'Error' as const,
      description: 'cliënt 999990019 onbekend',
    });
    const errors = [fault('OtherXml'), fault('MimeProblem'), fault('OtherXml'), fault('Fout999990019')];
    const errorList = { version: '2.0', highestSeverity: 'Error' as const, errors };
    await give(p.a, signal('MessageError', OIN_B, OIN_A, { errorList }, messageId), OIN_B);
    const event = await one(ask);
    expect(event).toMatchObject({ event: 'rejected', errorCodes: ['OtherXml', 'MimeProblem', 'Fout[bsn]'] });
    expect(event.message.problem).toContain('cliënt [bsn] onbekend');
    expect(JSON.stringify(event)).not.toContain('999990019');
    expect(told(p, 'message.rejected')).toBe(1);
  });

  test('a message that no application submitted has none', async () => {
    const { p, ask } = await pulled();
    const record = await p.submit();
    await p.settle();
    expect((await p.sent(record)).state).toBe('acknowledged');
    expect(await eventsFrom(ask)).toEqual([]);
  });

  /** Taken by B, which has not acknowledged it yet. */
  async function taken(p: Pair): Promise<MessageRecord> {
    const record = await p.submit('<proef/>', SUBMITTED);
    await p.a.work();
    expect((await p.sent(record)).state).toBe('awaitingAck');
    return record;
  }
});

describe('row 43 what the events do not take', () => {
  test.each(['max=0', 'max=101', 'max=x', 'lease=4', 'lease=3601'])(
    '%s is 400 and names the parameter',
    async (query) => {
      const { ask } = await pulled();
      const response = await ask(`/api/v1/events?${query}`);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { detail: string }).detail).toMatch(
        new RegExp(`^${query.split('=')[0]}: gevonden .*; verwacht `),
      );
    },
  );

  test('what is no event is 404, and an operator alone has none', async () => {
    const { p, ask } = await pulled();
    await p.submit();
    await p.settle();
    const [inbound] = await p.received();
    const ids = ['bestaatniet', `acknowledged@1|${inbound?.id}`, `acknowledged@1|out|${inbound?.messageId}`];
    for (const id of ids.map((text) => Buffer.from(text).toString('base64url')))
      expect((await ask(`/api/v1/events/${id}/confirm`, { method: 'POST' })).status).toBe(404);
    expect((await ask('/api/v1/events', {}, 'op-key')).status).toBe(403);
  });

  test('row 20 lost races are 503 and the event stays', async () => {
    const { p, ask } = await pulled();
    await usedUp(p);
    const event = await one(ask);
    const { commit } = p.a.store;
    p.a.store.commit = () => Promise.resolve('conflict');
    expect((await ask(event.confirm, { method: 'POST' })).status).toBe(503);
    p.a.store.commit = commit;
    expect(await confirm(ask, event)).toEqual({ confirmed: true, already: false });
  });
});

describe('row 43 application.events', () => {
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
  });

  test('log: 404 that says which option, the worker tells the end, and nothing piles up', async () => {
    const p = await pair();
    const ask = await doorOf(p.a, 'log');
    const record = await usedUp(p);
    for (const [path, method] of [
      ['/api/v1/events', 'GET'],
      ['/api/v1/events/abc/confirm', 'POST'],
    ] as const) {
      const response = await ask(path, { method });
      expect([response.status, response.headers.get('content-type')]).toEqual([
        404,
        expect.stringContaining('problem+json'),
      ]);
      expect(((await response.json()) as { detail: string }).detail).toMatch(/application\.events.*"pull"/);
    }
    expect([told(p, 'message.failed'), told(p, 'message.ended')]).toEqual([1, 1]);
    expect((await p.sent(record)).jobs).toEqual([]);
  });

  test.each([
    ['log', undefined, 404, true],
    ['pull', 'pull', 200, false],
  ])('%s: who ends a notify job, of the program itself', async (_title, events, status, byWorker) => {
    const given = read({ ...(events === undefined ? {} : { application: { events } }), api: { port: 0, keys: KEYS } });
    const config = { ...given, store: 'sqlite::memory:', logLevel: 'error' as const };
    const claimed = new Set<JobKind>();
    const program = await startProgram(
      { config: { ...config, roles: ['api', 'worker'] }, file: 'gateway.json', startAt: undefined },
      {
        store: (store) => ({
          ...store,
          claim: (kinds, ...rest) => {
            for (const kind of kinds) claimed.add(kind);
            return store.claim(kinds, ...rest);
          },
        }),
      },
    );
    running.push(program);
    for (let round = 0; round < 100 && claimed.size === 0; round += 1) await new Promise((go) => setTimeout(go, 20));
    expect([claimed.has('transmit'), claimed.has('notify')]).toEqual([true, byWorker]);
    const response = await fetch(`${program.doors.addresses[0]}/events`, {
      headers: { authorization: 'Bearer app-key' },
    });
    expect(response.status).toBe(status);
  });
});
