// What a name in a certificate says, octet by octet and string type by string type, beside what OpenSSL reads (row 175).
import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readCertificate } from '../../adapter/transport/index.ts';
import { checkCertificate } from '../../tools/fuzz/targets/certificate.ts';
import { fuzzPki } from '../../tools/fuzz/targets/parties.ts';

const STRING_TYPES = [
  ['UTF8String', 0x0c],
  ['NumericString', 0x12],
  ['PrintableString', 0x13],
  ['TeletexString', 0x14],
  ['IA5String', 0x16],
  ['UniversalString', 0x1c],
  ['BMPString', 0x1e],
] as const;

/** The type organizationName, after which its value stands. */
const ORGANISATION = Buffer.from([0x06, 0x03, 0x55, 0x04, 0x0a]);

let certificate: Buffer;
/** The subject's O, the second of the two: the issuer has one too. */
let at: number;

beforeAll(async () => {
  const [party] = (await fuzzPki()).parties;
  certificate = party?.tls.certificateDer ?? Buffer.alloc(0);
  at = certificate.lastIndexOf(ORGANISATION) + ORGANISATION.length;
});

/** The certificate with another string type for O, and these octets with letters behind them as its value. */
function withName(tag: number, front: readonly number[]): Buffer {
  const changed = Buffer.from(certificate);
  changed[at] = tag;
  changed.fill('A', at + 2, at + 2 + (changed[at + 1] ?? 0));
  changed.set(front, at + 2);
  return changed;
}

function organisationOf(der: Buffer): string | undefined {
  const read = readCertificate(der);
  return read.ok ? read.value.organisations[0] : undefined;
}

test('the organisation is where this test changes it', () => {
  expect(organisationOf(certificate)).toBe(new X509Certificate(certificate).toLegacyObject().subject.O);
  expect(organisationOf(withName(0x0c, [0x58, 0x59]))).toMatch(/^XY/);
});

describe('row 175 names of a certificate', () => {
  test.each(STRING_TYPES)('%s: every octet as OpenSSL reads it', (_name, tag) => {
    for (let octet = 0; octet < 256; octet += 1) {
      checkCertificate(withName(tag, [octet]));
      checkCertificate(withName(tag, [0xc2, octet]));
      checkCertificate(withName(tag, [0xe2, 0x80, octet]));
    }
  });

  test('an octet is a character where the type has one octet for each', () => {
    for (const tag of [0x12, 0x13, 0x14, 0x16])
      expect(organisationOf(withName(tag, [0xc3, 0xa9, 0x58]))).toMatch(/^\u00c3\u00a9X/);
    expect(organisationOf(withName(0x0c, [0xc3, 0xa9, 0x58]))).toMatch(/^\u00e9X/);
  });

  test('control characters and line separators become spaces', () => {
    expect(organisationOf(withName(0x0c, [0x7f, 0x0a, 0xe2, 0x80, 0xa8, 0x58]))).toMatch(/^ {3}X/);
  });

  test('a BMPString of half a character and a UniversalString have no text', () => {
    const length = certificate[at + 1] ?? 0;
    expect(organisationOf(withName(0x1c, []))).toBe('');
    expect(organisationOf(withName(0x1e, [])) === '').toBe(length % 2 === 1);
  });
});
