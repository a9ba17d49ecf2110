// Strict xs:base64Binary: white space is allowed, anything else outside the alphabet is not (row 155).
import { fail, largeRoom, ok, type Result } from '../base/index.ts';

const WHITE = /[\t\n\r ]/;
const ALL_WHITE = /[\t\n\r ]+/g;
const PADDING = /={0,2}$/;

/** Decodes once, into one new buffer; the reason is a Dutch sentence without any of the text. */
export function decodeBase64(text: string): Result<Uint8Array, string> {
  const compact = WHITE.test(text) ? text.replace(ALL_WHITE, '') : text;
  if (compact.length % 4 !== 0) return fail('De lengte van de base64-tekst is geen veelvoud van vier.');
  const padding = PADDING.exec(compact.slice(-2))?.[0].length ?? 0;
  const size = (compact.length / 4) * 3 - padding;
  const bytes = largeRoom(size);
  const written = decodeInto(Buffer.from(bytes.buffer, 0, size), compact);
  // Node leaves out what is not base64 and stops at the first "=", so a strange ASCII character costs octets; but for - and _,
  // which it reads, and characters outside ASCII, which it may take for others.
  const whole = written === size && Buffer.byteLength(compact) === compact.length;
  if (!whole || compact.includes('-') || compact.includes('_')) {
    return fail('De base64-tekst bevat een teken dat daar niet is toegestaan.');
  }
  if (!zeroTail(compact, padding)) return fail('De laatste tekens van de base64-tekst kloppen niet.');
  return ok(bytes);
}

/** Characters at a time, a multiple of four: Node copies a string before it decodes it, and 25 MB need not be copied. */
const PIECE = 256 * 1024;

function decodeInto(room: Buffer, compact: string): number {
  let written = 0;
  for (let at = 0; at < compact.length; at += PIECE) {
    written += room.write(compact.slice(at, at + PIECE), written, 'base64');
  }
  return written;
}

/** The bits that padding leaves over must be zero (XML Schema part 2, 3.2.16). */
function zeroTail(compact: string, padding: number): boolean {
  if (padding === 0) return true;
  const last = compact.charAt(compact.length - padding - 1);
  return (padding === 1 ? 'AEIMQUYcgkosw048' : 'AQgw').includes(last);
}
