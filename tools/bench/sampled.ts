// Verifies really one in fifty of the signatures that an end of the bench is sent: a hub that signs rubbish is seen, and the
// figures hardly feel it.
import { type SignedPart, verifySignature } from '../../adapter/dsig/index.ts';
import { type CanonicalXml, readXml } from '../../adapter/xml/index.ts';

export const ONE_IN = 50;

/** Of the signatures that were looked at: `checked` verified, `wrongSignatures` of these did not hold. */
export interface SignatureCount {
  readonly checked: number;
  readonly wrongSignatures: number;
}

export interface SampledCheck {
  /** The first and every fiftieth after it; others are let go unread. */
  look(envelope: Uint8Array | CanonicalXml, parts: readonly SignedPart[]): void;
  /** What was found since the last call, when all of it is done. */
  take(): Promise<SignatureCount>;
}

export function sampledCheck(certificateDer: Uint8Array): SampledCheck {
  let seen = 0;
  let pending: Promise<boolean>[] = [];
  return {
    look(envelope, parts) {
      seen += 1;
      if (seen % ONE_IN === 1) pending.push(holds(envelope, parts, certificateDer));
    },
    async take() {
      const taken = pending;
      pending = [];
      const held = await Promise.all(taken);
      return { checked: held.length, wrongSignatures: held.filter((good) => !good).length };
    },
  };
}

async function holds(
  envelope: Uint8Array | CanonicalXml,
  parts: readonly SignedPart[],
  certificateDer: Uint8Array,
): Promise<boolean> {
  const xml = 'root' in envelope ? { ok: true as const, value: envelope } : readXml(envelope);
  if (!xml.ok) return false;
  return (await verifySignature(xml.value, parts, certificateDer, { allowSha1: false })).kind === 'valid';
}
