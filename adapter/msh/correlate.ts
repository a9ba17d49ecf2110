// A signal about a message of ours: does it prove what it says, and what does it change (R94–R96, rows 31–36).
import { hasError, type Issue } from '../base/index.ts';
import type { MessageRecord } from './change.ts';
import type { Decision, ReceiveFacts } from './decision.ts';
import { effectOf, journalOnly } from './effect.ts';
import { holdsError, isErrorCode } from './errors.ts';
import { rowFor } from './lifecycle.ts';
import { differentReferences } from './references.ts';
import { errorsText, issuesText, shownDetail, shownId } from './words.ts';

/** A partner chooses its codes; what is kept of them on the message is bounded. */
const MOST_CODES = 20;
const LONGEST_CODE = 100;

const EMPTY = { kind: 'empty' } as const;

export function correlateAcknowledgment(facts: ReceiveFacts, issues: readonly Issue[]): Decision {
  const { referenced } = facts;
  if (referenced === undefined) return unknown(facts, issues);
  const objection = objectionTo(facts, referenced, issues) ?? proofMissing(facts, referenced);
  if (objection !== undefined) return refused(facts, referenced, objection, issues);
  if (!referenced.terms.ackRequested && referenced.state !== 'sent')
    return ignored(facts, referenced, 'no Acknowledgment was asked', issues);
  const row = rowFor(referenced, 'acknowledged');
  if (row === undefined) return late(facts, referenced, issues);
  const effect = effectOf(referenced, {
    now: facts.now,
    event: 'acknowledged',
    detail: acked(facts),
    evidence: facts.envelope,
  });
  const happenings =
    row.rule === 'OPS-1' ? [...effect.happenings, { event: 'message.corrected', rule: row.rule }] : effect.happenings;
  return { ...effect, reply: EMPTY, happenings, issues };
}

const acked = ({ message, signature }: ReceiveFacts): string =>
  `${signature.kind === 'valid' ? 'signed ' : ''}Acknowledgment ${shownId(message.header.messageId)}`;

/** An Error ends our message, a Warning is only kept; there is never an answer to an error, nor an Acknowledgment (R68, R74, R91). */
export function correlateError(facts: ReceiveFacts, issues: readonly Issue[]): Decision {
  const { referenced, message } = facts;
  if (referenced === undefined) return unknown(facts, issues);
  const objection = objectionTo(facts, referenced, issues);
  if (objection !== undefined) return refused(facts, referenced, objection, issues);
  const list = message.errorList?.errors ?? [];
  const detail = errorsText(message.errorList);
  if (!holdsError(message.errorList)) {
    const decision = ignored(facts, referenced, `warning from the partner: ${detail}`, issues);
    return { ...decision, happenings: [{ event: 'signal.ignored', detail: 'warning from the partner', rule: 'R95' }] };
  }
  if (rowFor(referenced, 'errorReceived') === undefined) return late(facts, referenced, issues);
  // What it says beside its codes are words of its own: for record and journal, not for a log (row 159).
  const code = list.map(({ errorCode }) => errorCode).find(isErrorCode);
  const told = { detail: `errors: ${list.length}`, ...(code === undefined ? {} : { code }) };
  const errorCodes = [...new Set(list.map((error) => error.errorCode.slice(0, LONGEST_CODE)))].slice(0, MOST_CODES);
  const effect = effectOf(
    referenced,
    { now: facts.now, event: 'errorReceived', problem: detail, detail, errorCodes, evidence: facts.envelope },
    told,
  );
  return { ...effect, reply: EMPTY, issues };
}

/** Pong and StatusResponse are answers to our own questions; nobody waits for one that comes unasked (T159). */
export function ignoredSignal(facts: ReceiveFacts, detail: string, rule: string): Decision {
  return {
    reply: EMPTY,
    note: { event: 'signal.ignored', detail: `${detail}: ${shownId(facts.message.header.messageId)}` },
    evidence: true,
    happenings: [{ event: 'signal.ignored', detail, rule }],
    issues: facts.warnings,
  };
}

/** Row 32: 204, a note and a warning to the operator; never an error about a signal. */
function unknown(facts: ReceiveFacts, issues: readonly Issue[]): Decision {
  const about = facts.message.acknowledgment?.refToMessageId ?? facts.message.header.refToMessageId ?? '(none)';
  const detail = `${facts.kind} ${shownId(facts.message.header.messageId)} about unknown message ${shownId(about)}`;
  return {
    reply: EMPTY,
    note: { event: 'signal.unknown', detail },
    evidence: true,
    happenings: [{ event: 'signal.unknown', detail, rule: 'R96' }],
    issues,
  };
}

/** Party, CPA and certificate must be those of the message (row 33); its own rules must hold. */
export function objectionTo(
  facts: ReceiveFacts,
  referenced: MessageRecord,
  issues: readonly Issue[],
): string | undefined {
  const { header } = facts.message;
  if (referenced.direction !== 'out') return 'it names a message that we received';
  if (header.cpaId !== referenced.cpaId) return 'it comes under another CPA';
  const partner = new Set(referenced.to.partyIds.map((id) => `${id.type ?? ''}:${id.value}`));
  if (!header.from.partyIds.some((id) => partner.has(`${id.type ?? ''}:${id.value}`)))
    return 'it comes from another party';
  return hasError(issues) ? issuesText(issues) : undefined;
}

/** A signed acknowledgment proves arrival only with a valid signature and the digests that we sent (rows 35, 36, R94). */
function proofMissing(facts: ReceiveFacts, referenced: MessageRecord): string | undefined {
  if (!referenced.terms.ackSigned) return undefined;
  if (facts.signature.kind !== 'valid') return 'a signed Acknowledgment was asked and this one is not signed';
  const sent = referenced.signedReferences;
  return sent === undefined ? undefined : differentReferences(sent, facts.message.acknowledgment?.references ?? []);
}

/** The message waits on; the journal and the operator know (house rule 9). */
function refused(
  facts: ReceiveFacts,
  referenced: MessageRecord,
  objection: string,
  issues: readonly Issue[],
): Decision {
  const detail = shownDetail(`${facts.kind} ${shownId(facts.message.header.messageId)} not accepted: ${objection}`);
  return {
    change: journalOnly(referenced, {
      now: facts.now,
      event: 'signalRefused',
      detail,
      evidence: facts.envelope,
      rules: ['R94'],
    }),
    evidence: true,
    reply: EMPTY,
    happenings: [{ event: 'signal.refused', detail, rule: 'R94', alert: true }],
    issues,
  };
}

function ignored(facts: ReceiveFacts, referenced: MessageRecord, detail: string, issues: readonly Issue[]): Decision {
  return {
    change: journalOnly(referenced, {
      now: facts.now,
      event: 'signalIgnored',
      detail,
      evidence: facts.envelope,
      rules: ['R95'],
    }),
    evidence: true,
    reply: EMPTY,
    happenings: [{ event: 'signal.ignored', detail, rule: 'R95' }],
    issues,
  };
}

/** The first terminal signal wins; one that says the opposite is for an operator to look at (row 34). */
function late(facts: ReceiveFacts, referenced: MessageRecord, issues: readonly Issue[]): Decision {
  const opposite = facts.kind === 'error' ? referenced.state === 'acknowledged' : referenced.state === 'rejected';
  const decision = ignored(facts, referenced, `${facts.kind} after state ${referenced.state}`, issues);
  return opposite ? { ...decision, happenings: [{ event: 'signal.conflict', rule: 'R115', alert: true }] } : decision;
}
