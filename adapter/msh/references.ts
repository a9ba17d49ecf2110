// Whether the references of an Acknowledgment are those of what we sent (R94).
import type { SignedDigest } from '../base/index.ts';

/** Why they differ; undefined when every reference sent is acknowledged with its own digest, and no other. */
export function differentReferences(
  sent: readonly SignedDigest[],
  acknowledged: readonly SignedDigest[],
): string | undefined {
  if (sent.length !== acknowledged.length)
    return `${acknowledged.length} references acknowledged, ${sent.length} were sent`;
  const byUri = new Map(acknowledged.map((one) => [one.uri, one]));
  for (const one of sent) {
    const other = byUri.get(one.uri);
    const name = one.uri === '' ? 'the envelope' : one.uri;
    if (other === undefined) return `${name} is not acknowledged`;
    if (other.digestValue !== one.digestValue || other.digestMethod !== one.digestMethod)
      return `${name} has another digest`;
  }
  return undefined;
}
