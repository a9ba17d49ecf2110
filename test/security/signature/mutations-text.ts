// The same or other octets: parts changed, exchanged and relabelled, encodings, namespaces and whatever XML lets one write (rows 105–109, 113, 122–124, 137–139, 149).
import { NS } from '../../../adapter/base/index.ts';
import { altered, changePart, firstPart, found, HEADER_BLOCK, type Message, type Part, swap } from './message.ts';
import { answered, type Mutation, refused, taken } from './mutation.ts';
import { bothReferences, resign } from './signer.ts';

const bytes = (change: (bytes: Buffer) => Buffer) => changePart((part) => ({ ...part, bytes: change(part.bytes) }));
const lines = (...all: readonly string[]) => changePart((part) => ({ ...part, lines: all }));
const extra: Part = { lines: ['Content-Type: application/xml'], contentId: 'extra@x', bytes: Buffer.from('<extra/>') };
const CRLF = Buffer.from('<proef>\r\n</proef>\r\n');

/** Signed by A with this as its first part. */
const carrying = (m: Message, content: Buffer): Message => {
  const carried = bytes(() => content)(m);
  return resign(carried, { references: bothReferences(carried) });
};
/** Signed by A with two parts. */
const twoParts = (m: Message): Message => {
  const named = swap(
    '</eb:Manifest>',
    '<eb:Reference xlink:href="cid:extra@x" xlink:type="simple"></eb:Reference></eb:Manifest>',
  )(m);
  const two = { ...named, parts: [...m.parts, extra] };
  return resign(two, { references: bothReferences(two) });
};
const exchanged = (m: Message, change: (one: Part, other: Part) => Part): Message => {
  const [one = extra, two = extra] = m.parts;
  return { ...m, parts: [change(one, two), change(two, one)] };
};

const PARTS: readonly Mutation[] = [
  refused(
    'row 139 one bit of a part',
    bytes((all) => Buffer.from(all.map((byte, at) => (at === 3 ? byte ^ 1 : byte)))),
  ),
  refused(
    'row 139 a newline behind a part',
    bytes((all) => Buffer.concat([all, Buffer.from('\n')])),
  ),
  refused(
    'row 139 a BOM before a part',
    bytes((all) => Buffer.concat([Buffer.from('\ufeff'), all])),
  ),
  refused(
    'row 139 an empty part',
    bytes(() => Buffer.alloc(0)),
  ),
  refused(
    'row 139 the same XML in UTF-16',
    bytes((all) => Buffer.from(`\ufeff${all.toString()}`, 'utf16le')),
  ),
  refused(
    'row 139 the same XML written otherwise',
    bytes(() => Buffer.from('<proef></proef>')),
  ),
  taken('row 139 R61 line ends in a part as they were signed', (m) => carrying(m, CRLF)),
  refused('row 139 CRLF to LF in a part', (m) =>
    bytes((all) => Buffer.from(all.toString().replaceAll('\r\n', '\n')))(carrying(m, CRLF)),
  ),
  taken('R57 two signed parts', twoParts),
  refused('row 138 two parts exchanged', (m) =>
    exchanged(twoParts(m), (part, other) => ({ ...part, bytes: other.bytes })),
  ),
  refused('row 138 the Content-IDs of two parts exchanged', (m) =>
    exchanged(twoParts(m), (part, other) => ({ ...part, contentId: other.contentId })),
  ),
  refused('row 138 one of two parts in the place of both', (m) =>
    exchanged(twoParts(m), (part) => ({ ...part, bytes: extra.bytes })),
  ),
  taken('row 103 two parts in another order', (m) => exchanged(twoParts(m), (_part, other) => other)),
  answered('row 107 R46 a part under another Content-ID', 'error MimeProblem', (m) =>
    changePart((part) => ({ ...part, contentId: 'ander@x' }))(m),
  ),
  answered('row 107 R46 the part taken away', 'error MimeProblem', (m) => ({ ...m, parts: [] })),
  answered('row 107 row 138 an unsigned part that the Manifest does not name', 'error MimeProblem', (m) => ({
    ...m,
    parts: [...m.parts, extra],
  })),
  refused('row 137 an unsigned part that the Manifest names, signed over that Manifest', (m) => {
    const two = twoParts(m);
    return resign(two, { references: bothReferences(two).slice(0, 2) });
  }),
  answered('row 106 another part with the Content-ID of the signed one, first', 'fault Client', (m) => ({
    ...m,
    parts: [{ ...extra, contentId: firstPart(m).contentId }, ...m.parts],
  })),
  answered('row 106 another part with the Content-ID of the signed one, last', 'fault Client', (m) => ({
    ...m,
    parts: [...m.parts, { ...extra, contentId: firstPart(m).contentId }],
  })),
  answered('row 106 a part with the Content-ID of the SOAP part', 'fault Client', (m) => ({
    ...m,
    parts: [...m.parts, { ...extra, contentId: m.rootId }],
  })),
  taken('R59 another Content-Type of a part: a label that nobody signed', lines('Content-Type: text/plain')),
  taken('R60 the part in base64', (m) =>
    changePart((part) => ({
      ...part,
      lines: [...part.lines, 'Content-Transfer-Encoding: base64'],
      bytes: Buffer.from(part.bytes.toString('base64')),
    }))(m),
  ),
  taken('R60 the part in quoted-printable', (m) =>
    changePart((part) => ({
      ...part,
      lines: [...part.lines, 'Content-Transfer-Encoding: quoted-printable'],
      bytes: Buffer.from(part.bytes.toString().replace('p', '=70')),
    }))(m),
  ),
  refused('row 139 an encoding that changes the octets', (m) =>
    changePart((part) => ({
      ...part,
      lines: [...part.lines, 'Content-Transfer-Encoding: quoted-printable'],
      bytes: Buffer.from(part.bytes.toString().replace('p', '=71')),
    }))(m),
  ),
  taken('row 105 the SOAP part last, named by start', (m) => ({ ...m, rootLast: true })),
  refused('row 105 row 128 start names an altered envelope that came along', (m) => ({
    ...m,
    headers: {
      ...m.headers,
      'content-type': (m.headers['content-type'] ?? '').replace(/start="[^"]*"/, 'start="<ander@x>"'),
    },
    parts: [
      ...m.parts,
      {
        lines: ['Content-Type: text/xml; charset=UTF-8'],
        contentId: 'ander@x',
        bytes: Buffer.from(altered(m.envelope)),
      },
    ],
  })),
];

const encoded =
  (charset: string, octets: (envelope: string) => Buffer) =>
  (m: Message): Message => ({
    ...m,
    rootType: `text/xml; charset=${charset}`,
    octets: octets(m.envelope),
  });
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

const ENCODINGS: readonly Mutation[] = [
  taken('row 113 the envelope in UTF-16 and said so', encoded('UTF-16', utf16)),
  answered('row 113 the envelope in UTF-16, said to be UTF-8', 'fault Client', encoded('UTF-8', utf16)),
  refused(
    'row 113 row 139 altered, in UTF-16',
    encoded('UTF-16', (text) => utf16(altered(text))),
  ),
  taken(
    'row 113 a BOM before the envelope',
    encoded('UTF-8', (text) => Buffer.from(`\ufeff${text}`)),
  ),
  taken(
    'row 113 the envelope in ISO-8859-1 and said so',
    encoded('ISO-8859-1', (text) => Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, 'latin1')),
  ),
  answered(
    'row 113 ISO-8859-1 in the document, UTF-8 in the MIME header',
    'fault Client',
    encoded('UTF-8', (text) => Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, 'latin1')),
  ),
  answered(
    'row 113 UTF-7',
    'fault Client',
    encoded('UTF-7', (text) => Buffer.from(text)),
  ),
  answered(
    'row 113 an overlong slash',
    'fault Client',
    encoded('UTF-8', (text) => Buffer.from(text.replace('>TEST', '>\u00c0\u00afTEST'), 'latin1')),
  ),
  answered('row 124 XML 1.1', 'fault Client', (m) => ({ ...m, envelope: `<?xml version="1.1"?>${m.envelope}` })),
  taken('R9 an XML declaration', (m) => ({ ...m, envelope: `<?xml version="1.0" encoding="UTF-8"?>\n${m.envelope}` })),
];

const DIGITS = '>00000099000000001000<';

const DECLARATIONS = Array.from({ length: 240 }, (_, number) => ` xmlns:n${number}="urn:${number}"`).join('');

const TEXT: readonly Mutation[] = [
  answered('row 119 row 149 200 000 elements under 240 namespaces', 'fault Client', (m) =>
    swap('</SOAP:Body>', `<x${DECLARATIONS}>${'<y/>'.repeat(200_000)}</x></SOAP:Body>`)(m),
  ),
  refused('row 119 row 149 1000 elements under 240 namespaces', (m) =>
    swap('</SOAP:Body>', `<x${DECLARATIONS}>${'<y/>'.repeat(1000)}</x></SOAP:Body>`)(m),
  ),
  answered('row 119 row 149 90 000 attributes of one element', 'fault Client', (m) =>
    swap(
      '</SOAP:Body>',
      `<x${Array.from({ length: 90_000 }, (_, number) => ` a${number}=""`).join('')}/></SOAP:Body>`,
    )(m),
  ),
  refused('row 119 row 149 500 attributes of one element', (m) =>
    swap('</SOAP:Body>', `<x${Array.from({ length: 500 }, (_, number) => ` a${number}=""`).join('')}/></SOAP:Body>`)(m),
  ),
  answered('row 119 300 namespaces', 'fault Client', (m) =>
    swap('</SOAP:Body>', `<x${DECLARATIONS}${DECLARATIONS.replaceAll('xmlns:n', 'xmlns:m')}/></SOAP:Body>`)(m),
  ),
  refused('row 119 200 000 elements in the Body', (m) =>
    swap('</SOAP:Body>', `<x>${'<y/>'.repeat(200_000)}</x></SOAP:Body>`)(m),
  ),
  refused('row 139 another action', (m) => swap(HEADER_BLOCK, altered)(m)),
  refused('row 139 T90 another ConversationId', (m) => swap(/(?<=<eb:ConversationId>)./, 'x')(m)),
  refused('row 139 another MessageId, row 151', (m) => swap(/(?<=<eb:MessageId>)./, 'x')(m)),
  refused('row 139 a later TimeToLive', (m) => swap(/(?<=<eb:TimeToLive>)\d{4}/, '2099')(m)),
  refused('R61 a newline between two blocks', (m) => swap('<SOAP:Body>', '\n<SOAP:Body>')(m)),
  refused('R61 a carriage return by reference', (m) => swap('<SOAP:Body>', '&#13;<SOAP:Body>')(m)),
  refused('R61 a zero-width space in a value', (m) => swap('</eb:ConversationId>', '\u200b</eb:ConversationId>')(m)),
  taken('row 149 attributes in another order and single quotes', (m) =>
    swap(
      /xmlns:eb="([^"]*)" xmlns:xlink="([^"]*)"/,
      `xmlns:xlink='http://www.w3.org/1999/xlink' xmlns:eb='${NS.eb}'`,
    )(m),
  ),
  taken('row 149 an empty-element tag', (m) =>
    swap('<eb:DuplicateElimination></eb:DuplicateElimination>', '<eb:DuplicateElimination/>')(m),
  ),
  taken('row 149 white space in tags', (m) => swap('<SOAP:Header>', '<SOAP:Header\n\t>')(m)),
  taken('row 149 a namespace declared once more', (m) => swap('<SOAP:Header>', `<SOAP:Header xmlns:eb="${NS.eb}">`)(m)),
  refused('row 149 a namespace more on the Envelope', (m) =>
    swap('<SOAP:Envelope ', '<SOAP:Envelope xmlns:x="urn:x" ')(m),
  ),
  refused('row 149 a default namespace on the Body', (m) => swap('<SOAP:Body>', '<SOAP:Body xmlns="urn:x">')(m)),
  refused('row 123 the prefix eb bound anew on the Body', (m) =>
    swap('<SOAP:Body>', '<SOAP:Body xmlns:eb="urn:x">')(m),
  ),
  answered('row 123 the prefix eb bound anew on the MessageHeader', 'fault MustUnderstand', (m) =>
    swap('<eb:MessageHeader ', '<eb:MessageHeader xmlns:eb="urn:x" ')(m),
  ),
  refused('row 123 the prefix ds bound anew on KeyInfo and SignedInfo', (m) =>
    swap('<ds:SignedInfo>', '<ds:SignedInfo xmlns:ds="urn:x">')(m),
  ),
  answered('row 123 a prefix bound twice in one tag', 'fault Client', (m) =>
    swap('<SOAP:Envelope ', '<SOAP:Envelope xmlns:eb="urn:x" ')(m),
  ),
  answered('row 123 an attribute twice under two prefixes', 'fault Client', (m) =>
    swap('<eb:MessageHeader ', `<eb:MessageHeader xmlns:e="${NS.eb}" e:version="2.0" `)(m),
  ),
  refused('row 120 xml:base on the Header', (m) =>
    swap('<SOAP:Header>', '<SOAP:Header xml:base="http://elders.example/">')(m),
  ),
  refused('row 149 xml:space on the Body', (m) => swap('<SOAP:Body>', '<SOAP:Body xml:space="preserve">')(m)),
  refused('row 149 xml:lang on the Signature, which SignedInfo inherits', (m) =>
    swap('<ds:Signature ', '<ds:Signature xml:lang="nl" ')(m),
  ),
  refused('row 149 xml:id on the Envelope', (m) => swap('<SOAP:Envelope ', '<SOAP:Envelope xml:id="x" ')(m)),
  taken('row 122 a comment in a PartyId: one reading only', (m) => swap(DIGITS, '>0000009900<!-- x -->0000001000<')(m)),
  taken('row 122 a CDATA section in a PartyId', (m) => swap(DIGITS, '><![CDATA[00000099000000001000]]><')(m)),
  taken('row 122 a character reference in a PartyId', (m) => swap(DIGITS, '>&#48;0000099000000001000<')(m)),
  refused('row 122 a processing instruction in a PartyId', (m) => swap(DIGITS, '>0000009900<?x?>0000001000<')(m)),
  refused('row 122 a processing instruction before the root', (m) => ({ ...m, envelope: `<?x?>${m.envelope}` })),
  taken('row 122 a comment before and behind the root', (m) => ({
    ...m,
    envelope: `<!-- x -->${m.envelope}<!-- y -->`,
  })),
  refused('row 120 an xml-stylesheet to outside', (m, { canary }) => ({
    ...m,
    envelope: `<?xml-stylesheet href="${canary}/style"?>${m.envelope}`,
  })),
  answered('row 117 an attribute by default from a DOCTYPE', 'fault Client', (m) => ({
    ...m,
    envelope: `<!DOCTYPE SOAP:Envelope [<!ATTLIST eb:MessageHeader eb:id CDATA "x">]>${m.envelope}`,
  })),
  answered('row 117 a DOCTYPE to outside', 'fault Client', (m, { canary }) => ({
    ...m,
    envelope: `<!DOCTYPE SOAP:Envelope SYSTEM "${canary}/dtd">${m.envelope}`,
  })),
  answered('row 117 an Id attribute declared in a DOCTYPE', 'fault Client', (m) => ({
    ...m,
    envelope: `<!DOCTYPE x [<!ATTLIST ds:Signature Wie ID #IMPLIED>]>${m.envelope}`,
  })),
  answered('row 124 text behind the root', 'fault Client', (m) => ({ ...m, envelope: `${m.envelope}x` })),
  answered('row 128 a second root', 'fault Client', (m) => ({ ...m, envelope: `${m.envelope}${m.envelope}` })),
  answered('row 124 a control character', 'fault Client', (m) => swap('>TEST_A_B<', '>TEST_A_B\u0001<')(m)),
  refused('row 120 xi:include of a file in the Body', (m) =>
    swap(
      '</SOAP:Body>',
      '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"/></SOAP:Body>',
    )(m),
  ),
  refused('row 139 the Manifest names the part twice', (m) =>
    swap('</eb:Manifest>', `${found(m, /<eb:Reference [\s\S]*?<\/eb:Reference>/)}</eb:Manifest>`)(m),
  ),
];

export const OCTETS: readonly Mutation[] = [...PARTS, ...ENCODINGS, ...TEXT];
