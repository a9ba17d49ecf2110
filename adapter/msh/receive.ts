// Decides what an inbound message comes to: accepted, copy, refused, correlated, or answered at once.
import { hasError, type Issue } from '../base/index.ts';
import type { MessageKind } from '../ebms/types.ts';
import { accept } from './accept.ts';
import { pong, statusResponse } from './answer.ts';
import { statusOf } from './ask.ts';
import { copyOf, isReuse } from './copy.ts';
import { correlateAcknowledgment, correlateError, ignoredSignal, objectionTo } from './correlate.ts';
import type { AnswerPlan, Bundled, Decision, ReceiveFacts } from './decision.ts';
import { refuse, refuseWithoutRecord } from './refuse.ts';
import { type Column, judge } from './rules/index.ts';
import { isSync } from './sync.ts';

type Handler = (facts: ReceiveFacts) => Decision;

/** By the kind that codec and elements give; a Ping is a header and nothing else (R123). */
const HANDLERS: Readonly<Record<MessageKind, Handler>> = {
  business,
  acknowledgment: (facts) => correlateAcknowledgment(facts, findings(facts, 'ack')),
  error: (facts) => correlateError(facts, findings(facts, 'error')),
  ping: (facts) => ask(facts, 'ping', () => pong(answerTo(facts)), 'Pong'),
  statusRequest: (facts) => ask(facts, 'status', () => status(facts), 'StatusResponse'),
  unknownSignal: (facts) => refuseWithoutRecord(facts, findings(facts, 'ping')),
  pong: (facts) => ignoredSignal(facts, 'a Pong nobody waits for', 'R96'),
  statusResponse: (facts) => ignoredSignal(facts, 'a StatusResponse nobody waits for', 'R96'),
};

/** What was told while reading, then what the rules say. */
const findings = (facts: ReceiveFacts, column: Column): readonly Issue[] => [
  ...facts.warnings,
  ...judge(facts, column),
];

/** Facts in, decision out; the same facts always give the same decision (house rule 2). */
export function receive(facts: ReceiveFacts): Decision {
  return HANDLERS[facts.kind](facts);
}

/**
 * A known MessageId is looked at before anything that time may have changed, but only for a sender who proves to be the same
 * (R107, ebms2.md section 19 step 7): a copy gets the stored answer even after its TimeToLive, for the first one was in time.
 */
function business(facts: ReceiveFacts): Decision {
  const issues = findings(facts, 'business');
  if (facts.earlier === undefined) {
    if (hasError(issues)) return refuse(facts, issues);
    return withBundled(accept(facts, issues), [...bundledAcknowledgment(facts), ...bundledWarnings(facts)]);
  }
  const proof = issues.filter((issue) => issue.code === 'SecurityFailure' && issue.severity === 'Error');
  if (proof.length > 0) return refuse(facts, issues);
  if (isReuse(facts.earlier, facts)) return refuse(facts, [reuse], 'message.reuse');
  return withBundled(copyOf(facts.earlier, facts, issues), bundledAcknowledgment(facts));
}

const withBundled = (decision: Decision, bundled: readonly Bundled[]): Decision =>
  bundled.length === 0 ? decision : { ...decision, bundled };

/** An Acknowledgment counts also when it rides on a message, on a copy once more: a crash may have come between (DK-093, R87, R89). */
function bundledAcknowledgment({ message }: ReceiveFacts): readonly Bundled[] {
  const { acknowledgment, header } = message;
  if (acknowledgment === undefined) return [];
  const named = { ...header, refToMessageId: acknowledgment.refToMessageId };
  return [{ kind: 'acknowledgment', message: { ...message, header: named } }];
}

/**
 * Warnings stand with the message that carries them, and with the one that they are about when this partner had it from us
 * (R78). Once: a copy says nothing new.
 */
function bundledWarnings(facts: ReceiveFacts): readonly Bundled[] {
  const { message, referenced } = facts;
  if (message.errorList === undefined || referenced === undefined) return [];
  return objectionTo(facts, referenced, []) === undefined ? [{ kind: 'error', message }] : [];
}

const reuse: Issue = {
  code: 'Inconsistent',
  severity: 'Error',
  where: '//Header/MessageHeader/MessageData/MessageId',
  detail: 'was used before for a message with other content',
  rule: 'R112',
};

function ask(
  facts: ReceiveFacts,
  column: Column,
  answer: () => AnswerPlan['message'],
  kind: 'Pong' | 'StatusResponse',
): Decision {
  const issues = findings(facts, column);
  if (hasError(issues) || facts.back === undefined) return refuseWithoutRecord(facts, issues);
  const { url, peerOin } = facts.back.answer;
  const sync = isSync(facts);
  return {
    answer: { kind, message: answer(), sync, url, peerOin },
    reply: sync ? { kind: 'sealed' } : { kind: 'empty' },
    happenings: [{ event: 'message.received', detail: facts.kind }],
    issues,
  };
}

function status(facts: ReceiveFacts): AnswerPlan['message'] {
  const { status: told, receivedAt } = statusOf(facts);
  return statusResponse(answerTo(facts), told, receivedAt);
}

const answerTo = (facts: ReceiveFacts) => ({ about: facts.message, messageId: facts.answerMessageId, now: facts.now });
