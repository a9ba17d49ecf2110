// Step 15: the parties that a valid payload names are those of its envelope.
import { expect, test } from '@jest/globals';
import { checkEnvelope } from '../../adapter/ggk/index.ts';
import { readStuf, wrapHeen, wrapRetour, writeStuf } from '../../adapter/stuf/index.ts';
import { contentOf, HUB } from '../fixtures/judged.ts';

const gemeente = { organisatie: '9999', applicatie: 'Proef' };
const wmo301 = wrapHeen(contentOf('WMO301'), gemeente, '99999901');
const retour = { ...contentOf('WMO302'), referentienummer: 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' };
const MESSAGES = {
  WMO301: wmo301,
  WMO302: wrapRetour(wmo301, retour, 'Proef'),
  'WMO302 by VECOZO': wrapRetour(wrapHeen(contentOf('WMO301'), gemeente, 'VECOZO'), retour, 'Proef'),
  WMO405: wrapHeen(contentOf('WMO405', ['0003', '0000']), gemeente, 'CAK'),
};

test.each<[keyof typeof MESSAGES, Record<string, string>, string | undefined, number]>([
  ['WMO301', { Afzender: '9999', Ontvanger: '99999901' }, undefined, 0],
  ['WMO301', { Afzender: '9998', Ontvanger: '99999901' }, 'CC09', 0],
  ['WMO301', { Afzender: '9999', Ontvanger: '99999902' }, 'CC09', 0],
  ['WMO301', { Afzender: '99999901', Ontvanger: '9999' }, 'CC09', 0],
  ['WMO302', { Afzender: '9999', Ontvanger: '99999901' }, undefined, 0],
  ['WMO302', { Afzender: '99999901', Ontvanger: '9999' }, 'CC09', 0],
  ['WMO302 by VECOZO', { Afzender: '9999', Ontvanger: '99999902' }, undefined, 0],
  ['WMO302 by VECOZO', { Afzender: '9998', Ontvanger: '99999902' }, 'CC09', 0],
  // To and from the CAK and the SVB the schema has one party only, and is provisional.
  ['WMO405', { Afzender: '9999' }, undefined, 0],
  ['WMO405', { Afzender: '9998' }, undefined, 1],
])('stuf-ggk §12 step 15 %s with %j: %s, %d remarks', (name, fields, code, remarks) => {
  const verdict = checkEnvelope(
    {
      size: 1,
      read: readStuf(writeStuf(MESSAGES[name])),
      route: 'found',
      payloadXsd: 0,
      payloadHeader: new Map(Object.entries(fields)),
    },
    { ...HUB, payload: 'refuse' },
  );
  expect(verdict.kind === 'refuse' ? verdict.finding.code : undefined).toBe(code);
  expect(verdict.notices).toHaveLength(remarks);
});
