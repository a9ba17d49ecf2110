// The table of HTTP outcomes and the reading of Retry-After.
import { describe, expect, test } from '@jest/globals';
import { classify, MAX_RETRY_AFTER_MS, type PostOutcome, retryAfter } from '../../adapter/transport/index.ts';

const NOW = Date.UTC(2030, 0, 1, 10, 0, 0);
const answer = (status: number, headers: Record<string, string> = {}, body = ''): PostOutcome => ({
  kind: 'response',
  status,
  headers,
  body: Buffer.from(body),
});

describe('classify', () => {
  test.each([200, 201, 202, 204])('DK-012 R143 row 40 T194 HTTP %d without a body is accepted', (status) => {
    expect(classify(answer(status), NOW)).toEqual({ kind: 'accepted', body: false });
    expect(classify(answer(status, { 'content-type': 'text/html' }, ' \r\n\t'), NOW)).toEqual({
      kind: 'accepted',
      body: false,
    });
  });

  test.each(['text/xml', 'TEXT/XML; charset=UTF-8', 'application/soap+xml', 'multipart/related; boundary="x"'])(
    'R145 a 200 of type %s has a signal to read',
    (type) => {
      expect(classify(answer(200, { 'content-type': type }, '<x/>'), NOW)).toEqual({ kind: 'accepted', body: true });
    },
  );

  test.each(['text/html', 'application/json', ''])('row 38 a 200 of type "%s" is a failed transfer', (type) => {
    const verdict = classify(answer(200, type === '' ? {} : { 'content-type': type }, '<html>'), NOW);
    expect(verdict).toMatchObject({ kind: 'retry', why: 'notEbms' });
  });

  test.each([400, 413, 415, 501, 505])('row 39 HTTP %d stops at once', (status) => {
    expect(classify(answer(status), NOW)).toEqual({ kind: 'refused', detail: `HTTP ${status}` });
  });

  test.each([401, 403, 404, 405, 408, 409, 425, 429, 500, 502, 503, 504, 599])(
    'row 39 R147 DK-015 HTTP %d is retried',
    (status) => {
      expect(classify(answer(status), NOW).kind).toBe('retry');
    },
  );

  test.each([301, 302, 303, 307, 308])('DK-013 row 41 T195 HTTP %d is a failed attempt with a hint', (status) => {
    const verdict = classify(answer(status, { location: 'https://elders.example/' }), NOW);
    expect(verdict).toMatchObject({ kind: 'retry', why: 'redirect', detail: expect.stringContaining('niet gevolgd') });
    expect(JSON.stringify(verdict)).not.toContain('elders');
  });

  test('row 42 a 503 says when to come back', () => {
    expect(classify(answer(503, { 'retry-after': '120' }), NOW)).toMatchObject({
      kind: 'retry',
      why: 'busy',
      notBefore: NOW + 120_000,
    });
    expect(classify(answer(429), NOW)).not.toHaveProperty('notBefore');
  });

  test('no response at all is retried with its reason', () => {
    const verdict = classify({ kind: 'failed', reason: 'connect', detail: 'weg' }, NOW);
    expect(verdict).toEqual({ kind: 'retry', why: 'noResponse', detail: 'weg' });
  });
});

describe('row 42 Retry-After', () => {
  test.each<[string | undefined, number | undefined]>([
    ['0', undefined],
    ['1', 1000],
    [' 30 ', 30_000],
    ['99999999999999999999', MAX_RETRY_AFTER_MS],
    ['Tue, 01 Jan 2030 10:05:00 GMT', 300_000],
    ['Tue, 01 Jan 2030 09:00:00 GMT', undefined],
    ['Fri, 01 Jan 2038 09:00:00 GMT', MAX_RETRY_AFTER_MS],
    ['Tue, 99 Jan 2030 10:05:00 GMT', undefined],
    ['2030-01-01T10:05:00Z', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['', undefined],
    [undefined, undefined],
    ['9'.repeat(100), undefined],
  ])('%s', (value, expected) => {
    const at = retryAfter(value, NOW);
    expect(at === undefined ? undefined : at - NOW).toBe(expected);
  });
});
