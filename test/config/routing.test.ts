// STUF-3: a slip in a route or in the name of a message type ends the start, with its place, instead of sending messages another way.
import { describe, expect, test } from '@jest/globals';
import { routingFaults } from '../../adapter/routing-check.ts';
import { read } from './given.ts';

const ROUTE = { cpaId: 'X', fromPartyId: '00000001999999910000', toPartyId: '00000001999999920000', service: 's' };

const refused = (options: object): string =>
  routingFaults(read(options))
    .map(({ where, detail }) => `${where}: ${detail}`)
    .join('\n');

describe('STUF-3 routes and names of message types', () => {
  test.each([
    ['none', {}],
    ['routes that differ', { routes: [ROUTE, { ...ROUTE, ontvanger: 'CAK' }, { ...ROUTE, functies: ['WMO301'] }] }],
    [
      'all that an operator may set',
      {
        hub: {
          inactive: ['WMO301', 'JW305'],
          directions: [{ functie: 'WMO507', from: 'SVB', to: 'gemeente' }],
          declaratieAntwoordAs: 'Du01',
        },
      },
    ],
  ])('%s: nothing to refuse', (_, options) => {
    expect(refused(options)).toBe('');
  });

  test.each([
    ['two routes alike', { routes: [ROUTE, ROUTE] }, /^routes\[1\]: geldt voor precies dezelfde .*routes\[0\]$/],
    [
      'a functie of a route',
      { routes: [{ ...ROUTE, functies: ['WM0301'] }] },
      /^routes\[0\]\.functies: WM0301 is geen/,
    ],
    [
      'R31 the Service of the MSH',
      { routes: [{ ...ROUTE, service: 'urn:oasis:names:tc:ebxml-msg:service' }] },
      /^routes\[0\]\.service: urn:oasis:names:tc:ebxml-msg:service is voorbehouden .* verwacht de service van/,
    ],
    ['a blocked functie', { hub: { inactive: ['wmo301'] } }, /^hub\.inactive: wmo301 is geen functie .*WMO301/],
    [
      'a functie with another direction',
      { hub: { directions: [{ functie: 'X', from: 'SVB', to: 'gemeente' }] } },
      /^hub\.directions\[0\]\.functie: X is geen/,
    ],
  ])('%s: told with its place, and what is expected', (_, options, expected) => {
    expect(refused(options)).toMatch(expected);
  });

  test('all faults at once', () => {
    const routes = [{ ...ROUTE, functies: ['A', 'B'] }];
    expect(refused({ routes, hub: { inactive: ['C'] } }).split('\n')).toHaveLength(3);
  });
});
