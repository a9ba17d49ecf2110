// Identities: record ids (the duplicate key, D1) and the text whose hash tells a copy from id reuse.
import { OIN_TYPE } from '../base/index.ts';
import type { EbmsMessage, MessageKind, PartyId, PartyRef } from '../ebms/types.ts';
import type { BlobRef, RecordId } from './change.ts';
import { manifestCids } from './manifest.ts';

/** `|` and `%` are the only characters that could make two keys one. */
const guard = (text: string): string => text.replaceAll('%', '%25').replaceAll('|', '%7C');

/**
 * Key of a received message: sender and MessageId (row 48). Of several PartyIds the OIN counts, else the first in
 * order of text, so that the order in the message does not matter. Pass the party of the agreement when it is known.
 */
export function inboundId(from: PartyRef, messageId: string): RecordId {
  const id = keyPartyId(from);
  return `in|${guard(id?.type ?? '')}:${guard(id?.value ?? '')}|${messageId}` as RecordId;
}

/** Key of a message that we send. */
export function outboundId(messageId: string): RecordId {
  return `out|${messageId}` as RecordId;
}

/** Key under which a refused message is kept as evidence; `unique` is a fresh UUID (row 50). */
export function refusedId(unique: string): RecordId {
  return `refused|${unique}` as RecordId;
}

function keyPartyId(party: PartyRef): PartyId | undefined {
  const sorted = [...party.partyIds].sort((a, b) => (partyKey(a) < partyKey(b) ? -1 : 1));
  return sorted.find((id) => id.type === OIN_TYPE) ?? sorted[0];
}

const partyKey = (id: PartyId): string => `${id.type ?? ''}:${id.value}`;

/**
 * The record that `ReceiveFacts.referenced` must be: our message for an Acknowledgment, MessageError or business
 * message, the requester's own earlier message for a StatusRequest. Undefined when the message names none.
 */
export function referencedId(message: EbmsMessage, kind: MessageKind): RecordId | undefined {
  if (kind === 'statusRequest') {
    const asked = message.statusRequest?.refToMessageId;
    return asked === undefined ? undefined : inboundId(message.header.from, asked);
  }
  // What another message names is what it answers; an Acknowledgment that it carries may be of another (DK-093).
  const acknowledged = kind === 'acknowledgment' ? message.acknowledgment?.refToMessageId : undefined;
  const named = acknowledged ?? message.header.refToMessageId;
  return named === undefined ? undefined : outboundId(named);
}

/**
 * The text whose SHA-256 (lower-case hex) is a message's `fingerprint`: header fields and the digests of the parts
 * that the Manifest names, decrypted (row 47). What intermediaries may change (SyncReply, nextMSH) is left out.
 */
export function fingerprintSource(message: EbmsMessage, parts: readonly FingerprintPart[]): string {
  const h = message.header;
  const digests = new Map(parts.map((part) => [part.contentId, part.blob.sha256]));
  return JSON.stringify([
    h.from.partyIds.map(partyKey).sort(),
    h.from.role ?? '',
    h.to.partyIds.map(partyKey).sort(),
    h.to.role ?? '',
    h.cpaId,
    h.conversationId,
    [h.service.type ?? '', h.service.value, h.action],
    [h.messageId, h.timestamp.instant, h.refToMessageId ?? '', h.timeToLive?.instant ?? ''],
    manifestCids(message).map((cid) => [cid, digests.get(cid) ?? '']),
  ]);
}

export interface FingerprintPart {
  readonly contentId: string;
  readonly blob: BlobRef;
}
