// What a CPA means for a message: the correct CPA with one thing changed, and the exchange that follows from it (C4–C28).
import { describe, expect, test } from '@jest/globals';
import {
  type ExchangeQuery,
  indexAgreements,
  parseCpa,
  persistUntil,
  resolveExchange,
  retryIntervalMs,
  signalExchange,
  timeToLive,
} from '../../adapter/agreement/index.ts';
import { MSH_SERVICE, OIN_TYPE } from '../../adapter/base/index.ts';
import { errorsOf, goodCpa, judge } from '../fixtures/cpa.ts';
import { agreementOf, TEST_SERVICE, testCpa, URL_A, URL_B } from '../fixtures/gateway.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';

const NOW = Date.now();
const MINUTE = 60_000;
const DAY = 86_400_000;
const party = (value: string, role?: string) => ({
  partyIds: [{ value, type: OIN_TYPE }],
  ...(role === undefined ? {} : { role }),
});
const query = (change: Partial<ExchangeQuery> = {}): ExchangeQuery => ({
  cpaId: 'TEST_A_B',
  from: party(OIN_A),
  to: party(OIN_B),
  service: TEST_SERVICE,
  action: 'ggk_Di01',
  now: NOW,
  ...change,
});

/** The exchange of a message of A to B under the CPA, which must resolve. */
function exchangeOf(xml: string, change: Partial<ExchangeQuery> = {}) {
  const resolved = resolveExchange(agreementOf(xml), query(change));
  if (!resolved.ok) throw new Error(resolved.error.map(({ detail }) => detail).join('; '));
  return resolved.value;
}

/** What the partner would be told. */
function refusal(xml: string, change: Partial<ExchangeQuery> = {}): string {
  const resolved = resolveExchange(agreementOf(xml), query(change));
  return resolved.ok ? 'resolved' : `${resolved.error[0]?.code} ${resolved.error[0]?.where.split('/').pop()}`;
}

function changed(xml: string, from: string | RegExp, to: string): string {
  const text = xml.replace(from, to);
  if (text === xml) throw new Error(`nothing to change: ${String(from)}`);
  return text;
}

describe('from header to CPA', () => {
  test('C4 T214 of two CPAs between the same parties the one that is named counts, and any version is read', async () => {
    const first = agreementOf(await goodCpa());
    const other = agreementOf(
      (await testCpa({ profile: 'osb-be', cpaId: 'TEST_2' })).replace('tp:version="2_0b"', 'tp:version="2_0"'),
    );
    const index = indexAgreements([first, other]);
    const profile = (cpaId: string) => {
      const found = resolveExchange(index, query({ cpaId }));
      return found.ok ? found.value.profile : 'none';
    };
    expect([profile('TEST_A_B'), profile('TEST_2'), profile('TEST_3')]).toEqual(['osb-rm-s', 'osb-be', 'none']);
  });

  test('R24 T38 T39 several PartyIds are taken when all are of the party, and refused when one is not', async () => {
    const second = `<tp:PartyId tp:type="urn:kvk">12345678</tp:PartyId><tp:PartyRef`;
    const xml = changed(await goodCpa(), '<tp:PartyRef', second);
    const from = (value: string) => ({ partyIds: [...party(OIN_A).partyIds, { value, type: 'urn:kvk' }] });
    expect(refusal(xml, { from: from('12345678') })).toBe('resolved');
    expect(refusal(xml, { from: from('87654321') })).toBe('Inconsistent PartyId');
  });

  test('R25 T34 a PartyId without type is taken when it is a URI of the CPA, and no other', async () => {
    const xml = changed(await goodCpa(), '<tp:PartyRef', '<tp:PartyId>urn:partij:a</tp:PartyId><tp:PartyRef');
    const from = (value: string) => ({ partyIds: [{ value }] });
    expect(refusal(xml, { from: from('urn:partij:a') })).toBe('resolved');
    expect(refusal(xml, { from: from('urn:partij:b') })).toBe('Inconsistent PartyId');
    expect(refusal(xml, { from: from(OIN_A) })).toBe('Inconsistent PartyId');
  });

  test('R32 C12 T48 an action that only the other direction has is not recognised', async () => {
    const oneWay = (await goodCpa()).replaceAll(/(tp:id="[AB]_action3" tp:action=")ggk_Di01/g, '$1antwoord');
    const back = { from: party(OIN_B), to: party(OIN_A) };
    expect([refusal(oneWay), refusal(oneWay, { ...back, action: 'antwoord' })]).toEqual(['resolved', 'resolved']);
    expect(refusal(oneWay, back)).toBe('ValueNotRecognized Action');
    expect(refusal(oneWay, { action: 'antwoord' })).toBe('ValueNotRecognized Action');
  });

  test('R26 T40 a missing Role is taken when there is nothing to choose; signals have none', async () => {
    const xml = await goodCpa();
    expect(exchangeOf(xml)).toMatchObject({ fromRole: 'A', toRole: 'B' });
    expect(refusal(xml, { from: party(OIN_A, 'Z') })).toBe('ValueNotRecognized Role');
    const ping = exchangeOf(xml, { service: { value: MSH_SERVICE }, action: 'Ping' });
    expect([ping.fromRole, ping.toRole]).toEqual([undefined, undefined]);
  });

  test('C11 T46 a Service counts with its type', async () => {
    const xml = await goodCpa();
    const wrong = { ...TEST_SERVICE, type: 'urn:ander' };
    expect(refusal(xml, { service: wrong })).toBe('ValueNotRecognized Service');
    expect(refusal(xml, { service: { value: TEST_SERVICE.value } })).not.toBe('resolved');
  });

  test('C13 an action nested in another resolves like any other', async () => {
    const nested = (await goodCpa()).replace(
      /(<tp:CanSend>)((?:(?!<\/tp:CanSend>)[\s\S])*)<\/tp:CanSend>\s*(<tp:CanReceive>(?:(?!<\/tp:CanReceive>)[\s\S])*<\/tp:CanReceive>)/,
      '$1$2$3</tp:CanSend>',
    );
    expect(nested).not.toBe(await goodCpa());
    const [first] = agreementOf(nested).parties;
    const inner = first.bindings.find((binding) => binding.nested === true);
    expect(inner?.direction).toBe('receive');
    expect(refusal(nested, { from: party(OIN_B), to: party(OIN_A), action: inner?.action ?? '' })).toBe('resolved');
  });
});

describe('from CPA to channel', () => {
  test('C18 C19 C14 an exchange has everything that sending needs, of the first of its channels', async () => {
    const xml = changed(
      await goodCpa(),
      '<tp:ChannelId>A_business</tp:ChannelId>',
      '<tp:ChannelId>A_business</tp:ChannelId><tp:ChannelId>A_signals</tp:ChannelId>',
    );
    const exchange = exchangeOf(xml);
    expect(exchange.url).toBe(URL_B);
    expect(exchange.sendChannel).toMatchObject({
      channelId: 'A_business',
      ackRequested: 'always',
      duplicateElimination: 'always',
      source: { sender: { protocol: { name: 'HTTP', version: '1.1' }, security: { name: 'TLS' } } },
    });
  });

  test('C15 whether a message is signed is said by its action', async () => {
    const xml = await goodCpa();
    expect(exchangeOf(xml).signing?.hashFunction).toContain('sha256');
    const plain = xml.replaceAll('tp:isNonRepudiationRequired="true"', 'tp:isNonRepudiationRequired="false"');
    expect(exchangeOf(plain).signing).toBeUndefined();
  });

  test('C17 a party trusts the signatures that its own anchors name', async () => {
    const [before = '', party = ''] = (await goodCpa()).split(/(?=<tp:PartyInfo tp:partyName="B")/);
    const details =
      '<tp:SecurityDetails tp:securityId="B_trust"><tp:TrustAnchors><tp:AnchorCertificateRef tp:certId="B_signing"/></tp:TrustAnchors></tp:SecurityDetails>';
    const withDetails = changed(party, '<tp:DeliveryChannel', `${details}<tp:DeliveryChannel`);
    const xml =
      before +
      withDetails.replaceAll(
        '</tp:ReceiverNonRepudiation>',
        '<tp:SigningSecurityDetailsRef tp:securityId="B_trust"/></tp:ReceiverNonRepudiation>',
      );
    const { receiveChannel } = exchangeOf(xml);
    const own = agreementOf(xml).parties[1].defaultChannel.senderNonRepudiation?.certificate;
    expect(receiveChannel.signerAnchors?.map(({ fingerprint }) => fingerprint)).toEqual([own?.fingerprint]);
    expect(exchangeOf(await goodCpa()).receiveChannel.signerAnchors).toBeUndefined();
  });

  test('C20 T82 the endpoint of the purpose goes before the one for all', async () => {
    const endpoint = (uri: string, type: string) => `<tp:Endpoint tp:uri="${uri}" tp:type="${type}"/>`;
    const xml = changed(
      await goodCpa(),
      new RegExp(`<tp:Endpoint[^>]*${URL_A}[^>]*/>`),
      endpoint(URL_A, 'allPurpose') + endpoint(`${URL_A}/fout`, 'error') + endpoint(`${URL_A}/antwoord`, 'response'),
    );
    const exchange = exchangeOf(xml);
    expect(signalExchange(exchange, 'MessageError').url).toBe(`${URL_A}/fout`);
    expect(signalExchange(exchange, 'Acknowledgment').url).toBe(URL_A);
    const back = { from: party(OIN_B), to: party(OIN_A) };
    expect(exchangeOf(xml, { ...back, response: true }).url).toBe(`${URL_A}/antwoord`);
    expect(exchangeOf(xml, back).url).toBe(URL_A);
  });

  test('C27 C28 T212 T213 signals go over the default channel, or over the one that is named for them', async () => {
    const xml = await goodCpa();
    const exchange = exchangeOf(xml);
    expect(signalExchange(exchange, 'Acknowledgment').receiveChannel).toBe(
      exchange.agreement.parties[0].defaultChannel,
    );
    const override = '<tp:OverrideMshActionBinding tp:action="Acknowledgment" tp:channelId="A_business"/>';
    const other = exchangeOf(changed(xml, /<\/tp:DocExchange>(?=\s*<\/tp:PartyInfo>)/, `</tp:DocExchange>${override}`));
    expect(signalExchange(other, 'Acknowledgment').receiveChannel.channelId).toBe('A_business');
    expect(signalExchange(other, 'Pong').receiveChannel).toBe(other.agreement.parties[0].defaultChannel);
  });

  test('C24 T215 the URI of an algorithm goes before its short name', async () => {
    const xml = (await goodCpa()).replaceAll(
      /<tp:SignatureAlgorithm>[^<]*</g,
      '<tp:SignatureAlgorithm tp:w3c="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512">rsa-sha512<',
    );
    expect(exchangeOf(xml).signing?.signatureAlgorithm).toBe('http://www.w3.org/2001/04/xmldsig-more#rsa-sha512');
  });

  test.each([
    ['SSL', '3.0', 'Warning'],
    ['TLS', '1.0', 'Warning'],
    ['TLS', '1.2', undefined],
    ['TLS', '1.3', undefined],
  ])('DK-005 a CPA that says %s %s is imported, with a word when that is old', async (name, version, severity) => {
    const said = `<tp:TransportSecurityProtocol tp:version="${version}">${name}<`;
    const xml = (await goodCpa()).replaceAll(/<tp:TransportSecurityProtocol[^>]*>TLS</g, said);
    expect(xml).toContain(said);
    const told = judge(xml);
    expect(errorsOf(told)).toEqual([]);
    expect(told.find(({ rule }) => rule === 'DK-005')?.severity).toBe(severity);
  });
});

describe('from CPA to times', () => {
  test('R97 R98 DK-097 T116 TimeToLive lies behind all retries, and ids are kept longer than that', async () => {
    const exchange = exchangeOf(await goodCpa());
    const expires = timeToLive(exchange, NOW) ?? 0;
    expect(expires).toBeGreaterThan(NOW + 4 * MINUTE);
    expect(persistUntil(exchange, NOW)).toBeGreaterThan(expires);
    const short = (await goodCpa()).replaceAll(/<tp:PersistDuration>[^<]*</g, '<tp:PersistDuration>PT1S<');
    expect(persistUntil(exchangeOf(short), NOW)).toBe(timeToLive(exchangeOf(short), NOW));
  });

  test('C21 without both numbers nothing is retried, and the import says so', async () => {
    const half = (await goodCpa()).replaceAll(/<tp:RetryInterval>[^<]*<\/tp:RetryInterval>/g, '');
    const parsed = parseCpa(Buffer.from(half));
    if (!parsed.ok) throw new Error('not read');
    const resolved = resolveExchange(parsed.value.agreement, query());
    expect(resolved.ok && retryIntervalMs(resolved.value, NOW)).toBeUndefined();
    expect(errorsOf(judge(half))).toContain('V13');
  });

  test('C23 DK-098 DK-099 PersistDuration is that of the binding; without one a reliable channel keeps five days', async () => {
    const said = (await goodCpa()).replaceAll(/<tp:PersistDuration>[^<]*</g, '<tp:PersistDuration>P2D<');
    expect(persistUntil(exchangeOf(said), NOW)).toBe(NOW + 2 * DAY);
    const silent = (await goodCpa()).replaceAll(/<tp:PersistDuration>[^<]*<\/tp:PersistDuration>/g, '');
    expect(persistUntil(exchangeOf(silent), NOW)).toBe(NOW + 5 * DAY);
    const bestEffort = await testCpa({ profile: 'osb-be' });
    expect(timeToLive(exchangeOf(bestEffort), NOW)).toBeUndefined();
  });
});
