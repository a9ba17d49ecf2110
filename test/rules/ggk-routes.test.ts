// Routes of the hub: the most specific one carries the message, and two that say the same are reported.
import { describe, expect, test } from '@jest/globals';
import { actionFor, checkEnvelope, checkRoutes, chooseRoute, type Route } from '../../adapter/ggk/index.ts';
import { readStuf, wrapHeen, wrapRetour, writeStuf } from '../../adapter/stuf/index.ts';
import { contentOf, HUB } from '../fixtures/judged.ts';

const route = (change: Partial<Route>): Route => ({
  cpaId: 'x',
  fromPartyId: '1',
  toPartyId: '2',
  service: 's',
  ...change,
});
const ROUTES = [
  route({ cpaId: 'rest' }),
  route({ cpaId: 'aanbieders', ontvanger: 'aanbieder' }),
  route({ cpaId: 'deze', ontvanger: '99999901' }),
  route({ cpaId: 'iJw', ontvanger: 'aanbieder', product: 'iJw' }),
  route({ cpaId: '301', ontvanger: 'aanbieder', functies: ['WMO301'] }),
];

describe('routes', () => {
  test.each([
    ['WMO305', '0344', 'rest'],
    ['WMO305', '12345678', 'aanbieders'],
    ['WMO305', '99999901', 'deze'],
    ['JW301', '12345678', 'iJw'],
    ['WMO301', '12345678', '301'],
  ])('%s to %s goes by %s', (functie, ontvanger, cpaId) => {
    expect(chooseRoute(ROUTES, { kind: 'Di01', functie, ontvanger })?.cpaId).toBe(cpaId);
  });

  test('none fits: none is chosen', () => {
    expect(
      chooseRoute([route({ ontvanger: 'CAK' })], { kind: 'Di01', functie: 'WMO301', ontvanger: 'SVB' }),
    ).toBeUndefined();
  });

  test('STUF-3 two routes for the same messages are reported by their place', () => {
    expect(checkRoutes(ROUTES)).toEqual([]);
    expect(checkRoutes([...ROUTES, route({ ontvanger: 'aanbieder' })])).toMatchObject([
      { where: 'routes[5]', rule: 'STUF-3' },
    ]);
  });

  test('the action follows the kind of document', () => {
    expect([actionFor('Di01'), actionFor('Du01'), actionFor('Fo01')]).toEqual(['ggk_Di01', 'ggk_Du01', 'Fo01']);
  });
});

describe('a crossRefnummer', () => {
  const content = contentOf('WMO301');
  const heen = wrapHeen(content, { organisatie: '9999', applicatie: 'Proef' }, '99999901');
  const retour = wrapRetour(
    heen,
    { ...content, functie: 'WMO302', referentienummer: 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' },
    'Proef',
  );
  const judge = (unknownCrossRef: 'off' | 'warn' | 'refuse') =>
    checkEnvelope(
      { size: 1, read: readStuf(writeStuf(retour)), route: 'found', answered: 'unknown' },
      { ...HUB, unknownCrossRef },
    );

  test('STUF-2 that names no known message is passed, told or refused, as set', () => {
    expect(judge('off')).toMatchObject({ kind: 'pass', notices: [] });
    expect(judge('warn')).toMatchObject({ kind: 'pass', notices: [{ rule: 'STUF-2' }] });
    expect(judge('refuse')).toMatchObject({ kind: 'refuse', finding: { code: 'IB021' } });
  });
});
