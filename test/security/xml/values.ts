// Attacks on the values and names of the envelope: split by markup, in other prefixes, in names of our own runtime.
import { type Attack, changed, refusedAs } from '../corpus.ts';
import { type Message, steps, swap } from '../signature/message.ts';
import { block, fault, inconsistent, rewritten, split, taken, textIn, unknownValue } from './value-steps.ts';

const repliesAbout = (message: Message): string =>
  `<eb:RefToMessageId>${textIn(message, 'MessageId')}</eb:RefToMessageId>`;
const references = (value: string): string => [...value].map((c) => `&#${c.charCodeAt(0)};`).join('');

const SPLITTERS: readonly (readonly [string, string])[] = [
  ['a comment', '<!-- x -->'],
  ['an empty comment', '<!---->'],
  ['a processing instruction', '<?x y?>'],
  ['an empty CDATA section', '<![CDATA[]]>'],
];

const SPLIT_VALUES: readonly Attack[] = [
  ...SPLITTERS.flatMap(([what, middle]) =>
    ['PartyId', 'CPAId', 'Service', 'Action', 'MessageId', 'Timestamp'].map((name) =>
      taken(`row 122 ${what} inside ${name}: the joined text is read`, split(name, middle), repliesAbout),
    ),
  ),
  taken(
    'row 122 a MessageId in CDATA',
    rewritten('MessageId', (value) => `<![CDATA[${value}]]>`),
    repliesAbout,
  ),
  taken('row 122 a PartyId as numeric references', rewritten('PartyId', references), repliesAbout),
  taken(
    'row 122 an Action half in CDATA',
    rewritten('Action', (value) => `${value.slice(0, 4)}<![CDATA[${value.slice(4)}]]>`),
  ),
  unknownValue(
    'row 122 another text behind a comment in the Action is not cut off',
    rewritten('Action', (value) => `${value}<!-- -->Fo01`),
  ),
  unknownValue(
    'row 122 another text behind an instruction in the CPAId is not cut off',
    rewritten('CPAId', (v) => `${v}<?x?>X`),
  ),
  inconsistent(
    'row 122 another text behind a comment in the PartyId is not cut off',
    rewritten('PartyId', (v) => `${v}<!---->9`),
  ),
  fault('row 122 an element inside the PartyId', split('PartyId', '<x></x>')),
  fault('row 122 an element inside the MessageId', split('MessageId', '<eb:x></eb:x>')),
  fault(
    'row 122 ]]> as text',
    rewritten('MessageId', (value) => `${value}]]>`),
    'not well-formed XML',
  ),
];

/** Every prefix of the envelope by another name, its declarations with it. */
const renamed = (from: string, to: string): Attack['build'] =>
  changed((message) => ({
    ...message,
    envelope: message.envelope
      .replaceAll(`xmlns:${from}=`, to === '' ? 'xmlns=' : `xmlns:${to}=`)
      .replaceAll(new RegExp(`(</?)${from}:`, 'g'), to === '' ? '$1' : `$1${to}:`)
      .replaceAll(new RegExp(` ${from}:`, 'g'), ` ${to}:`),
  }));
const EB = 'http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd';

const PREFIXES: readonly Attack[] = [
  taken('row 123 another prefix for SOAP', renamed('SOAP', 'soapenv')),
  taken('row 123 another prefix for ebMS', renamed('eb', 'x')),
  taken('row 123 __proto__ as the prefix for ebMS', renamed('eb', '__proto__')),
  taken(
    'row 123 the prefixes of SOAP and ebMS exchanged',
    changed((message) => ({
      ...message,
      envelope: message.envelope
        .replaceAll('SOAP:', '#:')
        .replaceAll('xmlns:SOAP', 'xmlns:#')
        .replaceAll('eb:', 'SOAP:')
        .replaceAll('xmlns:eb=', 'xmlns:SOAP=')
        .replaceAll('#', 'eb'),
    })),
  ),
  taken(
    'row 123 the prefix bound to something else further in, where nothing of ours is',
    block(`<x:x xmlns:x="urn:x"><eb:MessageHeader xmlns:eb="urn:other"></eb:MessageHeader></x:x>`),
  ),
  refusedAs('fault MustUnderstand')(
    'row 123 the prefix of the MessageHeader bound to something else',
    changed(swap('<eb:MessageHeader ', '<eb:MessageHeader xmlns:eb="urn:other" ')),
  ),
  refusedAs('fault MustUnderstand')(
    'row 123 the namespace of ebMS in upper case',
    changed(swap(EB, EB.toUpperCase().replace('HTTP', 'http'))),
  ),
  fault('row 123 the namespace of ebMS with a blank behind it', changed(swap(EB, `${EB} `))),
  refusedAs('fault VersionMismatch')(
    'row 123 the namespace of SOAP with a slash less',
    changed(swap('http://schemas.xmlsoap.org/soap/envelope/', 'http://schemas.xmlsoap.org/soap/envelope')),
  ),
  fault('row 123 an attribute of ours without its prefix', changed(swap('eb:version="2.0"', 'version="2.0"'))),
  fault(
    'row 123 a second MessageHeader under another prefix',
    block(`<y:MessageHeader xmlns:y="${EB}"></y:MessageHeader>`),
  ),
  fault(
    'row 123 mustUnderstand twice under two prefixes',
    changed(
      swap(
        '<eb:MessageHeader ',
        '<eb:MessageHeader xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:mustUnderstand="0" ',
      ),
    ),
  ),
  refusedAs('fault MustUnderstand')(
    'row 123 mustUnderstand under another prefix still counts',
    block('<x:x xmlns:x="urn:x" xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:mustUnderstand="1"></x:x>'),
  ),
  taken(
    'row 123 mustUnderstand of nobody’s namespace does not count',
    block('<x:x xmlns:x="urn:x" mustUnderstand="1"></x:x>'),
  ),
];

const RUNTIME_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];

const NAMES: readonly Attack[] = [
  ...RUNTIME_NAMES.flatMap((name) => [
    taken(
      `row 121 ${name} as an element`,
      block(`<x:${name} xmlns:x="urn:x"><${name}><polluted>1</polluted></${name}></x:${name}>`),
    ),
    taken(
      `row 121 ${name} as an attribute`,
      block(`<x:x xmlns:x="urn:x" ${name}="polluted" x:${name}="polluted"></x:x>`),
    ),
    unknownValue(
      `row 121 ${name} as the CPAId`,
      rewritten('CPAId', () => name),
    ),
    unknownValue(
      `row 121 ${name} as the Service`,
      changed(swap(/(<eb:Service)[^>]*>[^<]*/, `<eb:Service eb:type="t">${name}`)),
    ),
    unknownValue(
      `row 121 ${name} as the Action`,
      rewritten('Action', () => name),
    ),
    inconsistent(
      `row 121 ${name} as the PartyId`,
      rewritten('PartyId', () => name),
    ),
    taken(
      `row 121 ${name} as the ConversationId`,
      rewritten('ConversationId', () => name),
    ),
    taken(
      `row 121 ${name} as the Content-ID of the payload`,
      changed((message) => {
        const id = message.parts[0]?.contentId ?? '';
        return steps(swap(`cid:${id}`, `cid:${name}`), (m) => ({
          ...m,
          parts: m.parts.map((p) => ({ ...p, contentId: name })),
        }))(message);
      }),
    ),
  ]),
  taken(
    'row 121 __proto__ as the MessageId',
    rewritten('MessageId', () => '__proto__'),
    () => '<eb:RefToMessageId>__proto__<',
  ),
];

const FETCHED: readonly Attack[] = [
  taken(
    'row 120 an xi:include',
    block((canary) => `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${canary}/x"></xi:include>`),
  ),
  taken(
    'row 120 an xi:include of a file as text',
    block(
      '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"></xi:include>',
    ),
  ),
  taken(
    'row 120 xml:base to outside',
    changed((message, canary) => swap('<eb:Manifest ', `<eb:Manifest xml:base="${canary}/" `)(message)),
  ),
  taken(
    'row 120 an xlink:schemaLocation',
    block(
      (canary) =>
        `<x:x xmlns:x="urn:x" xmlns:l="http://www.w3.org/1999/xlink" l:type="simple" l:href="${canary}/x" l:actuate="onLoad"></x:x>`,
    ),
  ),
  taken(
    'row 120 the schema of the Reference',
    changed((message, canary) =>
      swap(
        '</eb:Reference>',
        `<eb:Schema eb:location="${canary}/x.xsd" eb:version="1"></eb:Schema></eb:Reference>`,
      )(message),
    ),
  ),
  taken(
    'row 120 an xs:import in the header',
    block(
      (canary) =>
        `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import namespace="u" schemaLocation="${canary}/x.xsd"></xs:import></xs:schema>`,
    ),
  ),
  refusedAs('error MimeProblem')(
    'row 120 a Reference to outside',
    changed((message, canary) => swap(/xlink:href="cid:[^"]*"/, `xlink:href="${canary}/x"`)(message)),
  ),
];

const CHARACTERS: readonly Attack[] = [
  ...[0x85, 0x2028, 0x200b, 0x202e, 0xfeff].map((code) =>
    unknownValue(
      `row 124 U+${code.toString(16).toUpperCase().padStart(4, '0')} in the Action makes it another`,
      rewritten('Action', (value) => `${value}${String.fromCharCode(code)}`),
    ),
  ),
  unknownValue(
    'row 124 DEL in the MessageId',
    rewritten('MessageId', (value) => `${value}\u007f`),
  ),
  unknownValue(
    'row 124 a line feed inside the MessageId',
    rewritten('MessageId', (value) => `${value}&#10;x`),
  ),
  inconsistent(
    'row 124 full-width digits in the PartyId',
    rewritten('PartyId', (value) => value.replaceAll('9', '\uff19')),
  ),
  inconsistent(
    'row 124 a combining mark in the PartyId',
    rewritten('PartyId', (value) => `${value}\u0301`),
  ),
  unknownValue(
    'row 124 a Cyrillic letter in the Action',
    rewritten('Action', (value) => value.replace('o', '\u043e').replace('i', '\u0456')),
  ),
  taken(
    'row 124 a character beyond the basic plane in the ConversationId',
    rewritten('ConversationId', () => '\u{1f600}'),
  ),
];

const charset = (name: string, octets?: (text: string) => Buffer): Attack['build'] =>
  changed((message) => ({
    ...message,
    rootType: `text/xml; charset=${name}`,
    octets: octets?.(message.envelope) ?? Buffer.from(message.envelope),
  }));

const CHARSETS: readonly Attack[] = [
  ...['utf-16', 'utf-7', 'iso-8859-1', 'us-ascii', 'x-unknown', '__proto__', '""'].map((name) =>
    fault(
      `row 113 DK-011 R9 MIME says charset ${name}, the document is UTF-8`,
      charset(name),
      'the MIME charset differs',
    ),
  ),
  taken(
    'row 113 T19 MIME says utf-16, the document is',
    charset('utf-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')),
  ),
  taken(
    'row 113 MIME says ISO-8859-1, the declaration too',
    charset('ISO-8859-1', (text) =>
      Buffer.from(
        `<?xml version="1.0" encoding="ISO-8859-1"?>${text.replace('</SOAP:Header>', '<x:x xmlns:x="urn:x">\u00e9</x:x></SOAP:Header>')}`,
        'latin1',
      ),
    ),
  ),
  fault(
    'row 113 T20 MIME says UTF-8, the declaration ISO-8859-1',
    charset('UTF-8', (text) => Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, 'latin1')),
    'the MIME charset differs',
  ),
  fault(
    'row 113 US-ASCII with an octet above 127',
    charset('us-ascii', (text) =>
      Buffer.from(`<?xml version="1.0" encoding="US-ASCII"?><!-- \u00e9 -->${text}`, 'latin1'),
    ),
    'a byte above 127',
  ),
  fault(
    'row 113 an empty document',
    charset('UTF-8', () => Buffer.alloc(0)),
  ),
  fault(
    'row 113 only a byte order mark',
    charset('UTF-8', () => Buffer.from([0xef, 0xbb, 0xbf])),
  ),
];

export const VALUE_ATTACKS: readonly Attack[] = [
  ...SPLIT_VALUES,
  ...PREFIXES,
  ...NAMES,
  ...FETCHED,
  ...CHARACTERS,
  ...CHARSETS,
];
