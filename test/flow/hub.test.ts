// The hub between a municipality and a partner: content judged, forwarded once, or refused with a Fo01 (rows 64, 155–157, 159).
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StufEnvelope, writeStuf } from '../../adapter/stuf/index.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { type Fault, URL_A } from '../fixtures/gateway.ts';
import { type HubRig, heen, openHub } from '../fixtures/hub.ts';

const PLANTED = '999900006';

let rig: HubRig;

beforeAll(async () => {
  rig = await openHub();
});
afterAll(() => rig.close());

/** Sends octets as a payload; the hub acknowledges them whatever they are. */
async function send(payload: Uint8Array): Promise<void> {
  expect((await rig.send(payload)).state).toBe('acknowledged');
}

const everythingTold = (): string => JSON.stringify([...rig.a.events, ...rig.hub.events]);

describe('the hub', () => {
  test('P-020 a valid WMO301 is forwarded once, byte for byte', async () => {
    const message = heen('WMO301');
    await send(writeStuf(message));
    expect(await rig.collected()).toEqual([message]);
    const { referentienummer } = message.stuurgegevens;
    const found = await rig.hub.store.search({ referentienummer }, { limit: 10 });
    expect(found.messages.map(({ direction, state, business }) => [direction, state, business?.functie])).toEqual(
      expect.arrayContaining([
        ['in', 'delivered', 'WMO301'],
        ['out', 'acknowledged', 'WMO301'],
      ]),
    );
  });

  test('row 156 a payload that breaks its XSD is acknowledged, refused with a Fo01, and not forwarded', async () => {
    const message = heen('WMO301', { payload: sampleMessage('WMO301').replace(/Geslacht>[^<]*</, 'Geslacht>7<') });
    await send(writeStuf(message));
    const [fault, ...rest] = await rig.collected();
    expect(rest).toEqual([]);
    expect(fault).toMatchObject({
      kind: 'Fo01',
      stuurgegevens: { crossRefnummer: message.stuurgegevens.referentienummer },
      fault: {
        code: 'IB014',
        plek: 'client',
        details: 'WMO301-00010000',
        omschrijving: expect.stringMatching(
          /^Inhoud van het bericht voldoet niet aan de XSD\. 1 fout; regel \d+, \/Bericht\/Client\/Geslacht: .*\(enumeration\); verwacht een van 0, 1, 2/,
        ),
      },
    });
  });

  test('row 156 the refusal is told and kept with its code, its plek and its reason', async () => {
    const told = /^IB014 \(client\): \S/;
    const events = rig.hub.events.filter(({ event }) => event === 'content.refused');
    expect(events.map(({ fields }) => fields.detail)).toEqual([expect.stringMatching(told)]);
    const [record] = (await rig.hub.store.search({ states: ['refused'] }, { limit: 10 })).messages;
    expect(record?.problem).toMatch(told);
  });

  test('row 64 an organisatie that the sender may not speak for', async () => {
    await send(writeStuf(heen('WMO301', { zender: '8888' })));
    expect(await rig.collected()).toMatchObject([{ kind: 'Fo01', fault: { code: 'IB002' } }]);
  });

  test('row 155 STUF-1 a broken envelope: a Fo01 when it can be answered, kept when it cannot', async () => {
    const good = Buffer.from(writeStuf(heen('WMO301'))).toString('utf8');
    await send(Buffer.from(good.replace(/<GGK:functieVersie>[^<]*</, '<GGK:functieVersie>drie<')));
    expect(await rig.collected()).toMatchObject([{ kind: 'Fo01', fault: { code: 'IB001' } }]);
    await send(Buffer.from('dit is geen XML'));
    expect(await rig.collected()).toEqual([]);
    const refused = (await rig.hub.store.search({ states: ['refused'] }, { limit: 10 })).messages;
    expect(refused.some((record) => record.problem?.includes('no Fo01') === true)).toBe(true);
  });

  test('row 156 an unknown functie, and a message in the wrong direction', async () => {
    await send(writeStuf(heen('WMO399', { payload: sampleMessage('WMO301') })));
    await send(writeStuf(heen('WMO305')));
    expect((await rig.collected()).map((one) => ('fault' in one ? one.fault?.code : one.kind)).sort()).toEqual([
      'IB004',
      'IB007',
    ]);
  });

  test.each([
    ['dated in the future', /(Dagtekening>)[^<]*/, '$12099-01-15'],
    ['for a BSN that fails the eleven test', `>${PLANTED}<`, '>999900007<'],
  ])(
    'row 156 right by its XSD, wrong by a business rule (%s): submitted, forwarded byte for byte, no Fo01 of ours',
    async (_rule, from, to) => {
      const payload = sampleMessage('WMO301').replace(from, to);
      expect(payload).not.toBe(sampleMessage('WMO301'));
      const message = heen('WMO301', { payload });
      const submitted = await rig.a.gateway.submitDocument({ stuf: writeStuf(message) }, { client: 'test' });
      expect(submitted).toMatchObject({ kind: 'accepted', created: true });
      await rig.settle();
      expect(await rig.collected()).toEqual([message]);
    },
  );

  test('stuf-ggk §9 the same referentienummer again: identical is forwarded once, other content is refused', async () => {
    const referentienummer = randomUUID();
    const message = heen('WMO301', { referentienummer });
    await send(writeStuf(message));
    await send(writeStuf(message));
    expect(await rig.collected()).toHaveLength(1);
    await send(
      writeStuf(heen('WMO301', { referentienummer, payload: sampleMessage('WMO301', { identificatie: 'ANDERS' }) })),
    );
    expect(await rig.collected()).toMatchObject([{ kind: 'Fo01', fault: { code: 'IB016' } }]);
  });

  test('OPS-8 row 43 what the hub could not forward goes on when its sender offers it again; once it has arrived, no more', async () => {
    const made = heen('WMO301');
    const message = writeStuf(made);
    const refuseForward: Fault = (url, body) =>
      url === URL_A && body.includes('ggk_Di01')
        ? { kind: 'response', status: 400, headers: {}, body: Buffer.alloc(0) }
        : undefined;
    rig.wire.faults.push(refuseForward, refuseForward, refuseForward);
    await send(message);
    rig.wire.faults.length = 0;
    expect(await rig.collected()).toEqual([]);
    await send(message);
    expect((await rig.collected()).map(writeStuf)).toEqual([message]);
    await send(message);
    expect(await rig.collected()).toEqual([]);
    const { referentienummer } = made.stuurgegevens;
    const { messages } = await rig.hub.store.search({ referentienummer, direction: 'out' }, { limit: 10 });
    const [first, second] = [...messages].sort(
      (a, b) => a.acceptedAt - b.acceptedAt || (a.resendOf === undefined ? -1 : 1),
    );
    expect(messages).toHaveLength(2);
    expect([first?.state, first?.resentAs, second?.state]).toEqual(['failed', second?.id, 'acknowledged']);
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
    rig.a.gateway.submitDocument(
      { stuf: writeStuf(message) },
      { client: 'test', ...(key === undefined ? {} : { key }) },
    );

  test('row 157 an XSD-invalid message is refused at submit, with place and facet, and not sent', async () => {
    const before = rig.wire.posts.length;
    const result = await submit(
      heen('WMO301', { payload: sampleMessage('WMO301').replace(/Geslacht>[^<]*</, 'Geslacht>7<') }),
    );
    expect(result).toMatchObject({
      kind: 'refused',
      issues: [{ code: 'xsd.enumeration', where: '/Bericht/Client/Geslacht' }],
    });
    await rig.a.work();
    expect(rig.wire.posts.length).toBe(before);
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

  test('row 57 keys of two clients never meet, whatever separators they hold', async () => {
    const offer = (client: string, key: string) =>
      rig.a.gateway.submitDocument({ stuf: writeStuf(heen('WMO301')) }, { client, key });
    expect(await offer('a', 'b|c')).toMatchObject({ kind: 'accepted', created: true });
    expect(await offer('a|b', 'c')).toMatchObject({ kind: 'accepted', created: true });
  });
});
