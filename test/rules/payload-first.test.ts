// What a Fo01 says of a payload that breaks its XSD: how much is wrong, and the first of it, so that its sender can mend it.
import { expect, test } from '@jest/globals';
import { checkEnvelope, type PayloadIssue } from '../../adapter/ggk/index.ts';
import { readStuf, wrapHeen, writeStuf } from '../../adapter/stuf/index.ts';
import { contentOf, HUB } from '../fixtures/judged.ts';

const MESSAGE = writeStuf(wrapHeen(contentOf('WMO301'), { organisatie: '9999', applicatie: 'Proef' }, '99999901'));
const issue = (code: string, message: string): PayloadIssue => ({
  ...{ line: 12, path: '/Bericht/Client/Jansen', code, message },
});

test.each<[number, PayloadIssue | undefined, string]>([
  [1, issue('pattern', 'niet de vorm'), '1 fout; regel 12, /Bericht/Client/Jansen: niet de vorm'],
  [3, issue('missing', 'er ontbreekt iets'), '3 fouten; regel 12, /Bericht/Client/Jansen: er ontbreekt iets'],
  [3, undefined, '3 fouten.'],
  // An element or attribute that the schema does not know may be called anything (row 159).
  [2, issue('unexpected', 'wordt hier niet verwacht'), '2 fouten; regel 12: wordt hier niet verwacht'],
  [2, issue('root', 'geen begin'), '2 fouten; regel 12: geen begin'],
  [2, issue('attribute', 'Jansen mag niet'), '2 fouten; regel 12: een attribuut dat hier niet is toegestaan'],
])('row 156 row 159 of %d findings the first is told: %j', (payloadXsd, payloadFirst, told) => {
  const verdict = checkEnvelope(
    {
      size: 1,
      read: readStuf(MESSAGE),
      route: 'found',
      payloadXsd,
      ...(payloadFirst === undefined ? {} : { payloadFirst }),
    },
    { ...HUB, payload: 'refuse' },
  );
  expect(verdict.kind === 'refuse' ? verdict.finding.omschrijving : undefined).toBe(
    `Inhoud van het bericht voldoet niet aan de XSD. ${told}`,
  );
});

test('stuf-ggk §3.3 it is never longer than the omschrijving may be', () => {
  const payloadFirst = issue('pattern', 'x'.repeat(500));
  const facts = { size: 1, read: readStuf(MESSAGE), route: 'found', payloadXsd: 1, payloadFirst } as const;
  const verdict = checkEnvelope(facts, { ...HUB, payload: 'refuse' });
  expect(verdict.kind === 'refuse' ? verdict.finding.omschrijving.length : 0).toBe(200);
});
