// What a correct message may carry besides, or lose on the way, without being refused or read otherwise.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  ATTRS,
  type Change,
  closePairs,
  extra,
  freshRequest,
  give,
  inBody,
  inHeaders,
  openPairs,
  type RefusalProfile,
} from '../fixtures/changed.ts';

beforeAll(openPairs);
afterAll(closePairs);

const CASES: readonly (readonly [string, RefusalProfile, Change])[] = [
  [
    'R42 R43 T70 xlink:role, Schema and Description of a Reference',
    'osb-rm',
    inBody(
      /(<eb:Reference)([^>]*)>/,
      '$1 xlink:role="urn:rol"$2><eb:Schema eb:location="urn:schema"></eb:Schema><eb:Description xml:lang="nl">deel</eb:Description>',
    ),
  ],
  [
    'R78 R116 T86 an ErrorList of Warnings on a business message',
    'osb-rm',
    extra(
      `<eb:ErrorList ${ATTRS} eb:highestSeverity="Warning"><eb:Error eb:errorCode="Unknown" eb:severity="Warning"></eb:Error></eb:ErrorList>`,
    ),
  ],
  [
    'R59 the media type of a signed part, changed on the way, is not covered by the signature',
    'osb-rm-s',
    inBody('Content-Type: application/xml', 'Content-Type: text/plain'),
  ],
  [
    'DK-009 R140 T198 other HTTP headers',
    'osb-rm',
    inHeaders({ 'mime-version': '1.0', 'content-description': 'iets', 'x-anders': 'ja' }),
  ],
];

test.each(CASES)('%s (%s) is acknowledged and delivered', async (_title, profile, change) => {
  const { text, delivered } = await give(profile, change(await freshRequest(profile)));
  expect(text).toContain('<eb:Acknowledgment');
  expect(delivered).toBe(1);
});
