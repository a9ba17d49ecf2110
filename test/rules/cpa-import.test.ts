// CPA import: a correct CPA broken in one thing gives exactly the rule that forbids it, with its line (V1–V24, rows 76–83).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type CpaExchange, type CpaInput, createCpa, type PartyData, parseCpa } from '../../adapter/agreement/index.ts';
import { type Break, errorsOf, goodCpa, judge, swap, swapAll } from '../fixtures/cpa.ts';
import { agreementOf, testCpa } from '../fixtures/gateway.ts';
import { OIN_A, OIN_B, testPki } from '../fixtures/pki.ts';
import { sharedDir } from '../fixtures/shared.ts';

const OIN_C = '00000099000000003000';

const exchangeOf = (action: string, profile: CpaExchange['profile']): CpaExchange => ({
  from: 0,
  service: 's',
  action,
  profile,
});

/** Title with the rule, what is broken, and the rules that must be named by errors: these and no others. */
const FAULTS: readonly (readonly [string, Break, readonly string[]])[] = [
  ['V1 an element is missing', swap(/<tp:Status[^>]*>/, ''), ['V1']],
  ['V1 C1 T216 an attribute without prefix', swap('tp:cpaid=', 'cpaid='), ['C1', 'V1']],
  ['V1 an element that does not exist', swap('<tp:Status', '<tp:Stand tp:x="1"/><tp:Status'), ['V1']],
  ['V1 C3 an enumeration that is none', swap('tp:syncReplyMode="none"', 'tp:syncReplyMode="soms"'), ['C3']],
  ['V8 row 78 a channel that is not there', swap('<tp:ChannelId>A_business<', '<tp:ChannelId>A_weg<'), ['V8']],
  ['V8 row 78 a certificate that is not there', swap('tp:certId="A_signing"/>', 'tp:certId="A_weg"/>'), ['V8']],
  [
    'V8 row 78 a transport that is not there',
    swap('tp:transportId="A_transport" tp:docExchangeId', 'tp:transportId="A_weg" tp:docExchangeId'),
    ['V8'],
  ],
  ['V8 row 78 a package that is not there', swap('tp:packageId="BusinessPackage"', 'tp:packageId="Weg"'), ['V8']],
  [
    'V8 C2 T207 a reference into the other party',
    swap('<tp:ChannelId>A_business<', '<tp:ChannelId>B_business<'),
    ['V8'],
  ],
  [
    'V8 row 78 T207 a channel inside a certificate',
    (xml) => {
      const [channel = ''] =
        /<tp:DeliveryChannel tp:channelId="A_signals"[\s\S]*?<\/tp:DeliveryChannel>/.exec(xml) ?? [];
      return swap('</ds:KeyInfo>', `${channel}</ds:KeyInfo>`)(swap(channel, '')(xml));
    },
    ['V8'],
  ],
  ['V3 C5 T204 proposed', swap('tp:value="agreed"', 'tp:value="proposed"'), ['V3']],
  ['V5 signed without a signature', swap('tp:value="agreed"', 'tp:value="signed"'), ['V5']],
  ['V4 C6 T205 ended before it started', swap(/<tp:End>[^<]*</, '<tp:End>2001-01-01T00:00:00Z<'), ['V4']],
  [
    'V4 row 61 T205 already ended',
    (xml) =>
      swap(
        /<tp:Start>[^<]*</,
        '<tp:Start>2000-01-01T00:00:00Z<',
      )(swap(/<tp:End>[^<]*</, '<tp:End>2001-01-01T00:00:00Z<')(xml)),
    ['V4'],
  ],
  ['V6 both parties have one PartyId', swapAll(OIN_A, OIN_B), ['V6', 'V7']],
  ['V7 row 77 neither party is us', swapAll(OIN_B, '00000099000000007000'), ['V7']],
  [
    'V9 T208 an action without a counterpart',
    swap(/(<tp:ThisPartyActionBinding tp:id="B_action0" tp:action=")ggk_Di01/, '$1anders'),
    ['V9'],
  ],
  ['V10 an action twice', swap(/(tp:id="A_action1" tp:action=")ggk_Du01/, '$1ggk_Di01'), ['V10', 'V9']],
  [
    'V11 a sending channel without a sender binding',
    swap(/(docExchangeId="A_exchange_business">\s*)<tp:ebXMLSenderBinding[\s\S]*?<\/tp:ebXMLSenderBinding>/, '$1'),
    ['V11', 'V16'],
  ],
  ['V12 TransportProtocol is not HTTP', swapAll('>HTTP<', '>SMTP<'), ['V12']],
  ['V13 Retries negative', swapAll('<tp:Retries>3<', '<tp:Retries>-1<'), ['V13']],
  ['V13 row 55 RetryInterval of nothing', swapAll('<tp:RetryInterval>PT1M<', '<tp:RetryInterval>PT0S<'), ['V13']],
  [
    'V13 row 55 retries that take longer than a century',
    swapAll('<tp:RetryInterval>PT1M<', '<tp:RetryInterval>P99Y<'),
    ['V13'],
  ],
  [
    'V13 row 55 a RetryInterval beyond every date',
    swapAll('<tp:RetryInterval>PT1M<', '<tp:RetryInterval>P9999999999Y<'),
    ['V13'],
  ],
  [
    'V15 a signed acknowledgment without acknowledgment',
    swapAll('tp:ackRequested="always"', 'tp:ackRequested="never"'),
    ['V15'],
  ],
  [
    'V15 T209 a signed acknowledgment and no certificate on the channel of signals',
    swap(
      /(tp:docExchangeId="B_exchange_signals">(?:(?!<\/tp:DocExchange>)[\s\S])*?)<tp:SenderNonRepudiation>[\s\S]*?<\/tp:SenderNonRepudiation>/,
      '$1',
    ),
    ['V15'],
  ],
  [
    'V16 signing without ReceiverNonRepudiation',
    swap(/<tp:ReceiverNonRepudiation>[\s\S]*?<\/tp:ReceiverNonRepudiation>/g, ''),
    ['V16'],
  ],
  ['V18 C22 T211 guaranteed order', swapAll('>NotGuaranteed<', '>Guaranteed<'), ['V18']],
  [
    'V19 T211 a syncReplyMode that Digikoppeling does not use',
    swapAll('tp:syncReplyMode="none"', 'tp:syncReplyMode="signalsAndResponse"'),
    ['V19'],
  ],
  ['V20 DK-077 T211 acknowledgments of the next MSH', swapAll('actor:toPartyMSH', 'actor:nextMSH'), ['V20']],
  [
    'V23 the parties disagree on duplicate elimination',
    swap('tp:duplicateElimination="always"', 'tp:duplicateElimination="perMessage"'),
    ['V23'],
  ],
  ['DK-007 row 79 an http endpoint', swap('tp:uri="https://a.localhost', 'tp:uri="http://a.localhost'), ['DK-007']],
  [
    'DK-007 row 79 a user in the URL',
    swap('tp:uri="https://a.localhost', 'tp:uri="https://u:p@a.localhost'),
    ['DK-007'],
  ],
  [
    'DK-074 row 80 SHA-1',
    swapAll('http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2000/09/xmldsig#sha1'),
    ['DK-074'],
  ],
  [
    'DK-029 two roles of one party',
    (xml) =>
      xml.replace(
        /(<tp:CollaborationRole>[\s\S]*?<\/tp:CollaborationRole>)/,
        (role) =>
          role +
          role
            .replace('tp:name="A"', 'tp:name="A2"')
            .replace(/tp:id="A_action/g, 'tp:id="A2_action')
            .replaceAll('ggk_', 'zzz_'),
      ),
    ['DK-029', 'V9'],
  ],
  ['DK-034 white space in an action', swapAll('tp:action="ggk_Di01"', 'tp:action="ggk Di01"'), ['DK-034']],
  [
    'row 81 C16 only a KeyValue',
    swap(
      /(tp:certId="A_signing">\s*<ds:KeyInfo>\s*)<ds:X509Data>[\s\S]*?<\/ds:X509Data>/,
      '$1<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>',
    ),
    ['C16'],
  ],
];

describe('a correct CPA', () => {
  test.each(['osb-be', 'osb-rm', 'osb-be-s', 'osb-rm-s'] as const)(
    'DK-030 V1 V24 made for %s imports without an error',
    async (profile) => {
      for (const syncReply of ['none', 'mshSignalsOnly'] as const) {
        const issues = judge(await testCpa({ profile, syncReply }));
        expect(errorsOf(issues)).toEqual([]);
      }
    },
  );

  test('row 81 line breaks in the base64 of a certificate are accepted', async () => {
    const xml = (await goodCpa()).replace(/(<ds:X509Certificate>)([A-Za-z0-9+/=]{64})/, '$1\n$2\n');
    expect(errorsOf(judge(xml))).toEqual([]);
  });

  test('V2 row 82 T206 the same id with other content is refused', async () => {
    const xml = await goodCpa();
    const other = agreementOf(xml.replace('partyName="A"', 'partyName="AA"'));
    expect(errorsOf(judge(xml, { existing: [other] }))).toEqual(['V2']);
  });

  test('V7 row 77 both parties are us', async () => {
    expect(errorsOf(judge(await goodCpa(), { ownOins: [OIN_A, OIN_B] }))).toEqual(['V7']);
    expect(errorsOf(judge(await goodCpa(), { ownOins: [OIN_A, OIN_B], allowLoopback: true }))).toEqual([]);
  });

  test('OPS-6 row 83 the same actions in two CPAs at one time are told', async () => {
    const xml = await goodCpa();
    const rival = agreementOf(xml.replace('tp:cpaid="TEST_A_B"', 'tp:cpaid="TEST_A_B_2"'));
    expect(judge(xml, { existing: [rival] }).map((issue) => issue.rule)).toContain('OPS-6');
    // A hub has the same actions with every partner: those do not rival.
    const other = agreementOf(xml.replace('tp:cpaid="TEST_A_B"', 'tp:cpaid="TEST_A_C"').replaceAll(OIN_B, OIN_C));
    expect(judge(xml, { existing: [other] }).map((issue) => issue.rule)).not.toContain('OPS-6');
  });

  test('DK-007 row 79 in production a local address is refused; TLS005 another port is told', async () => {
    const xml = await goodCpa();
    expect(errorsOf(judge(xml, { production: true, allowLocalhost: false }))).toEqual(['DK-007']);
    const elsewhere = xml.replaceAll('a.localhost', 'a.example.nl:8443').replaceAll('b.localhost', 'b.example.nl');
    const issues = judge(elsewhere, { production: true, allowLocalhost: false });
    expect(errorsOf(issues)).toEqual([]);
    expect(issues.map((issue) => issue.rule)).toContain('TLS005');
  });

  test('DK-026 row 171 a test party in production', async () => {
    const xml = (await goodCpa()).replaceAll(OIN_A, `${OIN_A}_T`).replaceAll('localhost', 'example.nl');
    expect(errorsOf(judge(xml, { production: true }))).toEqual(['DK-026']);
  });

  test('PKI001 V21 a certificate of another OIN, and one that ends before the CPA, are told', async () => {
    const xml = (await goodCpa())
      .replace(/<tp:End>[^<]*</, '<tp:End>2099-01-01T00:00:00Z<')
      .replaceAll(OIN_A, '00000099000000003000');
    const rules = judge(xml).map((issue) => issue.rule);
    expect(rules).toContain('PKI001');
    expect(rules).toContain('V21');
  });

  test('V14 V22 DK-004 T210 what is odd but usable is told', async () => {
    const xml = (await goodCpa())
      .replaceAll(/<tp:PersistDuration>[^<]*</g, '<tp:PersistDuration>PT1S<')
      .replaceAll('<tp:ebXMLSenderBinding tp:version="2.0"', '<tp:ebXMLSenderBinding tp:version="2.1"')
      .replaceAll(
        '<tp:TransportClientSecurity>',
        '<tp:AccessAuthentication>basic</tp:AccessAuthentication><tp:TransportClientSecurity>',
      );
    const issues = judge(xml);
    expect(errorsOf(issues)).toEqual([]);
    expect(issues.map((issue) => issue.rule)).toEqual(expect.arrayContaining(['V14', 'V22', 'DK-004']));
  });
});

describe('a CPA with one fault', () => {
  test.each(FAULTS)('%s', async (_title, change, rules) => {
    const issues = judge(change(await goodCpa()));
    expect(errorsOf(issues).sort()).toEqual([...rules].sort());
    const said = issues.map(({ where, detail, line }) => `${line} ${where} ${detail}`);
    expect(said.filter((one, i) => said.indexOf(one) !== i)).toEqual([]);
  });

  test('DK-074 V18 of a channel that signs and verifies each place is named, on the line where it stands', async () => {
    const xml = (await goodCpa())
      .replaceAll('http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2000/09/xmldsig#sha1')
      .replaceAll('>NotGuaranteed<', '>Guaranteed<');
    const issues = judge(xml);
    const lines = xml.split('\n');
    const places = issues
      .filter(({ rule, where }) => rule === 'DK-074' && where.includes("'A_business'"))
      .map(({ where, line = 0 }) => [where, /<tp:(\w+)/.exec(lines[line - 1] ?? '')?.[1]]);
    expect(places).toEqual(
      ['SenderNonRepudiation', 'ReceiverNonRepudiation'].map((name) => [
        `DeliveryChannel[@channelId='A_business']/${name}`,
        name,
      ]),
    );
    const ordered = issues.filter(({ rule, where }) => rule === 'V18' && where.includes("'A_business'"));
    expect(ordered.map(({ where }) => where.split('/')[1])).toEqual(['ebXMLSenderBinding', 'ebXMLReceiverBinding']);
  });

  test('row 78 all faults come at once, each with its line', async () => {
    const xml = (await goodCpa())
      .replace('<tp:ChannelId>A_business<', '<tp:ChannelId>A_weg<')
      .replace('tp:packageId="BusinessPackage"', 'tp:packageId="Weg"');
    const issues = judge(xml);
    expect(issues.length).toBeGreaterThanOrEqual(2);
    for (const issue of issues) expect(issue.line).toBeGreaterThan(1);
  });
});

describe('making a CPA', () => {
  const inputs: readonly (readonly [string, Partial<CpaInput> & { party?: Partial<PartyData> }, string])[] = [
    ['C12 no actions', { exchanges: [] }, 'exchanges'],
    ['C9 a party without a name', { party: { name: ' ' } }, 'parties[0].name'],
    ['C10 a party without a role', { party: { role: '' } }, 'parties[0].role'],
    ['DK-024 an OIN that is none', { party: { oin: '123' } }, 'parties[0].oin'],
    ['DK-007 an endpoint that is none', { party: { endpoint: 'hier' } }, 'parties[0].endpoint'],
    ['C16 a certificate that is none', { party: { tlsCertificatePem: 'x' } }, 'parties[0].tlsCertificatePem'],
    ['DK-030 a CPAId with a dot', { cpaId: 'a.b' }, 'cpaId'],
    ['V4 an end before the start', { end: 0 }, 'end'],
    ['V13 an interval that is none', { retryInterval: '3 uur' }, 'retryInterval'],
    ['V14 a persist duration that is none', { persistDuration: 'lang' }, 'persistDuration'],
    ['V13 retries that are none', { retries: -1 }, 'retries'],
    ['V6 one party twice', { party: { oin: OIN_B } }, 'parties'],
    ['V24 two profiles in one CPA', { exchanges: [exchangeOf('a', 'osb-rm'), exchangeOf('b', 'osb-be')] }, 'exchanges'],
    ['V10 an action twice', { exchanges: [exchangeOf('a', 'osb-rm'), exchangeOf('a', 'osb-rm')] }, 'exchanges'],
    ['DK-034 an action with a blank', { exchanges: [exchangeOf('a b', 'osb-rm')] }, 'exchanges'],
  ];
  test.each(inputs)('%s is refused by the name of its field', async (_title, change, where) => {
    const { party = {}, ...rest } = change;
    const pem = (await testPki()).party('partij-a').tls.certificatePem;
    const data = (oin: string, name: string): PartyData => ({
      oin,
      name,
      role: name,
      endpoint: `https://${name}.example/ebms`,
      tlsCertificatePem: pem,
    });
    const made = createCpa({
      cpaId: 'x',
      start: 1,
      end: 2,
      exchanges: [exchangeOf('a', 'osb-rm')],
      parties: [{ ...data(OIN_A, 'a'), ...party }, data(OIN_B, 'b')],
      ...rest,
    });
    expect(made.ok ? [] : made.error.map((issue) => issue.where)).toContain(where);
  });

  test('C7 V17 what this version does not do is told', async () => {
    const xml = (await goodCpa())
      .replace(/(<tp:End>[^<]*<\/tp:End>)/, '$1<tp:ConversationConstraints tp:invocationLimit="5"/>')
      .replaceAll('tp:isConfidential="transient"', 'tp:isConfidential="transient-and-persistent"');
    const issues = judge(xml);
    expect(issues.map((issue) => issue.rule)).toEqual(expect.arrayContaining(['C7', 'V17']));
    expect(errorsOf(issues)).toEqual(['V17']);
  });
});

describe('row 76 what is no CPA', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['row 76 not well-formed', '<tp:CollaborationProtocolAgreement'],
    ['row 76 a DOCTYPE', '<!DOCTYPE x><x/>'],
    ['row 76 another root', '<x/>'],
    [
      'row 76 a CPP',
      '<tp:CollaborationProtocolProfile xmlns:tp="http://www.oasis-open.org/committees/ebxml-cppa/schema/cpp-cpa-2_0.xsd"/>',
    ],
    ['row 76 a CPA 1.x', '<CollaborationProtocolAgreement xmlns="http://www.ebxml.org/namespaces/tradePartner"/>'],
    ['row 76 empty', ''],
  ];
  test.each(cases)('%s', (_title, xml) => {
    const parsed = parseCpa(Buffer.from(xml));
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.error).toHaveLength(1);
  });

  test.each([
    ['row 76 empty', '', 'het document is leeg; verwacht een CPA (CPPA 2.0)'],
    ['row 76 cut off', '<a>', 'het document is geen welgevormde XML; verwacht een CPA (CPPA 2.0)'],
    ['row 76 XML 1.1', '<?xml version="1.1"?><a/>', 'alleen XML 1.0 is toegestaan'],
    ['row 76 not UTF-8', '<a>\xff</a>', 'de tekencodering klopt niet'],
    ['row 76 a DOCTYPE', '<!DOCTYPE x><x/>', 'een DOCTYPE is niet toegestaan'],
    ['row 76 too deep', '<a>'.repeat(300), 'het document is te diep genest'],
  ])('%s, in Dutch', (_title, xml, detail) => {
    const parsed = parseCpa(Buffer.from(xml, 'latin1'));
    expect(parsed.ok ? [] : parsed.error.map((issue) => issue.detail)).toEqual([detail]);
  });

  test('row 76 larger than 5 MB', () => {
    expect(parseCpa(Buffer.alloc(5 * 1024 * 1024 + 1, 32)).ok).toBe(false);
  });
});

const shared = sharedDir();
(shared ? describe : describe.skip)('CPAs of the field (compares with ../shared, skipped when it is not there)', () => {
  const files = ['data/peer-wire/cpa', 'data/ebxml/samples'].flatMap((folder) =>
    shared === undefined
      ? []
      : readdirSync(join(shared, folder))
          .filter((name) => /cpa|peer/i.test(name) && name.endsWith('.xml'))
          .map((name) => join(shared, folder, name)),
  );
  test.each(files.map((file) => [file.slice(file.lastIndexOf('/') + 1), file]))('V1 %s parses', (_name, file) => {
    const parsed = parseCpa(readFileSync(file));
    expect(parsed.ok ? [] : parsed.error).toEqual([]);
  });
});
