// The inbox when something is wrong with one message: its neighbours are offered, and nothing damaged is (rows 7, 23, 56).
import { describe, expect, test } from '@jest/globals';
import type { GatewayContext } from '../../adapter/gateway/index.ts';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { BlobDamaged, StoreUnavailable } from '../../adapter/store/index.ts';
import { writeStuf } from '../../adapter/stuf/index.ts';
import { heen } from '../fixtures/hub.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { told } from '../fixtures/signal.ts';

const pair = ownPairs();
const LEASE_MS = 60_000;

/** Ten messages at B, the third of which cannot be read for the reason given, as long as it is given. */
async function tenAtB() {
  let why: Error | undefined;
  let broken: string | undefined;
  const p = await pair({ profile: 'osb-rm' });
  const { blobs, validator } = p.b.context;
  const change: Partial<GatewayContext> = {
    blobs: {
      ...blobs,
      read: async (ref) => {
        if (why !== undefined && !(why instanceof WorkerLost) && ref.sha256 === broken) throw why;
        return blobs.read(ref);
      },
    },
    validator: {
      ...validator,
      readStuf: async (bytes, use) => {
        if (why instanceof WorkerLost && Buffer.from(bytes).includes(referenceOf(3))) throw why;
        return validator.readStuf(bytes, use);
      },
    },
  };
  Object.assign(p.b.context, change);
  for (let i = 1; i <= 10; i += 1)
    await p.submit(Buffer.from(writeStuf(heen('WMO301', { referentienummer: referenceOf(i) }))).toString());
  await p.settle();
  const records = await p.received();
  for (const record of records) {
    const [part] = record.parts;
    if (part === undefined) throw new Error('no part');
    if (Buffer.from(await blobs.read(part.blob)).includes(referenceOf(3))) broken = part.blob.sha256;
  }
  const third = (record: MessageRecord): boolean => record.parts[0]?.blob.sha256 === broken;
  return {
    p,
    third,
    fail: (error: Error | undefined) => {
      why = error;
    },
    records,
  };
}

class WorkerLost extends Error {}
const referenceOf = (i: number): string => `0000000${i % 10}-0000-4000-8000-000000000000`;

const references = (offered: readonly MessageRecord[]): (string | undefined)[] =>
  offered.map(({ business }) => business?.referentienummer).sort();
const nine = [1, 2, 4, 5, 6, 7, 8, 9, 10].map(referenceOf).sort();

const confirmAll = (p: Pair, offered: readonly MessageRecord[]) =>
  Promise.all(offered.map(({ id }) => p.b.gateway.confirm(id)));

describe('one message of ten cannot be read', () => {
  test('row 23 row 7 its octets are damaged: the others are offered, it is parked with an alert', async () => {
    const { p, third, fail, records } = await tenAtB();
    const damaged = records.find(third);
    fail(new BlobDamaged('blob x does not have its digest'));
    const offered = await p.b.gateway.offer(10, LEASE_MS);
    expect(references(offered)).toEqual(nine);
    expect(new Set(await confirmAll(p, offered))).toEqual(new Set(['confirmed']));
    const [parked] = (await p.b.store.search({ states: ['parked'] }, { limit: 10 })).messages;
    expect(parked).toMatchObject({ id: damaged?.id, jobs: [], problem: 'blob x does not have its digest' });
    expect(p.b.events.filter(({ event }) => event === 'message.parked')).toEqual([
      { event: 'message.parked', fields: expect.objectContaining({ messageId: damaged?.messageId, rule: 'OPS-4' }) },
    ]);
    p.clock.pass(LEASE_MS + 1);
    expect(await p.b.gateway.offer(10, LEASE_MS)).toEqual([]);
  });

  test('row 23 OPS-5 when the octets are back an operator has it offered after all', async () => {
    const { p, fail } = await tenAtB();
    fail(new BlobDamaged('weg'));
    await confirmAll(p, await p.b.gateway.offer(10, LEASE_MS));
    const [parked] = (await p.b.store.search({ states: ['parked'] }, { limit: 10 })).messages;
    if (parked === undefined) throw new Error('nothing is parked');
    fail(undefined);
    await p.b.gateway.operate(parked.id, 'redeliver');
    expect(references(await p.b.gateway.offer(10, LEASE_MS))).toEqual([referenceOf(3)]);
  });

  test('row 7 the worker that reads it dies: it is offered too, without its stuurgegevens, and can be confirmed', async () => {
    const { p, third, fail } = await tenAtB();
    fail(new WorkerLost('the validation worker ended'));
    const offered = await p.b.gateway.offer(10, LEASE_MS);
    expect(offered).toHaveLength(10);
    expect(references(offered.filter((record) => !third(record)))).toEqual(nine);
    expect(offered.find(third)?.business).toBeUndefined();
    expect(told(p.b)).toContain('content.warning');
    expect(await confirmAll(p, offered)).toEqual(Array(10).fill('confirmed'));
  });

  test('row 16 row 7 the store cannot give it now: the others are offered, it when the lease ends', async () => {
    const { p, fail } = await tenAtB();
    fail(new StoreUnavailable('locked'));
    const offered = await p.b.gateway.offer(10, LEASE_MS);
    expect(references(offered)).toEqual(nine);
    expect(told(p.b)).toContain('store.unavailable');
    await confirmAll(p, offered);
    fail(undefined);
    p.clock.pass(LEASE_MS + 1);
    expect(references(await p.b.gateway.offer(10, LEASE_MS))).toEqual([referenceOf(3)]);
  });

  test('row 56 row 23 what became damaged under the lease can still be confirmed: the application has it', async () => {
    const { p, third, fail } = await tenAtB();
    const mine = (await p.b.gateway.offer(10, LEASE_MS)).find(third);
    fail(new BlobDamaged('weg'));
    if (mine === undefined) throw new Error('not offered');
    expect(await p.b.gateway.confirm(mine.id)).toBe('confirmed');
  });
});

test('row 7 a large document is read once, and an offer does not wait for it longer than a part of its lease', async () => {
  const p = await pair({ profile: 'osb-rm' });
  const { validator } = p.b.context;
  let reads = 0;
  let go: () => void = () => undefined;
  const hanging = new Promise<void>((resolve) => (go = resolve));
  Object.assign(p.b.context, {
    validator: {
      ...validator,
      readStuf: async (...args: Parameters<typeof validator.readStuf>) => {
        reads += 1;
        await hanging;
        return validator.readStuf(...args);
      },
    },
  });
  const text = Buffer.from(writeStuf(heen('WMO301', { referentienummer: referenceOf(1) }))).toString();
  await p.submit(`${text}${' '.repeat(300_000)}`);
  await p.settle();
  const [unread] = await p.b.gateway.offer(1, 1_000);
  expect([unread?.business, reads]).toEqual([undefined, 1]);
  go();
  for (let i = 0; i < 100 && (await p.received())[0]?.business === undefined; i += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  // The lease of the first offer stays.
  expect(await p.b.gateway.offer(1, 1_000)).toEqual([]);
  p.clock.pass(1_001);
  const [read] = await p.b.gateway.offer(1, 1_000);
  expect([read?.id, read?.business?.referentienummer, reads]).toEqual([unread?.id, referenceOf(1), 1]);
  expect(await p.b.gateway.confirm(read?.id as MessageRecord['id'])).toBe('confirmed');
  expect(reads).toBe(1);
});
