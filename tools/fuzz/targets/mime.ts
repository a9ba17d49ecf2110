// The MIME reader: any chunking gives the same parts, and what is written again is read again.
import fc, { type Arbitrary } from 'fast-check';
import type { Result } from '../../../adapter/base/index.ts';
import {
  type ContentType,
  MIME_LIMITS,
  type MimeFailure,
  type MimePackage,
  type PartHeader,
  parseContentType,
  readMultipart,
  writeMultipart,
} from '../../../adapter/mime/index.ts';
import { readHttpFile } from '../../http-file.ts';
import { samples } from '../samples.ts';
import { must, type Target } from '../target.ts';

const LIMITS = { ...MIME_LIMITS, maxBytes: 4 * 1024 * 1024, maxRootBytes: 64 * 1024 };
const AGAIN = 'fuzz-boundary-7f3c1e';

export interface ReadBack {
  readonly result: Result<MimePackage, MimeFailure>;
  readonly headers: readonly PartHeader[];
  readonly bodies: readonly Buffer[];
}

/** An input is the Content-Type on the first line and the body behind it. */
export function splitInput(input: Buffer): { contentType: ContentType | undefined; body: Buffer } {
  const end = input.indexOf('\n');
  const line = input.subarray(0, end < 0 ? input.length : end).toString('latin1');
  return { contentType: parseContentType(line), body: end < 0 ? Buffer.alloc(0) : input.subarray(end + 1) };
}

export async function readBack(body: Buffer, type: ContentType, sizes: readonly number[]): Promise<ReadBack> {
  const headers: PartHeader[] = [];
  const pieces: Buffer[][] = [];
  const result = await readMultipart(chunks(body, sizes), type, {
    limits: LIMITS,
    sink: (header) => {
      const own: Buffer[] = [];
      headers.push(header);
      pieces.push(own);
      return { write: (chunk) => void own.push(Buffer.from(chunk)) };
    },
  });
  return { result, headers, bodies: pieces.map((own) => Buffer.concat(own)) };
}

async function* chunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function run(input: Buffer): Promise<void> {
  const { contentType, body } = splitInput(input);
  if (contentType === undefined) return;
  const whole = await readBack(body, contentType, [Math.max(1, body.length)]);
  const small = body.length > 4096 ? [1021, 3, 64] : [1 + (body.length % 7), 1, 2, 13];
  const inPieces = await readBack(body, contentType, small);
  must(JSON.stringify(whole.result) === JSON.stringify(inPieces.result), 'another chunking gives another verdict');
  if (!whole.result.ok) return;
  must(whole.bodies.length === inPieces.bodies.length, 'another chunking gives another number of parts');
  must(
    whole.bodies.every((bytes, i) => inPieces.bodies[i]?.equals(bytes) === true),
    'another chunking gives other octets',
  );
  await writeAgain(whole);
}

/** A part that cannot be written, for want of a Content-ID or because of a control character, is left as it is. */
async function writeAgain({ headers, bodies }: ReadBack): Promise<void> {
  const writable = headers.every(
    ({ contentId, contentType }) => contentId !== undefined && !/[^\x20-\x7e]/.test(contentId + contentType.raw),
  );
  if (!writable || bodies.some((bytes) => bytes.includes(AGAIN))) return;
  const parts = headers.map((header, i) => ({
    contentId: header.contentId ?? '',
    contentType: header.contentType.raw,
    ...(header.fileName === undefined ? {} : { fileName: header.fileName }),
    bytes: bodies[i]?.length ?? 0,
    body: bodies[i] ?? Buffer.alloc(0),
  }));
  const written = writeMultipart(parts, AGAIN);
  const type = parseContentType(written.contentType);
  must(type !== undefined, 'the Content-Type written cannot be read');
  const bytes = Buffer.from(await written.whole());
  must(bytes.length === written.bytes, 'the package has not the length that was promised');
  const again = await readBack(bytes, type, [bytes.length]);
  // The root may be another part than the first, and then too large for a root.
  if (!again.result.ok && again.result.error.kind === 'tooLarge') return;
  must(again.result.ok, 'the package written cannot be read');
  must(
    again.bodies.length === bodies.length && again.bodies.every((part, i) => bodies[i]?.equals(part) === true),
    'the package written holds other octets',
  );
  must(
    again.headers.every((header, i) => sameHeader(header, headers[i])),
    'the package written has other headers',
  );
}

function sameHeader(again: PartHeader, first: PartHeader | undefined): boolean {
  return (
    again.contentId === first?.contentId &&
    again.contentType.raw === first?.contentType.raw &&
    again.fileName === first?.fileName
  );
}

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

const headerLine = fc.oneof(
  fc.constantFrom(
    'Content-Type: text/xml; charset=UTF-8',
    'Content-Type: application/pdf; name="a.pdf"',
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: quoted-printable',
    'Content-Transfer-Encoding: 8bit',
    'Content-Transfer-Encoding: x-other',
    'Content-Disposition: attachment; filename="b.txt"',
    "Content-Disposition: attachment; filename*=UTF-8''%e2%82%ac.txt",
    'Content-ID: <1@a>',
    'Content-ID: <2@a>',
    'X-Other: \r\n folded',
  ),
  fc.string({ maxLength: 40 }),
);
const partBody = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 90 }).map((bytes) => latin(Buffer.from(bytes).toString('base64'))),
  fc.constantFrom('=3D=\r\n=e2', '--b', '\r\n--b', '\r\n--bb', '<a/>', '').map(latin),
);
const part = fc
  .tuple(fc.array(headerLine, { maxLength: 5 }), partBody)
  .map(([lines, body]) =>
    Buffer.concat([latin(`--b\r\n${lines.join('\r\n')}${lines.length > 0 ? '\r\n' : ''}\r\n`), body, latin('\r\n')]),
  );

const arbitrary = (): Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom('', '; start="<1@a>"', '; start=1@a', '; type="text/xml"'),
      fc.constantFrom('', 'preamble\r\n', '\r\n'),
      fc.array(part, { maxLength: 5 }),
      fc.constantFrom('--b--', '--b--\r\nepilogue', '--b-- \r\n', '--b'),
    )
    .map(([extra, preamble, parts, end]) =>
      Buffer.concat([latin(`multipart/related; boundary=b${extra}\n${preamble}`), ...parts, latin(end)]),
    );

function seeds(): Buffer[] {
  const made = writeMultipart(
    [
      { contentId: 'soap@a', contentType: 'text/xml; charset=UTF-8', bytes: 4, body: latin('<a/>') },
      { contentId: 'p1@a', contentType: 'application/xml', fileName: 'ü "x".xml', bytes: 5, body: latin('ab\r\nc') },
    ],
    'grens',
  );
  const own = typeof made.body === 'function' ? Buffer.alloc(0) : Buffer.from(made.body);
  const byHand =
    'multipart/related; boundary="b 1"; start="<s@a>"\nvooraf\r\n--b 1\r\nContent-ID: <p@a>\r\nContent-Transfer-Encoding: base64\r\n\r\n' +
    'YWJj\r\nZGVm\r\n--b 1\r\nContent-ID: <s@a>\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<a b=3D"=C3=A9"/>=\r\n \r\n--b 1--\r\nna';
  return [Buffer.concat([latin(`${made.contentType}\n`), own]), latin(byHand), latin(byHand.replaceAll('\r\n', '\n'))];
}

/** Recorded requests in the form of an input. */
export function recorded(name: RegExp): Buffer[] {
  return samples('peer-wire', name).flatMap((bytes) => {
    const { headers, body } = readHttpFile(bytes);
    const type = headers.get('content-type');
    return type === undefined ? [] : [Buffer.concat([latin(`${type}\n`), body])];
  });
}

export const MIME_TOKENS: readonly string[] = [
  '\r\n',
  '\r\n\r\n',
  '\r\n--b',
  '--b--',
  '--',
  'Content-ID: <1@a>\r\n',
  'Content-Type: text/xml\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Transfer-Encoding: quoted-printable\r\n',
  "filename*0*=UTF-8''%",
  'filename*1=',
  '=?utf-8?B?',
  '=?utf-8?Q?=41?=',
  '?=',
  '=\r\n',
  '=3D',
  ' boundary=',
  'start=',
];

export const mimeTarget: Target = {
  name: 'mime',
  about: 'MIME-lezer',
  dictionary: MIME_TOKENS,
  mutators: [],
  arbitrary,
  prepare: () => Promise.resolve({ seeds: [...seeds(), ...recorded(/^2\.20\.2.*01-request\.bin$/)], run }),
};
