// Writes a multipart/related package whose length is known before its first octet leaves.
import type { OutboundPart } from './types.ts';

export interface Multipart {
  /** Value of the HTTP Content-Type, with `type`, `boundary` and `start` (R4, T3, T4). */
  readonly contentType: string;
  /** Exact length of the body. */
  readonly bytes: number;
  /** From the first boundary to the last (R141): whole when every part is in memory, else the stream of `chunks`. */
  readonly body: Uint8Array | (() => AsyncIterable<Uint8Array>);
  chunks(): AsyncIterable<Uint8Array>;
  whole(): Promise<Uint8Array>;
}

/**
 * Frames the parts with CRLF; the first part is the SOAP part, named by `start` (R5). No transfer encoding is written
 * (R13): bodies go as they are. The caller chooses a boundary that no part contains, such as a UUID. Throws when a
 * header value holds a line end or the boundary is not 1..70 plain characters: the caller made them.
 */
export function writeMultipart(parts: readonly OutboundPart[], boundary: string): Multipart {
  const root = parts[0];
  if (root === undefined) throw new Error('A package needs at least the SOAP part.');
  if (!/^[0-9A-Za-z'()+_,./:=?-]{1,70}$/.test(boundary)) throw new Error('The boundary is not a legal one.');
  const headers = parts.map((part, index) => partHeader(part, boundary, index === 0));
  const closing = Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1');
  const bytes = parts.reduce((sum, part, index) => sum + (headers[index]?.length ?? 0) + part.bytes, closing.length);
  const chunks = () => streamParts(parts, headers, closing);
  const inMemory = collectInMemory(parts, headers, closing);
  return {
    contentType: packageType(root, boundary),
    bytes,
    body: inMemory ?? chunks,
    chunks,
    whole: async () => inMemory ?? collect(chunks()),
  };
}

function packageType(root: OutboundPart, boundary: string): string {
  const type = (root.contentType.split(';')[0] ?? '').trim();
  return `multipart/related; type="${type}"; boundary="${boundary}"; start=${quoted(`<${root.contentId}>`)}`;
}

/** Delimiter and header of a part; the line end before the delimiter belongs to it. */
function partHeader(part: OutboundPart, boundary: string, isFirst: boolean): Buffer {
  const lines = [`${isFirst ? '' : '\r\n'}--${boundary}`];
  lines.push(`Content-Type: ${headerValue(part.contentType)}`);
  lines.push(`Content-ID: <${headerValue(part.contentId)}>`);
  if (part.fileName !== undefined) lines.push(`Content-Disposition: ${disposition(part.fileName)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8');
}

/** A file name outside ASCII is written both ways (RFC 2231), the plain form with `_` for what it cannot hold. */
function disposition(fileName: string): string {
  const clean = fileName.replace(/[\p{Cc}\p{Cs}]/gu, '');
  const ascii = clean.replace(/[^\x20-\x7e]/gu, '_');
  const plain = `attachment; filename=${quoted(ascii)}`;
  if (ascii === clean) return plain;
  const encoded = encodeURIComponent(clean).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${plain}; filename*=UTF-8''${encoded}`;
}

function quoted(text: string): string {
  return `"${headerValue(text).replace(/["\\]/g, '\\$&')}"`;
}

function headerValue(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new Error('A MIME header value holds a control character.');
  return text;
}

function collectInMemory(
  parts: readonly OutboundPart[],
  headers: readonly Buffer[],
  closing: Buffer,
): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  for (const [index, part] of parts.entries()) {
    if (typeof part.body === 'function') return undefined;
    checkLength(part, part.body.length);
    pieces.push(headers[index] ?? Buffer.alloc(0), part.body);
  }
  return Buffer.concat([...pieces, closing]);
}

async function* streamParts(
  parts: readonly OutboundPart[],
  headers: readonly Buffer[],
  closing: Buffer,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const [index, part] of parts.entries()) {
    yield headers[index] ?? Buffer.alloc(0);
    if (typeof part.body !== 'function') {
      yield part.body;
      continue;
    }
    let written = 0;
    for await (const chunk of part.body()) {
      written += chunk.length;
      yield chunk;
    }
    checkLength(part, written);
  }
  yield closing;
}

/** The Content-Length was promised from it; a body of another length is a broken store. */
function checkLength(part: OutboundPart, found: number): void {
  if (found !== part.bytes) throw new Error(`A part of ${part.bytes} bytes turned out to have ${found}.`);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  return Buffer.concat(pieces);
}
