// Work that makes work: a delivery of the hub has a place while its forward asks for one.
import { afterEach, expect, test } from '@jest/globals';
import type { JobKind } from '../../adapter/msh/index.ts';
import { writeStuf } from '../../adapter/stuf/index.ts';
import { createWorker, type Worker } from '../../adapter/worker/index.ts';
import { type HubRig, heen, openHub } from '../fixtures/hub.ts';
import { until } from './hanging-rig.ts';

const open: { readonly rig: HubRig; readonly worker: Worker }[] = [];
afterEach(async () => {
  for (const { rig, worker } of open.splice(0)) {
    await worker.stop(5_000);
    await rig.close();
  }
});

/** Hands over three messages at a hub whose worker has one place; for each forward that asked for one, whether it had to wait. */
async function waits(): Promise<readonly boolean[]> {
  const rig = await openHub();
  for (let i = 0; i < 3; i += 1) await rig.submit(writeStuf(heen('WMO301')));
  await rig.a.work();
  const waited: boolean[] = [];
  const reserve = async (kinds: readonly JobKind[], peer: string) => {
    const room = worker.admit(kinds, peer);
    const soon = new Promise<true>((resolve) => setImmediate(resolve, true));
    waited.push(await Promise.race([room.then(() => false), soon]));
    return room;
  };
  Object.assign(rig.hub.context, { reserve });
  const kinds = ['answer', 'transmit', 'deliver', 'notify'] as const;
  const worker: Worker = createWorker(rig.hub.context, { kinds, concurrency: 1, perPeer: 1, pollMs: 20 });
  open.push({ rig, worker });
  worker.start();
  const forwarded = async (): Promise<number> =>
    (await rig.hub.store.search({ direction: 'out', states: ['acknowledged'] }, { limit: 9 })).messages.length;
  await until(async () => {
    await rig.a.work();
    return (await forwarded()) === 3;
  });
  return waited;
}

test('row 18 a delivery that has the last place waits for none: all that have one could wait for each other', async () => {
  expect(await waits()).not.toContain(true);
});
