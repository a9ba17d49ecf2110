// Public keys of the CPA's certificates, parsed once (reading a certificate costs ten times a verification).
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { MIN_RSA_BITS, MIN_RSA_EXPONENT } from './algorithms.ts';

const MAX_KEPT = 20_000;
const kept = new Map<string, KeyObject | string>();

/** The RSA key of a certificate (DER), or one sentence why it cannot be used (row 146). */
export function publicKeyOf(certificateDer: Uint8Array): KeyObject | string {
  const fingerprint = createHash('sha256').update(certificateDer).digest('hex');
  const known = kept.get(fingerprint);
  if (known !== undefined) return known;
  const key = readKey(certificateDer);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(fingerprint, key);
  return key;
}

function readKey(der: Uint8Array): KeyObject | string {
  try {
    const key = new X509Certificate(der).publicKey;
    if (key.asymmetricKeyType !== 'rsa') return 'the signing certificate holds no RSA key';
    if ((key.asymmetricKeyDetails?.publicExponent ?? 0n) < MIN_RSA_EXPONENT)
      return `the RSA key of the signing certificate has a public exponent below ${MIN_RSA_EXPONENT}`;
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return bits >= MIN_RSA_BITS
      ? key
      : `the RSA key of the signing certificate has ${bits} bits, at least ${MIN_RSA_BITS} are needed`;
  } catch {
    return 'the signing certificate of the CPA cannot be read';
  }
}
