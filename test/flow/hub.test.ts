// The hub between a municipality and a partner: content judged, forwarded once, or refused with a Fo01 (rows 64, 155–157, 159).
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OIN_TYPE } from '../../adapter/base/index.ts';
import { submitMessage } from '../../adapter/gateway/index.ts';
import { readStuf, type StufEnvelope, wrapHeen, writeStuf } from '../../adapter/stuf/index.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import {
  TEST_SERVICE,
  type TestGateway,
  testClock,
  testCpa,
  testGateway,
  testWire,
  URL_A,
  URL_B,
  type Wire,
} from '../fixtures/gateway.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const PLANTED = '999900006';
const PARAMETERS = {
  applicatieVersie: '0001',
  applicatieSubversie: '0000',
  functieVersie: '0003',
  functieSubversie: '0002',
};
const ROUTE = {
  cpaId: 'TEST_A_B',
  fromPartyId: OIN_B,
  toPartyId: OIN_A,
  service: TEST_SERVICE.value,
  serviceType: TEST_SERVICE.type,
};

/** A plays municipality and provider at once, so that one CPA shows both legs; B is the hub. */
let a: TestGateway;
let hub: TestGateway;
let wire: Wire;

beforeAll(async () => {
  const clock = testClock();
  wire = testWire();
  const xml = await testCpa();
  const common = { clock, wire, cpas: [xml] };
  a = await testGateway({
    ...common,
    name: 'a',
    oin: OIN_A,
    override: { routes: [{ ...ROUTE, fromPartyId: OIN_A, toPartyId: OIN_B }] },
  });
  hub = await testGateway({
    ...common,
    name: 'hub',
    oin: OIN_B,
    override: {
      policy: {
        handover: 'deliver',
        keepIdsMs: 1,
        clockToleranceMs: 0,
        peerRequired: true,
        mandates: new Map(),
        ownParties: new Set([OIN_B]),
      },
      routes: [{ ...ROUTE, ontvanger: 'aanbieder' }],
      hub: {
        senders: new Map([[OIN_A, ['9999']]]),
        self: { organisatie: 'IB', applicatie: 'GGKWebservice' },
        codeList: 'L25',
      },
    },
  });
  wire.doors.set(URL_A, (request) => a.gateway.receive(request));
  wire.doors.set(URL_B, (request) => hub.gateway.receive(request));
});
afterAll(async () => {
  await a.close();
  await hub.close();
});

function heen(
  functie: string,
  change: { payload?: string; zender?: string; ontvanger?: string; referentienummer?: string } = {},
): StufEnvelope {
  const content = {
    functie,
    payload: Buffer.from(change.payload ?? sampleMessage(functie)),
    referentienummer: change.referentienummer ?? randomUUID(),
    tijdstip: Date.now(),
    parameters: PARAMETERS,
  };
  return wrapHeen(
    content,
    { organisatie: change.zender ?? '9999', applicatie: 'Proef' },
    change.ontvanger ?? '99999901',
  );
}

/** Sends bytes as a payload under the CPA, whatever they are, and lets everybody come to rest. */
async function send(payload: Uint8Array): Promise<void> {
  const uuid = randomUUID();
  const party = (value: string) => ({ partyIds: [{ value, type: OIN_TYPE }] });
  const sent = await submitMessage(
    {
      cpaId: 'TEST_A_B',
      from: party(OIN_A),
      to: party(OIN_B),
      service: TEST_SERVICE,
      action: 'ggk_Di01',
      uuid,
      contents: [{ contentId: `${uuid}@a.test`, contentType: 'application/xml', content: payload }],
    },
    a.context,
  );
  if (!sent.ok) throw new Error('not sent');
  for (let i = 0; i < 10; i += 1) if ((await a.work()) + (await hub.work()) === 0) break;
  const [record] = await a.store.load([sent.value.record.id]);
  expect(record?.state).toBe('acknowledged');
}

/** What A has collected since the last call. */
async function collected() {
  const offered = await a.gateway.offer(100, 60_000);
  for (const one of offered) await a.gateway.confirm(one.id);
  return Promise.all(
    offered.map(async (one) => {
      const [part] = one.parts;
      if (part === undefined) throw new Error('no part');
      const read = readStuf(await a.store.blobs.read(part.blob));
      if (!read.ok) throw new Error('not readable');
      return read.value;
    }),
  );
}

const everythingTold = (): string => JSON.stringify([...a.events, ...hub.events]);

describe('the hub', () => {
  test('P-020 a valid WMO301 is forwarded once, byte for byte', async () => {
    const message = heen('WMO301');
    await send(writeStuf(message));
    expect(await collected()).toEqual([message]);
  });

  test('row 156 a payload that breaks its XSD is acknowledged, refused with a Fo01, and not forwarded', async () => {
    const message = heen('WMO301', { payload: sampleMessage('WMO301').replace(/Geslacht>[^<]*</, 'Geslacht>7<') });
    await send(writeStuf(message));
    const [fault, ...rest] = await collected();
    expect(rest).toEqual([]);
    expect(fault).toMatchObject({
      kind: 'Fo01',
      stuurgegevens: { crossRefnummer: message.stuurgegevens.referentienummer },
      fault: { code: 'IB014', plek: 'client', details: 'WMO301-00010000' },
    });
  });

  test('row 64 an organisatie that the sender may not speak for', async () => {
    await send(writeStuf(heen('WMO301', { zender: '8888' })));
    expect(await collected()).toMatchObject([{ kind: 'Fo01', fault: { code: 'IB002' } }]);
  });

  test('row 155 a broken envelope: a Fo01 when it can be answered, kept when it cannot', async () => {
    const good = Buffer.from(writeStuf(heen('WMO301'))).toString('utf8');
    await send(Buffer.from(good.replace(/<GGK:functieVersie>[^<]*</, '<GGK:functieVersie>drie<')));
    expect(await collected()).toMatchObject([{ kind: 'Fo01', fault: { code: 'IB001' } }]);
    await send(Buffer.from('dit is geen XML'));
    expect(await collected()).toEqual([]);
    const refused = (await hub.store.search({ states: ['refused'] }, { limit: 10 })).messages;
    expect(refused.some((record) => record.problem?.includes('no Fo01') === true)).toBe(true);
  });

  test('row 156 an unknown functie, and a message in the wrong direction', async () => {
    await send(writeStuf(heen('WMO399', { payload: sampleMessage('WMO301') })));
    await send(writeStuf(heen('WMO305')));
    expect((await collected()).map((one) => ('fault' in one ? one.fault?.code : one.kind)).sort()).toEqual([
      'IB004',
      'IB007',
    ]);
  });

  test('stuf-ggk §9 the same referentienummer again: identical is forwarded once, other content is refused', async () => {
    const referentienummer = randomUUID();
    const message = heen('WMO301', { referentienummer });
    await send(writeStuf(message));
    await send(writeStuf(message));
    expect(await collected()).toHaveLength(1);
    await send(
      writeStuf(heen('WMO301', { referentienummer, payload: sampleMessage('WMO301', { identificatie: 'ANDERS' }) })),
    );
    expect(await collected()).toMatchObject([{ kind: 'Fo01', fault: { code: 'IB016' } }]);
  });

  test('row 159 no BSN, name or payload in any event', () => {
    const told = everythingTold();
    expect(told.length).toBeGreaterThan(1000);
    expect(told).not.toContain(PLANTED);
    expect(told).not.toContain('Proef');
  });
});

describe('the municipality’s own check', () => {
  const submit = (message: StufEnvelope, key?: string) =>
    a.gateway.submitDocument({ stuf: writeStuf(message) }, { client: 'test', ...(key === undefined ? {} : { key }) });

  test('row 157 an XSD-invalid message is refused at submit, with place and facet, and not sent', async () => {
    const before = wire.posts.length;
    const result = await submit(
      heen('WMO301', { payload: sampleMessage('WMO301').replace(/Geslacht>[^<]*</, 'Geslacht>7<') }),
    );
    expect(result).toMatchObject({
      kind: 'refused',
      issues: [{ code: 'xsd.enumeration', where: '/Bericht/Client/Geslacht' }],
    });
    await a.work();
    expect(wire.posts.length).toBe(before);
  });

  test('row 57 the same key twice is one message; another body with the same key is a conflict', async () => {
    const message = heen('WMO301');
    const first = await submit(message, 'sleutel-1');
    const second = await submit(message, 'sleutel-1');
    expect(first).toMatchObject({ kind: 'accepted', created: true });
    expect(second).toMatchObject({ kind: 'accepted', created: false });
    if (first.kind === 'accepted' && second.kind === 'accepted') expect(second.record.id).toBe(first.record.id);
    expect(await submit(heen('WMO301'), 'sleutel-1')).toEqual({ kind: 'conflict' });
  });
});
