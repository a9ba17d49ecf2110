// How a simulated partner sends: header by the CPA, signed when asked, once, or twice, or wrongly on command.
import { createHash, randomUUID } from 'node:crypto';
import { type Exchange, resolveExchange, timeToLive } from '../../adapter/agreement/index.ts';
import { SYNC_REPLY } from '../../adapter/base/index.ts';
import { type SignedPart, type SigningKey, signEnvelope } from '../../adapter/dsig/index.ts';
import { type EbmsMessage, readMessage, writeMessage } from '../../adapter/ebms/index.ts';
import { writeMultipart } from '../../adapter/mime/index.ts';
import { readXml } from '../../adapter/xml/index.ts';
import type { BehaviourName } from './behaviours.ts';
import type { SentMessage } from './log.ts';
import { freshMessageId, type PartnerContext } from './partner.ts';
import { post, type WireAnswer } from './wire.ts';

export interface Dispatch {
  readonly cpaId: string;
  /** OIN of the receiver. */
  readonly to: string;
  readonly service: { readonly value: string; readonly type?: string };
  readonly action: string;
  readonly payload: Uint8Array;
  readonly functie?: string;
  readonly referentienummer: string;
  readonly conversationId?: string;
  readonly refToMessageId?: string;
  readonly messageId?: string;
}

/** Sends one message; the log says what came back. Reliable messages are not retried: a tester says when to send again. */
export async function dispatch(message: Dispatch, context: PartnerContext): Promise<SentMessage> {
  const messageId = message.messageId ?? freshMessageId(context);
  const sealed = await seal({ ...message, messageId }, message.payload, context);
  const sent = await transmit(sealed, message, messageId, context);
  if (take('sendTwice', messageId, context)) await transmit(sealed, message, messageId, context);
  if (take('sendTwiceOtherBody', messageId, context)) {
    const other = Buffer.concat([message.payload, Buffer.from('\n')]);
    await transmit(await seal({ ...message, messageId }, other, context), message, messageId, context);
  }
  return sent;
}

interface Sealed {
  readonly url: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

async function seal(
  message: Dispatch & { messageId: string },
  payload: Uint8Array,
  context: PartnerContext,
): Promise<Sealed> {
  const own = { partyIds: [{ value: context.options.oin, type: 'urn:osb:oin' }] };
  const to = { partyIds: [{ value: message.to, type: 'urn:osb:oin' }] };
  const { cpaId, service, action } = message;
  const exchange = resolveExchange(context.index, { cpaId, from: own, to, service, action, now: Date.now() });
  if (!exchange.ok) throw new Error(exchange.error.map((issue) => `${issue.code}: ${issue.detail}`).join('; '));
  const contentId = `${randomUUID()}@${context.options.name}.partner.test`;
  const envelope = writeMessage(headerFor(message, exchange.value, contentId));
  const part = { contentId, bytes: payload };
  const text = await sign(envelope, part, exchange.value, context);
  const root = Buffer.from(text, 'utf8');
  const written = writeMultipart(
    [
      {
        contentId: `soap-${randomUUID()}@${context.options.name}.partner.test`,
        contentType: 'text/xml; charset=UTF-8',
        bytes: root.length,
        body: root,
      },
      { contentId, contentType: 'application/xml', bytes: payload.length, body: payload },
    ],
    // Never of the MessageId: a tester may choose one with characters that no boundary may hold.
    `partner-${randomUUID()}`,
  );
  const chunks: Uint8Array[] = [];
  for await (const chunk of written.chunks()) chunks.push(chunk);
  return { url: exchange.value.url, contentType: written.contentType, bytes: Buffer.concat(chunks) };
}

function headerFor(message: Dispatch & { messageId: string }, exchange: Exchange, contentId: string): EbmsMessage {
  const now = Date.now();
  const { sendChannel } = exchange;
  const expires = timeToLive(exchange, now);
  return {
    header: {
      version: '2.0',
      from: {
        partyIds: exchange.from.partyIds,
        ...(exchange.fromRole === undefined ? {} : { role: exchange.fromRole }),
      },
      to: { partyIds: exchange.to.partyIds, ...(exchange.toRole === undefined ? {} : { role: exchange.toRole }) },
      cpaId: exchange.cpaId,
      conversationId: message.conversationId ?? message.messageId,
      service: exchange.service,
      action: exchange.action,
      messageId: message.messageId,
      timestamp: { instant: now, zoned: true },
      ...(message.refToMessageId === undefined ? {} : { refToMessageId: message.refToMessageId }),
      ...(expires === undefined ? {} : { timeToLive: { instant: expires, zoned: true } }),
      duplicateElimination: sendChannel.duplicateElimination === 'always',
    },
    syncReply: sendChannel.syncReplyMode !== 'none' && SYNC_REPLY,
    ackRequested:
      sendChannel.ackRequested === 'always'
        ? [
            {
              version: '2.0',
              signed: sendChannel.ackSignatureRequested === 'always',
              ...(sendChannel.actor === undefined ? {} : { actor: sendChannel.actor }),
            },
          ]
        : [],
    manifest: { version: '2.0', references: [{ href: `cid:${contentId}` }] },
    signatures: 0,
  };
}

async function sign(
  envelope: string,
  part: { contentId: string; bytes: Uint8Array },
  exchange: Exchange,
  context: PartnerContext,
): Promise<string> {
  const { signing } = exchange;
  if (signing === undefined) return envelope;
  const uncovered = take('signUncovered', part.contentId, context);
  const key: SigningKey =
    take('signWrong', part.contentId, context) && context.options.wrongKey !== undefined
      ? context.options.wrongKey
      : context.options.signingKey;
  const signed: SignedPart = {
    contentId: part.contentId,
    digest: async (algorithm) => createHash(algorithm).update(part.bytes).digest(),
  };
  const methods = { signatureMethod: signing.signatureAlgorithm, digestMethod: signing.hashFunction };
  return (await signEnvelope({ envelope, parts: uncovered ? [] : [signed], key, methods })).envelope;
}

async function transmit(
  sealed: Sealed,
  message: Dispatch,
  messageId: string,
  context: PartnerContext,
): Promise<SentMessage> {
  const { options } = context;
  const other = take('otherCertificate', messageId, context) && options.otherTls !== undefined;
  const headers = { 'content-type': sealed.contentType, soapaction: '"ebXML"' };
  const base = { at: Date.now(), messageId, functie: message.functie, referentienummer: message.referentienummer };
  const sent = await post(
    sealed.url,
    headers,
    sealed.bytes,
    other ? (options.otherTls ?? options.tls) : options.tls,
  ).then(
    (answer): SentMessage => ({ ...base, status: answer.status, ...describe(answer) }),
    (error: unknown): SentMessage => ({
      ...base,
      status: undefined,
      problem: error instanceof Error ? error.message : 'unknown failure',
    }),
  );
  context.log.sent.push(sent);
  return sent;
}

/** What a response holds: the error codes of a MessageError, the name of another signal, or nothing. */
function describe(answer: WireAnswer): { answer?: string; answerSha256?: string } {
  if (answer.body.length === 0) return {};
  const xml = readXml(answer.body);
  const read = xml.ok ? readMessage(xml.value) : undefined;
  const answerSha256 = createHash('sha256').update(answer.body).digest('hex');
  if (read === undefined || !read.ok)
    return { answer: answer.status >= 400 ? 'SOAP Fault' : 'unreadable', answerSha256 };
  const { errorList, header } = read.value.message;
  const codes = errorList?.errors.map((error) => `${error.errorCode}: ${error.description ?? ''}`);
  return { answer: codes === undefined ? header.action : codes.join('; '), answerSha256 };
}

function take(name: BehaviourName, messageId: string, context: PartnerContext): boolean {
  if (!context.mischief.take(name)) return false;
  context.log.mischief.push({ at: Date.now(), name, messageId });
  return true;
}
