// Use case: a message of ours enters: stored and sealed under an agreement before anybody is told that we have it.
import type { Exchange } from '../agreement/index.ts';
import { fail, type Issue, ok, type Result } from '../base/index.ts';
import type { PartyRef, Service } from '../ebms/index.ts';
import {
  type BusinessData,
  type Change,
  submit as decide,
  fingerprintSource,
  type MessageRecord,
  outboundId,
  type PartRecord,
  type RecordId,
  type StagedBlob,
  type SubmittedBy,
} from '../msh/index.ts';
import { type Files, openFiles, sha256Hex, signedPart, toRef } from './blob.ts';
import { findExchange } from './carry.ts';
import type { GatewayContext } from './context.ts';
import { commitAndCarryOn } from './direct.ts';
import { sealSubmission } from './seal.ts';

export interface OutboundContent {
  readonly contentId: string;
  readonly contentType: string;
  readonly fileName?: string;
  /** Octets to store now, or a blob: named already, or stored already (a forwarded payload). */
  readonly content: Uint8Array | StagedBlob;
}

export interface SubmitRequest {
  readonly cpaId: string;
  readonly from: PartyRef;
  readonly to: PartyRef;
  readonly service: Service;
  readonly action: string;
  /** Local part of the MessageId; derived from its origin or its idempotency key, so that submitting twice inserts once. */
  readonly uuid: string;
  readonly conversationId?: string;
  readonly refToMessageId?: string;
  readonly contents: readonly OutboundContent[];
  readonly business?: BusinessData;
  readonly originId?: RecordId;
  readonly resendOf?: RecordId;
  readonly submittedBy?: SubmittedBy;
}

/** `created` is false when this very message was there before: nothing was written. */
export interface Submitted {
  readonly record: MessageRecord;
  readonly created: boolean;
}

/** Resolves when the message is durable; issues name what the agreement does not allow. Rejects with StoreUnavailable. */
export async function submitMessage(
  request: SubmitRequest,
  context: GatewayContext,
): Promise<Result<Submitted, readonly Issue[]>> {
  const messageId = `${request.uuid}@${context.messageIdDomain}`;
  const [existing] = await context.store.load([outboundId(messageId)]);
  if (existing !== undefined) return ok({ record: existing, created: false });
  const exchange = await findExchange(request, context);
  if (!exchange.ok) return fail(exchange.error);
  const files = openFiles(context.blobs);
  try {
    return await seal(request, { messageId, exchange: exchange.value, files }, context);
  } finally {
    // However it ended: what a record names stays.
    await files.drop();
  }
}

interface Sealing {
  readonly messageId: string;
  readonly exchange: Exchange;
  readonly files: Files;
}

async function seal(
  request: SubmitRequest,
  { messageId, exchange, files }: Sealing,
  context: GatewayContext,
): Promise<Result<Submitted, readonly Issue[]>> {
  const staged = await Promise.all(request.contents.map((content) => stageContent(content, files)));
  const decided = decide({
    now: context.clock.now(),
    messageId,
    recordId: outboundId(messageId),
    exchange,
    conversationId: request.conversationId ?? messageId,
    ...(request.refToMessageId === undefined ? {} : { refToMessageId: request.refToMessageId }),
    parts: staged.map(({ part }) => part),
    policy: context.policy,
    ...(request.business === undefined ? {} : { business: request.business }),
    ...(request.originId === undefined ? {} : { originId: request.originId }),
    ...(request.resendOf === undefined ? {} : { resendOf: request.resendOf }),
    ...(request.submittedBy === undefined ? {} : { submittedBy: request.submittedBy }),
  });
  if (!decided.ok) return decided;
  const parts = staged.map(({ part, blob }) => signedPart(part.contentId, blob, context.blobs));
  const sealed = await sealSubmission(decided.value, parts, context);
  const envelope = await files.persist(sealed.envelope);
  const record: MessageRecord = {
    ...decided.value.record,
    envelope: toRef(envelope),
    fingerprint: sha256Hex(
      fingerprintSource(
        decided.value.message,
        staged.map(({ part }) => part),
      ),
    ),
    ...(sealed.references === undefined ? {} : { signedReferences: sealed.references }),
  };
  const blobs = [envelope, ...staged.map(({ blob }) => blob)].filter((blob) => blob.inline !== undefined);
  const change: Change = { expect: 'new', message: record, journal: decided.value.journal, blobs };
  if ((await commitAndCarryOn(change, {}, context)) === 'ok') {
    return ok({ record: { ...record, version: 1 }, created: true });
  }
  const [winner] = await context.store.load([record.id]);
  return ok({ record: winner ?? record, created: false });
}

async function stageContent(content: OutboundContent, files: Files): Promise<{ part: PartRecord; blob: StagedBlob }> {
  const { content: octets } = content;
  const blob = await (octets instanceof Uint8Array ? files.persist(octets) : files.settle(octets));
  const part = {
    contentId: content.contentId,
    contentType: content.contentType,
    ...(content.fileName === undefined ? {} : { fileName: content.fileName }),
    blob: toRef(blob),
  };
  return { part, blob };
}

/** A UUID that is always the same for the same source: what is derived twice is inserted once (D1). */
export function derivedUuid(source: string): string {
  const hex = sha256Hex(source);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** How an application hears what becomes of what it submits: copied at acceptance (decision 0009). */
export const hearsOf = ({ applicationEvents }: Pick<GatewayContext, 'applicationEvents'>): Pick<SubmittedBy, 'asks'> =>
  applicationEvents === 'log' ? { asks: true } : {};
