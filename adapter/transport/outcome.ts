// What an HTTP outcome means for the attempt it belongs to: pure, by the table of rows 37–42 and R147.
import type { Instant } from '../base/index.ts';
import type { PostOutcome } from './types.ts';

/**
 * `accepted`: the transfer succeeded; `body` says whether there is something to read as a signal (R143, R145).
 * `retry`: this attempt failed and the next may succeed; `notBefore` when the partner asked for patience (row 42).
 * `refused`: the same bytes will be refused again (row 39).
 */
export type PostVerdict =
  | { readonly kind: 'accepted'; readonly body: boolean }
  | {
      readonly kind: 'retry';
      readonly why: RetryReason;
      readonly detail: string;
      readonly notBefore?: Instant;
      readonly unsent?: true;
    }
  | { readonly kind: 'refused'; readonly detail: string };

export type RetryReason = 'noResponse' | 'redirect' | 'busy' | 'clientError' | 'serverError' | 'notEbms';

/** Statuses that another attempt with the same bytes cannot change (row 39). */
export const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 413, 415, 501, 505]);

/** Longest wait that a Retry-After can ask for: 24 hours, so that a partner's slip cannot park a message for years. */
export const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

const SIGNAL_TYPES = new Set(['text/xml', 'application/xml', 'application/soap+xml', 'multipart/related']);

/** Judges one outcome; the caller applies CPA interval, TimeToLive and whether a signal was due (rows 37, 42). */
export function classify(outcome: PostOutcome, now: Instant): PostVerdict {
  if (outcome.kind === 'failed') {
    const { detail, unsent } = outcome;
    return { kind: 'retry', why: 'noResponse', detail, ...(unsent === undefined ? {} : { unsent }) };
  }
  const { status, headers } = outcome;
  if (status >= 200 && status <= 299) return classifySuccess(outcome);
  if (FINAL_STATUSES.has(status)) return { kind: 'refused', detail: `HTTP ${status}` };
  const notBefore = retryAfter(headers['retry-after'], now);
  return { kind: 'retry', ...reasonOf(status), ...(notBefore === undefined ? {} : { notBefore }) };
}

function classifySuccess(response: Extract<PostOutcome, { kind: 'response' }>): PostVerdict {
  if (isBlank(response.body)) return { kind: 'accepted', body: false };
  const type = mediaType(response.headers['content-type']);
  if (SIGNAL_TYPES.has(type)) return { kind: 'accepted', body: true };
  const shown = type === '' ? 'zonder content-type' : `van type ${type.slice(0, 60)}`;
  return {
    kind: 'retry',
    why: 'notEbms',
    detail: `HTTP ${response.status} met een antwoord ${shown} in plaats van ebMS`,
  };
}

/** Redirects are errors (DK-013); a 503 passes (DK-015). */
function reasonOf(status: number): { why: RetryReason; detail: string } {
  if (status >= 300 && status <= 399) {
    return {
      why: 'redirect',
      detail: `HTTP ${status}: doorverwijzing wordt niet gevolgd, controleer het adres in de CPA`,
    };
  }
  if (status === 429 || status === 503)
    return { why: 'busy', detail: `HTTP ${status}: partner is tijdelijk niet beschikbaar` };
  return { why: status >= 500 ? 'serverError' : 'clientError', detail: `HTTP ${status}` };
}

/**
 * Reads a Retry-After of seconds or an HTTP date as the moment before which no attempt should be made (row 42).
 * Undefined when absent, unreadable or past; never more than `MAX_RETRY_AFTER_MS` ahead.
 */
export function retryAfter(value: string | undefined, now: Instant): Instant | undefined {
  const text = value?.trim() ?? '';
  if (text === '' || text.length > 64) return undefined;
  const at = /^\d+$/.test(text) ? now + Number(text) * 1000 : readHttpDate(text);
  if (at === undefined || at <= now) return undefined;
  return Math.min(at, now + MAX_RETRY_AFTER_MS);
}

/** The form of RFC 9110 that senders must generate: `Sun, 06 Nov 1994 08:49:37 GMT`. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function readHttpDate(text: string): Instant | undefined {
  if (!HTTP_DATE.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** White space only counts as empty (R143). */
function isBlank(body: Uint8Array): boolean {
  return body.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
