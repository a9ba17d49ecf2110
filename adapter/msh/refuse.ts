// A message that may not be accepted: kept as evidence, answered with one MessageError that lists every finding (R73, R77).
import type { Issue } from '../base/index.ts';
import { messageError } from './answer.ts';
import type { Job, MessageRecord } from './change.ts';
import type { AnswerPlan, Decision, Happening, ReceiveFacts } from './decision.ts';
import { holdsError } from './errors.ts';
import { recordedParts } from './parts.ts';
import { isStranger, peerMaySpeak } from './rules/index.ts';
import { isSync } from './sync.ts';
import { issuesText, rulesOf, shownId } from './words.ts';

/** Of a stranger the envelope is kept and no part, and of a larger one nothing: nobody may fill our disk (OPS-7). */
const MAX_STRANGER_BYTES = 64 * 1024;

/** The evidence record occupies no duplicate key: a later copy is judged anew (row 50). */
export function refuse(facts: ReceiveFacts, issues: readonly Issue[], event = 'message.refused'): Decision {
  const stranger = isStranger(facts);
  if (stranger && facts.envelope.bytes > MAX_STRANGER_BYTES) return refuseWithoutRecord(facts, issues, event);
  const answer = planError(facts, issues);
  const parts = stranger ? [] : facts.parts;
  const message = { ...evidenceOf(facts, issues, answer), id: facts.evidenceId, parts: recordedParts(parts) };
  const blobs = [facts.envelope, ...parts.map((part) => part.blob)].filter((blob) => blob.inline !== undefined);
  const entry = {
    at: facts.now,
    event: 'refused',
    state: 'rejected' as const,
    detail: message.problem ?? '',
    rules: rulesOf(issues),
  };
  return {
    change: { expect: 'new', message, journal: [entry], blobs },
    evidence: true,
    ...(answer === undefined ? {} : { answer }),
    reply: answer?.sync === true ? { kind: 'sealed' } : { kind: 'empty' },
    happenings: [told(event, issues)],
    issues,
  };
}

/** Ping, StatusRequest and unknown signals leave a note, not a record. */
export function refuseWithoutRecord(
  facts: ReceiveFacts,
  issues: readonly Issue[],
  event = 'message.refused',
): Decision {
  const answer = planError(facts, issues);
  const detail = `${facts.kind} ${shownId(facts.message.header.messageId)}: ${issuesText(issues)}`;
  return {
    ...(answer === undefined ? {} : { answer }),
    reply: answer?.sync === true ? { kind: 'sealed' } : { kind: 'empty' },
    note: { event, detail },
    evidence: true,
    happenings: [told(event, issues)],
    issues,
  };
}

/**
 * To the agreed address when the agreement and the sender are known; otherwise only into this HTTP response, so that nobody
 * can make us post to a third party (R76, row 93). Never about an error (R73, R74). It is not signed: nothing asks for it (R80).
 */
function planError(facts: ReceiveFacts, issues: readonly Issue[]): AnswerPlan | undefined {
  if (holdsError(facts.message.errorList)) return undefined;
  const message = messageError({ about: facts.message, messageId: facts.answerMessageId, now: facts.now }, issues);
  if (message === undefined) return undefined;
  const back = facts.back?.error;
  const trusted = back !== undefined && peerMaySpeak(facts);
  return {
    kind: 'MessageError',
    message,
    sync: !trusted || isSync(facts),
    url: back?.url ?? '',
    peerOin: back?.peerOin ?? '',
  };
}

function told(event: string, issues: readonly Issue[]): Happening {
  const first = issues.find((issue) => issue.severity === 'Error') ?? issues[0];
  return {
    event,
    detail: issuesText(issues),
    ...(first === undefined ? {} : { code: first.code }),
    ...(first?.rule === undefined ? {} : { rule: first.rule }),
  };
}

function evidenceOf(
  facts: ReceiveFacts,
  issues: readonly Issue[],
  answer: AnswerPlan | undefined,
): Omit<MessageRecord, 'id' | 'parts'> {
  const { header } = facts.message;
  const answering: Job = { kind: 'answer', key: 'answer', runAt: facts.now, attempts: 0, attemptOpen: false };
  return {
    direction: 'in',
    state: 'rejected',
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
    timestamp: header.timestamp.instant,
    acceptedAt: facts.now,
    changedAt: facts.now,
    keepUntil: facts.now + facts.policy.keepIdsMs,
    terms: {
      ackRequested: false,
      ackSigned: false,
      duplicateElimination: false,
      syncReply: answer?.sync ?? true,
      retries: 0,
      retryIntervalMs: 0,
      url: answer?.url ?? '',
      peerOin: answer?.peerOin ?? '',
    },
    envelope: { sha256: facts.envelope.sha256, bytes: facts.envelope.bytes },
    fingerprint: facts.fingerprint,
    copies: 0,
    jobs: answer !== undefined && !answer.sync ? [answering] : [],
    problem: issuesText(issues),
  };
}
