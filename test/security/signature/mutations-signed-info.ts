// SignedInfo, SignatureValue, methods and keys (rows 140–147; lessons: SAMLStorm, HMAC truncation).
import { constants, createPublicKey } from 'node:crypto';
import { NS } from '../../../adapter/base/index.ts';
import { found, type Message, SIGNATURE, swap } from './message.ts';
import { answered, type Mutation, refused, taken } from './mutation.ts';
import {
  bothReferences,
  C14N,
  EXC,
  hmacBy,
  RSA_SHA256,
  resign,
  rsaBy,
  rsaOfAWith,
  type SignatureSpec,
} from './signer.ts';

const VALUE = /(?<=<ds:SignatureValue>)[^<]*/;
const value = (change: (bytes: Buffer) => Buffer) => (m: Message) =>
  swap(VALUE, (text) => change(Buffer.from(text, 'base64')).toString('base64'))(m);
const valueText = (change: (text: string) => string) => (m: Message) => swap(VALUE, change)(m);
const signedWith = (spec: Omit<SignatureSpec, 'references'>) => (m: Message) =>
  resign(m, { ...spec, references: bothReferences(m) });
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const HMAC = `${MORE}hmac-sha256`;
const method = (name: string, uri: string): Mutation =>
  refused(name, (m) => swap(`Algorithm="${RSA_SHA256}"`, `Algorithm="${uri}"`)(m));
/** Puts something in the middle of a text. */
const into = (xml: string) => (text: string) => `${text.slice(0, 8)}${xml}${text.slice(8)}`;

const SHAPE: readonly Mutation[] = [
  refused('row 142 two SignedInfo, the good one first', (m) =>
    swap('</ds:SignedInfo>', `</ds:SignedInfo>${found(m, /<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/)}`)(m),
  ),
  refused('row 142 two SignedInfo, a forged one first', (m) =>
    swap(
      '<ds:SignedInfo>',
      `${found(m, /<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/).replace(/<ds:DigestValue>..../, '<ds:DigestValue>AAAA')}<ds:SignedInfo>`,
    )(m),
  ),
  refused('row 142 a SignedInfo behind KeyInfo', (m) => swap('</ds:KeyInfo>', '</ds:KeyInfo><ds:SignedInfo/>')(m)),
  refused('row 142 a SignedInfo inside SignedInfo', (m) =>
    swap('</ds:SignedInfo>', '<ds:SignedInfo/></ds:SignedInfo>')(m),
  ),
  refused('row 142 two SignatureValues', (m) =>
    swap('</ds:SignatureValue>', '</ds:SignatureValue><ds:SignatureValue>AAAA</ds:SignatureValue>')(m),
  ),
  refused('row 142 SignatureValue before SignedInfo', (m) => {
    const signed = found(m, /<ds:SignatureValue>[\s\S]*<\/ds:SignatureValue>/);
    return swap('<ds:SignedInfo>', `${signed}<ds:SignedInfo>`)(swap(signed, '')(m));
  }),
  refused('row 140 no SignatureValue', (m) => swap(/<ds:SignatureValue>[\s\S]*<\/ds:SignatureValue>/, '')(m)),
  refused('row 141 no SignedInfo', (m) => swap(/<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/, '')(m)),
  refused('row 142 a comment in SignatureValue', valueText(into('<!-- x -->')), 'holds a comment or CDATA'),
  refused(
    'row 142 a CDATA section in SignatureValue',
    valueText((text) => `<![CDATA[${text}]]>`),
  ),
  refused(
    'row 142 a comment in DigestValue',
    (m) => swap('<ds:DigestValue>', '<ds:DigestValue><!-- x -->')(m),
    'holds a comment or CDATA',
  ),
  refused('row 142 a CDATA section in DigestValue', (m) =>
    swap(/(?<=<ds:DigestValue>)[^<]*/, (text) => `<![CDATA[${text}]]>`)(m),
  ),
  refused('row 142 a comment in SignedInfo', (m) => swap('<ds:SignedInfo>', '<ds:SignedInfo><!-- x -->')(m)),
  refused(
    'row 142 a comment in SignatureValue behind 1000 others',
    (m) =>
      swap(
        '<SOAP:Header>',
        `<SOAP:Header><x:y xmlns:x="urn:x" SOAP:actor="http://schemas.xmlsoap.org/soap/actor/next">${'<x:z><!-- --></x:z>'.repeat(1000)}</x:y>`,
      )(valueText(into('<!-- x -->'))(m)),
    '1000 comments',
  ),
  refused('row 142 an element in SignatureValue', valueText(into('<x/>'))),
  taken('row 122 a processing instruction in SignatureValue: one reading only', valueText(into('<?x y?>'))),
  taken(
    'R61 line ends and tabs in SignatureValue',
    valueText((text) => `\n${text.replace(/.{64}/g, '$&\n\t')}\r\n`),
  ),
  refused('row 140 a no-break space in SignatureValue', valueText(into('\u00a0'))),
  refused('row 140 a line separator in SignatureValue', valueText(into('\u2028'))),
  refused(
    'row 140 SignatureValue in the alphabet of URLs',
    valueText(() => '-_'.repeat(172)),
  ),
  refused(
    'row 140 an empty SignatureValue',
    valueText(() => ''),
  ),
  refused(
    'row 140 a SignatureValue of white space',
    valueText(() => ' \n '),
  ),
  refused('row 141 an element more in SignedInfo', signedWith({ inSignedInfo: '<x/>' })),
];

const VALUES: readonly Mutation[] = [
  refused(
    'row 140 one bit of SignatureValue',
    value((bytes) => Buffer.from(bytes.map((byte, at) => (at === 9 ? byte ^ 1 : byte)))),
  ),
  refused(
    'row 146 SignatureValue one octet short',
    value((bytes) => bytes.subarray(1)),
  ),
  refused(
    'row 146 SignatureValue one octet long',
    value((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
  ),
  refused(
    'row 146 a zero before SignatureValue',
    value((bytes) => Buffer.concat([Buffer.alloc(1), bytes])),
  ),
  refused(
    'row 146 SignatureValue all zero',
    value((bytes) => Buffer.alloc(bytes.length)),
  ),
  refused(
    'row 146 SignatureValue one',
    value((bytes) => Buffer.concat([Buffer.alloc(bytes.length - 1), Buffer.from([1])])),
  ),
  refused(
    'row 146 SignatureValue all ones',
    value((bytes) => Buffer.alloc(bytes.length, 0xff)),
  ),
  refused(
    'row 146 SignatureValue of one octet',
    value(() => Buffer.from([0])),
  ),
  refused(
    'row 146 SignatureValue of 600 kB',
    value(() => Buffer.alloc(600_000, 1)),
  ),
  refused('row 146 SignatureValue plus the modulus', (m, { certificateOfA }) => {
    const n = createPublicKey(certificateOfA.pem).export({ format: 'jwk' }).n ?? '';
    const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
    return value((bytes) =>
      Buffer.from((BigInt(`0x${bytes.toString('hex')}`) + modulus).toString(16).padStart(514, '0'), 'hex'),
    )(m);
  }),
  refused('row 140 the SignatureValue of another SignedInfo', (m) => {
    const other = resign(m, { references: bothReferences(m).slice(0, 1) });
    return swap(VALUE, found(other, VALUE))(m);
  }),
];

const METHODS: readonly Mutation[] = [
  refused('row 149 an unknown CanonicalizationMethod', signedWith({ c14n: 'urn:iets' })),
  refused('row 149 CanonicalizationMethod with comments', signedWith({ c14n: `${C14N}#WithComments` })),
  refused(
    'row 149 an XSLT CanonicalizationMethod',
    signedWith({ c14n: 'http://www.w3.org/TR/1999/REC-xslt-19991116' }),
  ),
  refused('row 149 no CanonicalizationMethod', signedWith({ c14nElement: '' })),
  refused('row 149 an empty CanonicalizationMethod', signedWith({ c14nElement: '<ds:CanonicalizationMethod/>' })),
  refused(
    'row 149 two CanonicalizationMethods',
    signedWith({ c14nElement: `<ds:CanonicalizationMethod Algorithm="${C14N}"/>`.repeat(2) }),
  ),
  refused(
    'row 148 a child in CanonicalizationMethod',
    signedWith({ c14nElement: `<ds:CanonicalizationMethod Algorithm="${C14N}"><x/></ds:CanonicalizationMethod>` }),
  ),
  refused(
    'row 149 exclusive said, inclusive signed',
    signedWith({ c14nElement: `<ds:CanonicalizationMethod Algorithm="${EXC}"/>` }),
  ),
  refused('row 144 no SignatureMethod', signedWith({ methodElement: '' })),
  refused(
    'row 144 two SignatureMethods',
    signedWith({ methodElement: `<ds:SignatureMethod Algorithm="${RSA_SHA256}"/>`.repeat(2) }),
  ),
  refused(
    'row 144 a child in SignatureMethod',
    signedWith({ methodContent: '<ds:HMACOutputLength>1</ds:HMACOutputLength>' }),
  ),
  refused('row 144 HMAC with the certificate (PEM) as secret', (m, { certificateOfA }) =>
    signedWith({ method: HMAC, seal: hmacBy(certificateOfA.pem) })(m),
  ),
  refused('row 144 HMAC with the certificate (DER) as secret', (m, { certificateOfA }) =>
    signedWith({ method: HMAC, seal: hmacBy(certificateOfA.der) })(m),
  ),
  refused('row 144 HMAC with the public key (DER) as secret', (m, { certificateOfA }) =>
    signedWith({
      method: HMAC,
      seal: hmacBy(createPublicKey(certificateOfA.pem).export({ format: 'der', type: 'spki' })),
    })(m),
  ),
  refused('row 144 HMAC with the public key (PEM) as secret', (m, { certificateOfA }) =>
    signedWith({
      method: HMAC,
      seal: hmacBy(createPublicKey(certificateOfA.pem).export({ format: 'pem', type: 'spki' })),
    })(m),
  ),
  refused('row 144 HMAC with an empty secret', signedWith({ method: `${NS.ds}hmac-sha1`, seal: hmacBy('') })),
  refused('row 144 HMAC cut to nothing', (m, { certificateOfA }) =>
    signedWith({
      method: HMAC,
      methodContent: '<ds:HMACOutputLength>0</ds:HMACOutputLength>',
      seal: hmacBy(certificateOfA.pem, 0),
    })(m),
  ),
  refused('row 144 HMAC cut to eight bits', (m, { certificateOfA }) =>
    signedWith({
      method: HMAC,
      methodContent: '<ds:HMACOutputLength>8</ds:HMACOutputLength>',
      seal: hmacBy(certificateOfA.pem, 1),
    })(m),
  ),
  refused('row 145 RSA with SHA-1', signedWith({ method: `${NS.ds}rsa-sha1`, seal: rsaOfAWith('sha1') }), 'uses SHA-1'),
  refused('row 144 RSA with MD5', signedWith({ method: `${MORE}rsa-md5`, seal: rsaOfAWith('md5') })),
  refused(
    'row 144 RSA-PSS, which is not agreed',
    signedWith({
      method: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
      seal: rsaOfAWith('sha256', { padding: constants.RSA_PKCS1_PSS_PADDING }),
    }),
  ),
  refused(
    'row 146 RSA-PSS under the name of PKCS#1 v1.5',
    signedWith({
      seal: rsaOfAWith('sha256', { padding: constants.RSA_PKCS1_PSS_PADDING }),
    }),
  ),
  refused('row 146 SHA-512 under the name of SHA-256', signedWith({ seal: rsaOfAWith('sha512') })),
  refused(
    'R52 T98 RSA with SHA-512, which is not agreed',
    signedWith({ method: `${MORE}rsa-sha512`, seal: rsaOfAWith('sha512') }),
    'differs from the CPA',
  ),
  refused('row 146 ECDSA by a key of his own', (m, { stranger }) =>
    signedWith({ method: `${MORE}ecdsa-sha256`, seal: rsaBy(stranger.ec) })(m),
  ),
  refused(
    'row 146 ECDSA with r and s zero',
    signedWith({ method: `${MORE}ecdsa-sha256`, seal: () => Buffer.alloc(64) }),
  ),
  refused('row 146 DSA with r and s zero', signedWith({ method: `${NS.ds}dsa-sha1`, seal: () => Buffer.alloc(40) })),
  method('row 144 the method "none"', 'none'),
  method('row 144 an empty method', ''),
  method('row 144 row 121 the method __proto__', '__proto__'),
  method('row 144 row 121 the method constructor', 'constructor'),
  method('row 144 the method in capitals', RSA_SHA256.toUpperCase()),
  refused('row 144 a space behind the method, signed so', signedWith({ method: `${RSA_SHA256} ` })),
];

const KEY_INFO = /<ds:KeyInfo>[\s\S]*<\/ds:KeyInfo>/;
const keyInfo = (name: string, content: (canary: string) => string): Mutation =>
  taken(name, (m, { canary }) => swap(KEY_INFO, `<ds:KeyInfo>${content(canary)}</ds:KeyInfo>`)(m));
const x509 = (der: Buffer): string =>
  `<ds:X509Data><ds:X509Certificate>${der.toString('base64')}</ds:X509Certificate></ds:X509Data>`;
const keyValue = (jwk: { n?: string; e?: string }): string => {
  const of = (text = ''): string => Buffer.from(text, 'base64url').toString('base64');
  return `<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>${of(jwk.n)}</ds:Modulus><ds:Exponent>${of(jwk.e)}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>`;
};

/** Whatever KeyInfo says, the key is the one of the CPA: a true signature stays true, a forged one stays forged. */
const KEYS: readonly Mutation[] = [
  refused('row 147 his own key, and that key in KeyValue', (m, { stranger }) =>
    signedWith({
      seal: rsaBy(stranger.key),
      keyInfo: `<ds:KeyInfo>${keyValue(createPublicKey(stranger.key).export({ format: 'jwk' }))}</ds:KeyInfo>`,
    })(m),
  ),
  refused('row 147 his own key, and the certificate of the CPA in KeyInfo', (m, { stranger, certificateOfA }) =>
    signedWith({ seal: rsaBy(stranger.key), keyInfo: `<ds:KeyInfo>${x509(certificateOfA.der)}</ds:KeyInfo>` })(m),
  ),
  refused('row 152 another party of the same authority, its certificate in KeyInfo', (m, { other }) =>
    signedWith({ seal: rsaBy(other.key), keyInfo: `<ds:KeyInfo>${x509(other.der)}</ds:KeyInfo>` })(m),
  ),
  refused('row 152 the right certificate first in KeyInfo, the signer second', (m, { other, certificateOfA }) =>
    signedWith({
      seal: rsaBy(other.key),
      keyInfo: `<ds:KeyInfo>${x509(certificateOfA.der)}${x509(other.der)}</ds:KeyInfo>`,
    })(m),
  ),
  refused('R63 T96 the TLS key of the right party', (m, { tlsKeyOfA }) => signedWith({ seal: rsaBy(tlsKeyOfA) })(m)),
  taken('row 147 KeyInfo absent', (m) => swap(KEY_INFO, '')(m)),
  keyInfo('row 147 KeyInfo empty', () => ''),
  taken('row 147 the certificate of another in KeyInfo of a true signature', (m, { other }) =>
    swap(KEY_INFO, `<ds:KeyInfo>${x509(other.der)}</ds:KeyInfo>`)(m),
  ),
  keyInfo('row 147 KeyName', () => '<ds:KeyName>../../sleutel</ds:KeyName>'),
  keyInfo(
    'row 147 X509IssuerSerial of nobody',
    () =>
      '<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=x</ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>',
  ),
  keyInfo(
    'row 147 a certificate that is none',
    () => '<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data>',
  ),
  keyInfo(
    'row 147 RetrievalMethod to outside with XSLT',
    (canary) =>
      `<ds:RetrievalMethod URI="${canary}/key"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></ds:Transforms></ds:RetrievalMethod>`,
  ),
  keyInfo('row 147 RetrievalMethod to itself', () => '<ds:RetrievalMethod Id="r" URI="#r"/>'),
  keyInfo('row 147 RetrievalMethod to a file', () => '<ds:RetrievalMethod URI="file:///etc/hostname"/>'),
  keyInfo(
    'row 147 KeyInfoReference to outside',
    (canary) => `<d:KeyInfoReference xmlns:d="http://www.w3.org/2009/xmldsig11#" URI="${canary}/info"/>`,
  ),
  keyInfo('row 147 X509URL to outside', (canary) => `<x:X509URL xmlns:x="urn:x">${canary}/cert</x:X509URL>`),
  keyInfo(
    'row 147 a SecurityTokenReference to outside',
    (canary) =>
      `<w:SecurityTokenReference xmlns:w="urn:w"><w:Reference URI="${canary}/token"/></w:SecurityTokenReference>`,
  ),
  keyInfo('row 119 800 kB of text in KeyInfo', () => `<ds:KeyName>${'a'.repeat(800_000)}</ds:KeyName>`),
  keyInfo('row 119 50 000 elements in KeyInfo', () => '<ds:KeyName/>'.repeat(50_000)),
  answered('row 119 KeyInfo that makes the envelope larger than 1 MB', 'fault Client', (m) =>
    swap(KEY_INFO, `<ds:KeyInfo><ds:KeyName>${'a'.repeat(1_100_000)}</ds:KeyName></ds:KeyInfo>`)(m),
  ),
  refused('row 132 two KeyInfo', (m) => swap('</ds:KeyInfo>', '</ds:KeyInfo><ds:KeyInfo/>')(m), 'something else than'),
  refused('row 132 KeyInfo before SignedInfo', (m) => swap('<ds:SignedInfo>', '<ds:KeyInfo/><ds:SignedInfo>')(m)),
  refused('row 132 a foreign element in the Signature', (m) => swap('</ds:Signature>', '<x/></ds:Signature>')(m)),
  refused(
    'row 134 an empty Object in the Signature',
    (m) => swap('</ds:Signature>', '<ds:Object/></ds:Signature>')(m),
    'something else than',
  ),
  refused('row 119 150 levels inside an Object', (m) =>
    swap('</ds:Signature>', `<ds:Object>${'<x>'.repeat(150)}${'</x>'.repeat(150)}</ds:Object></ds:Signature>`)(m),
  ),
  answered('row 119 10 000 levels inside an Object', 'fault Client', (m) =>
    swap('</ds:Signature>', `<ds:Object>${'<x>'.repeat(10_000)}${'</x>'.repeat(10_000)}</ds:Object></ds:Signature>`)(m),
  ),
  refused('row 143 the Signature replaced by one of another message of A', (m) => {
    const other = swap(/(?<=<eb:ConversationId>)[^<]*/, 'ander@gesprek')(m);
    return swap(SIGNATURE, found(resign(other, { references: bothReferences(other) }), SIGNATURE))(m);
  }),
];

export const SIGNED_INFO: readonly Mutation[] = [...SHAPE, ...VALUES, ...METHODS, ...KEYS];
