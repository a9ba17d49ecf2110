// Decides the header and the record of a message of ours, by the channel that the CPA gives it (R97, C25, T27).
import {
  type Exchange,
  type Presence,
  persistUntil,
  reliabilityOf,
  retryIntervalMs,
  timeToLive,
} from '../agreement/index.ts';
import { fail, type Issue, isReserved, ok, type Result, SYNC_REPLY } from '../base/index.ts';
import type { AckRequested, EbmsMessage, PartyRef } from '../ebms/types.ts';
import type { Terms } from './change.ts';
import type { Submission, SubmitFacts } from './decision.ts';

/** The message to write and sign, and the record to keep; issues when the agreement cannot carry it. */
export function submit(facts: SubmitFacts): Result<Submission, readonly Issue[]> {
  const { exchange, now } = facts;
  const unfit = cannotCarry(exchange);
  if (unfit !== undefined) return fail([unfit]);
  const terms = termsOf(facts);
  const expires = terms.ackRequested ? timeToLive(exchange, now) : undefined;
  const message = messageOf(facts, terms, expires);
  const { header } = message;
  const record: Submission['record'] = {
    id: facts.recordId,
    direction: 'out',
    state: 'queued',
    handover: facts.policy.handover,
    version: 0,
    cpaId: header.cpaId,
    from: header.from,
    to: header.to,
    service: header.service,
    action: header.action,
    conversationId: header.conversationId,
    messageId: header.messageId,
    ...(header.refToMessageId === undefined ? {} : { refToMessageId: header.refToMessageId }),
    timestamp: now,
    ...(expires === undefined ? {} : { timeToLive: expires }),
    acceptedAt: now,
    changedAt: now,
    keepUntil: Math.max(now + facts.policy.keepIdsMs, persistUntil(exchange, now)),
    terms,
    parts: facts.parts,
    copies: 0,
    jobs: [{ kind: 'transmit', key: 'transmit', runAt: now, attempts: 0, attemptOpen: false }],
    ...(facts.business === undefined ? {} : { business: facts.business }),
    ...(facts.originId === undefined ? {} : { originId: facts.originId }),
    ...(facts.resendOf === undefined ? {} : { resendOf: facts.resendOf }),
    ...(facts.submittedBy === undefined ? {} : { submittedBy: facts.submittedBy }),
  };
  const { signing } = exchange;
  const journal = [{ at: now, event: 'submitted', state: 'queued' as const, rules: ['R102'] }];
  return ok({ message, record, journal, ...(signing === undefined ? {} : { signing }) });
}

/** Why no message of ours goes by this exchange, whatever is in it. */
export function cannotCarry({ encrypted, service }: Pick<Exchange, 'encrypted' | 'service'>): Issue | undefined {
  if (encrypted) return cannotEncrypt;
  return isReserved(service.value) ? reserved : undefined;
}

const cannotEncrypt: Issue = {
  code: 'NotSupported',
  severity: 'Error',
  where: 'cpaId',
  detail: 'the CPA demands encrypted payloads, which this version cannot make',
  rule: 'R64',
};

/** What an application submits is never a signal: it could acknowledge in our name. */
const reserved: Issue = {
  code: 'Inconsistent',
  severity: 'Error',
  where: 'service',
  detail: 'this Service is reserved to the MSH itself',
  rule: 'R31',
};

const wanted = (presence: Presence, wish: boolean | undefined): boolean =>
  presence === 'always' || (presence === 'perMessage' && wish === true);

function termsOf({ exchange, now, wish }: SubmitFacts): Terms {
  const { sendChannel } = exchange;
  const ackRequested = wanted(sendChannel.ackRequested, wish?.ackRequested);
  const reliability = ackRequested ? reliabilityOf(exchange) : undefined;
  return {
    ackRequested,
    ackSigned: ackRequested && sendChannel.ackSignatureRequested === 'always',
    duplicateElimination: wanted(sendChannel.duplicateElimination, wish?.duplicateElimination),
    syncReply: sendChannel.syncReplyMode !== 'none',
    retries: reliability?.retries ?? 0,
    retryIntervalMs: ackRequested ? (retryIntervalMs(exchange, now) ?? 0) : 0,
    url: exchange.url,
    peerOin: exchange.to.partyIds[0]?.value ?? '',
  };
}

function messageOf(facts: SubmitFacts, terms: Terms, expires: number | undefined): EbmsMessage {
  const { exchange, now } = facts;
  return {
    header: {
      version: '2.0',
      from: party(exchange.from.partyIds, exchange.fromRole),
      to: party(exchange.to.partyIds, exchange.toRole),
      cpaId: exchange.cpaId,
      conversationId: facts.conversationId,
      service: exchange.service,
      action: exchange.action,
      messageId: facts.messageId,
      timestamp: { instant: now, zoned: true },
      ...(facts.refToMessageId === undefined ? {} : { refToMessageId: facts.refToMessageId }),
      ...(expires === undefined ? {} : { timeToLive: { instant: expires, zoned: true } }),
      duplicateElimination: terms.duplicateElimination,
    },
    syncReply: terms.syncReply && SYNC_REPLY,
    ackRequested: terms.ackRequested ? [ackRequest(exchange, terms)] : [],
    ...(facts.parts.length === 0
      ? {}
      : { manifest: { version: '2.0', references: facts.parts.map((part) => ({ href: cidOf(part.contentId) })) } }),
    signatures: 0,
  };
}

const party = (partyIds: PartyRef['partyIds'], role: string | undefined): PartyRef => ({
  partyIds: partyIds.slice(0, 1),
  ...(role === undefined ? {} : { role }),
});

/** Whether a signed Acknowledgment is asked follows the CPA, as what can be given was agreed there (R85). */
function ackRequest({ sendChannel }: Exchange, terms: Terms): AckRequested {
  const actor = sendChannel.actor === undefined ? {} : { actor: sendChannel.actor };
  return { version: '2.0', signed: terms.ackSigned, ...actor };
}

/** The same spelling as in the signature's reference, so that both name the part alike (R41). */
const cidOf = (contentId: string): string =>
  `cid:${encodeURI(contentId).replaceAll('#', '%23').replaceAll('?', '%3F')}`;
