// Brings a document to UTF-8 bytes by one written rule about BOM, XML declaration and MIME charset (row 113, DK-011).
import { isUtf8 } from 'node:buffer';
import { fail, ok, type Result } from '../base/index.ts';
import type { SourceEncoding, XmlEncoding, XmlProblem } from './types.ts';

/** UTF-8 bytes without BOM; `bodyAt` is the offset behind the XML declaration, which no longer counts. */
export interface Utf8Document {
  readonly bytes: Uint8Array;
  readonly bodyAt: number;
}

export interface DecodedDocument extends Utf8Document {
  readonly encoding: SourceEncoding;
}

const ALIASES: ReadonlyMap<string, XmlEncoding> = new Map([
  ['utf-8', 'UTF-8'],
  ['utf8', 'UTF-8'],
  ['utf-16', 'UTF-16'],
  ['utf-16le', 'UTF-16'],
  ['utf-16be', 'UTF-16'],
  ['iso-8859-1', 'ISO-8859-1'],
  ['latin1', 'ISO-8859-1'],
  ['us-ascii', 'US-ASCII'],
  ['ascii', 'US-ASCII'],
]);
const MAX_DECLARATION_BYTES = 200;
const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"([\w.:-]+)"|'([\w.:-]+)')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/;

/**
 * Decodes to UTF-8. The encoding is the BOM's, else the declaration's, else UTF-8; whatever else names an encoding
 * (declaration beside a BOM, `charset` of the MIME part) must name the same one, so that there are never two readings
 * (R9, T20). UTF-16 needs its BOM. Ill-formed sequences, overlong forms included, are refused.
 */
export function toUtf8(bytes: Uint8Array, charset?: string): Result<DecodedDocument, XmlProblem> {
  const bom = bomOf(bytes);
  if (bom === undefined && (bytes[0] === 0 || bytes[1] === 0))
    return refuse('UTF-16 or UTF-32 without a byte order mark');
  // Else read as UTF-16 with NUL characters in it.
  if (bom?.label === 'utf-16le' && bytes[2] === 0 && bytes[3] === 0) return refuse('UTF-32');
  const decoded = bom?.encoding === 'UTF-16' ? decodeUtf16(bytes, bom.label) : bytes.subarray(bom?.length ?? 0);
  if (decoded === undefined) return refuse('ill-formed UTF-16');
  const declaration = readDeclaration(decoded);
  if (!declaration.ok) return declaration;
  const declared =
    declaration.value.encoding === undefined ? undefined : ALIASES.get(declaration.value.encoding.toLowerCase());
  if (declared === undefined && declaration.value.encoding !== undefined)
    return refuse('unsupported encoding in the XML declaration');
  if (declared === 'UTF-16' && bom === undefined) return refuse('declared UTF-16 without a byte order mark');
  const encoding = bom?.encoding ?? declared ?? 'UTF-8';
  if (declared !== undefined && declared !== encoding)
    return refuse(`byte order mark says ${encoding}, XML declaration ${declared}`);
  if (charset !== undefined && ALIASES.get(charset.trim().toLowerCase()) !== encoding) {
    return refuse(`the MIME charset differs from the document's encoding ${encoding}`);
  }
  const utf8 = asUtf8(decoded, encoding);
  if (!utf8.ok) return utf8;
  const written = { name: encoding, byteOrderMark: bom !== undefined };
  return ok({ bytes: utf8.value, bodyAt: declaration.value.end, encoding: written });
}

/** The declaration is ASCII: its length does not change. */
function asUtf8(bytes: Uint8Array, encoding: XmlEncoding): Result<Uint8Array, XmlProblem> {
  if (encoding === 'ISO-8859-1') {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    return ok(Buffer.from(text, 'utf8'));
  }
  if (encoding === 'US-ASCII' && bytes.some((byte) => byte > 0x7f)) return refuse('a byte above 127 in US-ASCII');
  if (!isUtf8(bytes)) return refuse('ill-formed UTF-8');
  return ok(bytes);
}

interface Bom {
  readonly encoding: XmlEncoding;
  readonly label: 'utf-8' | 'utf-16le' | 'utf-16be';
  readonly length: number;
}

function bomOf(bytes: Uint8Array): Bom | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'UTF-8', label: 'utf-8', length: 3 };
  if (a === 0xff && b === 0xfe) return { encoding: 'UTF-16', label: 'utf-16le', length: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'UTF-16', label: 'utf-16be', length: 2 };
  return undefined;
}

function decodeUtf16(bytes: Uint8Array, label: string): Uint8Array | undefined {
  try {
    return Buffer.from(new TextDecoder(label, { fatal: true }).decode(bytes), 'utf8');
  } catch {
    return undefined;
  }
}

interface Declaration {
  readonly end: number;
  readonly encoding: string | undefined;
}

/** Only XML 1.0 is read (R10, row 124). */
function readDeclaration(bytes: Uint8Array): Result<Declaration, XmlProblem> {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, MAX_DECLARATION_BYTES)).toString(
    'latin1',
  );
  if (!/^<\?xml[ \t\r\n]/.test(head)) return ok({ end: 0, encoding: undefined });
  const match = DECLARATION.exec(head);
  if (match === null) return fail({ kind: 'notWellFormed', detail: 'the XML declaration is not well-formed', line: 1 });
  if ((match[1] ?? match[2]) !== '1.0') return fail({ kind: 'version', detail: 'only XML 1.0 is read', line: 1 });
  return ok({ end: match[0].length, encoding: match[3] ?? match[4] });
}

function refuse(detail: string): { readonly ok: false; readonly error: XmlProblem } {
  return fail({ kind: 'encoding', detail });
}
