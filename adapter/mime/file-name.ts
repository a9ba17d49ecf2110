// The file name of a part as a label for people: decoded, cleaned, never a path (row 108, DK-056).
import { parseParameters } from './content-type.ts';

const MAX_LABEL = 255;
/** Control characters, line separators and marks that turn the writing direction. */
const HARMFUL = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const ENCODED_WORD = /=\?([A-Za-z0-9_-]{1,40})(?:\*[A-Za-z-]{1,20})?\?([BbQq])\?([^? ]{0,512})\?=(?:\s+(?==\?))?/g;

/**
 * The label in a Content-Disposition value (given as Latin-1 text), or else in the `name` of the Content-Type. A
 * header that does not follow the syntax still gives what stands between its quotes; nothing here refuses a part.
 */
export function fileNameOf(
  disposition: string | undefined,
  contentTypeParameters: ReadonlyMap<string, string>,
): string | undefined {
  const found = disposition === undefined ? undefined : fromDisposition(disposition);
  return label(found ?? fromParameters(contentTypeParameters, 'name') ?? '');
}

function fromDisposition(value: string): string | undefined {
  const semicolon = value.indexOf(';');
  if (semicolon === -1) return undefined;
  const parameters = parseParameters(value, semicolon);
  if (parameters !== undefined) return fromParameters(parameters, 'filename');
  // Peers write quotes and semicolons unescaped inside the quotes (peer-wire 15.3).
  const open = value.toLowerCase().indexOf('filename="');
  const close = value.lastIndexOf('"');
  return open === -1 || close < open + 10 ? undefined : plain(value.slice(open + 10, close));
}

function fromParameters(parameters: ReadonlyMap<string, string>, name: string): string | undefined {
  const extended = parameters.get(`${name}*`);
  if (extended !== undefined) return decodeExtended(extended);
  const continued = joinContinuations(parameters, name);
  if (continued !== undefined) return continued;
  const simple = parameters.get(name);
  return simple === undefined ? undefined : plain(simple);
}

/** RFC 2231 `name*0`, `name*1*` …: the pieces in order, percent-decoded together when the first one is marked. */
function joinContinuations(parameters: ReadonlyMap<string, string>, name: string): string | undefined {
  const pieces: string[] = [];
  let encoded = false;
  for (let i = 0; ; i++) {
    const marked = parameters.get(`${name}*${i}*`);
    const piece = marked ?? parameters.get(`${name}*${i}`);
    if (piece === undefined) break;
    if (marked !== undefined && i === 0) encoded = true;
    pieces.push(encoded && marked === undefined ? encodeURIComponent(piece) : piece);
  }
  if (pieces.length === 0) return undefined;
  return encoded ? decodeExtended(pieces.join('')) : plain(pieces.join(''));
}

/** RFC 2231 `charset'language'percent-encoded`. */
function decodeExtended(value: string): string {
  const [charset, , ...rest] = value.split("'");
  if (rest.length === 0) return plain(value);
  return decodeBytes(percentDecoded(rest.join("'")), charset ?? '');
}

function percentDecoded(text: string): Buffer {
  const latin1 = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(latin1, 'latin1');
}

/** Text without RFC 2231 marks: RFC 2047 words if it has them, else UTF-8 where the octets are that, else Latin-1. */
function plain(latin1: string): string {
  if (!latin1.includes('=?')) return decodeBytes(Buffer.from(latin1, 'latin1'), 'utf-8');
  return latin1.replace(ENCODED_WORD, (_, charset: string, encoding: string, text: string) => {
    const bytes =
      encoding.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64')
        : percentDecoded(text.replaceAll('%', '%25').replaceAll('_', ' ').replaceAll('=', '%'));
    return decodeBytes(bytes, charset);
  });
}

function decodeBytes(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

function label(name: string): string | undefined {
  const cleaned = name.replace(HARMFUL, '');
  const lastPart = cleaned.slice(Math.max(cleaned.lastIndexOf('/'), cleaned.lastIndexOf('\\')) + 1).trim();
  if (lastPart === '' || lastPart === '.' || lastPart === '..') return undefined;
  return [...lastPart].slice(0, MAX_LABEL).join('');
}
