// Contract of search: filters, order and pages.
import { expect, test } from '@jest/globals';
import { InvalidCursor, type OpenedStore } from '../../adapter/store/index.ts';
import { changed, type Given, ids, inserted, NOW, record } from './record.ts';

export function finding(given: Given): void {
  const fill = async (store: OpenedStore): Promise<void> => {
    const business = { berichtcode: 'Di01', referentienummer: 'R-3', functie: 'WMO301', zender: 'a', ontvanger: 'b' };
    await store.commit(inserted(record('m1', { acceptedAt: NOW })));
    await store.commit(inserted(record('m2', { acceptedAt: NOW + 1, state: 'parked', cpaId: 'cpa-2' })));
    await store.commit(inserted(record('m3', { acceptedAt: NOW + 2, business })));
    await store.commit(inserted(record('m4', { acceptedAt: NOW + 2, direction: 'out', state: 'failed' })));
  };
  const search = async (store: OpenedStore, filter: Parameters<OpenedStore['search']>[0]): Promise<string[]> =>
    ids((await store.search(filter, { limit: 10 })).messages);

  test('search filters by each field, newest first', async () => {
    const store = given();
    await fill(store);
    expect(await search(store, {})).toEqual(['m4', 'm3', 'm2', 'm1']);
    expect(await search(store, { direction: 'out' })).toEqual(['m4']);
    expect(await search(store, { states: ['parked', 'failed'] })).toEqual(['m4', 'm2']);
    expect(await search(store, { states: [] })).toEqual([]);
    expect(await search(store, { cpaId: 'cpa-2' })).toEqual(['m2']);
    expect(await search(store, { messageId: 'm3', states: ['received'] })).toEqual(['m3']);
    expect(await search(store, { messageId: 'm3', states: ['parked'] })).toEqual([]);
    expect(await search(store, { conversationId: 'conversation of m1' })).toEqual(['m1']);
    expect(await search(store, { referentienummer: 'R-3' })).toEqual(['m3']);
    expect(await search(store, { functie: 'WMO301' })).toEqual(['m3']);
    expect(await search(store, { since: NOW + 1, until: NOW + 2 })).toEqual(['m2']);
  });

  test('search follows a change of state', async () => {
    const store = given();
    await fill(store);
    await store.commit(changed(1, record('m2', { acceptedAt: NOW + 1, state: 'delivered' })));
    expect(await search(store, { states: ['parked'] })).toEqual([]);
    expect(await search(store, { states: ['delivered'] })).toEqual(['m2']);
  });

  test('pages of any size give every message once, also with equal times and several states', async () => {
    const store = given();
    const states = ['received', 'parked', 'delivered'] as const;
    for (let i = 0; i < 23; i += 1) {
      const state = states[i % 3] ?? 'received';
      await store.commit(inserted(record(`m${String(i).padStart(2, '0')}`, { acceptedAt: NOW + (i >> 2), state })));
    }
    const all = Array.from({ length: 23 }, (_, i) => `m${String(22 - i).padStart(2, '0')}`);
    for (const filter of [{}, { states: [...states] }]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < 10; page += 1) {
        const found = await store.search(filter, { limit: 5, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...ids(found.messages));
        cursor = found.next;
        if (cursor === undefined) break;
      }
      expect(seen).toEqual(all);
    }
  });

  test.each(['x', 'bnVsbA', Buffer.from('[1]').toString('base64url'), Buffer.from('["a","b"]').toString('base64url')])(
    'a cursor that no page gave is refused: %s',
    async (cursor) => {
      await expect(given().search({}, { limit: 1, cursor })).rejects.toBeInstanceOf(InvalidCursor);
    },
  );
}
