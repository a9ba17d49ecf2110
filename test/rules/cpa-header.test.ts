// What a message header must be able to carry: a CPA that holds else is refused, for no message could go by it (R25–R32).
import { describe, expect, test } from '@jest/globals';
import { resolveExchange } from '../../adapter/agreement/index.ts';
import { MSH_SERVICE, OIN_TYPE } from '../../adapter/base/index.ts';
import { type Break, errorsOf, goodCpa, judge, swap, swapAll } from '../fixtures/cpa.ts';
import { agreementOf } from '../fixtures/gateway.ts';
import { OIN_A } from '../fixtures/pki.ts';

/** Title with the rule, what is broken, and the rules that must be named by errors: these and no others. */
const FAULTS: readonly (readonly [string, Break, readonly string[]])[] = [
  [
    'R25 T33 a PartyId without type that is no URI',
    swap(`<tp:PartyId tp:type="urn:osb:oin">${OIN_A}<`, `<tp:PartyId>${OIN_A}<`),
    ['R25'],
  ],
  ['R25 a PartyId with an empty type', swap('<tp:PartyId tp:type="urn:osb:oin">', '<tp:PartyId tp:type="">'), ['R25']],
  ['R25 a PartyId of blanks', swap(`>${OIN_A}</tp:PartyId>`, '>  </tp:PartyId>'), ['R25']],
  ['R26 a Role of blanks', swapAll('<tp:Role tp:name="A"', '<tp:Role tp:name=" "'), ['R26']],
  ['R27 a CPAId of blanks', swap('tp:cpaid="TEST_A_B"', 'tp:cpaid=" "'), ['R27']],
  [
    'R31 a Service without type that is no URI',
    swapAll('<tp:Service tp:type="urn:osb:services">test:dienst:1<', '<tp:Service>dienst<'),
    ['R31'],
  ],
  [
    'R31 a Service type of blanks',
    swapAll('<tp:Service tp:type="urn:osb:services">', '<tp:Service tp:type=" ">'),
    ['R31'],
  ],
  ['R32 an Action of blanks', swapAll('tp:action="ggk_Di01"', 'tp:action=" "'), ['R32']],
];

describe('a CPA whose values no header may carry', () => {
  test.each(FAULTS)('%s', async (_title, change, rules) => {
    expect(errorsOf(judge(change(await goodCpa())))).toEqual(rules);
  });

  test('R25 a second PartyId that no header may carry is told; a URI needs no type', async () => {
    const xml = await goodCpa();
    const also = (id: string): string => xml.replace('<tp:PartyRef', `<tp:PartyId>${id}</tp:PartyId><tp:PartyRef`);
    expect(judge(also('urn:gemeente:a')).filter(({ rule }) => rule === 'R25')).toEqual([]);
    const told = judge(also('gemeente-a'));
    expect(errorsOf(told)).toEqual([]);
    expect(told.filter(({ rule }) => rule === 'R25').map(({ severity, line }) => [severity, (line ?? 0) > 1])).toEqual([
      ['Warning', true],
    ]);
  });

  test('R15 R26 R32 C10 white space around what a header carries is none of it', async () => {
    const xml = (await goodCpa())
      .replaceAll('tp:action="ggk_Di01"', 'tp:action=" ggk_Di01&#10;"')
      .replaceAll('<tp:Role tp:name="A"', '<tp:Role tp:name="A "')
      .replaceAll(`>${OIN_A}</tp:PartyId>`, `>\n  ${OIN_A}\n</tp:PartyId>`)
      .replace('tp:cpaid="TEST_A_B"', 'tp:cpaid=" TEST_A_B"');
    expect(errorsOf(judge(xml))).toEqual([]);
    const agreement = agreementOf(xml);
    const [a, b] = agreement.parties;
    const resolved = resolveExchange(agreement, {
      cpaId: 'TEST_A_B',
      from: { partyIds: [{ value: OIN_A, type: OIN_TYPE }], role: 'A' },
      to: { partyIds: b.partyIds },
      service: a.bindings[0]?.service ?? { value: '' },
      action: 'ggk_Di01',
      now: Date.now(),
    });
    expect(resolved).toMatchObject({ ok: true, value: { action: 'ggk_Di01', fromRole: 'A' } });
  });

  test.each([
    ['itself', MSH_SERVICE],
    ['with more behind it', `${MSH_SERVICE}:berichten`],
  ])('R31 the Service of the MSH %s, under which no application sends, is told', async (_title, service) => {
    const xml = (await goodCpa()).replaceAll(/<tp:Service [^>]*>[^<]*</g, `<tp:Service>${service}<`);
    const told = judge(xml);
    expect(errorsOf(told)).toEqual([]);
    const [first] = told.filter(({ rule }) => rule === 'R31');
    expect([first?.code, first?.severity, (first?.line ?? 0) > 1]).toEqual(['ServiceReserved', 'Warning', true]);
  });
});
