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
