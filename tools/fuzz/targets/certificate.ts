// The reader of certificates and revocation lists: where OpenSSL reads a certificate too, both read the same.
import { type KeyObject, X509Certificate } from 'node:crypto';
import fc, { type Arbitrary } from 'fast-check';
import {
  type CertificateFacts,
  type Crl,
  onOneLine,
  readCertificate,
  readCrl,
} from '../../../adapter/transport/index.ts';
import { DER_MUTATORS } from '../mutate/der.ts';
import { samples } from '../samples.ts';
import { must, type Target } from '../target.ts';
import { fuzzPki } from './parties.ts';

export function checkCertificate(input: Buffer): void {
  const ours = readCertificate(input);
  if (!ours.ok) {
    must(ours.error !== '', 'a refusal has no text');
    return;
  }
  const theirs = opensslReads(input);
  if (theirs !== undefined) compare(ours.value, theirs);
}

/** Undefined when OpenSSL refuses it, also when it does so only at a closer look. */
function opensslReads(der: Buffer) {
  try {
    const certificate = new X509Certificate(der);
    const { serialNumber, validFrom, validTo } = certificate;
    const { subject } = certificate.toLegacyObject() as { readonly subject?: Readonly<Record<string, unknown>> };
    return { serialNumber, validFrom, validTo, subject, raw: certificate.raw };
  } catch {
    return undefined;
  }
}

/** Values that every string type of ASN.1 writes alike, and that OpenSSL shows without escapes. */
const PLAIN = /^[A-Za-z0-9 ]+$/;

function compare(ours: CertificateFacts, theirs: NonNullable<ReturnType<typeof opensslReads>>): void {
  must(theirs.raw.equals(ours.der), 'OpenSSL reads other octets as the certificate');
  // Of a negative number OpenSSL shows the amount, and we the octets.
  if (!theirs.serialNumber.startsWith('-')) {
    must(numberOf(ours.serial) === numberOf(theirs.serialNumber), 'OpenSSL reads another serial number');
  }
  must(ours.notBefore === Date.parse(theirs.validFrom), 'OpenSSL reads another notBefore');
  must(ours.notAfter === Date.parse(theirs.validTo), 'OpenSSL reads another notAfter');
  // Node cannot put every name into an object, for one where the value of an attribute is a SEQUENCE.
  if (theirs.subject === undefined) return;
  if (ours.oin !== undefined) {
    must(listOf(theirs.subject.serialNumber).join() === ours.oin, 'OpenSSL reads another serialNumber in the subject');
  }
  if (ours.organisations.every((name) => PLAIN.test(name))) {
    must(plainList(theirs.subject.O) === ours.organisations.join('|'), 'OpenSSL reads another O in the subject');
  }
}

const plainList = (value: unknown): string =>
  listOf(value)
    .map((name) => onOneLine(String(name)))
    .join('|');

const numberOf = (hex: string): string => hex.replace(/^0+/, '');

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** Every entry of a list takes at least so many octets. */
const MIN_ENTRY_BYTES = 6;

export function checkList(input: Buffer, key: KeyObject): Crl | undefined {
  const read = readCrl(input);
  if (!read.ok) {
    must(read.error !== '', 'a refusal has no text');
    return undefined;
  }
  const { entries, thisUpdate, nextUpdate } = read.value;
  must(entries <= input.length / MIN_ENTRY_BYTES, 'a list has more entries than fit into it');
  must(Number.isFinite(thisUpdate) && Number.isFinite(nextUpdate), 'a date of the list is no instant');
  must(!read.value.isRevoked('no serial number of any list'), 'a list revokes what it does not name');
  read.value.isSignedBy(key);
  return read.value;
}

const tlv = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  const length = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};

const { node } = fc.letrec<{ node: Buffer }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, depthIdentifier: 'der' },
    fc
      .tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 12, 19, 23, 24), fc.uint8Array({ maxLength: 14 }))
      .map(([tag, value]) => tlv(tag, value)),
    fc
      .tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0xa3), fc.array(tie('node'), { maxLength: 6, depthIdentifier: 'der' }))
      .map(([tag, children]) => tlv(tag, ...children)),
  ),
}));

const arbitrary = (): Arbitrary<Uint8Array> => node;

export const certificateTarget: Target = {
  name: 'certificate',
  about: 'certificaten en intrekkingslijsten',
  dictionary: ['20250230000000Z', '250101000000Z', '99991231235959Z', '\u0017\r', '\u0018\u000f'],
  mutators: DER_MUTATORS,
  arbitrary,
  async prepare() {
    const pki = await fuzzPki();
    const key = new X509Certificate(pki.issuing.certificatePem).publicKey;
    const certificates = [
      ...pki.parties.flatMap((party) => [party.tls, party.signing]).map((identity) => identity.certificateDer),
      ...[pki.root, pki.domain, pki.issuing].map((authority) => authority.certificateDer),
      ...pki.badKinds.map((kind) => pki.bad(kind).certificateDer),
      ...samples('peer-wire/certs', /\.pem$/).map((pem) => new X509Certificate(pem).raw),
    ];
    const crls = [
      ...[pki.root, pki.domain, pki.issuing].map((authority) => authority.crlDer),
      await pki.issuingCrl({ serials: ['01', '7f', '0100', 'aabbccdd'] }),
    ];
    return {
      seeds: [...certificates, ...crls],
      run(input) {
        checkCertificate(input);
        checkList(input, key);
      },
    };
  },
};
