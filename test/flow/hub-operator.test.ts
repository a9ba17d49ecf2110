// What an operator sets of the hub's rules: message types that are blocked, run the other way, or answer as another kind.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HubSettings } from '../../adapter/gateway/index.ts';
import { wrapRetour, writeStuf } from '../../adapter/stuf/index.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { type HubRig, heen, openHub } from '../fixtures/hub.ts';
import { OIN_A } from '../fixtures/pki.ts';

let rig: HubRig;
beforeEach(async () => {
  rig = await openHub();
});
afterEach(() => rig.close());

/** Every party sends by A, and every message goes back to it. */
function set(change: Partial<HubSettings>): void {
  const { hub, routes } = rig.hub.context;
  Object.assign(rig.hub.context, {
    hub: { ...hub, senders: new Map([[OIN_A, ['9999', '99999901', 'SVB', 'CAK']]]), ...change },
    routes: routes.map((route) => ({ ...route, ontvanger: '*' })),
  });
}

async function answerTo(document: Uint8Array): Promise<unknown> {
  await rig.send(document);
  return (await rig.collected()).map((one) => ('fault' in one ? one.fault?.code : one.kind));
}

describe('hub.inactive', () => {
  test.each([
    ['L25', 'IB023'],
    ['L18', 'IB103'],
  ] as const)('stuf-ggk §12 step 10 S-006 a blocked functie, %s: %s, and others go on', async (codeList, code) => {
    set({ inactive: ['WMO301'], codeList });
    expect(await answerTo(writeStuf(heen('WMO301')))).toEqual([code]);
    expect(await answerTo(writeStuf(heen('JW301')))).toEqual(['Di01']);
  });

  test('S-006 after the freeze the same message is sent again and goes on', async () => {
    const message = writeStuf(heen('WMO301'));
    set({ inactive: ['WMO301'] });
    expect(await answerTo(message)).toEqual(['IB023']);
    set({ inactive: [] });
    expect(await answerTo(message)).toEqual(['Di01']);
  });
});

test('P-086 hub.directions: a WMO507 runs from the SVB to the municipality, and no longer from it', async () => {
  const [seed, older] = [
    heen('WMO507', { zender: '9999', ontvanger: 'VWS' }),
    heen('WMO507', { zender: 'SVB', ontvanger: '9999' }),
  ].map(writeStuf) as [Uint8Array, Uint8Array];
  set({});
  expect([await answerTo(seed), await answerTo(older)]).toEqual([['Di01'], ['IB007']]);
  set({ directions: { WMO507: { from: 'SVB', to: 'gemeente' } } });
  const again = heen('WMO507', { zender: '9999', ontvanger: 'VWS' });
  expect([await answerTo(writeStuf(again)), await answerTo(older)]).toEqual([['IB007'], ['Di01']]);
});

test('stuf-ggk §10 hub.declaratieAntwoordAs: a 325 by itself, or as the answer to its 323', async () => {
  const declaratie = heen('WMO323', { zender: '99999901', ontvanger: '9999' });
  const content = {
    functie: 'WMO325',
    payload: Buffer.from(sampleMessage('WMO325')),
    referentienummer: '33333333-3333-4333-8333-333333333333',
    tijdstip: rig.clock.now(),
    parameters: declaratie.parameters,
  };
  const answer = writeStuf(wrapRetour(declaratie, content, 'Proef'));
  const alone = writeStuf(heen('WMO325'));
  set({});
  for (const stuf of [alone, answer])
    expect(await rig.a.gateway.submitDocument({ stuf }, { client: 'test' })).toMatchObject({ kind: 'accepted' });
  rig.wire.faults.push(
    ...[1, 2].map(() => () => ({ kind: 'failed', reason: 'connect', detail: 'niet nodig' }) as const),
  );
  await rig.a.work(2);
  expect([await answerTo(alone), await answerTo(answer)]).toEqual([['Di01'], ['IB006']]);
  set({ declaratieAntwoordAs: 'Du01' });
  expect([await answerTo(writeStuf(heen('WMO325'))), await answerTo(answer)]).toEqual([['IB006'], ['Du01']]);
});
