// Signature wrapping: the signed copy stays in the document, another one stands where the reader looks (rows 128–135, T101).
import { NS } from '../../../adapter/base/index.ts';
import {
  altered,
  beforeHeaderEnd,
  found,
  HEADER_BLOCK,
  inBody,
  inSignature,
  type Message,
  SIGNATURE,
  signatureOf,
  steps,
  swap,
  withoutSignature,
} from './message.ts';
import { answered, type Mutation, refused, taken } from './mutation.ts';
import { canonical, NEXT, NEXT_MSH, partReference, resign, transform } from './signer.ts';

const object = (xml: string, id = ''): string => `<ds:Object xmlns:ds="${NS.ds}"${id}>${xml}</ds:Object>`;
const foreign = (xml: string): string => `<x:wrap xmlns:x="urn:x">${xml}</x:wrap>`;
/** The message with its action altered where it is read. */
const alter = (message: Message): Message => swap(HEADER_BLOCK, altered)(message);
const header = (message: Message): string => found(message, HEADER_BLOCK);
const bodyOf = (message: Message): string => found(message, /<SOAP:Body>[\s\S]*<\/SOAP:Body>/);

/** Signed by its holder over an element with an Id, as other protocols do; then that element is moved by `wrap`. */
const byId =
  (wrap: (signedHeader: string) => (message: Message) => Message) =>
  (correct: Message): Message => {
    const signedHeader = header(correct).replace('<eb:MessageHeader ', '<eb:MessageHeader Id="signed" ');
    const declared = signedHeader.replace(
      '<eb:MessageHeader ',
      `<eb:MessageHeader xmlns:SOAP="${NS.soap}" xmlns:eb="${NS.eb}" `,
    );
    const reference = {
      uri: '#signed',
      octets: canonical(declared),
      transforms: [transform('http://www.w3.org/2001/10/xml-exc-c14n#')],
    };
    return wrap(signedHeader)(resign(correct, { references: [reference, partReference(correct)] }));
  };

const WRAPPED: readonly Mutation[] = [
  refused('row 128 XSW1 the signed Envelope inside Signature/Object, the outer one altered', (m) =>
    steps(alter, inSignature(object(withoutSignature(m))))(m),
  ),
  answered('row 129 T101 XSW2 an altered MessageHeader before the signed one', 'fault Client', (m) =>
    swap('<SOAP:Header>', `<SOAP:Header>${altered(header(m))}`)(m),
  ),
  answered('row 129 XSW2 an altered MessageHeader after the signed one', 'fault Client', (m) =>
    beforeHeaderEnd(altered(header(m)))(m),
  ),
  refused('row 129 XSW2 the signed Envelope beside the Signature', (m) =>
    steps(alter, beforeHeaderEnd(withoutSignature(m)))(m),
  ),
  refused('row 130 XSW3 the signed MessageHeader under a foreign element of the Header', (m) =>
    steps(alter, beforeHeaderEnd(foreign(header(m))))(m),
  ),
  answered('row 131 XSW4 the signed MessageHeader inside the altered one', 'fault Client', (m) =>
    steps(alter, swap('</eb:MessageHeader>', `${header(m)}</eb:MessageHeader>`))(m),
  ),
  refused('row 131 XSW4 the signed Envelope inside the altered Body', (m) =>
    steps(alter, inBody(withoutSignature(m)))(m),
  ),
  refused('row 132 XSW5 the signed Envelope directly in the Signature', (m) =>
    steps(alter, inSignature(withoutSignature(m)))(m),
  ),
  refused('row 132 XSW6 the signed MessageHeader in the Object of the Signature', (m) =>
    steps(alter, inSignature(object(header(m))))(m),
  ),
  refused(
    'row 132 XSW6 the signed Envelope in KeyInfo, nothing altered',
    (m) => swap('</ds:KeyInfo>', `${withoutSignature(m)}</ds:KeyInfo>`)(m),
    'elements of a message',
  ),
  refused('row 133 XSW7 the signed MessageHeader in a wrapper inside the altered one', (m) =>
    steps(alter, swap('</eb:MessageHeader>', `${foreign(header(m))}</eb:MessageHeader>`))(m),
  ),
  refused('row 134 XSW8 the signed MessageHeader in an Object of the Header that nothing refers to', (m) =>
    steps(alter, beforeHeaderEnd(object(header(m))))(m),
  ),
  refused('row 128 the whole signed message inside the Body of an unsigned, altered one', (m) => ({
    ...m,
    envelope: altered(withoutSignature(m)).replace('</SOAP:Body>', `${m.envelope}</SOAP:Body>`),
  })),
  refused('row 131 the signed Header under the altered Body', (m) =>
    steps(alter, inBody(`<SOAP:Header>${header(m)}</SOAP:Header>`))(m),
  ),
  answered('row 129 two Headers, the signed one last', 'fault Client', (m) =>
    swap('<SOAP:Header>', `<SOAP:Header>${altered(header(m))}</SOAP:Header><SOAP:Header>`)(m),
  ),
  answered('row 131 two Bodies', 'fault Client', (m) => swap('<SOAP:Body>', `${bodyOf(m)}<SOAP:Body>`)(m)),
  answered('row 128 a foreign root around the signed Envelope', 'fault Client', (m) => ({
    ...m,
    envelope: foreign(m.envelope),
  })),
];

const BY_ID: readonly Mutation[] = [
  refused(
    'row 130 a signature by Id over the MessageHeader only, nothing moved',
    byId((signed) => swap(HEADER_BLOCK, signed)),
  ),
  refused(
    'row 130 XSW3 a signature by Id, its target under a foreign element and an altered header in place',
    byId((signed) => (m) => steps(alter, beforeHeaderEnd(foreign(signed)))(m)),
  ),
  refused(
    'row 132 XSW6 a signature by Id, its target in the Object of the Signature',
    byId((signed) => (m) => steps(alter, inSignature(object(signed)))(m)),
  ),
  refused(
    'row 134 XSW8 a signature by Id, its target in an Object of the Body',
    byId((signed) => (m) => steps(alter, inBody(object(signed)))(m)),
  ),
];

const PLACES: readonly Mutation[] = [
  refused('row 130 the Signature in the Body', (m) => steps(swap(SIGNATURE, ''), inBody(signatureOf(m)))(m)),
  refused('row 130 the Signature under a foreign element of the Header', (m) => swap(SIGNATURE, foreign)(m)),
  refused('row 130 the Signature in an Object of the Header', (m) => swap(SIGNATURE, object)(m)),
  refused('row 130 the Signature in the MessageHeader', (m) =>
    steps(swap(SIGNATURE, ''), swap('</eb:MessageHeader>', `${signatureOf(m)}</eb:MessageHeader>`))(m),
  ),
  refused('row 130 the Signature behind the Header', (m) =>
    steps(swap(SIGNATURE, ''), swap('</SOAP:Body>', `</SOAP:Body>${signatureOf(m)}`))(m),
  ),
  refused('row 143 R49 T106 the Signature twice', (m) => beforeHeaderEnd(signatureOf(m))(m), 'expected one'),
  refused('row 143 a bad Signature behind the good one', (m) =>
    beforeHeaderEnd(signatureOf(m).replace(/<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA'))(m),
  ),
  refused('row 143 a bad Signature before the good one', (m) =>
    swap('<SOAP:Header>', `<SOAP:Header>${signatureOf(m).replace(/<ds:DigestValue>..../, '<ds:DigestValue>AAAA')}`)(m),
  ),
  refused('row 143 an empty Signature before the good one', (m) =>
    swap('<SOAP:Header>', `<SOAP:Header><ds:Signature xmlns:ds="${NS.ds}"/>`)(m),
  ),
  refused('row 143 a second Signature inside KeyInfo', (m) =>
    swap('</ds:KeyInfo>', `<ds:Signature><ds:SignedInfo/></ds:Signature></ds:KeyInfo>`)(m),
  ),
  refused('row 143 a good Signature in the Body beside the altered header and its own', (m) =>
    steps(alter, inBody(signatureOf(m)))(m),
  ),
  refused('row 126 the Signature in another namespace', (m) => swap(`xmlns:ds="${NS.ds}"`, 'xmlns:ds="urn:ds"')(m)),
  refused('row 126 no Signature at all', (m) => swap(SIGNATURE, '')(m)),
  refused('row 126 an empty Signature', (m) => swap(SIGNATURE, `<ds:Signature xmlns:ds="${NS.ds}"/>`)(m)),
];

/** Attributes outside what is signed, so that nothing but the rule about ids can refuse them. */
const sameId = (one: string, two: string): Mutation =>
  refused(
    `row 135 ${one} and ${two} with one value`,
    (m) =>
      steps(
        swap('<ds:KeyInfo>', `<ds:KeyInfo xmlns:wsu="urn:wsu" xmlns:eb="${NS.eb}" ${one}="x">`),
        swap('<ds:X509Data>', `<ds:X509Data ${two}="x">`),
      )(m),
    'two elements have the same id',
  );

const IDS: readonly Mutation[] = [
  sameId('Id', 'Id'),
  sameId('Id', 'ID'),
  sameId('id', 'Id'),
  sameId('xml:id', 'Id'),
  sameId('xml:id', 'xml:id'),
  sameId('wsu:Id', 'Id'),
  sameId('eb:id', 'wsu:Id'),
  taken('row 135 two different Ids', (m) =>
    steps(swap('<ds:KeyInfo>', '<ds:KeyInfo Id="x">'), swap('<ds:X509Data>', '<ds:X509Data Id="y">'))(m),
  ),
  refused('row 135 the Id of the Signature again on the Body', (m) =>
    steps(swap('<ds:Signature ', '<ds:Signature Id="x" '), swap('<SOAP:Body>', '<SOAP:Body Id="x">'))(m),
  ),
];

const NEXT_NODE = 'addressed to the next node';
const BLOCK = 'SOAP:mustUnderstand="0" eb:version="2.0"';
const actor = (uri: string): string => `SOAP:actor="${uri}"`;

/** The agreed XPath leaves out what is addressed to the next node: what an attacker can hide behind that. */
const LEFT_OUT: readonly Mutation[] = [
  refused(
    'row 129 R55 a RefToMessageId slipped into MessageData with the actor next',
    (m) =>
      swap(/<eb:TimeToLive>/, `<eb:RefToMessageId ${actor(NEXT)}>iets@anders</eb:RefToMessageId><eb:TimeToLive>`)(m),
    NEXT_NODE,
  ),
  answered('row 129 R55 a second PartyId slipped into From with the actor nextMSH', 'error Inconsistent', (m) =>
    swap('</eb:PartyId>', `</eb:PartyId><eb:PartyId ${actor(NEXT_MSH)} eb:type="urn:x">1</eb:PartyId>`)(m),
  ),
  refused(
    'row 129 R55 a Description slipped into the MessageHeader with the actor next',
    (m) =>
      swap(
        '</eb:MessageHeader>',
        `<eb:Description xml:lang="nl" ${actor(NEXT)}>x</eb:Description></eb:MessageHeader>`,
      )(m),
    NEXT_NODE,
  ),
  refused('row 137 R58 a part slipped in, its Reference in the Manifest with the actor next', (m) => ({
    ...swap(
      '</eb:Manifest>',
      `<eb:Reference ${actor(NEXT)} xlink:href="cid:slipped@x" xlink:type="simple"></eb:Reference></eb:Manifest>`,
    )(m),
    parts: [
      ...m.parts,
      { lines: ['Content-Type: application/xml'], contentId: 'slipped@x', bytes: Buffer.from('<x/>') },
    ],
  })),
  refused(
    'row 129 R55 an ErrorList slipped in with the actor next',
    (m) =>
      beforeHeaderEnd(
        `<eb:ErrorList ${actor(NEXT)} ${BLOCK} eb:highestSeverity="Warning"><eb:Error eb:errorCode="Unknown" eb:severity="Warning"></eb:Error></eb:ErrorList>`,
      )(m),
    NEXT_NODE,
  ),
  refused(
    'row 129 R55 an Acknowledgment slipped in with the actor nextMSH',
    (m) =>
      beforeHeaderEnd(
        `<eb:Acknowledgment ${actor(NEXT_MSH)} ${BLOCK}><eb:Timestamp>2030-01-01T00:00:00Z</eb:Timestamp><eb:RefToMessageId>x@y</eb:RefToMessageId></eb:Acknowledgment>`,
      )(m),
    NEXT_NODE,
  ),
  answered('row 129 R55 a second MessageHeader with the actor next', 'fault Client', (m) =>
    beforeHeaderEnd(header(m).replace('<eb:MessageHeader ', `<eb:MessageHeader ${actor(NEXT)} `))(m),
  ),
  refused(
    'row 129 R55 the actor next on the Body',
    (m) => swap('<SOAP:Body>', `<SOAP:Body ${actor(NEXT)}>`)(m),
    NEXT_NODE,
  ),
  refused(
    'row 129 R55 the actor next on the Envelope',
    (m) => swap('<SOAP:Envelope ', `<SOAP:Envelope ${actor(NEXT)} `)(m),
    NEXT_NODE,
  ),
  refused(
    'row 129 R55 the actor next on the Header',
    (m) => swap('<SOAP:Header>', `<SOAP:Header ${actor(NEXT)}>`)(m),
    NEXT_NODE,
  ),
  refused(
    'row 129 R55 a foreign element in the Body with the actor next',
    (m) => inBody(`<x:y xmlns:x="urn:x" ${actor(NEXT)}></x:y>`)(m),
    NEXT_NODE,
  ),
  answered('R55 R84 an AckRequested of the next node slipped in', 'error NotSupported', (m) =>
    beforeHeaderEnd(`<eb:AckRequested ${actor(NEXT_MSH)} ${BLOCK} eb:signed="false"></eb:AckRequested>`)(m),
  ),
  answered('R55 R81 the SyncReply taken away', 'error Inconsistent', (m) =>
    swap(/<eb:SyncReply [^>]*><\/eb:SyncReply>/, '')(m),
  ),
  taken('R55 T30 a foreign header block for the next node', (m) =>
    beforeHeaderEnd(`<x:y xmlns:x="urn:x" ${actor(NEXT)}><x:z/></x:y>`)(m),
  ),
  refused('row 130 a foreign header block for another actor', (m) =>
    beforeHeaderEnd(`<x:y xmlns:x="urn:x" ${actor('urn:ander')}></x:y>`)(m),
  ),
];

export const WRAPPING: readonly Mutation[] = [...WRAPPED, ...BY_ID, ...PLACES, ...IDS, ...LEFT_OUT];
