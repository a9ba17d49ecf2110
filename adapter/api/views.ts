// Message records as the REST door shows them: identifiers and state, never payload.
import { formatDateTime } from '../base/index.ts';
import type { OfferedNotice } from '../gateway/index.ts';
import type { JournalEntry, MessageRecord, RecordId } from '../msh/index.ts';
import { redact } from '../observe/index.ts';

/** Record ids hold whatever MessageId a partner chose; in URLs they are base64url. */
export const toPublicId = (id: string): string => Buffer.from(id, 'utf8').toString('base64url');
export const fromPublic = (id: string): string => Buffer.from(id, 'base64url').toString('utf8');
export const toRecordId = (id: string): RecordId => fromPublic(id) as RecordId;

export function messageView(record: MessageRecord) {
  const id = toPublicId(record.id);
  return {
    id,
    href: `/api/v1/messages/${id}`,
    direction: record.direction,
    state: record.state,
    cpaId: record.cpaId,
    from: record.from,
    to: record.to,
    service: record.service,
    action: record.action,
    messageId: record.messageId,
    conversationId: record.conversationId,
    ...(record.refToMessageId === undefined ? {} : { refToMessageId: record.refToMessageId }),
    timestamp: formatDateTime(record.timestamp),
    acceptedAt: formatDateTime(record.acceptedAt),
    changedAt: formatDateTime(record.changedAt),
    ...(record.timeToLive === undefined ? {} : { timeToLive: formatDateTime(record.timeToLive) }),
    copies: record.copies,
    attempts: record.attempts ?? 0,
    ...(record.problem === undefined ? {} : { problem: record.problem }),
    ...(record.business === undefined ? {} : { business: record.business }),
    ...(record.originId === undefined ? {} : { originId: toPublicId(record.originId) }),
    ...(record.resendOf === undefined ? {} : { resendOf: toPublicId(record.resendOf) }),
    ...(record.resentAs === undefined ? {} : { resentAs: toPublicId(record.resentAs) }),
    parts: record.parts.map((part, index) => ({
      href: `/api/v1/messages/${id}/parts/${index}`,
      contentId: part.contentId,
      contentType: part.contentType,
      ...(part.fileName === undefined ? {} : { fileName: part.fileName }),
      bytes: part.blob.bytes,
      sha256: part.blob.sha256,
    })),
  };
}

/** An event goes on to other systems, so the words that a partner chose lose what could be a BSN (row 159). */
export function eventView({ id, event, at, severity, errorCodes, record }: OfferedNotice) {
  const message = messageView(record);
  return {
    event,
    at: formatDateTime(at),
    ...(severity === undefined ? {} : { severity }),
    ...(errorCodes === undefined ? {} : { errorCodes: errorCodes.map(redact) }),
    ...(record.submittedBy === undefined ? {} : { submittedBy: record.submittedBy.client }),
    message: { ...message, ...(record.problem === undefined ? {} : { problem: redact(record.problem) }) },
    confirm: `/api/v1/events/${toPublicId(id)}/confirm`,
  };
}

export function journalView(entry: JournalEntry) {
  return { ...entry, at: formatDateTime(entry.at) };
}
