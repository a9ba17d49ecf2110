// A long base64 text is set aside while libxml2 reads what stands around it: it says nothing to a parser, and fills its memory three times.
import type { Utf8Document } from './encoding.ts';
import type { TextRange } from './prescan.ts';

/** From here it is worth it; a test may take less. */
export const SET_ASIDE_BYTES = 64 * 1024;
/** No character of these means anything in XML, and canonical form has them as they are, but for line ends. */
const INERT = /^[A-Za-z0-9+/=\t\n\r ]*$/;
/** Stands for the text; a document that has it too is read whole. */
const TOKEN = 'A0set0aside0A';

export interface Shortened {
  readonly document: Utf8Document;
  /** Canonical form of the whole from that of `document`; undefined when it cannot be told where the text belongs. */
  restore(canonical: string): string | undefined;
}

/** The document without its longest text, when that is nothing but base64 and blanks and at least `least` octets. */
export function setAside({ bytes, bodyAt }: Utf8Document, longest: TextRange, least: number): Shortened | undefined {
  const { from, to } = longest;
  if (to - from < least) return undefined;
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = whole.toString('utf8', from, to); // as latin1 it would stand outside V8's memory, which keeps it longer
  if (!INERT.test(text)) return undefined;
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  return {
    document: { bytes: Buffer.concat([whole.subarray(0, from), Buffer.from(TOKEN), whole.subarray(to)]), bodyAt },
    restore(canonical) {
      const at = canonical.indexOf(TOKEN);
      if (at < 0 || canonical.includes(TOKEN, at + 1)) return undefined;
      return canonical.slice(0, at) + lines + canonical.slice(at + TOKEN.length);
    },
  };
}
