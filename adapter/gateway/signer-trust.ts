// Judges the certificates that sign messages against our authorities and revocation lists; verdicts are kept while they hold.
import { createHash } from 'node:crypto';
import { type Issue, ok, type Result } from '../base/index.ts';
import { createTrustStore, type TrustMaterial, verifyPeerCertificate } from '../transport/index.ts';
import type { SignerTrust } from './context.ts';

const MAX_KEPT = 10_000;

interface Verdict {
  readonly reason: string | undefined;
  readonly until: number;
}

/** A refusal is kept this long: a fresh revocation list may lift it. */
const REFUSAL_MS = 60_000;

/** Chain, dates and CRL of each level (DK-075, DK-076, PKI003). Fails when the authorities or lists cannot be read. */
export function createSignerTrust(material: TrustMaterial): Result<SignerTrust, readonly Issue[]> {
  const trust = createTrustStore(material);
  if (!trust.ok) return trust;
  const kept = new Map<string, Verdict>();
  return ok((der, at) => {
    const key = createHash('sha256').update(der).digest('hex');
    const known = kept.get(key);
    if (known !== undefined && at < known.until) return known.reason;
    const judged = verifyPeerCertificate(der, { trust: trust.value, now: at, purpose: 'signing' });
    const verdict: Verdict = judged.ok
      ? { reason: undefined, until: judged.value.validUntil }
      : { reason: `the signing certificate is not trusted: ${judged.error.code}`, until: at + REFUSAL_MS };
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(key, verdict);
    return verdict.reason;
  });
}
