// A hand-over of the hub that breaks off: it is tried again and ends as parked; damaged octets end it at once (row 23, OPS-4).
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GatewayContext } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { BlobDamaged, StoreUnavailable } from '../../adapter/store/index.ts';
import { writeStuf } from '../../adapter/stuf/index.ts';
import { ValidationStopped } from '../../adapter/xsd/index.ts';
import { type HubRig, heen, openHub } from '../fixtures/hub.ts';
import { told } from '../fixtures/signal.ts';

const QUARTER_MS = 15 * 60_000;
const PLANTED = ['999900006', 'Achternaam', 'the validation worker'];
let rig: HubRig;
beforeEach(async () => {
  rig = await openHub();
});
afterEach(() => rig.close());

/** Puts something in the place of what the hub works with; the returned function puts it back. */
function replace(change: Partial<GatewayContext>): () => void {
  const { context } = rig.hub;
  const before = { ...context };
  Object.assign(context, change);
  return () => Object.assign(context, before);
}

/** Has A send a message of which the hub can read everything but the part. */
async function sendUnreadable(error: Error): Promise<() => void> {
  const { blobs } = rig.hub.context;
  const [part] = (await rig.submit(writeStuf(heen('WMO301')))).parts;
  await rig.a.work();
  return replace({
    blobs: {
      ...blobs,
      read: (ref) => (ref.sha256 === part?.blob.sha256 ? Promise.reject(error) : blobs.read(ref)),
    },
  });
}

async function inbound(): Promise<MessageRecord> {
  const [record] = (await rig.hub.store.search({ direction: 'in' }, { limit: 10 })).messages;
  if (record === undefined) throw new Error('the hub has nothing');
  return record;
}

const detailsOf = (name: string): (string | undefined)[] =>
  rig.hub.events.filter(({ event }) => event === name).map(({ fields }) => fields.detail);

describe('a hand-over that breaks off', () => {
  test('row 23 by damaged octets: blocked at once, with one alert; when they are back an operator has it forwarded', async () => {
    const mend = await sendUnreadable(new BlobDamaged('blob x does not have its digest'));
    await rig.hub.work();
    const parked = await inbound();
    expect(parked).toMatchObject({ state: 'parked', problem: 'blob x does not have its digest', attempts: 1 });
    expect(parked.jobs.filter(({ kind }) => kind === 'deliver')).toEqual([]);
    expect(detailsOf('message.parked')).toEqual(['blob x does not have its digest']);
    mend();
    await rig.hub.gateway.operate(parked.id, 'redeliver');
    await rig.settle();
    expect((await inbound()).state).toBe('delivered');
    expect(await rig.collected()).toHaveLength(1);
  });

  test('row 23 OPS-4 by a reader that fails each time: each is counted and told, then it is parked with an alert', async () => {
    const { validator } = rig.hub.context;
    const lost = new Error(PLANTED.toReversed().join(' '));
    replace({ validator: { ...validator, readStuf: () => Promise.reject(lost) } });
    await rig.submit(writeStuf(heen('WMO301')));
    await rig.a.work();
    for (let i = 0; i < 30 && !told(rig.hub).includes('message.parked'); i += 1) {
      await rig.hub.work();
      rig.clock.pass(QUARTER_MS);
    }
    const why = 'a fault of this program (Error)';
    expect(await inbound()).toMatchObject({ state: 'parked', problem: why, attempts: 10 });
    expect(detailsOf('job.released')).toHaveLength(10);
    expect(detailsOf('job.released')[0]).toMatch(/^Error\n {4}at /);
    expect(detailsOf('message.parked')).toEqual([why]);
    const kept = [await inbound(), await rig.hub.store.journal((await inbound()).id), rig.hub.events];
    for (const word of PLANTED) expect(JSON.stringify(kept)).not.toContain(word);
  });

  test('row 125 by a document that takes the validator too long: that is told in our words', async () => {
    const { validator } = rig.hub.context;
    const stopped = new ValidationStopped('validation took longer than 60000 ms');
    replace({ validator: { ...validator, readStuf: () => Promise.reject(stopped) } });
    await rig.submit(writeStuf(heen('WMO301')));
    await rig.a.work();
    await rig.hub.work(1);
    expect(detailsOf('job.released')).toEqual([stopped.message]);
    const job = (await inbound()).jobs.find(({ kind }) => kind === 'deliver');
    expect(job).toMatchObject({ attempts: 1, lastProblem: stopped.message });
  });

  test('row 16 by a store that is away: it is not given up, and goes when the store is back', async () => {
    const mend = await sendUnreadable(new StoreUnavailable('locked'));
    for (let i = 0; i < 12; i += 1) {
      await rig.hub.work();
      rig.clock.pass(QUARTER_MS);
    }
    expect(await inbound()).toMatchObject({
      state: 'received',
      attempts: 12,
      jobs: [{ kind: 'deliver', attempts: 0 }],
    });
    expect(detailsOf('store.unavailable')).toEqual(Array(12).fill('locked'));
    mend();
    await rig.settle();
    expect((await inbound()).state).toBe('delivered');
    expect(await rig.collected()).toHaveLength(1);
  });
});
