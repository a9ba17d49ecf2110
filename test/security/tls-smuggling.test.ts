// Request smuggling corpus over raw sockets: one reading of where a message ends, or none at all (row 98).
import { afterEach, describe, expect, test } from '@jest/globals';
import { closeAll, exchangeRaw, PATH, startEndpoint, statuses, tcp } from '../transport/rig.ts';
import { underAttack } from './attacked-endpoint.ts';

afterEach(closeAll);

const start = () => startEndpoint({ listener: { kind: 'plain' } });
const first = (lines: readonly string[]): string =>
  `${[`POST ${PATH} HTTP/1.1`, 'Host: localhost', ...lines].join('\r\n')}\r\n\r\n`;
const INNER = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nX-Smuggled: yes\r\nContent-Length: 0\r\n\r\n`;

const CORPUS: [string, string][] = [
  ['CL.TE', `${first(['Content-Length: 6', 'Transfer-Encoding: chunked'])}0\r\n\r\nG${INNER}`],
  ['TE.CL', `${first(['Transfer-Encoding: chunked', 'Content-Length: 4'])}5c\r\n${INNER}\r\n0\r\n\r\n`],
  ['two different Content-Lengths', `${first(['Content-Length: 4', 'Content-Length: 0'])}<x/>${INNER}`],
  ['two equal Content-Lengths', `${first(['Content-Length: 4', 'Content-Length: 4'])}<x/>`],
  ['Content-Length list', `${first(['Content-Length: 4, 4'])}<x/>`],
  ['Content-Length with sign', `${first(['Content-Length: +4'])}<x/>`],
  ['Content-Length negative', `${first(['Content-Length: -1'])}<x/>`],
  ['Content-Length hexadecimal', `${first(['Content-Length: 0x4'])}<x/>`],
  ['Content-Length beyond 2^64', `${first(['Content-Length: 99999999999999999999999'])}<x/>`],
  ['Transfer-Encoding with vertical tab', `${first(['Transfer-Encoding: \x0bchunked', 'Content-Length: 4'])}<x/>`],
  ['Transfer-Encoding unknown then length', `${first(['Transfer-Encoding: xchunked', 'Content-Length: 4'])}<x/>`],
  ['Transfer-Encoding not last chunked', `${first(['Transfer-Encoding: chunked, identity'])}0\r\n\r\n`],
  ['Transfer-Encoding twice', `${first(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'])}0\r\n\r\n`],
  ['space before colon', `${first(['Content-Length : 4'])}<x/>`],
  ['space before header name', `${first(['X: y', ' Content-Length: 4'])}<x/>`],
  ['chunk size not hexadecimal', `${first(['Transfer-Encoding: chunked'])}zz\r\nab\r\n0\r\n\r\n`],
  ['chunk size with 0x', `${first(['Transfer-Encoding: chunked'])}0x2\r\nab\r\n0\r\n\r\n`],
  ['chunk size negative', `${first(['Transfer-Encoding: chunked'])}-1\r\nab\r\n0\r\n\r\n`],
  ['chunk size beyond 2^64', `${first(['Transfer-Encoding: chunked'])}fffffffffffffffff\r\nab\r\n0\r\n\r\n`],
  ['chunk longer than its size', `${first(['Transfer-Encoding: chunked'])}1\r\nab\r\n0\r\n\r\n`],
  ['chunk size ended by LF only', `${first(['Transfer-Encoding: chunked'])}2\nab\r\n0\r\n\r\n`],
  ['chunk extension ended by LF only', `${first(['Transfer-Encoding: chunked'])}2;a\nab\r\n0\r\n\r\n`],
  ['chunk extension with control characters', `${first(['Transfer-Encoding: chunked'])}2;\x00=\x01\r\nab\r\n0\r\n\r\n`],
  ['header line ended by LF only', `POST ${PATH} HTTP/1.1\r\nHost: localhost\nContent-Length: 4\r\n\r\n<x/>`],
  ['NUL in a header', `${first(['X: a\x00b', 'Content-Length: 4'])}<x/>`],
  ['no HTTP at all', 'hallo daar\r\n\r\n'],
  ['two Host headers with a bare CR', `${first(['X: a\rHost: b', 'Content-Length: 4'])}<x/>`],
];

describe('row 98 request smuggling', () => {
  test.each(CORPUS)('%s: refused, closed, nothing smuggled', async (_, bytes) => {
    const endpoint = await start();
    const { text, closed } = await underAttack(endpoint, async () =>
      exchangeRaw(await tcp(endpoint.port), bytes, 2500),
    );
    expect(closed).toBe(true);
    const answers = statuses(text);
    expect(answers).toHaveLength(1);
    expect([400, 413, 501]).toContain(answers[0]);
    expect(endpoint.seen).toHaveLength(0);
  });

  test('a chunk extension within HTTP is read past and ends where it should', async () => {
    const endpoint = await start();
    const bytes = `${first(['Transfer-Encoding: chunked'])}4;naam=waarde\r\n<x/>\r\n0\r\n\r\n`;
    const { text } = await exchangeRaw(await tcp(endpoint.port), bytes, 300);
    expect(statuses(text)).toEqual([204]);
    expect(endpoint.seen.map(({ body }) => body.toString())).toEqual(['<x/>']);
  });

  test('chunk extensions without end are cut', async () => {
    const endpoint = await start();
    const bytes = `${first(['Transfer-Encoding: chunked'])}4;${'a'.repeat(40_000)}\r\n<x/>\r\n0\r\n\r\n`;
    const { text, closed } = await underAttack(endpoint, async () => exchangeRaw(await tcp(endpoint.port), bytes));
    expect(statuses(text)).toEqual([413]);
    expect(closed).toBe(true);
  });

  test('two whole requests in one packet are two requests', async () => {
    const endpoint = await start();
    const bytes = `${first(['Content-Length: 3'])}een${first(['Content-Length: 4'])}twee`;
    const { text } = await exchangeRaw(await tcp(endpoint.port), bytes, 300);
    expect(statuses(text)).toEqual([204, 204]);
    expect(endpoint.seen.map(({ body }) => body.toString())).toEqual(['een', 'twee']);
  });
});
