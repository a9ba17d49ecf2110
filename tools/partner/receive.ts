// How a simulated partner takes a message: log it, acknowledge it as the CPA says, unless it is told to misbehave.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Exchange, resolveExchange, signalExchange } from '../../adapter/agreement/index.ts';
import { ACTOR, ERROR_CODE_CONTEXT, MSH_SERVICE } from '../../adapter/base/index.ts';
import { digestReferencesOf, signEnvelope, verifySignature } from '../../adapter/dsig/index.ts';
import { type EbmsMessage, writeFault, writeMessage } from '../../adapter/ebms/index.ts';
import { createMemoryBlobs, type Intake, signedPart, takeIn } from '../../adapter/gateway/index.ts';
import { readStuf } from '../../adapter/stuf/index.ts';
import type { BehaviourName } from './behaviours.ts';
import type { SeenMessage } from './log.ts';
import { freshMessageId, type PartnerContext } from './partner.ts';
import { dispatch } from './send.ts';
import { post, readAll } from './wire.ts';

const LIMITS = { maxMessageBytes: 64 * 1024 * 1024, maxEnvelopeBytes: 4 * 1024 * 1024, maxParts: 1000 };
const XML = 'text/xml; charset=UTF-8';

export async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  context: PartnerContext,
): Promise<void> {
  const body = await readAll(request);
  const blobs = createMemoryBlobs();
  const intake = await takeIn(
    { contentType: request.headers['content-type'], soapAction: '"ebXML"', body: once(body) },
    blobs,
    LIMITS,
  );
  if (!intake.ok) {
    reply(response, intake.error.status, writeFault(intake.error.fault));
    return;
  }
  const { message } = intake.value;
  record(request, body, message.header.messageId, context);
  if (misbehaveAtDoor(response, message, context)) return;
  const exchange = resolveExchange(context.index, { ...message.header, now: Date.now() });
  const signature = exchange.ok ? await judge(intake.value, exchange.value, blobs) : 'no agreement';
  const seen = see(intake.value, signature, context);
  context.log.received.push(seen);
  if (intake.value.kind !== 'business' || !exchange.ok) {
    reply(response, 204);
    return;
  }
  const payload = intake.value.parts[0]?.blob.inline ?? new Uint8Array();
  if (!seen.copy) context.payloads.set(seen.messageId, payload);
  await answer(response, intake.value, exchange.value, context);
  if (!seen.copy) respond(seen, payload, context);
}

const RECORDINGS = 20;

function record(request: IncomingMessage, body: Uint8Array, messageId: string, { recordings }: PartnerContext): void {
  // The body is kept without its chunks, so it has a length instead.
  const { 'transfer-encoding': _, ...others } = request.headers;
  const headers = { ...others, 'content-length': body.length };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  const first = `${request.method} ${request.url} HTTP/1.1\r\n`;
  recordings.set(messageId, Buffer.concat([Buffer.from(`${first}${head.join('')}\r\n`), body]));
  for (const oldest of [...recordings.keys()].slice(0, -RECORDINGS)) recordings.delete(oldest);
}

/** Answers that look like anything but ebMS; the message is not taken. */
function misbehaveAtDoor(response: ServerResponse, message: EbmsMessage, context: PartnerContext): boolean {
  if (message.header.service.value === MSH_SERVICE) return false;
  if (take('noAnswer', message, context)) {
    response.destroy();
    return true;
  }
  if (take('http503', message, context)) {
    response.setHeader('retry-after', '1');
    reply(response, 503);
    return true;
  }
  if (take('answerHtml', message, context)) {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Onderhoud</body></html>');
    return true;
  }
  if (take('answerFault', message, context)) {
    reply(response, 500, writeFault({ code: 'Server', detail: 'simulated failure' }));
    return true;
  }
  return false;
}

function take(name: BehaviourName, message: EbmsMessage, context: PartnerContext): boolean {
  if (!context.mischief.take(name)) return false;
  context.log.mischief.push({ at: Date.now(), name, messageId: message.header.messageId });
  return true;
}

async function judge(intake: Intake, exchange: Exchange, blobs: ReturnType<typeof createMemoryBlobs>): Promise<string> {
  const certificate = exchange.sendChannel.senderNonRepudiation?.certificate;
  if (intake.message.signatures === 0) return 'absent';
  if (certificate === undefined) return 'no certificate';
  const parts = intake.parts.map((part) => signedPart(part.contentId, part.blob, blobs));
  const verdict = await verifySignature(intake.xml, parts, certificate.der, { allowSha1: false });
  return verdict.kind === 'invalid' ? `invalid: ${verdict.reason}` : verdict.kind;
}

function see(intake: Intake, signature: string, context: PartnerContext): SeenMessage {
  const { header, acknowledgment, errorList } = intake.message;
  const stuf = stufOf(intake.parts[0]?.blob.inline);
  return {
    at: Date.now(),
    kind: intake.kind,
    messageId: header.messageId,
    refToMessageId: acknowledgment?.refToMessageId ?? header.refToMessageId,
    conversationId: header.conversationId,
    action: header.action,
    parts: intake.parts.map((part) => part.blob.sha256),
    signature,
    copy: context.log.received.some((earlier) => earlier.messageId === header.messageId),
    ...(stuf === undefined ? {} : { stuf }),
    errorCodes: errorList?.errors.map((error) => error.errorCode) ?? [],
    envelopeSha256: createHash('sha256').update(intake.envelopeBytes).digest('hex'),
  };
}

function stufOf(bytes: Uint8Array | undefined): SeenMessage['stuf'] {
  const read = bytes === undefined ? undefined : readStuf(bytes);
  if (read === undefined || !read.ok) return undefined;
  const { kind, stuurgegevens } = read.value;
  const fault = 'fault' in read.value ? read.value.fault : undefined;
  return {
    kind,
    referentienummer: stuurgegevens.referentienummer,
    ...(stuurgegevens.functie === undefined ? {} : { functie: stuurgegevens.functie }),
    ...(stuurgegevens.crossRefnummer === undefined ? {} : { crossRefnummer: stuurgegevens.crossRefnummer }),
    ...(fault === undefined ? {} : { code: fault.code, omschrijving: fault.omschrijving }),
  };
}

/** The Acknowledgment the CPA asks for: in the response or by a POST of its own; or what mischief makes of it. */
async function answer(
  response: ServerResponse,
  intake: Intake,
  exchange: Exchange,
  context: PartnerContext,
): Promise<void> {
  const { message } = intake;
  if (message.ackRequested.length === 0) return reply(response, 204);
  if (take('dropAck', message, context))
    return reply(response, exchange.sendChannel.syncReplyMode === 'none' ? 204 : 200);
  const bytes = await signalFor(intake, exchange, context);
  const back = signalExchange(exchange, 'Acknowledgment');
  const delay = context.mischief.delay();
  if (message.syncReply) {
    context.later(async () => reply(response, 200, bytes), delay);
    return;
  }
  reply(response, 204);
  context.later(
    () => post(back.url, { 'content-type': XML, soapaction: '"ebXML"' }, bytes, context.options.tls),
    delay,
  );
}

async function signalFor(intake: Intake, exchange: Exchange, context: PartnerContext): Promise<Uint8Array> {
  const { messageId } = intake.message.header;
  if (take('answerError', intake.message, context))
    return seal(errorAbout(intake.message, context), exchange, false, context);
  if (take('ackOther', intake.message, context)) {
    return seal(acknowledge(intake, 'another@partner.test', context), exchange, false, context);
  }
  const stored = context.answers.get(messageId);
  if (stored !== undefined) return stored;
  const signed = intake.message.ackRequested.some((request) => request.signed);
  const bytes = await seal(acknowledge(intake, messageId, context), exchange, signed, context);
  context.answers.set(messageId, bytes);
  return bytes;
}

function signalHeader(
  about: EbmsMessage,
  action: string,
  refToMessageId: string,
  context: PartnerContext,
): EbmsMessage['header'] {
  const now = Date.now();
  return {
    version: '2.0',
    from: { partyIds: about.header.to.partyIds },
    to: { partyIds: about.header.from.partyIds },
    cpaId: about.header.cpaId,
    conversationId: about.header.conversationId,
    service: { value: MSH_SERVICE },
    action,
    messageId: freshMessageId(context),
    timestamp: { instant: now, zoned: true },
    refToMessageId,
    duplicateElimination: false,
  };
}

function acknowledge(intake: Intake, refToMessageId: string, context: PartnerContext): EbmsMessage {
  const { message } = intake;
  const header = signalHeader(message, 'Acknowledgment', refToMessageId, context);
  return {
    header,
    syncReply: false,
    ackRequested: [],
    acknowledgment: {
      version: '2.0',
      actor: ACTOR.toPartyMsh,
      timestamp: header.timestamp,
      refToMessageId,
      from: message.header.to.partyIds,
      references: message.signatures > 0 ? digestReferencesOf(intake.xml) : [],
    },
    signatures: 0,
  };
}

function errorAbout(message: EbmsMessage, context: PartnerContext): EbmsMessage {
  const error = {
    codeContext: ERROR_CODE_CONTEXT,
    errorCode: 'Unknown',
    severity: 'Error' as const,
    description: 'simulated refusal',
  };
  return {
    header: signalHeader(message, 'MessageError', message.header.messageId, context),
    syncReply: false,
    ackRequested: [],
    errorList: { version: '2.0', highestSeverity: 'Error', errors: [error] },
    signatures: 0,
  };
}

async function seal(
  message: EbmsMessage,
  exchange: Exchange,
  signed: boolean,
  context: PartnerContext,
): Promise<Uint8Array> {
  const envelope = writeMessage(message);
  const back = signalExchange(exchange, 'Acknowledgment');
  const signing = signed ? back.signing : undefined;
  if (signing === undefined) return Buffer.from(envelope, 'utf8');
  const methods = { signatureMethod: signing.signatureAlgorithm, digestMethod: signing.hashFunction };
  const sealed = await signEnvelope({ envelope, parts: [], key: context.options.signingKey, methods });
  return Buffer.from(sealed.envelope, 'utf8');
}

function respond(seen: SeenMessage, payload: Uint8Array, context: PartnerContext): void {
  for (const message of context.options.respond?.(seen, payload) ?? []) {
    context.later(() => dispatch(message, context), 50);
  }
}

function reply(response: ServerResponse, status: number, body?: string | Uint8Array): void {
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': XML, soapaction: '"ebXML"' }).end(body);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
