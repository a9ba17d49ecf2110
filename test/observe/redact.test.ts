// Planted citizen service numbers in free text, and what must survive beside them.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isBsn, redact } from '../../adapter/observe/index.ts';

describe('the eleven test', () => {
  test.each(['111222333', '123456782', '012345672', '12345672', '999990019'])('row 159 %s is one', (digits) => {
    expect(isBsn(digits)).toBe(true);
  });
  test.each(['111222334', '123456789', '000000000', '1234567', '1234567820', 'abcdefghi'])(
    'row 159 %s is none',
    (digits) => {
      expect(isBsn(digits)).toBe(false);
    },
  );
});

describe('free text', () => {
  test.each([
    ['Bsn 111222333 onbekend', 'Bsn [bsn] onbekend'],
    ['bsn111222333', 'bsn[bsn]'],
    ['bsn:111222333,', 'bsn:[bsn],'],
    ['<Bsn>111222333</Bsn>', '<Bsn>[bsn]</Bsn>'],
    ['111222333-1', '[bsn]-1'],
    ['x-111222333', 'x-[bsn]'],
    ['_111222333_', '_[bsn]_'],
    ['1112.22.333', '[bsn]'],
    ['111 222 333', '[bsn]'],
    ['111222333 111222333', '[bsn] [bsn]'],
    ['regel\n111222333', 'regel\n[bsn]'],
  ])('row 159 %j loses its number', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test.each([
    'OIN 00000001112223330000',
    '20301011123456789',
    'message 11122233-3aaa-4bbb-8ccc-111222333444@gateway.localhost',
    `sha-256 ${'111222333a'.repeat(6)}abcd`,
    'regel 123456789',
    'HTTP 503 after 30000 ms',
    '',
  ])('identifiers and other numbers stay: %j', (text) => {
    expect(redact(text)).toBe(text);
  });

  const GROUPED = [
    [3, 3, 3],
    [4, 5],
    [5, 4],
    [4, 2, 3],
    [3, 2, 4],
    [2, 2, 2, 3],
    [2, 2, 2, 2, 1],
    [8, 1],
    [1, 8],
    [1, 1, 1, 1, 1, 1, 1, 1, 1],
  ];
  const inGroups = (digits: string, sizes: readonly number[], separators: string): string => {
    let rest = digits;
    return sizes
      .map((size, i) => {
        const group = rest.slice(0, size);
        rest = rest.slice(size);
        return i === 0 ? group : `${separators[i % separators.length]}${group}`;
      })
      .join('');
  };

  test.each([' ', '.', '-', '/', '_', '\t', '\u00a0', '.-', ' /-._'])(
    'row 159 a BSN in groups with %j between them',
    (separators) => {
      for (const bsn of ['999900006', '111222333', '123456782', '012345672'])
        for (const sizes of GROUPED) {
          const written = inGroups(bsn, sizes, separators);
          for (const [before, after] of [
            ['', ''],
            ['Bsn ', ' onbekend'],
            ['op 2026-11-27 ', ' in regel 12'],
            ['HTTP 503, ', ', 4'],
            ['BSN=', ';'],
            ['van 192.168.1.10:8443: ', '.'],
            ['(', '), 2 keer'],
            ['7b2f4c1e-1112-4233-8111-222333444555 ', ' 00000001999999810000'],
          ])
            expect(redact(`${before}${written}${after}`)).toBe(`${before}[bsn]${after}`);
        }
    },
  );

  test('row 159 two of them, apart or in another way of writing', () => {
    expect(redact('999-900-006 9999.00.006, 99.99.00.006/999900006')).toBe('[bsn] [bsn], [bsn]/[bsn]');
    expect(redact('999900006-999900006.1')).toBe('[bsn]-[bsn].1');
    expect(redact('504 999 900 006 4')).toBe('504 [bsn] 4');
  });

  test('row 159 of numbers that overlap nothing is left', () => {
    expect([isBsn('503123456'), isBsn('123456782')]).toEqual([true, true]);
    expect(redact('na 503 123 456 782 5 keer')).toBe('na [bsn] 5 keer');
  });

  // Of each the digits pass the eleven test, as they stand or with a neighbour, so that only what it is keeps it whole.
  test.each([
    ['a date', '2026-01-06'],
    ['a date', '2026/02/09'],
    ['a date', '19-11-2026'],
    ['a date', '07.11.2026'],
    ['a date before a number', '2026-11-01 2'],
    ['a date behind a number', '9 2026-11-03'],
    ['a date and an hour', '14-1-2026 10'],
    ['a time', '2026-11-01T2:03:04.567Z'],
    ['an address', '192.168.2.16'],
    ['an address and a port', '192.168.2.16:8443'],
    ['an address in a range', '192.168.2.16/24'],
    ['an OIN', '00000001999900006000'],
    ['a version', '4.18.0-553.12.1'],
    ['a longer number in groups', '1.999.900.006'],
    ['a longer number in groups', '999-900-006-1'],
    ['a UUID behind a number', '0 11122201-1aaa-4bbb-8ccc-111222333444'],
    ['a message id', 'GGK-20261127-103000-100@a.example'],
    ['a message id', '2026-11-27.999.900006.1@a.example'],
    ['eight digits in groups, a size', '12.345.672 bytes'],
    ['two separators', '999--900--006'],
  ])('%s stays: %j', (_what, text) => {
    expect(redact(text)).toBe(text);
    expect(redact(`op ${text}, ontvangen`)).toBe(`op ${text}, ontvangen`);
  });

  test('row 125 a text of a partner costs what its length says, whatever is in it', () => {
    for (const part of ['1 ', '1.', '2026-11-2', '12345678-', '1a', '192.168.2.', '999-900-00', '1112223'])
      for (const text of [part.repeat(50_000), `${part.repeat(50_000)}x999900006x`]) {
        const from = performance.now();
        redact(text);
        expect(performance.now() - from).toBeLessThan(2_000);
      }
  });

  test('row 159 whatever text stands around it, a planted number never comes through', () => {
    const noDigit = fc.string().map((text) => text.replace(/[0-9]/g, ''));
    fc.assert(
      fc.property(noDigit, noDigit, (before, after) => {
        const around = `${before} 111222333 ${after}`;
        expect(redact(around)).not.toContain('111222333');
      }),
      { numRuns: 300 },
    );
  });
});
