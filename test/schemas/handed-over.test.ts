// A large document is in memory once: after its last use it belongs to the worker, and a payload comes back without a copy.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isAlone, largeRoom } from '../../adapter/base/index.ts';
import { type StufReading, writeStuf } from '../../adapter/stuf/index.ts';
import { openSchemas, type Schemas } from '../../adapter/xsd/index.ts';
import { heen } from '../fixtures/hub.ts';

const ID = 'iwmo-3.2/wmo301';
const payload = Buffer.from(`<a>${'x'.repeat(2_000_000)}</a>`);
const envelope = (): Uint8Array<ArrayBuffer> => new Uint8Array(writeStuf(heen('WMO301', { payload })));

let schemas: Schemas;
beforeAll(async () => {
  schemas = await openSchemas(new URL('../../schemas', import.meta.url));
});
afterAll(() => schemas.close());

function payloadOf(reading: StufReading): Uint8Array {
  if (!reading.ok || !('payload' in reading.value)) throw new Error('not read');
  return reading.value.payload.bytes;
}

test('what is kept stays as it was, what is used for the last time is gone; the verdicts are the same', async () => {
  const bytes = envelope();
  const length = bytes.length;
  const first = payloadOf(await schemas.readStuf(bytes));
  expect(bytes.length).toBe(length);
  const second = payloadOf(await schemas.readStuf(bytes, 'last'));
  expect(bytes.length).toBe(0);
  expect(payload.equals(first) && payload.equals(second)).toBe(true);
  expect(isAlone(second)).toBe(true);
  const verdict = await schemas.validate(second, ID);
  expect(verdict.issues).not.toEqual([]);
  expect(second.length).toBe(payload.length);
  expect(await schemas.validate(second, ID, 'last')).toEqual(verdict);
  expect(second.length).toBe(0);
});

test.each([300_000, 1024 * 1024 - 2, 1024 * 1024])(
  'a payload of %i octets comes back alone in its buffer',
  async (size) => {
    const octets = payloadOf(
      await schemas.readStuf(new Uint8Array(writeStuf(heen('WMO301', { payload: Buffer.alloc(size, 'x') })))),
    );
    expect([octets.length, isAlone(octets)]).toEqual([size, true]);
  },
);

test('a part of a larger buffer is copied also at its last use: the rest is not its own', async () => {
  const room = Buffer.alloc(payload.length + 8, 'y');
  payload.copy(room, 8);
  await schemas.validate(room.subarray(8), ID, 'last');
  expect(room.length).toBe(payload.length + 8);
});

test('a document that cannot be read is looked through in the worker for what it says of itself', async () => {
  const broken = Buffer.concat([envelope(), Buffer.from('<')]);
  const reading = await schemas.readStuf(new Uint8Array(broken), 'last');
  expect(reading).toMatchObject({ ok: false, error: { kind: 'xml' }, peek: { functie: 'WMO301' } });
});

test.each([0, 1, 1024 * 1024 - 1, 1024 * 1024, 40 * 1024 * 1024])(
  'room for %i octets has that length, is empty and alone',
  (length) => {
    const room = largeRoom(length);
    expect(room.length).toBe(length);
    expect(room.every((octet) => octet === 0)).toBe(true);
    expect(isAlone(room)).toBe(true);
    expect(isAlone(room.subarray(1))).toBe(length === 0);
  },
);

test.each([1024 * 1024, 25 * 1024 * 1024])(
  'a block of %i octets is above what the C library keeps for itself',
  (length) => {
    expect(largeRoom(length).buffer.byteLength).toBeGreaterThan(32 * 1024 * 1024);
  },
);
