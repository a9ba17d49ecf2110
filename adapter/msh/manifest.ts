// Which payload parts a Manifest names.
import type { EbmsMessage } from '../ebms/types.ts';

const CID = /^cid:/i;

export function isCid(href: string): boolean {
  return CID.test(href);
}

/** The Content-ID that a `cid:` reference names, percent-decoded (R14, T68); undecodable text is taken as it stands. */
export function cidOf(href: string): string {
  const raw = href.slice(4);
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

/** Content-IDs in the order of the Manifest. */
export function manifestCids(message: EbmsMessage): readonly string[] {
  return (message.manifest?.references ?? [])
    .map((r) => r.href)
    .filter(isCid)
    .map(cidOf);
}

/** The parts that the Manifest names, in the order of the package (R8, R44, DK-053). */
export function namedParts<P extends { readonly contentId: string }>(
  message: EbmsMessage,
  parts: readonly P[],
): readonly P[] {
  const named = new Set(manifestCids(message));
  return parts.filter((part) => named.has(part.contentId));
}
