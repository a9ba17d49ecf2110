// Envelopes that are large, many or slow to hash in one thing (rows 118, 119).
import { createHash } from 'node:crypto';
import type { Attack } from '../corpus.ts';
import { block, fault, rewritten, taken, unknownValue } from './value-steps.ts';

/** Names that hash alike in the functions that take 31 or 33 times the sum: every mixture of two halves that do. */
const colliding = (pairs: readonly [string, string], bits: number): string[] =>
  Array.from({ length: 2 ** bits }, (_, n) => Array.from({ length: bits }, (_, bit) => pairs[(n >> bit) & 1]).join(''));
const asElements = (names: readonly string[]): string => names.map((name) => `<${name}/>`).join('');
const foreign = (inside: string): string => `<x:x xmlns:x="urn:x">${inside}</x:x>`;
const digests = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `a${createHash('sha1').update(String(i)).digest('hex').slice(0, 10)}`);

export const LARGE_ATTACKS: readonly Attack[] = [
  taken(
    'row 119 32 768 names that collide in a hash of base 31',
    block(
      foreign(
        asElements(colliding(['Aa', 'BB'], 15))
          .slice(0, 900_000)
          .replace(/<[^>]*$/, ''),
      ),
    ),
  ),
  taken(
    'row 119 32 768 names that collide in a hash of base 33',
    block(
      foreign(
        asElements(colliding(['Ez', 'FY'], 15))
          .slice(0, 900_000)
          .replace(/<[^>]*$/, ''),
      ),
    ),
  ),
  taken(
    'row 119 500 attributes with names that collide',
    block(
      `<x:x xmlns:x="urn:x"${colliding(['Aa', 'BB'], 9)
        .slice(0, 500)
        .map((name) => ` ${name}=""`)
        .join('')}></x:x>`,
    ),
  ),
  taken('row 119 60 000 names of no pattern', block(foreign(asElements(digests(60_000))))),
  taken('row 119 900 kB of text', block(foreign('x'.repeat(900_000)))),
  taken('row 119 900 kB of attribute value', block(`<x:x xmlns:x="urn:x" y="${'x'.repeat(900_000)}"></x:x>`)),
  taken(
    'row 119 an element name of 40 kB',
    block(`<x:${'n'.repeat(40_000)} xmlns:x="urn:x"></x:${'n'.repeat(40_000)}>`),
  ),
  taken('row 119 200 000 elements', block(foreign('<a/>'.repeat(200_000)))),
  taken('row 119 100 000 comments in one text', block(foreign('a<!---->'.repeat(100_000)))),
  taken('row 119 60 000 CDATA sections in one text', block(foreign('<![CDATA[<]]>'.repeat(60_000)))),
  taken('row 118 90 000 numeric references', block(foreign('&#65;'.repeat(90_000)))),
  taken('row 118 180 000 references that grow fivefold on writing', block(foreign('&lt;'.repeat(180_000)))),
  taken('row 118 a numeric reference with 500 000 noughts', block(foreign(`&#${'0'.repeat(500_000)}65;`))),
  fault(
    'row 119 a million attributes',
    block(`<x:x xmlns:x="urn:x"${' a=""'.repeat(1_000_000)}></x:x>`),
    'larger than',
  ),
  fault(
    'row 119 a million namespace declarations',
    block(`<x:x xmlns:x="urn:x"${' xmlns:a="u"'.repeat(1_000_000)}></x:x>`),
    'larger than',
  ),
  fault('row 119 a text of 30 MB', block(foreign('x'.repeat(30_000_000))), 'larger than'),
  fault('row 119 a text of 50 MB', block(foreign('x'.repeat(50_000_000))), 'larger than'),
  unknownValue(
    'row 119 a MessageId of 900 kB',
    rewritten('MessageId', () => 'x'.repeat(900_000)),
  ),
  unknownValue(
    'row 119 a ConversationId of 900 kB',
    rewritten('ConversationId', () => 'x'.repeat(900_000)),
  ),
  unknownValue(
    'row 119 an Action of 900 kB',
    rewritten('Action', () => 'x'.repeat(900_000)),
  ),
];
