// One correct message, changed in one thing: what a running gateway answers (acceptance rows 53–147).
import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signEnvelope } from '../../adapter/dsig/index.ts';
import {
  ATTRS,
  type Change,
  closePairs,
  extra,
  freshRequest,
  give,
  HEADER_END,
  inBody,
  inHeaders,
  openPairs,
  pairOf,
  type RefusalProfile,
  withPart,
} from '../fixtures/changed.ts';
import { OIN_A, OIN_B, testPki } from '../fixtures/pki.ts';

beforeAll(openPairs);
afterAll(closePairs);

type Expected = 'ack' | `error ${string}` | `fault ${string}` | `http ${number}`;

const CASES: readonly (readonly [string, RefusalProfile, Change, Expected])[] = [
  [
    'R25 DK-025 T33 a PartyId without type that is no URI',
    'osb-rm',
    inBody(' eb:type="urn:osb:oin"', ''),
    'error Inconsistent',
  ],
  [
    'R31 T45 a Service without type that is no URI',
    'osb-rm',
    inBody(/(<eb:Service) eb:type="[^"]*">[^<]*</, '$1>geen uri<'),
    'error Inconsistent',
  ],
  [
    'R35 T52 RefToMessageId of a message that is not known',
    'osb-rm',
    inBody('<eb:TimeToLive>', '<eb:RefToMessageId>onbekend@x</eb:RefToMessageId><eb:TimeToLive>'),
    'ack',
  ],
  [
    'R45 the Manifest names a part twice',
    'osb-rm',
    (r) => inBody('</eb:Manifest>', `${/<eb:Reference.*?<\/eb:Reference>/.exec(r.body)?.[0] ?? ''}</eb:Manifest>`)(r),
    'error Inconsistent',
  ],
  [
    'R83 T144 two AckRequested of one actor',
    'osb-rm',
    (r) => inBody(HEADER_END, `${/<eb:AckRequested.*?<\/eb:AckRequested>/.exec(r.body)?.[0] ?? ''}${HEADER_END}`)(r),
    'error Inconsistent',
  ],
  [
    'C25 T140 an unsigned acknowledgment asked where the CPA demands a signed one',
    'osb-rm-s',
    inBody('eb:signed="true"', 'eb:signed="false"'),
    'error Inconsistent',
  ],
  [
    'R86 C25 T140 a signed acknowledgment asked where the CPA forbids it',
    'osb-rm',
    inBody('eb:signed="false"', 'eb:signed="true"'),
    'error Inconsistent',
  ],

  ['R36 T58 the message as it is', 'osb-rm', (r) => r, 'ack'],
  ['R116 T89 the signed message as it is', 'osb-rm-s', (r) => r, 'ack'],
  [
    'row 53 R28 R100 T137 AckRequested is absent',
    'osb-rm',
    inBody(/<eb:AckRequested.*?<\/eb:AckRequested>/, ''),
    'error Inconsistent',
  ],
  [
    'row 54 R1 R75 R134 T166 MessageOrder',
    'osb-rm',
    extra(`<eb:MessageOrder ${ATTRS}><eb:SequenceNumber>0</eb:SequenceNumber></eb:MessageOrder>`),
    'error NotSupported',
  ],
  [
    'R37 T61 DuplicateElimination is absent',
    'osb-rm',
    inBody(/<eb:DuplicateElimination>.*?<\/eb:DuplicateElimination>/, ''),
    'error Inconsistent',
  ],
  ['R81 T178 SyncReply is absent', 'osb-rm', inBody(/<eb:SyncReply.*?<\/eb:SyncReply>/, ''), 'error Inconsistent'],
  ['R84 T142 AckRequested of nextMSH', 'osb-rm', inBody('actor:toPartyMSH', 'actor:nextMSH'), 'error NotSupported'],
  [
    'R84 T141 another actor',
    'osb-rm',
    inBody('urn:oasis:names:tc:ebxml-msg:actor:toPartyMSH', 'urn:ander'),
    'error Inconsistent',
  ],
  ['row 60 R27 R29 DK-110 T42 unknown CPAId', 'osb-rm', inBody('>TEST_A_B<', '>TEST_A_C<'), 'error ValueNotRecognized'],
  ['row 62 R32 T47 an unknown action', 'osb-rm', inBody('>ggk_Di01<', '>onbekend<'), 'error ValueNotRecognized'],
  ['row 62 T46 an unknown service', 'osb-rm', inBody('>test:dienst:1<', '>test:dienst:2<'), 'error ValueNotRecognized'],
  [
    'row 62 C10 T41 a wrong role',
    'osb-rm',
    inBody('<eb:Role>A</eb:Role>', '<eb:Role>Z</eb:Role>'),
    'error ValueNotRecognized',
  ],
  [
    'row 62 T37 a wrong PartyId type',
    'osb-rm',
    inBody('eb:type="urn:osb:oin"', 'eb:type="urn:ander"'),
    'error Inconsistent',
  ],
  ['row 64 T35 an unknown sender', 'osb-rm', inBody(OIN_A, '00000099000000009000'), 'error Inconsistent'],
  [
    'row 66 R18 T29 an unknown header that must be understood',
    'osb-rm',
    extra('<x:y xmlns:x="urn:x" SOAP:mustUnderstand="1"></x:y>'),
    'fault MustUnderstand',
  ],
  ['row 67 T30 an unknown header that need not be', 'osb-rm', extra('<x:y xmlns:x="urn:x"></x:y>'), 'ack'],
  ['row 68 mustUnderstand="true"', 'osb-rm', inBody('SOAP:mustUnderstand="1"', 'SOAP:mustUnderstand="true"'), 'ack'],
  [
    'row 69 R23 T32 two MessageHeaders',
    'osb-rm',
    (r) => inBody(HEADER_END, `${/<eb:MessageHeader.*?<\/eb:MessageHeader>/.exec(r.body)?.[0] ?? ''}${HEADER_END}`)(r),
    'fault Client',
  ],
  [
    'row 69 two Manifests',
    'osb-rm',
    (r) => inBody('</SOAP:Body>', `${/<eb:Manifest.*?<\/eb:Manifest>/.exec(r.body)?.[0] ?? ''}</SOAP:Body>`)(r),
    'fault Client',
  ],
  [
    'row 72 R36 T57 TimeToLive in the past',
    'osb-rm',
    inBody(/<eb:TimeToLive>[^<]*</, '<eb:TimeToLive>2020-01-01T00:00:00Z<'),
    'error TimeToLiveExpired',
  ],
  [
    'row 74 R33 a MessageId of 300 characters',
    'osb-rm',
    inBody(/<eb:MessageId>[^<]*</, `<eb:MessageId>${'a'.repeat(300)}<`),
    'error ValueNotRecognized',
  ],
  [
    'row 101 no boundary',
    'osb-rm',
    inHeaders({ 'content-type': 'multipart/related; type="text/xml"' }),
    'fault Client',
  ],
  ['row 102 T14 no closing boundary', 'osb-rm', (r) => ({ ...r, body: r.body.slice(0, -10) }), 'fault Client'],
  [
    'row 102 the body is cut in half',
    'osb-rm',
    (r) => ({ ...r, body: r.body.slice(0, r.body.length / 2) }),
    'fault Client',
  ],
  ['row 102 R144 T193 what is no XML', 'osb-rm', inBody('</eb:CPAId>', '</eb:CPAid>'), 'fault Client'],
  ['row 103 preamble and epilogue', 'osb-rm', (r) => ({ ...r, body: `preamble\r\n${r.body}epilogue` }), 'ack'],
  [
    'row 104 R12 a part header without an empty line',
    'osb-rm',
    withPart('Content-Type: text/plain\r\nContent-ID: <z@z>'),
    'error MimeProblem',
  ],
  [
    'row 105 start names no part',
    'osb-rm',
    (r) =>
      inHeaders({ 'content-type': (r.headers['content-type'] ?? '').replace(/start="[^"]*"/, 'start="<niets@x>"') })(r),
    'fault Client',
  ],
  [
    'row 106 T26 a second part with the same Content-ID',
    'osb-rm',
    (r) =>
      withPart(
        `Content-Type: application/xml\r\nContent-ID: <${/cid:([^"]+)"/.exec(r.body)?.[1] ?? ''}>\r\n\r\n<ander/>`,
      )(r),
    'fault Client',
  ],
  [
    'row 107 R46 R48 T64 the Manifest names a part that is not there',
    'osb-rm',
    inBody('href="cid:', 'href="cid:weg-'),
    'error MimeProblem',
  ],
  [
    'row 107 R8 T25 a part the Manifest does not name, unsigned',
    'osb-rm',
    withPart('Content-Type: text/plain\r\nContent-ID: <extra@x>\r\n\r\nextra'),
    'ack',
  ],
  [
    'row 107 T25 a part the Manifest does not name, signed',
    'osb-rm-s',
    withPart('Content-Type: text/plain\r\nContent-ID: <extra@x>\r\n\r\nextra'),
    'error MimeProblem',
  ],
  [
    'R47 T65 DK-050 an external reference',
    'osb-rm',
    inBody(/href="cid:[^"]*"/, 'href="http://elders.example/x"'),
    'error MimeProblem',
  ],
  [
    'row 109 an unknown transfer encoding',
    'osb-rm',
    withPart('Content-Type: text/plain\r\nContent-ID: <extra@x>\r\nContent-Transfer-Encoding: rot13\r\n\r\nextra'),
    'error MimeProblem',
  ],
  ['row 111 a zero-byte part', 'osb-rm', inBody('<proef/>', ''), 'ack'],
  ['row 114 SOAPAction absent', 'osb-rm', inHeaders({ soapaction: undefined }), 'ack'],
  ['row 114 SOAPAction without quotes', 'osb-rm', inHeaders({ soapaction: 'ebXML' }), 'ack'],
  ['row 114 DK-008 SOAPAction empty', 'osb-rm', inHeaders({ soapaction: '""' }), 'fault Client'],
  ['row 114 R149 T190 another SOAPAction', 'osb-rm', inHeaders({ soapaction: '"iets"' }), 'fault Client'],
  [
    'row 117 R10 T22 a DOCTYPE',
    'osb-rm',
    inBody('<SOAP:Envelope', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><SOAP:Envelope'),
    'fault Client',
  ],
  [
    'row 118 an entity bomb',
    'osb-rm',
    inBody(
      '<SOAP:Envelope',
      `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}">]><SOAP:Envelope`,
    ),
    'fault Client',
  ],
  [
    'row 120 R22 xsi:schemaLocation to outside is ignored',
    'osb-rm',
    inBody(
      '<SOAP:Envelope',
      '<SOAP:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"',
    ),
    'ack',
  ],
  [
    'row 122 a comment inside a PartyId',
    'osb-rm',
    inBody(`>${OIN_A}<`, `>${OIN_A.slice(0, 10)}<!-- x -->${OIN_A.slice(10)}<`),
    'ack',
  ],
  [
    'row 123 another prefix for SOAP',
    'osb-rm',
    (r) => ({
      ...r,
      body: r.body.replaceAll('SOAP:', 's:').replaceAll('xmlns:SOAP', 'xmlns:s').replace('xmlns:SOAP=', 'xmlns:s='),
    }),
    'ack',
  ],
  [
    'row 126 R62 T95 no signature on a signed channel',
    'osb-rm-s',
    inBody(/<ds:Signature[\s\S]*<\/ds:Signature>/, ''),
    'error SecurityFailure',
  ],
  ['row 139 R61 T91 a part changed after signing', 'osb-rm-s', inBody('<proef/>', '<proeg/>'), 'error SecurityFailure'],
  [
    'row 140 the SignatureValue changed',
    'osb-rm-s',
    inBody(/<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA'),
    'error SecurityFailure',
  ],
  [
    'row 141 a digest changed',
    'osb-rm-s',
    inBody(/<ds:DigestValue>..../, '<ds:DigestValue>AAAA'),
    'error SecurityFailure',
  ],
  [
    'row 142 a comment in DigestValue',
    'osb-rm-s',
    inBody(/<ds:DigestValue>/, '<ds:DigestValue><!-- x -->'),
    'error SecurityFailure',
  ],
  [
    'row 147 KeyInfo absent: the key is the one of the CPA',
    'osb-rm-s',
    inBody(/<ds:KeyInfo>[\s\S]*<\/ds:KeyInfo>/, ''),
    'ack',
  ],
  [
    'T98 R52 another digest algorithm than agreed',
    'osb-rm-s',
    inBody(/xmlenc#sha256/g, 'xmlenc#sha512'),
    'error SecurityFailure',
  ],
];

describe('what a changed message is answered', () => {
  test.each(CASES)('%s (%s)', async (_title, profile, change, expected) => {
    const fresh = await freshRequest(profile);
    const { status, text, delivered } = await give(profile, change(fresh));
    if (expected === 'ack') {
      expect(text).toContain('<eb:Acknowledgment');
      expect(delivered).toBe(1);
      return;
    }
    expect(delivered).toBe(0);
    const [kind, what = ''] = expected.split(' ');
    if (kind === 'error') {
      expect(status).toBe(200);
      expect(text).toContain(`eb:errorCode="${what}"`);
    } else {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text).toContain(`<faultcode>SOAP:${what}</faultcode>`);
    }
  });
});

describe('signed, but not all of it', () => {
  test('R58 row 137 T99 a signature that covers the envelope but not the part', async () => {
    const fresh = await freshRequest('osb-rm-s');
    const envelope = /<SOAP:Envelope[\s\S]*<\/SOAP:Envelope>/.exec(fresh.body)?.[0] ?? '';
    const signing = (await testPki()).party('partij-a').signing;
    const { envelope: resigned } = await signEnvelope({
      envelope: envelope.replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, ''),
      parts: [],
      key: { privateKey: createPrivateKey(signing.keyPem), certificateDer: signing.certificateDer },
      methods: {
        signatureMethod: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
        digestMethod: 'http://www.w3.org/2001/04/xmlenc#sha256',
      },
    });
    const { text, delivered } = await give('osb-rm-s', {
      ...fresh,
      body: fresh.body.replace(envelope, () => resigned),
    });
    expect(text).toMatch(/eb:errorCode="SecurityFailure"[^<]*<[^>]*>is not covered by the signature</);
    expect(delivered).toBe(0);
  });

  test('R117 R73 R79 an error that carries a Manifest is not delivered, and not answered with an error', async () => {
    const fresh = await freshRequest('osb-rm');
    const error = `<eb:ErrorList ${ATTRS} eb:highestSeverity="Error"><eb:Error eb:errorCode="Unknown" eb:severity="Error"></eb:Error></eb:ErrorList>`;
    const { status, delivered } = await give('osb-rm', extra(error)(fresh));
    expect(status).toBe(204);
    expect(delivered).toBe(0);
  });
});

describe('who may send', () => {
  test('row 93 R62 DK-027 T200 the certificate of another organisation', async () => {
    const { text, delivered } = await give('osb-rm', await freshRequest('osb-rm'), OIN_B);
    expect(text).toContain('SecurityFailure');
    expect(delivered).toBe(0);
  });

  test('row 92 no client certificate', async () => {
    const { text, delivered } = await give('osb-rm', await freshRequest('osb-rm'), null);
    expect(text).toContain('SecurityFailure');
    expect(delivered).toBe(0);
  });

  test('row 63 C8 From and To swapped', async () => {
    const fresh = await freshRequest('osb-rm');
    const body = fresh.body.replace(
      /<eb:From>(.*?)<\/eb:From><eb:To>(.*?)<\/eb:To>/,
      '<eb:From>$2</eb:From><eb:To>$1</eb:To>',
    );
    const { text, delivered } = await give('osb-rm', { ...fresh, body });
    const errors = [...text.matchAll(/eb:errorCode="([^"]*)" eb:location="([^"]*)"/g)].map(([, ...found]) => found);
    expect(errors).toEqual([
      ['Inconsistent', '//Header/MessageHeader/To/PartyId'],
      ['SecurityFailure', '//Header/MessageHeader/From/PartyId'],
    ]);
    expect(delivered).toBe(0);
  });

  test('row 115 R3 T6 a message without payload as plain text/xml', async () => {
    const fresh = await freshRequest('osb-rm');
    const envelope = /<SOAP:Envelope[\s\S]*<\/SOAP:Envelope>/.exec(fresh.body)?.[0] ?? '';
    const body = envelope.replace(/<eb:Manifest[\s\S]*<\/eb:Manifest>/, '');
    const { text, delivered } = await give('osb-rm', {
      body,
      headers: { 'content-type': 'text/xml; charset=UTF-8', soapaction: '"ebXML"' },
    });
    expect(text).toContain('<eb:Acknowledgment');
    expect(delivered).toBe(1);
  });

  test('row 102 a refused message leaves evidence', async () => {
    const p = pairOf('osb-rm');
    const before = (await p.b.store.notes(100)).length;
    const fresh = await freshRequest('osb-rm');
    await give('osb-rm', { ...fresh, body: fresh.body.slice(0, -10) });
    const notes = await p.b.store.notes(100);
    expect(notes.length).toBe(before + 1);
    const evidence = notes[0]?.evidence;
    if (evidence === undefined) throw new Error('no evidence');
    expect(Buffer.from(await p.b.store.blobs.read(evidence)).toString('latin1')).toContain('SOAP:Envelope');
  });
});
