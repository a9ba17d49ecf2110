// Writes replies, and closes connections whose request was not read to its end without cutting the reply off.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpReply } from './types.ts';

/** Time and octets we go on reading after an early reply, so that the sender gets to see it before the connection goes. */
const LINGER_MS = 1500;
const LINGER_BYTES = 4 * 1024 * 1024;

/** Statuses that have no body and no Content-Length (RFC 9110 §8.6). */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** Header names that only the server itself may set. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);

export interface ReplyOptions {
  /** The connection ends after this reply. */
  readonly close: boolean;
}

/** Sends a reply with Content-Length; a request not fully read is drained for a moment and its connection closed (row 111). */
export function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: HttpReply,
  options: ReplyOptions,
): void {
  if (response.headersSent || response.destroyed) return;
  const unread = !request.complete;
  writeHead(response, reply, options.close || unread);
  const body = BODILESS.has(reply.status) ? undefined : reply.body;
  if (!unread) {
    response.end(body);
    return;
  }
  // Everything is on the wire before the end, because node destroys the connection at once when a closing response ends.
  if (body === undefined || body.length === 0) response.flushHeaders();
  else response.write(body);
  drain(request, () => response.end());
}

function writeHead(response: ServerResponse, reply: HttpReply, close: boolean): void {
  for (const [name, value] of Object.entries(reply.headers)) {
    if (!OWN_HEADERS.has(name.toLowerCase())) response.setHeader(name, value);
  }
  if (!BODILESS.has(reply.status)) response.setHeader('content-length', reply.body?.length ?? 0);
  if (close) response.setHeader('connection', 'close');
  response.statusCode = reply.status;
}

function drain(request: IncomingMessage, done: () => void): void {
  let left = LINGER_BYTES;
  const finish = (): void => {
    clearTimeout(timer);
    request.off('data', count);
    done();
  };
  const count = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left <= 0) finish();
  };
  const timer = setTimeout(finish, LINGER_MS);
  request.removeAllListeners('readable');
  request.on('data', count).once('end', finish).once('close', finish).on('error', finish);
  request.resume();
}

const RAW_STATUS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

/** The answer to bytes that are no request, for a socket on which no response object exists. */
export function rawRefusal(status: number): string {
  return `HTTP/1.1 ${status} ${RAW_STATUS[status] ?? 'Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}
