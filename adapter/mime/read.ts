// Reads a multipart/related package while it streams in: every part goes to its sink, digested on the way.
import { createHash, type Hash } from 'node:crypto';
import { fail, ok, type Result } from '../base/index.ts';
import { withoutBrackets } from './content-id.ts';
import { DelimiterScanner, type ScanEvent } from './delimiter-scanner.ts';
import { readPartHeader } from './part-header.ts';
import { type TransferDecoder, transferDecoder } from './transfer-encoding.ts';
import type { ContentType, MimeFailure, MimeLimits, MimePackage, PartHeader, PartSink, ReadPart } from './types.ts';

export interface ReadOptions {
  readonly limits: MimeLimits;
  /** Asked once per readable part, when its header is complete. `isRoot` is known by then (R5): by `start`, else by place. */
  readonly sink: (header: PartHeader, index: number, isRoot: boolean) => PartSink;
}

/**
 * Reads a package to its end. Preamble and epilogue are ignored, a multipart part inside is just octets. Refusals are
 * values: `fault` for a broken package (R12, row 102), a repeated Content-ID (row 106, T26) or a `start` that names no
 * part (row 105); `mimeProblem` for a part that cannot be read (rows 104, 109), after which the other parts are still
 * read; `tooLarge` at once when a limit is passed (rows 110, 111). What a sink or the body throws is thrown on, but for
 * a connection that ends within the body: that is a truncated package.
 */
export async function readMultipart(
  body: AsyncIterable<Uint8Array>,
  contentType: ContentType,
  options: ReadOptions,
): Promise<Result<MimePackage, MimeFailure>> {
  const boundary = contentType.parameters.get('boundary');
  if (contentType.mediaType !== 'multipart/related') return fail(fault('The content type is not multipart/related.'));
  if (boundary === undefined) return fail(fault('The Content-Type has no boundary parameter.'));
  const scanner = new DelimiterScanner(boundary, options.limits.maxHeaderBytes);
  const reader = new PackageReader(contentType.parameters.get('start'), options);
  let total = 0;
  try {
    for await (const chunk of body) {
      total += chunk.length;
      if (total > options.limits.maxBytes)
        return fail(tooLarge(`The message is larger than ${options.limits.maxBytes} bytes.`));
      await reader.take(scanner.push(asBuffer(chunk)));
      if (reader.failure?.kind === 'tooLarge') return fail(reader.failure);
    }
  } catch (error) {
    if (!isCutConnection(error)) throw error;
    return fail(fault('The connection ended before the message was complete.'));
  }
  await reader.take(scanner.finish());
  if (!scanner.closed) return fail(fault('The package does not end with its closing boundary.'));
  return reader.result();
}

interface OpenPart {
  readonly header: PartHeader;
  readonly sink: PartSink;
  readonly decoder: TransferDecoder;
  readonly hash: Hash;
  readonly maxBytes: number;
  bytes: number;
}

/** Turns scan events into parts. After a failure it only listens for a graver one, so that the sender can be answered. */
class PackageReader {
  failure: MimeFailure | undefined;
  readonly #start: string | undefined;
  readonly #options: ReadOptions;
  readonly #parts: ReadPart[] = [];
  readonly #contentIds = new Set<string>();
  #count = 0;
  #root: number | undefined;
  #open: OpenPart | undefined;

  constructor(start: string | undefined, options: ReadOptions) {
    this.#start = start === undefined ? undefined : withoutBrackets(start);
    this.#options = options;
  }

  async take(events: Iterable<ScanEvent>): Promise<void> {
    for (const event of events) {
      const waiting = event.kind === 'content' ? this.#content(event.bytes) : this.#boundary(event);
      if (waiting !== undefined) await waiting;
      if (this.failure?.kind === 'tooLarge') return;
    }
  }

  result(): Result<MimePackage, MimeFailure> {
    if (this.failure !== undefined) return fail(this.failure);
    if (this.#root !== undefined) return ok({ parts: this.#parts, root: this.#root });
    return fail(
      fault(this.#count === 0 ? 'The package has no parts.' : 'The start parameter names no part of the package.'),
    );
  }

  #boundary(event: Exclude<ScanEvent, { kind: 'content' }>): void | Promise<void> {
    if (event.kind === 'end') return this.#endPart();
    const index = this.#count++;
    if (index === this.#options.limits.maxParts) {
      return this.#refuse(tooLarge(`The package has more than ${this.#options.limits.maxParts} parts.`));
    }
    if (event.kind === 'broken') return this.#refuse(event.failure);
    return this.#beginPart(event.lines, index);
  }

  #beginPart(lines: readonly string[], index: number): void {
    const read = readPartHeader(lines);
    const problem = read.ok ? this.#register(read.value, index) : read.error;
    if (problem !== undefined) this.#refuse(problem);
    const decoder = read.ok ? transferDecoder(read.value.transferEncoding) : undefined;
    if (!read.ok || decoder === undefined || this.#isPassedOver(index)) return;
    const isRoot = index === this.#root;
    const { limits, sink } = this.#options;
    this.#open = {
      header: read.value,
      sink: sink(read.value, index, isRoot),
      decoder,
      hash: createHash('sha256'),
      maxBytes: isRoot ? limits.maxRootBytes : limits.maxBytes,
      bytes: 0,
    };
  }

  /** Notes what the whole package needs to know of a part, and says what is wrong with it. */
  #register(header: PartHeader, index: number): MimeFailure | undefined {
    const { contentId } = header;
    if (contentId !== undefined && this.#contentIds.has(contentId)) return fault('Two parts have the same Content-ID.');
    if (contentId !== undefined) this.#contentIds.add(contentId);
    if (this.#start === undefined ? index === 0 : contentId === this.#start) this.#root = index;
    if (transferDecoder(header.transferEncoding) !== undefined) return undefined;
    return mimeProblem('A part has an unknown Content-Transfer-Encoding.');
  }

  /** A package with an unreadable part is still read for its root, because the ebMS error needs the header (row 109). */
  #isPassedOver(index: number): boolean {
    if (this.failure === undefined) return false;
    return this.failure.kind !== 'mimeProblem' || index !== this.#root;
  }

  #content(bytes: Buffer): void | Promise<void> {
    const part = this.#open;
    if (part === undefined) return;
    const decoded = part.decoder.push(bytes);
    if (decoded === undefined) return this.#refuse(notDecodable(part));
    return this.#deliver(part, decoded);
  }

  #deliver(part: OpenPart, bytes: Buffer): void | Promise<void> {
    if (bytes.length === 0) return;
    part.bytes += bytes.length;
    if (part.bytes > part.maxBytes)
      return this.#refuse(tooLarge(`The SOAP part is larger than ${part.maxBytes} bytes.`));
    part.hash.update(bytes);
    return part.sink.write(bytes);
  }

  async #endPart(): Promise<void> {
    const part = this.#open;
    if (part === undefined) return;
    const rest = part.decoder.end();
    if (rest === undefined) return this.#refuse(notDecodable(part));
    await this.#deliver(part, rest);
    if (this.#open !== part) return;
    this.#open = undefined;
    this.#parts.push({ header: part.header, bytes: part.bytes, sha256: part.hash.digest('hex') });
  }

  /** Keeps the first failure, but lets a graver kind take its place. */
  #refuse(failure: MimeFailure): void {
    this.#open = undefined;
    if (this.failure === undefined || GRAVITY[failure.kind] > GRAVITY[this.failure.kind]) this.failure = failure;
  }
}

const GRAVITY = { mimeProblem: 0, fault: 1, tooLarge: 2 } as const;

const fault = (detail: string): MimeFailure => ({ kind: 'fault', detail });
const mimeProblem = (detail: string): MimeFailure => ({ kind: 'mimeProblem', detail });
const tooLarge = (detail: string): MimeFailure => ({ kind: 'tooLarge', detail });
const notDecodable = (part: OpenPart): MimeFailure =>
  mimeProblem(`A part is not what its Content-Transfer-Encoding (${part.header.transferEncoding}) says.`);

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** The codes with which Node's request body ends when the sender goes away. */
function isCutConnection(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}
