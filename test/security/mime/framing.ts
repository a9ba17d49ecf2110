// Boundaries and what stands around and between the parts (rows 101–105).
import type { Attack } from '../corpus.ts';
import { compose } from '../signature/message.ts';
import { beforeEnd, body, boundary, contentType, fault, mimeProblem, part, payload, taken } from './package.ts';

const plain = (name: string): string => name;

const BOUNDARIES: readonly Attack[] = [
  fault(
    'row 101 no boundary',
    contentType((value) => value.replace(/boundary="[^"]*"; ?/, '').replace(/; ?boundary="[^"]*"/, '')),
  ),
  fault('row 101 an empty boundary', boundary('')),
  fault('row 101 a boundary of 71 characters', boundary('b'.repeat(71))),
  fault('row 101 a boundary of 10 kB', boundary('b'.repeat(10_000))),
  taken('row 101 a boundary of 70 characters', boundary('b'.repeat(70))),
  taken('row 101 a boundary of one character', boundary('b')),
  taken('row 101 a boundary without quotes', boundary('gewoon', plain)),
  taken('row 101 a boundary of characters of regular expressions', boundary('(.*)+?[^a]{1,9}|$^.b')),
  taken('row 101 a boundary that is a slow regular expression', boundary('(a+)+(b|b)*$')),
  taken('row 101 a boundary of hyphens', boundary('----')),
  taken('row 101 a boundary that looks like a closing one', boundary('b--')),
  taken('row 101 a boundary with a blank inside', boundary('a b')),
  fault('row 101 a boundary that ends in a blank', boundary('b ')),
  fault('row 101 a boundary with a line feed', boundary('a\nb')),
  fault('row 101 a boundary with a NUL', boundary('a\0b')),
  fault('row 101 a boundary with a letter beyond ASCII', boundary('b\u00e9')),
  taken(
    'row 101 a boundary with an escaped character',
    boundary('ab', () => '"a\\b"'),
  ),
  fault(
    'row 101 a boundary whose quotes do not end',
    boundary('b', (name) => `"${name}`),
  ),
  fault(
    'row 101 two boundaries',
    contentType((value) => `${value}; boundary="other"`),
  ),
  fault(
    'row 101 two boundaries, one in upper case',
    contentType((value) => `${value}; BOUNDARY="other"`),
  ),
  fault(
    'row 101 another boundary than in the body',
    contentType((value) => value.replace(/boundary="/, 'boundary="x')),
  ),
  fault(
    'row 101 another case than in the body',
    contentType((value) =>
      value.replace(/boundary="([^"]*)"/, (_, name: string) => `boundary="${name.toUpperCase()}z"`),
    ),
  ),
  taken('row 101 __proto__ as boundary', boundary('__proto__')),
  taken('row 101 the boundary in the middle of lines of the payload', (message) =>
    payload((first) => ({
      ...first,
      bytes: Buffer.from(`<proef>x --${message.boundary} --${message.boundary}--</proef>`),
    }))(message, ''),
  ),
  taken('row 101 lines of the payload that begin like the boundary', (message) =>
    payload((first) => ({
      ...first,
      bytes: Buffer.from(`<proef>\r\n--${message.boundary}x\r\n--${message.boundary.slice(0, -1)}\r\n</proef>`),
    }))(message, ''),
  ),
  taken('row 101 the boundary as a line of base64 content', (message) =>
    compose({
      ...message,
      boundary: 'PHByb2Vm',
      headers: {
        ...message.headers,
        'content-type': (message.headers['content-type'] ?? '').replace(/boundary="[^"]*"/, 'boundary="PHByb2Vm"'),
      },
      parts: message.parts.map((one) => ({
        ...one,
        lines: [...one.lines.filter((l) => !/^content-transfer/i.test(l)), 'Content-Transfer-Encoding: base64'],
        bytes: Buffer.from('PHByb2Vm\r\nLz4='),
      })),
    }),
  ),
  taken('row 101 100 000 beginnings of the boundary', (message) =>
    payload((first) => ({ ...first, bytes: Buffer.from(`\r\n--${message.boundary.slice(0, 10)}`.repeat(100_000)) }))(
      message,
      '',
    ),
  ),
  taken(
    'row 101 500 000 line ends',
    payload((first) => ({ ...first, bytes: Buffer.from('\r\n'.repeat(500_000)) })),
  ),
  taken(
    'row 101 a megabyte of carriage returns',
    payload((first) => ({ ...first, bytes: Buffer.from('\r'.repeat(1_000_000)) })),
  ),
  taken('row 101 20 000 boundaries with too many blanks behind them', (message) =>
    payload((first) => ({
      ...first,
      bytes: Buffer.from(`\r\n--${message.boundary}${' '.repeat(300)}x`.repeat(20_000)),
    }))(message, ''),
  ),
];

const ENDS: readonly Attack[] = [
  fault(
    'row 102 an empty body',
    body(() => ''),
  ),
  fault(
    'row 102 a body of blanks',
    body(() => ' '.repeat(1000)),
  ),
  fault(
    'row 102 only a closing boundary',
    body((_, { boundary: b }) => `--${b}--\r\n`),
  ),
  fault(
    'row 102 no closing boundary',
    body((octets) => octets.slice(0, octets.lastIndexOf('\r\n--'))),
  ),
  fault(
    'row 102 a closing boundary with one hyphen',
    body((octets) => octets.replace(/--\r\n$/, '-\r\n')),
  ),
  fault(
    'row 102 a closing boundary with text behind it',
    body((octets) => octets.replace(/--\r\n$/, '--x\r\n')),
  ),
  fault(
    'row 102 cut in the header of the first part',
    body((octets) => octets.slice(0, octets.indexOf('Content-ID') + 5)),
  ),
  fault(
    'row 102 cut in the envelope',
    body((octets) => octets.slice(0, octets.indexOf('</SOAP:Header>'))),
  ),
  fault(
    'row 102 cut right behind a boundary',
    body((octets, { boundary: b }) => octets.slice(0, octets.lastIndexOf(`--${b}--`) + 2 + b.length)),
  ),
  fault(
    'row 102 the closing boundary before the parts',
    body((octets, { boundary: b }) => `--${b}--\r\n${octets}`),
  ),
  taken(
    'row 102 the closing boundary without a line end',
    body((octets) => octets.slice(0, -2)),
  ),
  taken(
    'row 103 a preamble of a megabyte',
    body((octets) => `${'preamble \r\n'.repeat(90_000)}${octets}`),
  ),
  taken(
    'row 103 a preamble of one line of a megabyte',
    body((octets) => `${'x'.repeat(1_000_000)}\r\n${octets}`),
  ),
  taken(
    'row 103 an epilogue of a megabyte',
    body((octets) => `${octets}${'epilogue \r\n'.repeat(90_000)}`),
  ),
  taken(
    'row 103 a whole second package as epilogue',
    body((octets) => octets + octets.replaceAll('ggk_Di01', 'Fo01')),
  ),
  taken(
    'row 103 a whole package in a preamble with another boundary',
    body((octets, { boundary: b }) => octets.replaceAll(b, `${b.slice(0, -2)}zz`) + octets),
  ),
  taken(
    'row 103 LF only',
    body((octets) => octets.replaceAll('\r\n', '\n')),
  ),
  taken(
    'row 103 blanks behind the boundaries',
    body((octets, { boundary: b }) => octets.replaceAll(`--${b}\r\n`, `--${b} \t \r\n`)),
  ),
  fault(
    'row 103 an epilogue beyond the size of a message',
    body((octets) => octets + 'x'.repeat(36_100_000)),
    'larger than',
  ),
];

const HEADERS: readonly Attack[] = [
  mimeProblem(
    'row 104 a part header that runs into the boundary',
    beforeEnd((d) => `${d}\r\nContent-Type: text/plain\r\n`),
  ),
  mimeProblem(
    'row 104 a part header that runs into text',
    beforeEnd((d) => `${d}\r\nContent-Type: text/plain\r\n<a>x</a>\r\n`),
  ),
  mimeProblem(
    'row 104 a part without header and without empty line',
    beforeEnd((d) => `${d}\r\ntekst zonder kop\r\n`),
  ),
  mimeProblem(
    'row 104 a header that begins with a continuation',
    beforeEnd((d) => `${d}\r\n Content-Type: text/plain\r\n\r\nx\r\n`),
  ),
  mimeProblem(
    'row 104 a header line that begins with a colon',
    beforeEnd((d) => `${d}\r\n: x\r\n\r\nx\r\n`),
  ),
  mimeProblem(
    'row 104 a NUL in the name of a header line',
    beforeEnd((d) => `${d}\r\nContent\0-Type: x\r\n\r\nx\r\n`),
  ),
  fault(
    'row 104 the SOAP part without empty line',
    body((octets) => octets.replace('\r\n\r\n', '\r\n')),
  ),
];

const STARTS: readonly Attack[] = [
  taken(
    'row 105 start absent',
    contentType((value) => value.replace(/; ?start="[^"]*"/, '')),
  ),
  taken(
    'row 105 start without brackets',
    contentType((value) => value.replace(/start="<([^"]*)>"/, 'start="$1"')),
  ),
  taken('row 105 the SOAP part last', (message) => compose({ ...message, rootLast: true })),
  fault(
    'row 105 start names no part',
    contentType((value) => value.replace(/start="[^"]*"/, 'start="<nergens@x>"')),
  ),
  fault(
    'row 105 start names the payload',
    contentType((value, { parts }) => value.replace(/start="[^"]*"/, `start="<${parts[0]?.contentId ?? ''}>"`)),
  ),
  fault(
    'row 105 two starts',
    contentType((value) => `${value}; start="<x@x>"`),
  ),
  fault('row 105 the SOAP part last and no start', (message) => {
    const request = compose({ ...message, rootLast: true });
    const type = (request.headers['content-type'] ?? '').replace(/; ?start="[^"]*"/, '');
    return { ...request, headers: { ...request.headers, 'content-type': type } };
  }),
  taken(
    'row 105 a second envelope as a part that nobody names is not read',
    beforeEnd((d, { envelope }) =>
      part(d, 'Content-Type: text/xml\r\nContent-ID: <tweede@x>', envelope.replaceAll('ggk_Di01', 'Fo01')),
    ),
  ),
];

export const FRAMING_ATTACKS: readonly Attack[] = [...BOUNDARIES, ...ENDS, ...HEADERS, ...STARTS];
