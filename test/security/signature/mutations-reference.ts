// References, really signed by the key's holder or bent afterwards (rows 106, 136–138, 148; R53, R56–R58, T100, T105).
import { NS } from '../../../adapter/base/index.ts';
import { firstPart, found, type Message, swap } from './message.ts';
import { answered, type Mutation, refused, type Tools, taken } from './mutation.ts';
import {
  bothReferences,
  EXC,
  envelopeReference,
  partReference,
  type ReferenceSpec,
  resign,
  transform,
} from './signer.ts';

/** The correct references and one more. */
const andAlso =
  (more: (m: Message, tools: Tools) => readonly ReferenceSpec[]) =>
  (m: Message, tools: Tools): Message =>
    resign(m, { references: [...bothReferences(m), ...more(m, tools)] });
/** The envelope's reference changed, the part's as it should be. */
export const envelopeWith =
  (change: (m: Message) => Partial<ReferenceSpec>) =>
  (m: Message): Message =>
    resign(m, { references: [envelopeReference(m, change(m)), partReference(m)] });
export const partWith =
  (change: (m: Message, tools: Tools) => Partial<ReferenceSpec>) =>
  (m: Message, tools: Tools): Message =>
    resign(m, { references: [envelopeReference(m), partReference(m, change(m, tools))] });
const manyReferences = (count: number) => (m: Message) =>
  resign(m, {
    references: [
      ...bothReferences(m),
      ...Array.from({ length: count }, (_, number) => ({ uri: `cid:${number}@x`, octets: '', value: 'AAAA' })),
    ],
  });
/** Every letter of the Content-ID as %XX. */
const encoded = (m: Message): string =>
  `cid:${Buffer.from(firstPart(m).contentId).toString('hex').replace(/../g, '%$&')}`;

const TARGETS: readonly Mutation[] = [
  taken('R50 the correct references, signed anew', (m) => resign(m, { references: bothReferences(m) })),
  taken('R53 T105 a Type on the reference of the envelope', (m) =>
    envelopeWith(() => ({ attributes: ` Type="${NS.ds}Object" Id="r"` }))(m),
  ),
  refused('row 136 T100 no reference at all', (m) => resign(m, { references: [] })),
  refused('row 136 T100 R56 only the part is referred to', (m) => resign(m, { references: [partReference(m)] })),
  refused(
    'row 137 R58 only the envelope is referred to',
    (m) => resign(m, { references: [envelopeReference(m)] }),
    'is not covered by the signature',
  ),
  refused(
    'row 136 the URI attribute is absent',
    envelopeWith(() => ({ uri: null })),
  ),
  refused(
    'row 136 the URI is a space',
    envelopeWith(() => ({ uri: ' ' })),
  ),
  refused(
    'row 136 the URI is "#"',
    envelopeWith(() => ({ uri: '#' })),
  ),
  refused(
    'row 136 the URI is an XPointer to the root',
    envelopeWith(() => ({ uri: '#xpointer(/)' })),
  ),
  refused(
    'row 136 the URI is an XPointer to an id',
    envelopeWith(() => ({ uri: "#xpointer(id('x'))" })),
  ),
  refused('row 136 a second reference by XPointer', (m, tools) =>
    andAlso(() => [{ uri: '#xpointer(/)', octets: '' }])(m, tools),
  ),
  refused('row 136 the envelope is referred to twice', (m, tools) => andAlso(() => [envelopeReference(m)])(m, tools)),
  refused('row 106 a part is referred to twice', (m, tools) => andAlso(() => [partReference(m)])(m, tools)),
  refused(
    'row 106 a part is referred to twice in two spellings',
    (m, tools) => andAlso(() => [partReference(m, { uri: encoded(m) })])(m, tools),
    'two references have the same URI',
  ),
  taken(
    'R14 T68 a part is referred to with percent-encoding',
    partWith((m) => ({ uri: encoded(m) })),
  ),
  refused(
    'row 136 CID: in capitals in the reference',
    partWith((m) => ({ uri: `CID:${firstPart(m).contentId}` })),
  ),
  refused(
    'row 137 the Content-ID in capitals',
    partWith((m) => ({ uri: `cid:${firstPart(m).contentId.toUpperCase()}` })),
  ),
  refused(
    'row 137 the Content-ID in angle brackets',
    partWith((m) => ({ uri: `cid:&lt;${firstPart(m).contentId}&gt;` })),
  ),
  refused(
    'row 137 a broken percent-encoding',
    partWith((m) => ({ uri: `cid:%zz${firstPart(m).contentId}` })),
  ),
  refused(
    'row 137 a fragment behind the cid',
    partWith((m) => ({ uri: `cid:${firstPart(m).contentId}#x` })),
  ),
  refused(
    'row 137 an empty cid',
    partWith(() => ({ uri: 'cid:' })),
  ),
  refused(
    'row 137 a part that is not there',
    andAlso(() => [{ uri: 'cid:weg@x', octets: '' }]),
  ),
  refused(
    'row 137 the SOAP part by its cid',
    andAlso((m) => [{ uri: `cid:${m.rootId}`, octets: m.envelope }]),
  ),
  refused(
    'row 147 a reference to outside by http',
    andAlso((_m, { canary }) => [{ uri: `${canary}/reference`, octets: '' }]),
  ),
  refused('row 147 the envelope by http', (m, { canary }) => envelopeWith(() => ({ uri: `${canary}/envelope` }))(m)),
  refused(
    'row 147 a reference to a file',
    andAlso(() => [{ uri: 'file:///etc/hostname', octets: '' }]),
  ),
  refused(
    'row 136 a relative reference',
    andAlso((m) => [{ uri: firstPart(m).contentId, octets: firstPart(m).bytes }]),
  ),
  refused('row 148 1001 references', manyReferences(999), 'found 1001 references'),
  refused(
    'row 148 10 000 references by a stranger',
    (m) => swap('</ds:SignedInfo>', (end) => `${'<ds:Reference URI="cid:x"/>'.repeat(10_000)}${end}`)(m),
    'found 10002 references',
  ),
  refused('row 148 1000 references, all but two unresolved', manyReferences(998)),
  taken('R56 xml:base to elsewhere: an empty URI is this document', (m) => {
    const based = swap('<SOAP:Envelope ', '<SOAP:Envelope xml:base="http://elders.example/" ')(m);
    return resign(based, { references: bothReferences(based) });
  }),
  refused('row 137 a ds:Manifest in an Object refers to the part', (m) => {
    const content = `${found(m, /<ds:Reference URI="cid:[\s\S]*?<\/ds:Reference>/)}</ds:Manifest>`;
    const manifest = {
      uri: '#m',
      octets: `<ds:Manifest xmlns:ds="${NS.ds}" Id="m">${content}`,
      attributes: ` Type="${NS.ds}Manifest"`,
      transforms: [transform(EXC)],
    };
    return resign(m, {
      references: [envelopeReference(m), manifest],
      afterwards: `<ds:Object><ds:Manifest Id="m">${content}</ds:Object>`,
    });
  }),
];

const SHAPES: readonly Mutation[] = [
  refused('row 148 two DigestValues', (m) => swap('</ds:DigestValue>', (end) => `${end}<ds:DigestValue>AAAA${end}`)(m)),
  refused(
    'row 148 a DigestValue that is no base64',
    partWith(() => ({ value: '!!!!' })),
  ),
  refused(
    'row 148 an empty DigestValue',
    partWith(() => ({ value: '' })),
  ),
  refused(
    'row 141 a DigestValue cut short',
    partWith(() => ({ value: 'AAAA' })),
  ),
  refused(
    'row 144 the digest MD5',
    partWith(() => ({ digest: ['http://www.w3.org/2001/04/xmldsig-more#md5', 'md5'] })),
  ),
  refused(
    'row 145 the digest SHA-1 of the part',
    partWith(() => ({ digest: [`${NS.ds}sha1`, 'sha1'] })),
    'uses SHA-1',
  ),
  refused(
    'row 145 the digest SHA-1 of the envelope',
    envelopeWith(() => ({ digest: [`${NS.ds}sha1`, 'sha1'] })),
    'uses SHA-1',
  ),
  refused(
    'R52 T98 the digest SHA-512, which is not agreed',
    partWith(() => ({ digest: ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'] })),
    'differs from the CPA',
  ),
  refused(
    'row 144 the digest RIPEMD-160',
    partWith(() => ({ digest: ['http://www.w3.org/2001/04/xmlenc#ripemd160', 'sha256'] })),
  ),
  refused(
    'row 121 row 144 the digest __proto__',
    partWith(() => ({ digest: ['__proto__', 'sha256'] })),
  ),
  refused(
    'row 144 an empty digest method',
    partWith(() => ({ digest: ['', 'sha256'] })),
  ),
];

export const REFERENCES: readonly Mutation[] = [
  ...TARGETS,
  ...SHAPES,
  answered('row 106 the part twice in the package', 'fault Client', (m) => ({ ...m, parts: [...m.parts, ...m.parts] })),
];
