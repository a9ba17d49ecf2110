// The hub's way out: what becomes of a message whose route has no agreement that carries it now (decision 0012).
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GatewayContext } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { StoreUnavailable } from '../../adapter/store/index.ts';
import { makeFo01, type StufEnvelope, writeStuf } from '../../adapter/stuf/index.ts';
import { type Fault, putCpa, testCpa, URL_A } from '../fixtures/gateway.ts';
import { type HubRig, heen, openHub } from '../fixtures/hub.ts';
import { OIN_A } from '../fixtures/pki.ts';
import { told } from '../fixtures/signal.ts';

const DAY = 86_400_000;
const OUT = 'TEST_UIT';

let rig: HubRig;
beforeEach(async () => {
  rig = await openHub();
  Object.assign(rig.hub.context, { routes: rig.hub.context.routes.map((route) => ({ ...route, cpaId: OUT })) });
  await putCpa(rig.a.store, await testCpa({ cpaId: OUT }), rig.clock.now());
});
afterEach(() => rig.close());

/** The hub holds this CPA for its way out from now on. */
async function atHub(change: Parameters<typeof testCpa>[0], edit = (xml: string): string => xml): Promise<void> {
  await putCpa(rig.hub.store, edit(await testCpa({ cpaId: OUT, ...change })), rig.clock.now());
  await rig.hub.context.agreements.refresh();
}

/** The same CPA with payloads encrypted by XML Encryption, as in osb-rm-e. */
const encrypted = (xml: string): string =>
  xml
    .replaceAll('tp:isConfidential="transient"', 'tp:isConfidential="transient-and-persistent"')
    .replaceAll(/<tp:SigningCertificateRef ([^>]*)\/>[\s\S]*?<\/tp:ReceiverNonRepudiation>/g, `$&${ENVELOPE}`);

const ENVELOPE =
  '<tp:ReceiverDigitalEnvelope><tp:DigitalEnvelopeProtocol tp:version="1.0">http://www.w3.org/2001/04/xmlenc#' +
  '</tp:DigitalEnvelopeProtocol><tp:EncryptionAlgorithm>http://www.w3.org/2001/04/xmlenc#aes256-cbc' +
  '</tp:EncryptionAlgorithm><tp:EncryptionCertificateRef $1/></tp:ReceiverDigitalEnvelope>';

async function send(message: StufEnvelope): Promise<readonly string[]> {
  expect((await rig.send(writeStuf(message))).state).toBe('acknowledged');
  return (await rig.collected()).map((one) => ('fault' in one ? (one.fault?.code ?? '') : one.kind));
}

const inbound = async (): Promise<readonly MessageRecord[]> =>
  (await rig.hub.store.search({ direction: 'in' }, { limit: 10 })).messages;

const detailsOf = (name: string): (string | undefined)[] =>
  rig.hub.events.filter(({ event }) => event === name).map(({ fields }) => fields.detail);

describe('a message whose CPA does not carry it', () => {
  const cases: readonly (readonly [string, string, () => Promise<void>])[] = [
    ['was never imported', 'CPAId is not known here', async () => undefined],
    ['has ended', 'the CPA has expired', () => atHub({ start: Date.now() - 2 * DAY, end: Date.now() - DAY })],
    ['has not begun', 'the CPA has not started yet', () => atHub({ start: Date.now() + DAY })],
    ['is proposed', 'the CPA is proposed', () => atHub({}, (xml) => xml.replace('"agreed"', '"proposed"'))],
    ['has not this action', 'Action is not in this CPA', () => atHub({ actions: ['ggk_Du01', 'Fo01'] })],
    ['asks for encryption (R64)', 'the CPA demands encrypted payloads', () => atHub({}, encrypted)],
    [
      'is between other parties',
      'the party is not in this CPA',
      () => atHub({}, (xml) => xml.replaceAll(OIN_A, '00000009999999990000')),
    ],
  ];

  test.each(cases)(
    'stuf-ggk §12 step 11 it %s: IB101 at once, and the operator sees which CPA',
    async (_, why, given) => {
      await given();
      const message = heen('WMO301');
      await rig.send(writeStuf(message));
      const [fault, ...rest] = await rig.collected();
      expect(rest).toEqual([]);
      expect(fault).toMatchObject({
        stuurgegevens: { crossRefnummer: message.stuurgegevens.referentienummer },
        fault: { code: 'IB101', plek: 'server' },
      });
      expect(JSON.stringify(fault)).not.toContain(OUT);
      const [record] = await inbound();
      expect(record).toMatchObject({ state: 'refused', attempts: 1 });
      expect(record?.problem).toContain(`CPA ${OUT}: ${why}`);
      expect(detailsOf('content.refused')).toEqual([record?.problem]);
    },
  );

  test('row 50 it is offered again when the CPA is there: the same referentienummer goes on, once', async () => {
    const message = heen('WMO301');
    expect(await send(message)).toEqual(['IB101']);
    await atHub({});
    expect(await send(message)).toEqual(['Di01']);
    expect(await send(message)).toEqual([]);
  });

  test('another process imported it a moment ago: it goes on', async () => {
    await rig.hub.context.agreements.refresh();
    await putCpa(rig.hub.store, await testCpa({ cpaId: OUT }), rig.clock.now());
    expect(await send(heen('WMO301'))).toEqual(['Di01']);
  });

  test('row 82 it is replaced while messages pass: every one of them goes on', async () => {
    await atHub({});
    for (let i = 0; i < 5; i += 1) {
      const xml = await testCpa({ cpaId: OUT, retries: i + 1 });
      const [answers] = await Promise.all([
        send(heen('WMO301')),
        rig.hub.gateway.importCpa(Buffer.from(xml), { replace: true, by: 'test' }),
      ]);
      expect(answers).toEqual(['Di01']);
    }
  });

  const fo01 = () =>
    makeFo01({
      about: { referentienummer: '11111111-1111-4111-8111-111111111111', zender: { organisatie: '99999901' } },
      own: { organisatie: '9999', applicatie: 'Proef' },
      referentienummer: '22222222-2222-4222-8222-222222222222',
      tijdstip: rig.clock.now(),
      code: 'StUF055',
      plek: 'client',
      omschrijving: 'Inhoud voldoet niet aan de XSD.',
    });

  test('OPS-4 a Fo01 is not refused for it, as nobody would hear of it: it waits, and goes when the CPA is there', async () => {
    await rig.send(writeStuf(fo01()));
    expect((await inbound())[0]).toMatchObject({ state: 'received', attempts: 1 });
    expect(detailsOf('deliver.failed')).toEqual([expect.stringContaining(OUT)]);
    await atHub({});
    rig.clock.pass(60_000);
    await rig.settle();
    expect(await rig.collected()).toMatchObject([{ kind: 'Fo01', fault: { code: 'StUF055' } }]);
  });

  test('OPS-4 nor for want of a route: it is parked in the end, and goes when there is one and an operator says so', async () => {
    await atHub({});
    const { routes } = rig.hub.context;
    Object.assign(rig.hub.context, { routes: [] });
    await rig.send(writeStuf(fo01()));
    for (let hour = 0; hour < 48; hour += 1) {
      rig.clock.pass(3_600_000);
      await rig.settle();
    }
    const [record] = await inbound();
    expect(record).toMatchObject({ state: 'parked', problem: expect.stringContaining('IB102') });
    if (record === undefined) throw new Error('nothing came in');
    Object.assign(rig.hub.context, { routes });
    await rig.hub.gateway.operate(record.id, 'redeliver', 'beheer');
    await rig.settle();
    expect(await rig.collected()).toMatchObject([{ kind: 'Fo01', fault: { code: 'StUF055' } }]);
  });
});

test('OPS-8 what could not be forwarded and is offered again goes by the route of now, its old CPA gone', async () => {
  await atHub({});
  const message = heen('WMO301');
  const refuseForward: Fault = (url, body) =>
    url === URL_A && body.includes('ggk_Di01')
      ? { kind: 'response', status: 400, headers: {}, body: Buffer.alloc(0) }
      : undefined;
  rig.wire.faults.push(refuseForward, refuseForward, refuseForward);
  expect(await send(message)).toEqual([]);
  rig.wire.faults.length = 0;
  const { routes } = rig.hub.context;
  Object.assign(rig.hub.context, { routes: routes.map((route) => ({ ...route, cpaId: 'TEST_A_B' })) });
  await rig.hub.gateway.removeCpa(OUT, 'proef');
  expect(await send(message)).toEqual(['Di01']);
  const { messages } = await rig.hub.store.search({ direction: 'out' }, { limit: 10 });
  const cpas = messages.filter(({ action }) => action === 'ggk_Di01').map(({ cpaId, state }) => [cpaId, state]);
  expect(cpas.sort()).toEqual([
    ['TEST_A_B', 'acknowledged'],
    [OUT, 'failed'],
  ]);
});

describe('a message that was forwarded before its CPA was removed', () => {
  const remove = () => rig.hub.gateway.removeCpa(OUT, 'proef');

  test('stuf-ggk §12 step 7 comes again: done already, and no Fo01', async () => {
    await atHub({});
    const message = heen('WMO301');
    expect(await send(message)).toEqual(['Di01']);
    await remove();
    expect(await send(message)).toEqual([]);
    expect((await inbound()).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  });

  test('row 64 comes from a party that may not speak for its zender: refused', async () => {
    await atHub({});
    const message = heen('WMO301');
    expect(await send(message)).toEqual(['Di01']);
    const hub = rig.hub.context.hub;
    if (hub === undefined) throw new Error('no hub');
    Object.assign(rig.hub.context, { hub: { ...hub, senders: new Map([[OIN_A, ['8888']]]) } });
    expect(await send(message)).toEqual(['IB002']);
  });

  test.each([
    ['arrives', false, ['Di01']],
    ['was cancelled', true, []],
  ])(
    'rows 2 and 5 its attempt died before it could say so, and it %s: delivered, and no Fo01',
    async (_, cancel, kinds) => {
      await atHub({});
      const { context, store } = rig.hub;
      const dying: GatewayContext['store'] = {
        ...store,
        commit: (change) =>
          change.message.state === 'delivered' ? Promise.reject(new StoreUnavailable('gone')) : store.commit(change),
      };
      await rig.submit(writeStuf(heen('WMO301')));
      await rig.a.work();
      Object.assign(context, { store: dying });
      await rig.hub.work().catch(() => undefined);
      Object.assign(context, { store });
      expect((await inbound())[0]?.state).toBe('received');
      const [forwarded] = (await store.search({ direction: 'out' }, { limit: 10 })).messages;
      if (cancel && forwarded !== undefined) await rig.hub.gateway.operate(forwarded.id, 'cancel');
      await remove();
      rig.clock.pass(61_000);
      await rig.settle();
      expect((await inbound())[0]?.state).toBe('delivered');
      expect(told(rig.hub)).not.toContain('content.refused');
      expect((await rig.collected()).map(({ kind }) => kind)).toEqual(kinds);
    },
  );
});

describe('the side that submits', () => {
  const submit = (message: StufEnvelope) =>
    rig.a.gateway.submitDocument({ stuf: writeStuf(message) }, { client: 'test' });

  test('row 157 a CPA that is not there is named, and nothing is stored', async () => {
    await rig.a.gateway.removeCpa('TEST_A_B', 'proef');
    expect(await submit(heen('WMO301'))).toMatchObject({
      kind: 'refused',
      code: 'agreement',
      issues: [
        { rule: 'R29', detail: 'de route van dit bericht gaat over CPA TEST_A_B; die is hier niet geïmporteerd' },
      ],
    });
    expect((await rig.a.store.search({}, { limit: 1 })).messages).toEqual([]);
  });

  test('row 57 what it submitted before gets its earlier answer, whatever has become of the CPA', async () => {
    const message = heen('WMO301');
    expect(await submit(message)).toMatchObject({ kind: 'accepted', created: true });
    await rig.a.gateway.removeCpa('TEST_A_B', 'proef');
    expect(await submit(message)).toMatchObject({ kind: 'accepted', created: false });
  });
});
