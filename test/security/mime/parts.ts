// Parts: their ids, names, transfer encodings, numbers and sizes (rows 106–111).
import type { Attack } from '../corpus.ts';
import { changed, refusedAs } from '../corpus.ts';
import { compose, type Message, steps, swap } from '../signature/message.ts';
import { beforeEnd, body, fault, mimeProblem, part, payload, payloadId, taken } from './package.ts';

type Part = Message['parts'][0];

const IDS: readonly Attack[] = [
  fault(
    'row 106 a second part with the Content-ID of the payload',
    beforeEnd((d, m) => part(d, `Content-ID: <${payloadId(m)}>`, '<ander/>')),
  ),
  fault(
    'row 106 the same before the payload',
    body((octets, m) =>
      octets.replace(
        `--${m.boundary}\r\n`,
        `${part(`--${m.boundary}`, `Content-ID: <${payloadId(m)}>`, '<ander/>')}--${m.boundary}\r\n`,
      ),
    ),
  ),
  fault(
    'row 106 a second part with the Content-ID of the envelope',
    beforeEnd((d, m) => part(d, `Content-ID: <${m.rootId}>`, m.envelope)),
  ),
  fault(
    'row 106 the same Content-ID without brackets',
    beforeEnd((d, m) => part(d, `Content-ID: ${payloadId(m)}`)),
  ),
  fault(
    'row 106 the same Content-ID with blanks around it',
    beforeEnd((d, m) => part(d, `Content-ID:   <${payloadId(m)}>  `)),
  ),
  fault(
    'row 106 the same Content-ID in a folded header',
    beforeEnd((d, m) => part(d, `Content-ID:\r\n <${payloadId(m)}>`)),
  ),
  fault(
    'row 106 two Content-IDs of one part',
    payload((one) => ({ ...one, lines: [...one.lines, 'Content-ID: <ander@x>'] })),
  ),
  fault(
    'row 106 the two in upper and lower case',
    payload((one) => ({ ...one, lines: [...one.lines, 'CONTENT-ID: <ander@x>'] })),
  ),
  fault(
    'row 106 two Content-Types of one part',
    payload((one) => ({ ...one, lines: [...one.lines, 'Content-Type: text/plain', 'Content-Type: text/xml'] })),
  ),
  taken(
    'row 106 the Content-ID in other case is another one',
    beforeEnd((d, m) => part(d, `Content-ID: <${payloadId(m).toUpperCase()}>`)),
  ),
  mimeProblem('row 107 the Manifest names a part that is not there', changed(swap('href="cid:', 'href="cid:weg-'))),
  mimeProblem(
    'row 107 the payload has no Content-ID',
    body((octets, m) => octets.replace(`Content-ID: <${payloadId(m)}>\r\n`, '')),
  ),
  mimeProblem(
    'row 107 the Manifest names an empty cid',
    changed((m) => swap(`cid:${payloadId(m)}`, 'cid:')(m)),
  ),
  taken(
    'row 107 a part that the Manifest does not name is left',
    beforeEnd((d) => part(d, 'Content-ID: <extra@x>')),
  ),
  taken(
    'row 107 a part with neither header nor name is left',
    beforeEnd((d) => part(d, '')),
  ),
];

const renamed = (id: string, href: string): Attack['build'] =>
  changed((message) =>
    steps(
      swap(`cid:${payloadId(message)}`, () => `cid:${href}`),
      (m) => ({
        ...m,
        parts: m.parts.map((one) => ({ ...one, contentId: id })),
      }),
    )(message),
  );
const labelled = (disposition: string): Attack['build'] =>
  payload((one) => ({ ...one, lines: [...one.lines, `Content-Disposition: attachment; ${disposition}`] }));

const NAMES: readonly Attack[] = [
  taken('row 108 a cid with % escapes', renamed('a b@x', 'a%20b@x')),
  taken('row 108 a cid with a % that is none', renamed('100%@x', '100%@x')),
  taken('row 108 a cid escaped twice names the part escaped once', renamed('a%20b@x', 'a%2520b@x')),
  mimeProblem('row 108 a cid escaped twice does not name the plain part', renamed('a b@x', 'a%2520b@x')),
  taken('row 108 a cid that walks up the folders', renamed('../../../etc/passwd', '../../../etc/passwd')),
  taken('row 108 a cid with an escaped NUL is matched as it is', renamed('a%00b@x', 'a%2500b@x')),
  taken('row 108 a cid of 4 kB', renamed('n'.repeat(4000), 'n'.repeat(4000))),
  ...[
    ['that walks up the folders', 'filename="../../../etc/cron.d/x"'],
    ['that walks up the folders of Windows', 'filename="..\\\\..\\\\x.bat"'],
    ['with a NUL', 'filename="a\0.xml"'],
    ['CON', 'filename="CON"'],
    ['of 4 kB', `filename="${'n'.repeat(4000)}"`],
    ['with an equals sign', 'filename="a=b.xml"'],
    ['with quotes inside', 'filename="a"b".xml"'],
    ['that does not end', 'filename="a'],
    ['in RFC 2047', 'filename="=?UTF-8?B?Li4vLi4veA==?="'],
    ['in RFC 2231', "filename*=UTF-8''..%2F..%2Fx"],
    ['in RFC 2231 with a charset that is none', "filename*=__proto__''x"],
    ['in 1000 pieces', Array.from({ length: 1000 }, (_, i) => `filename*${i}=a`).join('; ')],
    ['of 2000 encoded words', `filename="${'=?UTF-8?Q?a?= '.repeat(2000)}"`],
    ['of encoded words that do not end', `filename="${'=?UTF-8?Q?'.repeat(2500)}"`],
    ['that turns the writing direction', `filename="${Buffer.from('a\u202excod.exe').toString('latin1')}"`],
  ].map(([what, disposition = '']) => taken(`row 108 a file name ${what}`, labelled(disposition))),
];

const PAYLOAD = Buffer.from('<proef/>');
const encoded = (encoding: string, bytes: Buffer | string): Attack['build'] =>
  payload((one: Part) => ({
    ...one,
    lines: [
      ...one.lines.filter((line) => !/^content-transfer-encoding:/i.test(line)),
      ...(encoding === '' ? [] : [`Content-Transfer-Encoding: ${encoding}`]),
    ],
    bytes: Buffer.from(bytes as string),
  }));
const base64 = PAYLOAD.toString('base64');

const ENCODINGS: readonly Attack[] = [
  ...['binary', '8bit', '7bit', '', 'BINARY'].map((encoding) =>
    taken(`row 109 ${encoding || 'no'} transfer encoding`, encoded(encoding, '<proef>1</proef>')),
  ),
  taken('row 109 base64', encoded('base64', base64)),
  taken('row 109 base64 in lines of one character', encoded('base64', [...base64].join('\r\n'))),
  taken('row 109 quoted-printable', encoded('quoted-printable', '<proef=\r\n/=3E')),
  mimeProblem('row 109 base64 with junk', encoded('base64', `${base64.slice(0, 4)}!!${base64.slice(4)}`)),
  mimeProblem('row 109 base64 that is not: the octets as they are', encoded('base64', PAYLOAD)),
  mimeProblem('row 109 base64 cut in a group', encoded('base64', base64.slice(0, -2))),
  mimeProblem('row 109 base64 with something behind its padding', encoded('base64', `${base64}AAAA`)),
  mimeProblem('row 109 base64 of padding only', encoded('base64', '====')),
  mimeProblem('row 109 base64 for URLs', encoded('base64', 'PD8-Pz_-')),
  mimeProblem('row 109 a NUL inside base64', encoded('base64', `${base64.slice(0, 4)}\0${base64.slice(4)}`)),
  ...['rot13', 'x-gzip', 'gzip', 'base64, base64', 'base64; x=y', '__proto__', 'constructor', 'b\u00e5se64'].map(
    (encoding) => mimeProblem(`row 109 transfer encoding ${encoding}`, encoded(encoding, base64)),
  ),
  fault(
    'row 109 two transfer encodings',
    payload((one) => ({
      ...one,
      lines: [
        ...one.lines.filter((l) => !/^content-transfer/i.test(l)),
        'Content-Transfer-Encoding: base64',
        'Content-Transfer-Encoding: binary',
      ],
    })),
  ),
  taken('row 109 a megabyte of = in quoted-printable', encoded('quoted-printable', '='.repeat(1_000_000))),
  taken('row 109 a megabyte of soft line ends', encoded('quoted-printable', '=\r\n'.repeat(330_000))),
  taken('row 109 a megabyte of blanks in quoted-printable', encoded('quoted-printable', ' '.repeat(1_000_000))),
  mimeProblem(
    'row 109 three megabytes of blanks in quoted-printable',
    encoded('quoted-printable', ' '.repeat(3_000_000)),
  ),
  taken('row 109 a megabyte of blanks in base64', encoded('base64', base64 + ' '.repeat(1_000_000))),
];

/** A multipart in a multipart, and so on; read, it would be `depth` levels. */
function nested(depth: number): string {
  const open = Array.from(
    { length: depth },
    (_, i) => `Content-Type: multipart/mixed; boundary=n${i}\r\n\r\n--n${i}\r\n`,
  );
  const close = Array.from({ length: depth }, (_, i) => `\r\n--n${depth - 1 - i}--`);
  return `${open.join('')}\r\nx${close.join('')}`;
}

const FLOODS: readonly Attack[] = [
  fault(
    'row 110 100 000 empty parts',
    beforeEnd((d) => part(d, '', '').repeat(100_000)),
    'more than 1000 parts',
  ),
  fault(
    'row 110 100 000 parts that are nothing but a boundary',
    beforeEnd((d) => `${d}\r\n`.repeat(100_000)),
    'more than 1000 parts',
  ),
  fault(
    'row 110 1001 parts',
    beforeEnd((d) => part(d, '').repeat(999)),
    'more than 1000 parts',
  ),
  taken(
    'row 110 1000 parts',
    beforeEnd((d) => part(d, '').repeat(998)),
  ),
  taken('row 110 a multipart of 1000 levels is octets', (message) =>
    beforeEnd((d) => `${d}\r\n${nested(1000)}\r\n`)(message, ''),
  ),
  taken(
    'row 110 the payload as a multipart of the same boundary inside base64',
    payload((one) => (one.contentId === '' ? one : { ...one, bytes: Buffer.from(nested(50)) })),
  ),
  fault(
    'row 110 a header of 80 kB without colon',
    beforeEnd((d) => `${d}\r\n${'x'.repeat(80_000)}\r\n\r\nx\r\n`),
    'header of a part is larger',
  ),
  fault(
    'row 110 a header of 80 kB without line end',
    body(
      (octets, { boundary: b }) =>
        `${octets.slice(0, octets.lastIndexOf(`--${b}--`))}--${b}\r\nX: ${'x'.repeat(80_000)}`,
    ),
    'header of a part is larger',
  ),
  fault(
    'row 110 10 000 header lines',
    beforeEnd((d) => part(d, Array.from({ length: 10_000 }, (_, i) => `X-${i}: y`).join('\r\n'))),
    'header of a part is larger',
  ),
  fault(
    'row 110 80 kB of continuation lines',
    beforeEnd((d) => part(d, `X: y${'\r\n z'.repeat(20_000)}`)),
    'header of a part is larger',
  ),
  fault(
    'row 110 a SOAP part with a header of 80 kB',
    (message) => {
      const request = compose(message);
      return { ...request, body: request.body.replace('\r\n', `\r\nX: ${'x'.repeat(80_000)}\r\n`) };
    },
    'header of a part is larger',
  ),
  taken(
    'row 110 1000 header lines within 32 kB',
    beforeEnd((d) => part(d, Array.from({ length: 1000 }, (_, i) => `X-${i}: y`).join('\r\n'))),
  ),
  taken(
    'row 110 a Content-Type of 5000 parameters',
    beforeEnd((d) =>
      part(d, `Content-Type: text/plain${Array.from({ length: 5000 }, (_, i) => `;a${i}=`).join('')}`.slice(0, 30_000)),
    ),
  ),
  fault(
    'row 111 a part beyond the size of a message',
    beforeEnd((d) => part(d, '', 'x'.repeat(36_100_000))),
    'larger than',
  ),
  fault(
    'row 111 500 parts that are too much together',
    beforeEnd((d) => part(d, '', 'x'.repeat(80_000)).repeat(500)),
    'larger than',
  ),
  fault(
    'row 111 a SOAP part of 2 MB',
    changed((m) => ({ ...m, envelope: `${m.envelope}${' '.repeat(2_000_000)}` })),
    'larger than',
  ),
  taken(
    'row 111 a payload of no octets',
    payload((one) => ({ ...one, bytes: Buffer.alloc(0) })),
  ),
  taken(
    'row 111 a payload of 8 MB',
    payload((one) => ({ ...one, bytes: Buffer.alloc(8_000_000, 0x61) })),
  ),
];

/** What a foreign part beside the right ones gives on a signed channel, where nothing may come along unsigned. */
export const WRAPPING_ATTACKS: readonly Attack[] = [
  fault(
    'row 106 attachment wrapping: the signed part and another under its Content-ID',
    beforeEnd((d, m) => part(d, `Content-ID: <${payloadId(m)}>`, '<ander/>')),
  ),
  fault(
    'row 106 attachment wrapping: the other one first',
    body((octets, m) =>
      octets.replace(
        `--${m.boundary}\r\nContent-Type: application`,
        `${part(`--${m.boundary}`, `Content-ID: <${payloadId(m)}>`, '<ander/>')}--${m.boundary}\r\nContent-Type: application`,
      ),
    ),
  ),
  refusedAs('error SecurityFailure')(
    'row 138 the signed part renamed and another in its place',
    changed((m) => ({
      ...m,
      parts: m.parts.flatMap((one) => [
        { ...one, bytes: Buffer.from('<ander/>') },
        { ...one, contentId: 'bewaard@x' },
      ]),
    })),
  ),
  mimeProblem(
    'row 106 attachment wrapping: a part that the signature does not cover',
    beforeEnd((d) => part(d, 'Content-ID: <extra@x>', '<ander/>')),
  ),
  mimeProblem(
    'row 106 attachment wrapping: a part whose Content-ID is the escaped one',
    beforeEnd((d, m) => part(d, `Content-ID: <${payloadId(m).replace('@', '%40')}>`, '<ander/>')),
  ),
  refusedAs('error SecurityFailure')(
    'row 109 the signed part sent in base64 without saying so',
    payload((one) => ({ ...one, bytes: Buffer.from(one.bytes.toString('base64')) })),
  ),
  taken(
    'row 109 the signed part sent in base64: signed is what is in it',
    payload((one) => ({
      ...one,
      lines: [...one.lines.filter((line) => !/^content-transfer/i.test(line)), 'Content-Transfer-Encoding: base64'],
      bytes: Buffer.from(one.bytes.toString('base64')),
    })),
  ),
  refusedAs('error SecurityFailure')(
    'row 103 the signed part with a line end more',
    payload((one) => ({ ...one, bytes: Buffer.concat([one.bytes, Buffer.from('\r\n')]) })),
  ),
  refusedAs('error SecurityFailure')('row 101 the signed part cut by the boundary as a line inside it', (message) =>
    payload((one) => ({ ...one, bytes: Buffer.from(`<proef>\r\n--${message.boundary}--\r\n</proef>`) }))(message, ''),
  ),
];

export const PART_ATTACKS: readonly Attack[] = [...IDS, ...NAMES, ...ENCODINGS, ...FLOODS];
