// Signs as somebody who holds a key and follows no rules: any references, transforms, methods and values, really computed.
import { createHash, createHmac, createPrivateKey, type KeyObject, sign as sealWith } from 'node:crypto';
import { NS } from '../../../adapter/base/index.ts';
import { declaredSubset, exclusiveCanonical, findAll, inclusiveSubset, readXml } from '../../../adapter/xml/index.ts';
import { testPki } from '../../fixtures/pki.ts';
import { firstPart, type Message, withoutSignature } from './message.ts';

export const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
export const EXC = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const ENVELOPED = `${NS.ds}enveloped-signature`;
export const XPATH = 'http://www.w3.org/TR/1999/REC-xpath-19991116';
export const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
export const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
export const NEXT = 'http://schemas.xmlsoap.org/soap/actor/next';
export const NEXT_MSH = 'urn:oasis:names:tc:ebxml-msg:actor:nextMSH';
export const AGREED = `not(ancestor-or-self::node()[@SOAP:actor="${NEXT_MSH}"] | ancestor-or-self::node()[@SOAP:actor="${NEXT}"])`;

export const transform = (algorithm: string, content = ''): string =>
  `<ds:Transform Algorithm="${algorithm}">${content}</ds:Transform>`;
export const xpath = (expression: string, declarations = ''): string =>
  transform(
    XPATH,
    `<ds:XPath${declarations}>${expression.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</ds:XPath>`,
  );
export const AGREED_TRANSFORMS: readonly string[] = [transform(ENVELOPED), xpath(AGREED), transform(C14N)];

export interface ReferenceSpec {
  /** No URI attribute at all when null. */
  readonly uri: string | null;
  readonly octets: string | Uint8Array;
  readonly transforms?: readonly string[];
  readonly attributes?: string;
  /** URI of the digest method and the name node:crypto has for it. */
  readonly digest?: readonly [string, string];
  /** In place of the computed value. */
  readonly value?: string;
}

export interface SignatureSpec {
  readonly references: readonly ReferenceSpec[];
  /** CanonicalizationMethod; what it means for the octets is exclusive for EXC and inclusive for all others. */
  readonly c14n?: string;
  /** The whole element in its place, for instance none. */
  readonly c14nElement?: string;
  readonly method?: string;
  readonly methodElement?: string;
  readonly methodContent?: string;
  readonly inSignedInfo?: string;
  readonly seal?: (octets: Buffer) => Buffer;
  readonly keyInfo?: string;
  readonly afterwards?: string;
}

let keyOfA: KeyObject | undefined;

/** Keys of the test PKI that the attacks use. */
export async function prepareKeys(): Promise<void> {
  keyOfA = createPrivateKey((await testPki()).party('partij-a').signing.keyPem);
}

const rsaOfA = (octets: Buffer): Buffer => {
  if (keyOfA === undefined) throw new Error('prepareKeys was not called');
  return sealWith('sha256', octets, keyOfA);
};
export const rsaBy =
  (key: KeyObject, hash = 'sha256') =>
  (octets: Buffer): Buffer =>
    sealWith(hash, octets, key);
export const rsaOfAWith =
  (hash: string, options: { padding?: number } = {}) =>
  (octets: Buffer) => {
    if (keyOfA === undefined) throw new Error('prepareKeys was not called');
    return sealWith(hash, octets, { key: keyOfA, ...options });
  };
export const hmacBy =
  (secret: string | Buffer, length = 32) =>
  (octets: Buffer): Buffer =>
    createHmac('sha256', secret).update(octets).digest().subarray(0, length);

export const canonical = (xml: string): string => {
  const read = readXml(Buffer.from(xml, 'utf8'));
  if (!read.ok) throw new Error(read.error.detail);
  return read.value.text;
};

const LEFT_OUT = /<eb:SyncReply [^>]*><\/eb:SyncReply>/;
/** What the agreed transforms leave of an envelope. */
export const coveredOctets = (message: Message): string => canonical(withoutSignature(message)).replace(LEFT_OUT, '');

export const envelopeReference = (message: Message, change: Partial<ReferenceSpec> = {}): ReferenceSpec => ({
  uri: '',
  octets: coveredOctets(message),
  transforms: AGREED_TRANSFORMS,
  ...change,
});
export const partReference = (message: Message, change: Partial<ReferenceSpec> = {}): ReferenceSpec => {
  const { contentId, bytes } = firstPart(message);
  return { uri: `cid:${contentId}`, octets: bytes, ...change };
};
/** The references that a correct signature has. */
export const bothReferences = (message: Message): readonly ReferenceSpec[] => [
  envelopeReference(message),
  ...message.parts.map(({ contentId, bytes }) => ({ uri: `cid:${contentId}`, octets: bytes })),
];

function referenceXml(spec: ReferenceSpec): string {
  const [method, hash] = spec.digest ?? [SHA256, 'sha256'];
  const value = spec.value ?? createHash(hash).update(spec.octets).digest('base64');
  const transforms = spec.transforms === undefined ? '' : `<ds:Transforms>${spec.transforms.join('')}</ds:Transforms>`;
  const uri = spec.uri === null ? '' : ` URI="${spec.uri}"`;
  return `<ds:Reference${uri}${spec.attributes ?? ''}>${transforms}<ds:DigestMethod Algorithm="${method}"/><ds:DigestValue>${value}</ds:DigestValue></ds:Reference>`;
}

/** The message with a fresh signature by this specification in place of its own; by A's real key unless told otherwise. */
export function resign(message: Message, spec: SignatureSpec): Message {
  const c14n = spec.c14n ?? C14N;
  const method =
    spec.methodElement ??
    `<ds:SignatureMethod Algorithm="${spec.method ?? RSA_SHA256}">${spec.methodContent ?? ''}</ds:SignatureMethod>`;
  const canonicalization = spec.c14nElement ?? `<ds:CanonicalizationMethod Algorithm="${c14n}"/>`;
  const signedInfo = `<ds:SignedInfo>${canonicalization}${method}${spec.references.map(referenceXml).join('')}${spec.inSignedInfo ?? ''}</ds:SignedInfo>`;
  const unsigned = withoutSignature(message);
  const write = (value: string): string =>
    unsigned.replace(
      /<\/SOAP:Header>(?![\s\S]*<\/SOAP:Header>)/,
      () =>
        `<ds:Signature xmlns:ds="${NS.ds}">${signedInfo}<ds:SignatureValue>${value}</ds:SignatureValue>${spec.keyInfo ?? ''}${spec.afterwards ?? ''}</ds:Signature></SOAP:Header>`,
    );
  const value = (spec.seal ?? rsaOfA)(signedInfoOctets(write(''), c14n === EXC)).toString('base64');
  return { ...message, envelope: write(value) };
}

function signedInfoOctets(envelope: string, exclusive: boolean): Buffer {
  const read = readXml(Buffer.from(envelope, 'utf8'));
  if (!read.ok) throw new Error(read.error.detail);
  const [signedInfo] = findAll(read.value.root, NS.ds, 'SignedInfo').slice(-1);
  if (signedInfo === undefined) throw new Error('no SignedInfo was written');
  if (!exclusive) return Buffer.from(inclusiveSubset(read.value, signedInfo), 'utf8');
  const text = exclusiveCanonical(Buffer.from(declaredSubset(read.value, signedInfo), 'utf8'), []);
  if (!text.ok) throw new Error(text.error.detail);
  return Buffer.from(text.value, 'utf8');
}
