// How the octets of a payload are written, and the words for what is written otherwise (stuf-ggk section 6).
import type { SourceEncoding } from '../xml/index.ts';

/** What was found and what is expected; undefined when it is UTF-8 without byte order mark. */
export function otherEncoding({ name, byteOrderMark }: SourceEncoding): string | undefined {
  if (name === 'UTF-8' && !byteOrderMark) return undefined;
  return `gevonden ${name} ${byteOrderMark ? 'met' : 'zonder'} byte order mark; verwacht UTF-8 zonder byte order mark`;
}
