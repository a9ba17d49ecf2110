// Decides from a request's head alone whether it may go on; pure, so that every refusal is one row of a test.
import type { IncomingHttpHeaders } from 'node:http';

export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  /** Number of header lines. */
  readonly headerLines: number;
}

export interface GuardLimits {
  readonly path: string;
  readonly maxHeaders: number;
  readonly maxBodyBytes: number;
  /** Proxies may still speak HTTP/1.0 inwards; partners may not (R139). */
  readonly allowHttp10: boolean;
}

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** HTTP/1.1 lets a client name scheme and host in the request target; a server must take that (R139, RFC 9112 section 3.2.2). */
const ORIGIN = /^https?:\/\/[^/?]*/i;

/** The path of a request target without its query. */
export function pathOf(target: string): string {
  const path = target.replace(ORIGIN, '');
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}

/** Undefined when the request may go on. Upgrade headers (h2c) are ignored, as HTTP allows. */
export function guardRequest(head: RequestHead, limits: GuardLimits): Refusal | undefined {
  const { headers } = head;
  if (head.headerLines > limits.maxHeaders) return { status: 431, reason: 'te veel kopregels' };
  if (head.httpVersion !== '1.1' && !limits.allowHttp10) return { status: 505, reason: 'HTTP-versie' };
  if (pathOf(head.url) !== limits.path) return { status: 404, reason: 'onbekend pad' };
  if (head.method !== 'POST') return { status: 405, reason: 'methode', headers: { allow: 'POST' } };
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') return { status: 415, reason: 'content-encoding' };
  return guardLength(headers, limits.maxBodyBytes);
}

function guardLength(headers: IncomingHttpHeaders, maxBodyBytes: number): Refusal | undefined {
  const length = headers['content-length'];
  const coding = headers['transfer-encoding']?.trim().toLowerCase();
  // node's parser refuses both together already; this holds if that ever changes (row 98).
  if (length !== undefined && coding !== undefined) return { status: 400, reason: 'dubbele lengte' };
  if (coding !== undefined && coding !== 'chunked') return { status: 501, reason: 'transfer-encoding' };
  return length !== undefined && Number(length) > maxBodyBytes ? { status: 413, reason: 'te groot' } : undefined;
}
