// The ebMS codec: strict by the tables of the fact sheet, lenient where it is written, and its own inverse.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ACTOR, ERROR_CODE_CONTEXT, MSH_SERVICE, SYNC_REPLY } from '../../adapter/base/index.ts';
import {
  type EbmsMessage,
  type LENIENCIES,
  readFault,
  readMessage,
  writeFault,
  writeMessage,
} from '../../adapter/ebms/index.ts';
import { readXml } from '../../adapter/xml/index.ts';

const at = (instant: number) => ({ instant, zoned: true });
const T = Date.UTC(2030, 0, 1, 10);

const business: EbmsMessage = {
  header: {
    version: '2.0',
    from: { partyIds: [{ value: '1', type: 'urn:osb:oin' }, { value: 'urn:x' }], role: 'Zender' },
    to: { partyIds: [{ value: '2', type: 'urn:osb:oin' }], role: 'Ontvanger' },
    cpaId: 'cpa',
    conversationId: 'gesprek',
    service: { value: 'dienst', type: 'urn:osb:services' },
    action: 'doe',
    messageId: 'm@x',
    timestamp: at(T),
    refToMessageId: 'eerder@x',
    timeToLive: at(T + 1000),
    duplicateElimination: true,
  },
  syncReply: SYNC_REPLY,
  ackRequested: [{ version: '2.0', signed: true, actor: ACTOR.toPartyMsh }],
  manifest: { version: '2.0', references: [{ href: 'cid:p@x', role: 'urn:rol' }, { href: 'cid:q@x' }] },
  signatures: 0,
};
const signal = (action: string, change: Partial<EbmsMessage>): EbmsMessage => ({
  header: { ...business.header, service: { value: MSH_SERVICE }, action },
  syncReply: false,
  ackRequested: [],
  signatures: 0,
  ...change,
});
const MESSAGES: readonly (readonly [string, EbmsMessage])[] = [
  ['T27 business', business],
  [
    'R88 Acknowledgment',
    signal('Acknowledgment', {
      acknowledgment: {
        version: '2.0',
        actor: ACTOR.toPartyMsh,
        timestamp: at(T),
        refToMessageId: 'm@x',
        from: [{ value: '2' }],
        references: [],
      },
    }),
  ],
  [
    'R77 MessageError',
    signal('MessageError', {
      errorList: {
        version: '2.0',
        highestSeverity: 'Error',
        errors: [
          {
            codeContext: ERROR_CODE_CONTEXT,
            errorCode: 'Unknown',
            severity: 'Error',
            location: '//x',
            description: 'é <&> "',
          },
        ],
      },
    }),
  ],
  ['R123 Ping', signal('Ping', {})],
  ['R124 Pong', signal('Pong', {})],
  ['R118 StatusRequest', signal('StatusRequest', { statusRequest: { version: '2.0', refToMessageId: 'm@x' } })],
  [
    'R119 StatusResponse',
    signal('StatusResponse', {
      statusResponse: { version: '2.0', refToMessageId: 'm@x', status: 'Received', timestamp: at(T) },
    }),
  ],
  ['R2 R126 MessageOrder', { ...business, messageOrder: { version: '2.0', sequenceNumber: 3, status: 'Continue' } }],
];

function readText(text: string) {
  const xml = readXml(Buffer.from(text));
  if (!xml.ok) throw new Error(xml.error.detail);
  return readMessage(xml.value);
}
const good = writeMessage(business);
const change = (from: string | RegExp, to: string): string => {
  const changed = good.replace(from, to);
  if (changed === good) throw new Error(`nothing to change: ${String(from)}`);
  return changed;
};

describe('write and read', () => {
  test.each(MESSAGES)('%s comes back as it was, and what is written is its own canonical form', (_title, message) => {
    const text = writeMessage(message);
    const xml = readXml(Buffer.from(text));
    if (!xml.ok) throw new Error(xml.error.detail);
    expect(xml.value.text).toBe(text);
    const read = readMessage(xml.value);
    expect(read.ok && read.value.message).toEqual(message);
  });

  test('R15 any text survives', () => {
    const word = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((text) => text.trim() === text && text !== '' && !/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(text));
    fc.assert(
      fc.property(word, word, word, (cpaId, action, messageId) => {
        const message = { ...business, header: { ...business.header, cpaId, action, messageId } };
        const read = readText(writeMessage(message));
        expect(read.ok && read.value.message.header).toEqual(message.header);
      }),
    );
  });

  test('R144 a fault and its words come back', () => {
    const xml = readXml(Buffer.from(writeFault({ code: 'Client', detail: 'iets <anders>' })));
    expect(xml.ok && readFault(xml.value)).toEqual({ code: 'Client', detail: 'iets <anders>' });
  });
});

const REFUSED: readonly (readonly [string, string, string])[] = [
  ['T31 no PartyId', change(/<eb:PartyId.*?<\/eb:From>/, '</eb:From>'), 'PartyId'],
  ['T31 no CPAId', change(/<eb:CPAId>.*?<\/eb:CPAId>/, ''), 'CPAId'],
  ['T31 no ConversationId', change(/<eb:ConversationId>.*?<\/eb:ConversationId>/, ''), 'ConversationId'],
  ['T31 no MessageId', change(/<eb:MessageId>.*?<\/eb:MessageId>/, ''), 'MessageId'],
  ['T31 an empty CPAId', change('>cpa<', '> <'), 'CPAId'],
  [
    'R15 the order is changed',
    change(/(<eb:CPAId>.*?<\/eb:CPAId>)(<eb:ConversationId>.*?<\/eb:ConversationId>)/, '$2$1'),
    'CPAId',
  ],
  ['R16 no version', change(' eb:version="2.0"', ''), 'version'],
  ['R17 no mustUnderstand', change(' SOAP:mustUnderstand="1"', ''), 'mustUnderstand'],
  ['R17 mustUnderstand of 2', change('SOAP:mustUnderstand="1"', 'SOAP:mustUnderstand="2"'), 'mustUnderstand'],
  ['R15 an attribute without prefix', change('eb:signed="true"', 'signed="true"'), 'signed'],
  [
    'row 70 a Timestamp with a blank',
    change(/<eb:Timestamp>[^<]*/, '<eb:Timestamp> 2030-01-01T00:00:00Z'),
    'Timestamp',
  ],
  ['row 70 a Timestamp of 24:00:00', change(/<eb:Timestamp>[^<]*/, '<eb:Timestamp>2030-01-01T24:00:00Z'), 'Timestamp'],
  [
    'row 70 a Timestamp in the year 10000',
    change(/<eb:Timestamp>[^<]*/, '<eb:Timestamp>10000-01-01T00:00:00Z'),
    'Timestamp',
  ],
  [
    'row 70 a Timestamp with a zone beyond 14 hours',
    change(/<eb:Timestamp>[^<]*/, '<eb:Timestamp>2030-01-01T00:00:00+14:01'),
    'Timestamp',
  ],
  ['R23 T31 text beside the elements of MessageHeader', change('<eb:CPAId>', 'x<eb:CPAId>'), 'MessageHeader'],
  ['R23 T31 text in AckRequested', change(/(<eb:AckRequested[^>]*>)/, '$1x'), 'AckRequested'],
  ['R3 text beside the header blocks', change('<SOAP:Header>', '<SOAP:Header>x'), '//Header'],
  ['R40 text beside the Manifest', change('</SOAP:Body>', 'x</SOAP:Body>'), '//Body'],
  ['R3 text beside Header and Body', change('<SOAP:Body>', 'x<SOAP:Body>'), '/Envelope'],
  ['R41 a Manifest without references', change(/<eb:Reference.*<\/eb:Reference>/, ''), 'Reference'],
  ['R41 a Reference without href', change(/ xlink:href="[^"]*"/, ''), 'href'],
  ['R81 SyncReply without actor', change(/(<eb:SyncReply) SOAP:actor="[^"]*"/, '$1'), 'actor'],
  ['R23 row 69 no MessageHeader', change(/<eb:MessageHeader.*<\/eb:MessageHeader>/, ''), 'MessageHeader'],
];

describe('structure', () => {
  test.each(REFUSED)('%s is a Fault Client that names the field', (_title, text, field) => {
    const read = readText(text);
    expect(read.ok).toBe(false);
    if (!read.ok) {
      expect(read.error.code).toBe('Client');
      expect(read.error.detail).toContain(field);
    }
  });

  test('R34 row 70 T55 a time without zone is UTC, with a warning; an offset is converted', () => {
    const unzoned = readText(change(/<eb:Timestamp>[^<]*/, '<eb:Timestamp>2030-01-01T10:00:00'));
    expect(unzoned.ok && unzoned.value.message.header.timestamp).toEqual({ instant: T, zoned: false });
    expect(unzoned.ok && unzoned.value.warnings.map((issue) => issue.rule)).toEqual(['R34']);
    const offset = readText(change(/<eb:Timestamp>[^<]*/, '<eb:Timestamp>2030-01-01T11:00:00+01:00'));
    expect(offset.ok && offset.value.message.header.timestamp.instant).toBe(T);
  });

  test('R20 T30 elements of other namespaces are ignored where the schema lets them be', () => {
    const read = readText(change('</eb:MessageHeader>', '<x:y xmlns:x="urn:x"></x:y></eb:MessageHeader>'));
    expect(read.ok && read.value.message).toEqual(business);
  });

  test('R38 T62 a Description in two languages changes nothing', () => {
    const words = '<eb:Description xml:lang="nl">ja</eb:Description><eb:Description xml:lang="en">yes</eb:Description>';
    const read = readText(change('</eb:MessageHeader>', `${words}</eb:MessageHeader>`));
    expect(read.ok && read.value.message).toEqual(business);
  });

  test('DK-023 an id on an element makes no difference', () => {
    const read = readText(change('<eb:MessageHeader ', '<eb:MessageHeader eb:id="kop" '));
    expect(read.ok && read.value.message).toEqual(business);
  });

  test('R21 a block that must be understood is ours when its actor is one that we play, and nobody else’s business', () => {
    const faultFor = (actor: string): string | undefined => {
      const at = actor === '' ? '' : ` SOAP:actor="${actor}"`;
      const block = `<x:y xmlns:x="urn:x" SOAP:mustUnderstand="1"${at}></x:y></SOAP:Header>`;
      const read = readText(change('</SOAP:Header>', block));
      return read.ok ? undefined : read.error.code;
    };
    for (const actor of ['', ACTOR.next, ACTOR.nextMsh, ACTOR.toPartyMsh])
      expect(faultFor(actor)).toBe('MustUnderstand');
    expect(faultFor('urn:iemand:anders')).toBeUndefined();
  });

  test('row 122 row 123 comments, CDATA and prefixes make no difference', () => {
    const text = change('>cpa<', '>c<!-- x --><![CDATA[p]]>a<')
      .replaceAll('SOAP:', 's:')
      .replaceAll('xmlns:SOAP', 'xmlns:s')
      .replaceAll('eb:', 'e:')
      .replaceAll('xmlns:eb', 'xmlns:e');
    const read = readText(text);
    expect(read.ok && read.value.message).toEqual(business);
  });

  const lenient: Readonly<Record<keyof typeof LENIENCIES, string>> = {
    mustUnderstandBoolean: change('SOAP:mustUnderstand="1"', 'SOAP:mustUnderstand="true"'),
    mustUnderstandOnBody: change('<eb:Manifest', '<eb:Manifest SOAP:mustUnderstand="1"'),
    descriptionWithoutLang: change('</eb:MessageHeader>', '<eb:Description>tekst</eb:Description></eb:MessageHeader>'),
    duplicateEliminationWithText: change(
      '<eb:DuplicateElimination></eb:DuplicateElimination>',
      '<eb:DuplicateElimination>ja</eb:DuplicateElimination>',
    ),
  };
  test.each(MESSAGES)('row 68 %s: what came with true goes out with 1, in every block', (_name, message) => {
    const written = writeMessage(message);
    const flags = [...written.matchAll(/mustUnderstand="([^"]*)"/g)].map(([, flag]) => flag);
    expect([...new Set(flags)]).toEqual(['1']);
    const came = readText(written.replaceAll('mustUnderstand="1"', 'mustUnderstand="true"'));
    expect(came.ok && writeMessage(came.value.message)).toBe(written);
  });

  test.each(Object.entries(lenient))('row 68 R71 T71 leniency %s', (_name, text) => {
    const read = readText(text);
    expect(read.ok && read.value.message).toEqual(business);
  });
});
