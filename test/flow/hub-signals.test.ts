// What the hub does with the answers of StUF: a Fo01 that keeps the rules goes on, what breaks them ends here and is never answered.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import {
  makeFo01,
  type StufEnvelope,
  type StufFault,
  type StufSignal,
  wrapRetour,
  writeStuf,
} from '../../adapter/stuf/index.ts';
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

/** It has gone on, and its receiver has taken it. */
async function forwarded(message: StufEnvelope): Promise<void> {
  await rig.send(writeStuf(message));
  expect((await rig.collected()).map(({ kind }) => kind)).toEqual([message.kind]);
}

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
  rig.clock.pass(1);
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

/** The hub carries both directions and looks at no payload. */
const bothWays = (unknownCrossRef: 'off' | 'warn' | 'refuse'): void => {
  const { hub, routes } = rig.hub.context;
  Object.assign(rig.hub.context, {
    hub: { ...hub, unknownCrossRef, senders: new Map([[OIN_A, ['9999', '99999901', '99999902']]]) },
    routes: routes.map((route) => ({ ...route, ontvanger: '*' })),
    contentPolicy: new Map([['*', 'off']]),
  });
};
/** From a provider, and the answer of the municipality to it. */
const start = (zender = '99999901', payload = '<Bericht/>') => heen('WMO305', { zender, ontvanger: '9999', payload });
const retour = (to: StufEnvelope, functie = 'WMO306'): StufEnvelope =>
  wrapRetour(
    to,
    {
      functie,
      payload: Buffer.from('<Bericht/>'),
      referentienummer: randomUUID(),
      tijdstip: rig.clock.now(),
      parameters: to.parameters,
    },
    'Proef',
  );
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

describe('the detailsXML of a Fo01', () => {
  const carrying = (signal: StufSignal, inner: string): Uint8Array =>
    Buffer.from(
      Buffer.from(writeStuf(signal))
        .toString('utf8')
        .replace('</StUF:body>', `<StUF:detailsXML>${inner}</StUF:detailsXML></StUF:body>`),
    );
  const filler = (bytes: number): string => `<a>${'x'.repeat(bytes)}</a>`;

  test('stuf-ggk §3.3 is the message that it is about: it goes on, in twice the octets too', async () => {
    bothWays('warn');
    const large = start('99999901', 'x'.repeat(200_000));
    await forwarded(large);
    const copy = Buffer.from(writeStuf(large)).toString('utf8');
    const { referentienummer } = large.stuurgegevens;
    for (const inner of [copy, copy + filler(copy.length)]) {
      const document = carrying(fo01(referentienummer), inner);
      await rig.send(document);
      expect(await rig.collected()).toMatchObject([{ kind: 'Fo01' }]);
    }
  });

  test('stuf-ggk §3.3 is larger than that message can be: refused, visible, not forwarded, not answered', async () => {
    bothWays('warn');
    const small = start();
    await forwarded(small);
    const { referentienummer } = small.stuurgegevens;
    await expectRefused(carrying(fo01(referentienummer), filler(100_000)), 'IB003 (client): Fo01 is groter');
  });

  test('stuf-ggk §3.3 is large, and nobody knows the message: nothing explains it', async () => {
    await expectRefused(carrying(fo01(), filler(65_536)), 'IB003 (client): Fo01 is groter');
  });
});

describe('an answer to a message that the hub did not forward', () => {
  const warnings = (): number => rig.hub.events.filter(({ event }) => event === 'content.warning').length;
  const kinds = async () => (await rig.collected()).map((one) => ('fault' in one ? one.fault?.code : one.kind));

  test.each([
    ['off', 'Du01', 0],
    ['warn', 'Du01', 1],
    ['refuse', 'IB021', 0],
  ] as const)('STUF-2 stuf-ggk §12 step 12 a Du01, %s: %s', async (setting, answer, told) => {
    bothWays(setting);
    await rig.send(writeStuf(retour(start())));
    expect([await kinds(), warnings()]).toEqual([[answer], told]);
  });

  test('STUF-2 a Du01 and a Fo01 to what was forwarded are no such answers, a Fo01 to the Du01 neither', async () => {
    bothWays('refuse');
    const message = start();
    await forwarded(message);
    const back = retour(message);
    await rig.send(writeStuf(back));
    await rig.send(writeStuf(fo01(message.stuurgegevens.referentienummer)));
    const complaint = makeFo01({
      about: back.stuurgegevens,
      own: { organisatie: '99999901', applicatie: 'Proef' },
      referentienummer: randomUUID(),
      tijdstip: rig.clock.now(),
      ...XSD,
    });
    await rig.send(writeStuf(complaint));
    expect(await kinds()).toEqual(['Du01', 'StUF055', 'StUF055']);
  });

  test('STUF-2 nor is it one to whom did not send it, or to a message that is an answer itself', async () => {
    bothWays('refuse');
    const [message, other] = [start(), start('99999902')];
    await forwarded(message);
    const { referentienummer } = message.stuurgegevens;
    const stranger = { ...other, stuurgegevens: { ...other.stuurgegevens, referentienummer } };
    await rig.send(writeStuf(retour(stranger)));
    expect(await kinds()).toEqual(['IB021']);
    const back = retour(message);
    await forwarded(back);
    await rig.send(writeStuf(retour(back, 'WMO302')));
    expect(await kinds()).toEqual(['IB021']);
  });

  test('STUF-2 a Fo01 that is refused for it is not answered', async () => {
    bothWays('refuse');
    await expectRefused(writeStuf(fo01()), 'IB021 (client): Het bericht waarnaar crossRefnummer verwijst');
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
    bothWays('refuse');
    const message = start();
    await forwarded(message);
    const fault = fo01(message.stuurgegevens.referentienummer);
    await rig.send(writeStuf(fault));
    expect((await rig.collected()).map(writeStuf)).toEqual([writeStuf(fault)]);
  });
});
