// From an HTTP request to a read ebMS message with its parts staged; or the HTTP answer to what cannot be read.
import { fail, type Issue, ok, type Result } from '../base/index.ts';
import { type EbmsMessage, type MessageKind, readMessage, type SoapFault } from '../ebms/index.ts';
import { type ContentType, type MimeFailure, type PartHeader, parseContentType, readMultipart } from '../mime/index.ts';
import type { ReceivedPart, StagedBlob } from '../msh/index.ts';
import type { Blobs, StoreUnavailable } from '../store/index.ts';
import type { InboundRequest } from '../transport/index.ts';
import { type CanonicalXml, readXml } from '../xml/index.ts';
import { stage } from './blob.ts';
import type { Limits } from './context.ts';
import { MemorySink } from './memory-sink.ts';
import { PartSpool } from './part-spool.ts';

/** The request as far as reading it needs, other headers being ignored (DK-009); also made from a file by `dk message inspect`. */
export interface HttpEntity {
  readonly contentType: string | undefined;
  /** Undefined: a request without this header. A response need not have it: give `EBXML_ACTION`. */
  readonly soapAction: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

export const entityOf = ({ headers, body }: InboundRequest): HttpEntity => ({
  contentType: headers['content-type'],
  soapAction: Array.isArray(headers.soapaction) ? headers.soapaction.join(', ') : headers.soapaction,
  body,
});

export interface Intake {
  readonly xml: CanonicalXml;
  readonly message: EbmsMessage;
  readonly kind: MessageKind;
  readonly warnings: readonly Issue[];
  /** The SOAP part as received: these octets are stored and verified (R61). */
  readonly envelope: StagedBlob;
  readonly envelopeBytes: Uint8Array;
  /** The MIME header of the SOAP part; of a bare SOAP document the Content-Type of the request. */
  readonly envelopeType: Pick<ReceivedPart, 'contentId' | 'contentType'>;
  /** Every other part, in order: opaque to us, whatever it is (R7). */
  readonly parts: readonly ReceivedPart[];
  readonly mimeIssues: readonly Issue[];
  /** Why octets of a part could not be stored: then only a copy of what is stored already can be answered (row 24). */
  readonly unstored: StoreUnavailable | undefined;
  /** Takes back the parts' octets, for a message of which none are kept. */
  dropParts(): Promise<void>;
}

/** Where the parts of a message go while it is read. */
export type BlobSpool = Pick<Blobs, 'writer'>;

/** Why nothing could be read; answered by a SOAP Fault with the status given (R12, R144, row 102). */
export interface Unreadable {
  readonly fault: SoapFault;
  readonly status: 400 | 413 | 500;
}

const clientFault = (detail: string, status: 400 | 413 | 500 = 400, where?: string): Result<never, Unreadable> =>
  fail({ fault: { code: 'Client', detail, ...(where === undefined ? {} : { where }) }, status });

/** Reads one message under limits. Parts go to the blob store while they arrive; on a refusal they are dropped. */
export async function takeIn(
  entity: HttpEntity,
  blobs: BlobSpool,
  limits: Limits,
): Promise<Result<Intake, Unreadable>> {
  const action = checkSoapAction(entity.soapAction);
  if (!action.ok) return action;
  const contentType = parseContentType(entity.contentType);
  if (contentType === undefined) {
    return clientFault('Content-Type: missing or unreadable; expected multipart/related or text/xml');
  }
  const raw = await readEntity(entity.body, contentType, blobs, limits);
  if (!raw.ok) return raw;
  const read = readEnvelope(raw.value, limits, action.value);
  if (!read.ok) await dropParts(raw.value.spools);
  return read;
}

/** Row 114: any quoting of ebXML is taken, absent is a warning, anything else is a fault (R149, DK-008). */
function checkSoapAction(value: string | undefined): Result<readonly Issue[], Unreadable> {
  if (value === undefined) return ok([noSoapAction]);
  if (value.replaceAll('"', '').trim() === 'ebXML') return ok([]);
  return clientFault('SOAPAction: found another value; expected "ebXML"', 500);
}

const noSoapAction: Issue = {
  code: 'Inconsistent',
  severity: 'Warning',
  where: 'HTTP/SOAPAction',
  detail: 'the header is missing; expected "ebXML"',
  rule: 'row 114',
};

interface RawEntity {
  readonly root: Uint8Array;
  readonly rootId: string;
  readonly rootType: ContentType;
  readonly parts: readonly ReceivedPart[];
  readonly mimeIssues: readonly Issue[];
  readonly spools: readonly PartSpool[];
}

/** A bare SOAP document and a package are both taken (R3). */
async function readEntity(
  body: AsyncIterable<Uint8Array>,
  contentType: ContentType,
  blobs: BlobSpool,
  limits: Limits,
): Promise<Result<RawEntity, Unreadable>> {
  if (contentType.mediaType === 'multipart/related') return readPackage(body, contentType, blobs, limits);
  if (contentType.mediaType !== 'text/xml' && contentType.mediaType !== 'application/xml') {
    return clientFault('Content-Type: found another media type; expected multipart/related or text/xml');
  }
  const sink = new MemorySink(limits.maxEnvelopeBytes);
  for await (const chunk of body) {
    sink.write(chunk);
    if (sink.overflow) return clientFault(`the message is larger than ${limits.maxEnvelopeBytes} bytes`, 413);
  }
  const root = sink.bytes();
  return ok({
    root,
    rootId: '',
    rootType: contentType,
    parts: [],
    mimeIssues: [],
    spools: [],
  });
}

async function readPackage(
  body: AsyncIterable<Uint8Array>,
  contentType: ContentType,
  blobs: BlobSpool,
  limits: Limits,
): Promise<Result<RawEntity, Unreadable>> {
  const opened: { header: PartHeader; memory?: MemorySink; spool?: PartSpool }[] = [];
  const result = await readMultipart(body, contentType, {
    limits: {
      maxBytes: limits.maxMessageBytes,
      maxParts: limits.maxParts,
      maxHeaderBytes: 32 * 1024,
      maxRootBytes: limits.maxEnvelopeBytes,
    },
    sink: (header, index, isRoot) => {
      const root = isRoot ?? index === 0;
      const part = root
        ? { header, memory: new MemorySink(limits.maxEnvelopeBytes) }
        : { header, spool: new PartSpool(blobs.writer()) };
      opened.push(part);
      return part.memory ?? part.spool ?? { write: () => undefined };
    },
  }).catch(async (error: unknown) => {
    await dropParts(opened.flatMap((part) => part.spool ?? []));
    throw error;
  });
  const spools = opened.flatMap((part) => part.spool ?? []);
  const root = opened.find((part) => part.memory !== undefined);
  if (!result.ok && (result.error.kind !== 'mimeProblem' || root?.memory === undefined)) {
    await dropParts(spools);
    return mimeFault(result.error);
  }
  const parts: ReceivedPart[] = [];
  if (result.ok) {
    for (const [index, counted] of result.value.parts.entries()) {
      const { header, spool } = opened[index] ?? {};
      if (header !== undefined && spool !== undefined) parts.push(receivedPart(header, await spool.finish(counted)));
    }
  } else {
    await dropParts(spools);
  }
  return ok({
    root: root?.memory?.bytes() ?? new Uint8Array(),
    rootId: root?.header.contentId ?? '',
    rootType: root?.header.contentType ?? contentType,
    parts,
    mimeIssues: result.ok ? [] : [mimeIssue(result.error)],
    spools: result.ok ? spools : [],
  });
}

/** The media type stays as it was sent (DK-055); no MIME header proves anything, signed or not (R59). */
function receivedPart(header: PartHeader, blob: StagedBlob): ReceivedPart {
  return {
    contentId: header.contentId ?? '',
    contentType: header.contentType.raw,
    ...(header.fileName === undefined ? {} : { fileName: header.fileName }),
    blob,
  };
}

const mimeFault = (failure: MimeFailure): Result<never, Unreadable> =>
  clientFault(failure.detail, failure.kind === 'tooLarge' ? 413 : 400);

const mimeIssue = (failure: MimeFailure): Issue => ({
  code: 'MimeProblem',
  severity: 'Error',
  where: '//Body/Manifest',
  detail: failure.detail,
  rule: 'R46',
});

function readEnvelope(raw: RawEntity, limits: Limits, found: readonly Issue[]): Result<Intake, Unreadable> {
  const charset = raw.rootType.parameters.get('charset');
  const xml = readXml(raw.root, {
    limits: { maxBytes: limits.maxEnvelopeBytes },
    ...(charset === undefined ? {} : { charset }),
  });
  if (!xml.ok) return clientFault(xml.error.detail, 400);
  const read = readMessage(xml.value);
  if (!read.ok) return fail({ fault: read.error, status: 500 });
  const { message, kind, warnings } = read.value;
  return ok({
    xml: xml.value,
    message,
    kind,
    warnings: [...found, ...warnings],
    envelope: stage(raw.root),
    envelopeBytes: raw.root,
    envelopeType: { contentId: raw.rootId, contentType: raw.rootType.raw },
    parts: raw.parts,
    mimeIssues: raw.mimeIssues,
    unstored: raw.spools.find(({ lost }) => lost !== undefined)?.lost,
    dropParts: () => dropParts(raw.spools),
  });
}

async function dropParts(spools: readonly PartSpool[]): Promise<void> {
  await Promise.all(spools.map((spool) => spool.abort()));
}
