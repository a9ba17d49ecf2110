// A recorded HTTP message in a file: headers in front or not, chunked or not.
import type { HttpEntity } from '../adapter/gateway/index.ts';

export interface HttpFile {
  readonly method?: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** First line and headers, without the empty line after them; empty of a body alone. */
  readonly head: string;
  /** What comes after it, chunk framing included. */
  readonly rest: Buffer;
  /** The whole file. */
  readonly bytes: Buffer;
}

const REQUEST_LINE = /^([A-Z]+) \S+ HTTP\/\d(?:\.\d)?\r?\n/;
const STATUS_LINE = /^HTTP\/\d(?:\.\d)? \d{3}[^\n]*\n/;

/** A first delimiter line, or a header that no XML document begins with. */
const MIME_START = /^(--[^\s-][^\r\n]{0,69}\r?\n|(content-type|mime-version|soapaction|host):)/i;

/** Whether bytes are an HTTP message or a MIME body rather than a document. */
export function isRecording(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 4096)).toString('latin1').trimStart();
  return REQUEST_LINE.test(start) || STATUS_LINE.test(start) || MIME_START.test(start);
}

/** Nothing, or white space alone. */
export const isBlank = (bytes: Uint8Array): boolean => bytes.every((octet) => WHITE_SPACE.includes(octet));

const WHITE_SPACE = [0x20, 0x09, 0x0d, 0x0a];

/** Takes the HTTP headers off when the file begins with a request or status line; the chunk framing goes with them. */
export function readHttpFile(bytes: Buffer): HttpFile {
  const start = bytes.subarray(0, 4096).toString('latin1');
  const request = REQUEST_LINE.exec(start);
  const status = request === null ? STATUS_LINE.exec(start) : null;
  const first = request ?? status;
  if (first === null) return { headers: new Map(), head: '', rest: bytes, body: bytes, bytes };
  const { end, next } = headerEnd(bytes);
  const headers = readHeaders(bytes.subarray(first[0].length, end).toString('latin1'));
  const raw = bytes.subarray(next);
  const chunked = /chunked/i.test(headers.get('transfer-encoding') ?? '');
  return {
    ...(request?.[1] === undefined ? {} : { method: request[1] }),
    headers,
    head: bytes.subarray(0, end).toString('latin1'),
    rest: raw,
    body: chunked ? joinChunks(raw) : raw,
    bytes,
  };
}

function headerEnd(bytes: Buffer): { end: number; next: number } {
  const crlf = bytes.indexOf('\r\n\r\n');
  const lf = bytes.indexOf('\n\n');
  // A head of bare line feeds may stand before a body with line ends of its own.
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return { end: crlf, next: crlf + 4 };
  return lf >= 0 ? { end: lf, next: lf + 2 } : { end: bytes.length, next: bytes.length };
}

function readHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

function joinChunks(raw: Buffer): Buffer {
  const chunks: Buffer[] = [];
  let at = 0;
  while (at < raw.length) {
    const lineEnd = raw.indexOf('\r\n', at);
    if (lineEnd < 0) break;
    const size = Number.parseInt(raw.subarray(at, lineEnd).toString('latin1'), 16);
    if (!Number.isInteger(size) || size <= 0) break;
    chunks.push(raw.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}

/**
 * What the endpoint would see; a bare file is guessed by its first characters unless the type is given. Only a recorded
 * request can miss its SOAPAction (row 114): a response need not have one, and of a bare file nobody knows.
 */
export function entityOf(file: HttpFile, contentType: string | undefined): HttpEntity {
  const recorded = file.headers.size > 0;
  return {
    contentType: contentType ?? file.headers.get('content-type') ?? (recorded ? undefined : guessType(file.body)),
    soapAction: file.headers.get('soapaction') ?? (file.method === undefined ? '"ebXML"' : undefined),
    body: once(file.body),
  };
}

/** A MIME body names its boundary in its first delimiter line; anything that begins with markup is a bare envelope. */
function guessType(body: Buffer): string {
  const start = body.subarray(0, 4096).toString('latin1').trimStart();
  const boundary = /^--([^\r\n]{1,70}?)[ \t]*\r?\n/.exec(start)?.[1];
  return boundary === undefined ? 'text/xml' : `multipart/related; type="text/xml"; boundary="${boundary}"`;
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
