// Transforms of the envelope's and the parts' references, each really computed (rows 136, 148, 149; R54–R57, T102–T104).
import { NS } from '../../../adapter/base/index.ts';
import { exclusiveCanonical } from '../../../adapter/xml/index.ts';
import { type Message, swap, withoutSignature } from './message.ts';
import { type Mutation, refused, type Tools, taken } from './mutation.ts';
import { envelopeWith, partWith } from './mutations-reference.ts';
import {
  AGREED,
  C14N,
  canonical,
  coveredOctets,
  ENVELOPED,
  EXC,
  envelopeReference,
  NEXT,
  NEXT_MSH,
  partReference,
  resign,
  transform,
  xpath,
} from './signer.ts';

/** All of the envelope, SyncReply included: what is signed where the agreed filter is not applied. */
const everything = (m: Message): string => canonical(withoutSignature(m));
const minus = (text: string, pattern: RegExp): string => text.replace(pattern, '');
const HEADER_BLOCK = /<eb:MessageHeader [\s\S]*<\/eb:MessageHeader>/;
const BODY = /<SOAP:Body>[\s\S]*<\/SOAP:Body>/;
const MANIFEST = /<eb:Manifest [\s\S]*<\/eb:Manifest>/;
/** Canonicalised once before it is refused: more than 200 000 elements cost about as much to write as to read. */
const A_WHOLE_TREE = { cpuSeconds: 6 };
const exclusive = (text: string): string => {
  const read = exclusiveCanonical(Buffer.from(text, 'utf8'), []);
  if (!read.ok) throw new Error(read.error.detail);
  return read.value;
};
const cut = (name: string, expression: string, octets: (m: Message) => string): Mutation =>
  refused(`row 136 T102 ${name}`, (m) =>
    envelopeWith(() => ({
      octets: octets(m),
      transforms: [transform(ENVELOPED), xpath(expression), transform(C14N)],
    }))(m),
  );
/** The same over the octets that these transforms really give. */
const exclusively = (name: string, ...transforms: readonly string[]): Mutation =>
  refused(
    name,
    envelopeWith((m) => ({ octets: exclusive(coveredOctets(m)), transforms })),
  );
const transformed = (name: string, ...transforms: readonly string[]): Mutation =>
  refused(
    name,
    envelopeWith(() => ({ transforms })),
  );

const XSLT = transform(
  'http://www.w3.org/TR/1999/REC-xslt-19991116',
  '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template match="/"><x/></xsl:template></xsl:stylesheet>',
);
const AGREED_XPATH = xpath(AGREED);

const TRANSFORMS: readonly Mutation[] = [
  cut('an XPath that leaves everything out', 'false()', () => ''),
  cut('an XPath that leaves the Body out', 'not(ancestor-or-self::SOAP:Body)', (m) => minus(everything(m), BODY)),
  cut('an XPath that leaves the MessageHeader out', 'not(ancestor-or-self::eb:MessageHeader)', (m) =>
    minus(everything(m), HEADER_BLOCK),
  ),
  cut('the agreed XPath with an addition', `${AGREED} and not(ancestor-or-self::SOAP:Body)`, (m) =>
    minus(coveredOctets(m), BODY),
  ),
  cut('the agreed XPath or true()', `${AGREED} or true()`, everything),
  cut('the agreed XPath with a comment-like tail', `${AGREED}[1]`, coveredOctets),
  cut('the agreed XPath with a third actor', AGREED.replace(/\)$/, ' | ancestor-or-self::eb:Manifest)'), (m) =>
    minus(coveredOctets(m), MANIFEST),
  ),
  cut('an empty XPath', '', coveredOctets),
  cut('white space inside a literal of the agreed XPath', AGREED.replace('nextMSH', 'next MSH'), coveredOctets),
  refused(
    'row 136 R56 the agreed XPath with one prefix that is not SOAP',
    (m) =>
      envelopeWith((all) => ({
        octets: everything(all),
        transforms: [
          transform(ENVELOPED),
          xpath(AGREED.replace('@SOAP:actor="http', '@s:actor="http'), ' xmlns:s="urn:x"'),
          transform(C14N),
        ],
      }))(m),
    'XPath transform is not the agreed one',
  ),
  transformed(
    'row 136 the agreed XPath as an element',
    transform(ENVELOPED),
    xpath('').replace('></ds:XPath', '><x/></ds:XPath'),
    transform(C14N),
  ),
  transformed('row 136 two XPath transforms', transform(ENVELOPED), AGREED_XPATH, AGREED_XPATH, transform(C14N)),
  transformed('row 148 XSLT', transform(ENVELOPED), XSLT),
  transformed('row 148 XSLT before the enveloped-signature transform', XSLT, transform(ENVELOPED)),
  transformed(
    'row 148 XPath Filter 2',
    transform(ENVELOPED),
    transform(
      'http://www.w3.org/2002/06/xmldsig-filter2',
      '<f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">//*</f:XPath>',
    ),
    transform(C14N),
  ),
  transformed('row 148 base64', transform(ENVELOPED), transform(`${NS.ds}base64`)),
  transformed(
    'row 148 the decryption transform',
    transform(ENVELOPED),
    transform('http://www.w3.org/2002/07/decrypt#XML'),
  ),
  transformed('row 148 an unknown transform', transform(ENVELOPED), transform('urn:iets')),
  transformed('row 148 a transform without Algorithm', transform(ENVELOPED), '<ds:Transform/>'),
  transformed('row 136 R56 no enveloped-signature transform', AGREED_XPATH, transform(C14N)),
  transformed('row 136 R56 no transforms at all'),
  transformed('row 136 enveloped-signature last', AGREED_XPATH, transform(C14N), transform(ENVELOPED)),
  transformed('row 136 enveloped-signature twice', transform(ENVELOPED), transform(ENVELOPED), transform(C14N)),
  transformed('row 136 canonicalisation before the XPath', transform(ENVELOPED), transform(C14N), AGREED_XPATH),
  transformed('row 149 C14N with comments', transform(ENVELOPED), AGREED_XPATH, transform(`${C14N}#WithComments`)),
  exclusively(
    'row 149 exclusive C14N with comments',
    transform(ENVELOPED),
    AGREED_XPATH,
    transform(`${EXC}WithComments`),
  ),
  transformed(
    'row 149 C14N 1.1',
    transform(ENVELOPED),
    AGREED_XPATH,
    transform('http://www.w3.org/2006/12/xml-c14n11'),
  ),
  transformed('row 136 canonicalised twice', transform(ENVELOPED), AGREED_XPATH, transform(C14N), transform(C14N)),
  refused(
    'row 148 10 000 transforms',
    envelopeWith(() => ({ transforms: [transform(ENVELOPED), ...Array<string>(10_000).fill(transform(C14N))] })),
    'a reference has transforms that are not allowed',
  ),
  exclusively(
    'row 148 exclusive C14N with 33 prefixes',
    transform(ENVELOPED),
    AGREED_XPATH,
    transform(EXC, `<e:InclusiveNamespaces xmlns:e="${EXC}" PrefixList="${'p '.repeat(33)}"/>`),
  ),
  refused(
    'row 148 exclusive C14N with 100 000 prefixes over 30 000 elements',
    (m) =>
      envelopeWith(() => ({
        transforms: [
          transform(ENVELOPED),
          transform(EXC, `<e:InclusiveNamespaces xmlns:e="${EXC}" PrefixList="${'p '.repeat(100_000)}"/>`),
        ],
      }))(swap('</SOAP:Body>', `<x>${'<y/>'.repeat(30_000)}</x></SOAP:Body>`)(m)),
    'transform that is not allowed',
  ),
  refused(
    'row 148 exclusive C14N with 32 prefixes over 200 000 elements at a depth of 190',
    (m) =>
      envelopeWith(() => ({
        octets: '',
        transforms: [
          transform(ENVELOPED),
          transform(EXC, `<e:InclusiveNamespaces xmlns:e="${EXC}" PrefixList="${'p '.repeat(32)}"/>`),
        ],
      }))(swap('</SOAP:Body>', `${'<x>'.repeat(190)}${'<y/>'.repeat(200_000)}${'</x>'.repeat(190)}</SOAP:Body>`)(m)),
    'the transforms cannot be applied',
    A_WHOLE_TREE,
  ),
  transformed(
    'row 149 exclusive C14N with something else than InclusiveNamespaces',
    transform(ENVELOPED),
    transform(EXC, '<e:Other xmlns:e="urn:x"/>'),
  ),
  transformed('row 148 a child in the enveloped-signature transform', transform(ENVELOPED, '<x/>'), transform(C14N)),
];

const ALLOWED: readonly Mutation[] = [
  taken(
    'R56 T103 the XPath with another prefix, single quotes and white space',
    envelopeWith(() => ({
      transforms: [
        transform(ENVELOPED),
        xpath(
          `\n not( ancestor-or-self::node()[ @s:actor = '${NEXT_MSH}' ]\n|\tancestor-or-self::node()[@t:actor='${NEXT}'] ) `,
          ` xmlns:s="${NS.soap}" xmlns:t="${NS.soap}"`,
        ),
        transform(C14N),
      ],
    })),
  ),
  taken(
    'R56 no XPath: everything is covered',
    envelopeWith((m) => ({
      octets: canonical(withoutSignature(m)),
      transforms: [transform(ENVELOPED), transform(C14N)],
    })),
  ),
  taken(
    'R54 no canonicalisation named: inclusive it is',
    envelopeWith(() => ({ transforms: [transform(ENVELOPED), AGREED_XPATH] })),
  ),
  taken('R51 T104 row 149 exclusive C14N in the transform and of SignedInfo', (m) =>
    resign(m, {
      c14n: EXC,
      references: [
        envelopeReference(m, {
          octets: exclusive(coveredOctets(m)),
          transforms: [transform(ENVELOPED), AGREED_XPATH, transform(EXC)],
        }),
        partReference(m),
      ],
    }),
  ),
  taken(
    'R57 inclusive C14N of an XML part',
    partWith(() => ({ octets: '<proef></proef>', transforms: [transform(C14N)] })),
  ),
  taken(
    'R57 exclusive C14N of an XML part',
    partWith(() => ({ octets: '<proef></proef>', transforms: [transform(EXC)] })),
  ),
];

const partTransform = (name: string, ...transforms: readonly string[]): Mutation =>
  refused(
    name,
    partWith(() => ({ octets: '<proef></proef>', transforms })),
  );

const PART_TRANSFORMS: readonly Mutation[] = [
  partTransform('row 148 XSLT on a part', XSLT),
  partTransform('row 148 XPath on a part', xpath('true()')),
  partTransform('row 148 base64 on a part', transform(`${NS.ds}base64`)),
  partTransform('row 148 enveloped-signature on a part', transform(ENVELOPED)),
  partTransform(
    'row 148 the attachment transform of WS-Security',
    transform('http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform'),
  ),
  partTransform('row 148 an unknown transform on a part', transform('urn:gzip')),
  partTransform('row 148 C14N twice on a part', transform(C14N), transform(C14N)),
  refused('row 148 C14N on a part that is no XML', (m) => {
    const plain = { ...m, parts: m.parts.map((part) => ({ ...part, bytes: Buffer.from('geen xml') })) };
    return partWith(() => ({ transforms: [transform(C14N)] }))(plain, {} as Tools);
  }),
  refused('row 117 row 148 C14N on a part with a DOCTYPE', (m) => {
    const xml = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>';
    const hostile = { ...m, parts: m.parts.map((part) => ({ ...part, bytes: Buffer.from(xml) })) };
    return partWith(() => ({ transforms: [transform(C14N)] }))(hostile, {} as Tools);
  }),
];

export const TRANSFORMED: readonly Mutation[] = [...TRANSFORMS, ...ALLOWED, ...PART_TRANSFORMS];
