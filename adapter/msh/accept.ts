// A new message becomes ours: record, terms copied, delivery job, and the Acknowledgment when one is asked (R108).
import { type Exchange, persistUntil, reliabilityOf, retryIntervalMs } from '../agreement/index.ts';
import type { Issue } from '../base/index.ts';
import { acknowledgment } from './answer.ts';
import type { Job, JournalEntry, MessageRecord, Terms } from './change.ts';
import type { AnswerPlan, Decision, ReceivedPart, ReceiveFacts } from './decision.ts';
import { namedParts } from './manifest.ts';
import { recordedParts } from './parts.ts';
import { isSync } from './sync.ts';
import { errorsText, issuesText, rulesOf } from './words.ts';

export function accept(facts: ReceiveFacts, issues: readonly Issue[]): Decision {
  if (!facts.exchange.ok) throw new Error('accepted without an agreement');
  const exchange = facts.exchange.value;
  const answer = facts.message.ackRequested.length > 0 ? planAcknowledgment(facts) : undefined;
  const parts = namedParts(facts.message, facts.parts);
  const message = recordOf(facts, exchange, parts, answer);
  const warned = rulesOf(issues);
  const details = detailsOf(facts, issues);
  const entry: JournalEntry = {
    at: facts.now,
    event: 'accepted',
    state: 'received',
    rules: ['R108', ...warned],
    ...(details.length === 0 ? {} : { detail: details.join('; ') }),
  };
  const blobs = [facts.envelope, ...parts.map((part) => part.blob)].filter((blob) => blob.inline !== undefined);
  return {
    change: { expect: 'new', message, journal: [entry], blobs },
    ...(answer === undefined ? {} : { answer }),
    reply: answer?.sync === true ? { kind: 'sealed' } : { kind: 'empty' },
    happenings: [
      { event: 'message.accepted', ...(warned.length === 0 ? {} : { detail: `warnings: ${warned.join(' ')}` }) },
    ],
    issues,
  };
}

/** For the journal: what we have to say of it, and the Warnings of the partner that came along (R78). */
function detailsOf({ message }: ReceiveFacts, issues: readonly Issue[]): readonly string[] {
  const ours = issues.length === 0 ? [] : [issuesText(issues)];
  return message.errorList === undefined
    ? ours
    : [...ours, `warning from the partner: ${errorsText(message.errorList)}`];
}

/** Signed when it is asked so, with the references of what was received (R88, R92, R93). */
function planAcknowledgment(facts: ReceiveFacts): AnswerPlan {
  if (facts.back === undefined) throw new Error('accepted without a way back');
  const { url, peerOin, signing } = facts.back.answer;
  const signed = facts.message.ackRequested.some((ack) => ack.signed);
  const to = { about: facts.message, messageId: facts.answerMessageId, now: facts.now };
  return {
    kind: 'Acknowledgment',
    message: acknowledgment(to, signed ? facts.digestReferences : []),
    ...(signed && signing !== undefined ? { signing } : {}),
    sync: isSync(facts),
    url,
    peerOin,
  };
}

function recordOf(
  facts: ReceiveFacts,
  exchange: Exchange,
  parts: readonly ReceivedPart[],
  answer: AnswerPlan | undefined,
): MessageRecord {
  const { header } = facts.message;
  const { now, policy } = facts;
  const delivery: Job = { kind: policy.handover, key: 'deliver:0', runAt: now, attempts: 0, attemptOpen: false };
  const answering: Job = { kind: 'answer', key: 'answer', runAt: now, attempts: 0, attemptOpen: false };
  return {
    id: facts.recordId,
    direction: 'in',
    state: 'received',
    handover: policy.handover,
    version: 0,
    cpaId: header.cpaId,
    from: header.from,
    to: header.to,
    service: header.service,
    action: header.action,
    conversationId: header.conversationId,
    messageId: header.messageId,
    ...(header.refToMessageId === undefined ? {} : { refToMessageId: header.refToMessageId }),
    timestamp: header.timestamp.instant,
    ...(header.timeToLive === undefined ? {} : { timeToLive: header.timeToLive.instant }),
    acceptedAt: now,
    changedAt: now,
    keepUntil: Math.max(now + policy.keepIdsMs, persistUntil(exchange, now)),
    terms: termsOf(facts, exchange),
    envelope: { sha256: facts.envelope.sha256, bytes: facts.envelope.bytes },
    parts: recordedParts(parts),
    fingerprint: facts.fingerprint,
    copies: 0,
    jobs: answer !== undefined && !answer.sync ? [delivery, answering] : [delivery],
  };
}

/** What was agreed when it came: a later CPA does not change a message in flight. */
function termsOf(facts: ReceiveFacts, exchange: Exchange): Terms {
  const { message, now } = facts;
  const back = facts.back?.answer;
  return {
    ackRequested: message.ackRequested.length > 0,
    ackSigned: message.ackRequested.some((ack) => ack.signed),
    duplicateElimination: message.header.duplicateElimination,
    syncReply: isSync(facts),
    retries: reliabilityOf(exchange)?.retries ?? 0,
    retryIntervalMs: retryIntervalMs(exchange, now) ?? 0,
    url: back?.url ?? '',
    peerOin: back?.peerOin ?? '',
  };
}
