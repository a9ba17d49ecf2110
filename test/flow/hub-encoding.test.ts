// A payload that is not UTF-8 without byte order mark goes on as it is, and an operator is told what was found and what is expected.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ContentPolicy } from '../../adapter/gateway/index.ts';
import { type StufEnvelope, writeStuf } from '../../adapter/stuf/index.ts';
import { INLINE_VALIDATION_BYTES } from '../../adapter/xsd/index.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { type HubRig, heen, openHub } from '../fixtures/hub.ts';

let rig: HubRig;
beforeEach(async () => {
  rig = await openHub();
});
afterEach(() => rig.close());

const sample = sampleMessage('WMO301').replace(/^<\?xml[^>]*>\s*/, '');
const MARK = '\ufeff';
const declared = (encoding: string, text = sample): string => `<?xml version="1.0" encoding="${encoding}"?>${text}`;
const invalid = sample.replace(/BerichtVersie>/g, 'Berichtversie>');
/** More than is validated on the event loop. */
const large = `${sample}<!--${' '.repeat(INLINE_VALIDATION_BYTES)}-->`;

const sends = (payload: Buffer | string): StufEnvelope => heen('WMO301', { payload });
const warnings = () => rig.hub.events.filter(({ event }) => event === 'content.warning').map(({ fields }) => fields);
const content = (policy: ContentPolicy): void => {
  Object.assign(rig.hub.context, { contentPolicy: new Map([['*', policy]]) });
};
const said = (found: string) => ({
  rule: 'STUF-4',
  detail: `parameters/bericht/xmlBestand: gevonden ${found}; verwacht UTF-8 zonder byte order mark`,
});

describe('a payload in another encoding', () => {
  test.each<[string, Buffer, string]>([
    ['UTF-8 with its mark', Buffer.from(MARK + sample), 'UTF-8 met byte order mark'],
    ['UTF-8 with its mark, large', Buffer.from(MARK + large), 'UTF-8 met byte order mark'],
    ['UTF-16, little end first', Buffer.from(MARK + sample, 'utf16le'), 'UTF-16 met byte order mark'],
    ['UTF-16, big end first', Buffer.from(MARK + sample, 'utf16le').swap16(), 'UTF-16 met byte order mark'],
    ['ISO-8859-1', Buffer.from(declared('ISO-8859-1'), 'latin1'), 'ISO-8859-1 zonder byte order mark'],
    ['US-ASCII', Buffer.from(declared('us-ascii')), 'US-ASCII zonder byte order mark'],
  ])('STUF-4 stuf-ggk §12 step 13 %s: told once, and forwarded octet for octet', async (_name, payload, found) => {
    const record = await rig.send(writeStuf(sends(payload)));
    const [forwarded, ...more] = await rig.collected();
    if (forwarded === undefined || !('payload' in forwarded)) throw new Error('not forwarded');
    expect([payload.equals(forwarded.payload.bytes), more]).toEqual([true, []]);
    expect(warnings()).toEqual([{ messageId: record.messageId, ...said(found) }]);
    const [received] = (await rig.hub.store.search({ direction: 'in' }, { limit: 10 })).messages;
    if (received === undefined) throw new Error('nothing came in');
    const handedOver = (await rig.hub.store.journal(received.id)).find(({ event }) => event === 'handedOver');
    expect(handedOver?.detail).toMatch(new RegExp(`^forwarded as .*; STUF-4 .*${found}`));
  });

  test.each([
    ['without a declaration', sample],
    ['declared', declared('utf-8')],
    ['with the mark as a character inside', sample.replace('</', '<!--\ufeff--></')],
    ['large', large],
  ])('STUF-4 of UTF-8 nothing is told: %s', async (_name, payload) => {
    await rig.send(writeStuf(sends(payload)));
    expect(await rig.collected()).toMatchObject([{ kind: 'Di01' }]);
    expect(warnings()).toEqual([]);
  });

  test('STUF-4 a stream that is not looked at: nothing is told', async () => {
    content('off');
    await rig.send(writeStuf(sends(MARK + sample)));
    expect(await rig.collected()).toMatchObject([{ kind: 'Di01' }]);
    expect(warnings()).toEqual([]);
  });

  test('STUF-4 a stream that only warns: it is told beside what else is wrong', async () => {
    content('warn');
    await rig.send(writeStuf(sends(MARK + invalid)));
    expect(await rig.collected()).toMatchObject([{ kind: 'Di01' }]);
    expect(warnings()).toMatchObject([said('UTF-8 met byte order mark'), { rule: 'STUF-payloadXsd' }]);
  });

  test('STUF-4 what is refused for something else is told as well, for it will come again', async () => {
    await rig.send(writeStuf(sends(MARK + invalid)));
    expect(await rig.collected()).toMatchObject([{ kind: 'Fo01', fault: { code: 'IB014' } }]);
    expect(warnings()).toMatchObject([said('UTF-8 met byte order mark')]);
  });

  test.each([
    ['UTF-16 without its mark', Buffer.from(sample, 'utf16le')],
    ['UTF-8 that is said to be US-ASCII', Buffer.from(declared('us-ascii', sample.replace('</', '<!--é--></')))],
  ])('STUF-4 row 113 what cannot be read is refused, and no encoding is told of it: %s', async (_name, payload) => {
    await rig.send(writeStuf(sends(payload)));
    expect(await rig.collected()).toMatchObject([{ kind: 'Fo01', fault: { code: 'IB014' } }]);
    expect(warnings()).toEqual([]);
  });
});
