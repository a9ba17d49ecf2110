// What the hub does with the answers of StUF: a Fo01 that keeps the rules goes on, what breaks them ends here and is never answered.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { makeFo01, type StufFault, type StufSignal, writeStuf } from '../../adapter/stuf/index.ts';
import { type HubRig, heen, openHub } from '../fixtures/hub.ts';
import { OIN_A } from '../fixtures/pki.ts';
import { told } from '../fixtures/signal.ts';

let rig: HubRig;
beforeEach(async () => {
  rig = await openHub();
});
afterEach(() => rig.close());

const XSD: StufFault = { code: 'StUF055', plek: 'client', omschrijving: 'Inhoud voldoet niet aan de XSD.' };

/** From the municipality to the provider, about a message that it got. */
const fo01 = (crossRefnummer: string = randomUUID(), fault = XSD): StufSignal =>
  makeFo01({
    about: { referentienummer: crossRefnummer, zender: { organisatie: '99999901' } },
    own: { organisatie: '9999', applicatie: 'Proef' },
    referentienummer: randomUUID(),
    tijdstip: rig.clock.now(),
    ...fault,
  });

const as = (kind: 'Fo03' | 'Bv03'): StufSignal => {
  const { fault, stuurgegevens, ...rest } = fo01();
  const signal = { ...rest, kind, stuurgegevens: { ...stuurgegevens, berichtcode: kind } };
  return kind === 'Bv03' || fault === undefined ? signal : { ...signal, fault };
};

const inbound = async (): Promise<MessageRecord> => {
  const [record] = (await rig.hub.store.search({ direction: 'in' }, { limit: 1 })).messages;
  if (record === undefined) throw new Error('the hub has nothing');
  return record;
};

/** It has ended here at its first attempt, an operator can see why, and nothing goes out to either side. */
async function expectRefused(document: Uint8Array, why: string): Promise<void> {
  await rig.send(document);
  rig.clock.pass(3_600_000);
  await rig.settle();
  const record = await inbound();
  expect(record).toMatchObject({ state: 'refused', attempts: 1, problem: expect.stringContaining(why) });
  expect(record.jobs.filter(({ kind }) => kind === 'deliver')).toEqual([]);
  const refusals = rig.hub.events.filter(({ event }) => event === 'content.refused');
  expect(refusals.at(-1)?.fields).toMatchObject({ messageId: record.messageId, detail: record.problem });
  expect(told(rig.hub)).not.toContain('message.parked');
  expect((await rig.hub.store.search({ direction: 'out', since: record.acceptedAt }, { limit: 10 })).messages).toEqual(
    [],
  );
}

describe('a Fo03 or Bv03 ends at the hub', () => {
  test.each(['Fo03', 'Bv03'] as const)('stuf-ggk §7 §8.2 a %s: at once, visible, without an answer', async (kind) => {
    await expectRefused(writeStuf(as(kind)), 'IB006 (client): Een Bv03 of Fo03 wordt niet doorgezonden.');
    expect(await inbound()).toMatchObject({ business: { berichtcode: kind } });
  });

  test.each(['Fo01', 'Fo03', 'Bv03'] as const)(
    'stuf-ggk §12 row 155 a broken %s is not answered either',
    async (kind) => {
      const whole = Buffer.from(writeStuf(kind === 'Fo01' ? fo01() : as(kind))).toString('utf8');
      const broken = whole.replace(/<StUF:tijdstipBericht>[^<]*<\/StUF:tijdstipBericht>/, '');
      expect(broken === whole).toBe(false);
      await expectRefused(Buffer.from(broken), 'IB001 (client): StUF-envelop voldoet niet aan de XSD.');
    },
  );

  test('stuf-ggk §7 nor does one go out: it is refused where it is submitted', async () => {
    const result = await rig.a.gateway.submitDocument({ stuf: writeStuf(as('Bv03')) }, { client: 'test' });
    expect(result).toMatchObject({ kind: 'refused', code: 'content-invalid' });
  });
});

describe('a Fo01 that breaks a rule ends at the hub', () => {
  const cases: readonly (readonly [string, string, (good: string) => string])[] = [
    [
      '§7 a code that a municipality may not give',
      'IB006 (client): Een gemeente mag in een Fo01 alleen StUF055',
      (good) => good.replace('>StUF055<', '>IB014<'),
    ],
    ['§4 a zender that its sender may not speak for', 'IB002 (server)', (good) => good.replace('>9999<', '>8888<')],
    [
      '§3.3 no zender',
      'IB005 (client): Verzendende',
      (good) => good.replace('<StUF:organisatie>9999</StUF:organisatie>', ''),
    ],
    [
      '§3.3 no ontvanger',
      'IB005 (client): Ontvangende',
      (good) => good.replace('<StUF:organisatie>99999901</StUF:organisatie>', ''),
    ],
    ['§4 for the hub itself', 'IB005 (client): Ontvangende', (good) => good.replace('>99999901<', '>IB<')],
    [
      '§3.3 a referentienummer that is no UUID version 4',
      'IB001 (client): Referentienummer of crossRefnummer',
      (good) => good.replace(/(referentienummer>)[^<]*/, '$17'),
    ],
    [
      '§3.3 a crossRefnummer that is a UUID version 1',
      'IB001 (client): Referentienummer of crossRefnummer',
      (good) => good.replace(/(crossRefnummer>)[^<]*/, '$16ba7b810-9dad-11d1-80b4-00c04fd430c8'),
    ],
  ];

  test.each(cases)('stuf-ggk %s: refused, visible, not forwarded, not answered', async (_, why, change) => {
    const good = Buffer.from(writeStuf(fo01())).toString('utf8');
    const bad = change(good);
    expect(bad === good).toBe(false);
    await expectRefused(Buffer.from(bad), why);
  });
});

describe('a Fo01', () => {
  test('stuf-ggk §7 of others than a municipality may have another code', async () => {
    const { hub } = rig.hub.context;
    Object.assign(rig.hub.context, { hub: { ...hub, senders: new Map([[OIN_A, ['CAK']]]) } });
    const good = Buffer.from(writeStuf(fo01())).toString('utf8');
    await rig.send(Buffer.from(good.replace('>9999<', '>CAK<').replace('>StUF055<', '>IB001<')));
    expect(await rig.collected()).toMatchObject([{ kind: 'Fo01', fault: { code: 'IB001' } }]);
  });

  test('stuf-ggk §7 of a municipality about a message that is not valid goes on, byte for byte', async () => {
    const message = heen('WMO301');
    await rig.send(writeStuf(message));
    await rig.collected();
    const fault = fo01(message.stuurgegevens.referentienummer);
    await rig.send(writeStuf(fault));
    expect((await rig.collected()).map(writeStuf)).toEqual([writeStuf(fault)]);
  });
});
