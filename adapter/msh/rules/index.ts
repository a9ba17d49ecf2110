// The rules on one screen: what is checked, for which kinds of message, in this order. Findings are collected, then judged.
import { hasError, type Issue } from '../../base/index.ts';
import type { ReceiveFacts } from '../decision.ts';
import {
  ackActors,
  ackAgreed,
  ackSignatureAgreed,
  agreed,
  duplicateEliminationAgreed,
  noMessageOrder,
  syncReplyActor,
  syncReplyAgreed,
} from './agreement.ts';
import { knownSignal, messageIdForm, notExpired, timestampPlausible, toIsUs, versions } from './header.ts';
import { cidsResolve, eachPartOnce, mimeSound, noStrangers, onlyCids } from './manifest.ts';
import { type Column, type Rule, rule } from './rule.ts';
import {
  everythingCovered,
  methodsAgreed,
  notEncrypted,
  peerIsFrom,
  signaturePresent,
  signatureValid,
} from './security.ts';
import { acknowledgmentAlone, combination, knownReference } from './services.ts';

export { fitsId, MAX_ID } from './header.ts';
export type { Column, Rule } from './rule.ts';
export { isStranger, peerMaySpeak, withoutSuffix } from './security.ts';

const B: Column = 'business';
const A: Column = 'ack';
const E: Column = 'error';
const P: Column = 'ping';
const S: Column = 'status';

export const RULES: readonly Rule[] = [
  rule('R19', 'every eb:version is 2.0', B, A, E, P, S)(versions),
  rule('R33', 'identifiers have at most 255 characters and no control characters', B, A, E, P, S)(messageIdForm),
  rule('R32', 'a message of the MSH service has a known action', P)(knownSignal),
  rule('R27', 'the CPA knows the message: CPAId, dates, parties, roles, service, action', B, A, E, P, S)(agreed),
  rule('C8', 'the To party is us', B, A, E, P, S)(toIsUs, 'R27'),
  rule('R62', 'the TLS peer may speak for the From party', B, A, E, P, S)(peerIsFrom),
  rule('R34', 'Timestamp is not far in the future', B)(timestampPlausible),
  rule('R36', 'TimeToLive is not past', B, P, S)(notExpired),
  rule('R37', 'DuplicateElimination is as agreed', B)(duplicateEliminationAgreed, 'R27'),
  rule('R100', 'AckRequested is as agreed', B)(ackAgreed, 'R27'),
  rule('C25', 'a signed Acknowledgment is asked as agreed and can be given', B)(ackSignatureAgreed, 'R27'),
  rule('R84', 'AckRequested has the actor toPartyMSH, once', B)(ackActors),
  rule('R81', 'SyncReply is as agreed', B)(syncReplyAgreed, 'R27'),
  rule('R81', 'SyncReply has the actor next', B)(syncReplyActor),
  rule('R134', 'MessageOrder is not used', B)(noMessageOrder),
  rule('R117', 'elements that exclude each other are not together', B, A, E, S)(combination),
  rule('DK-093', 'an Acknowledgment travels alone', B)(acknowledgmentAlone),
  rule('R12', 'the package is sound', B)(mimeSound),
  rule('R46', 'every cid of the Manifest is there', B)(cidsResolve, 'R12'),
  rule('R47', 'the Manifest names parts of this message only', B)(onlyCids),
  rule('R45', 'the Manifest names each part once', B)(eachPartOnce),
  rule('R8', 'every part is named by the Manifest', B)(noStrangers, 'R12'),
  rule('R64', 'the agreement needs no decryption', B)(notEncrypted, 'R27'),
  rule('R62', 'a signature is there when the CPA asks for one', B)(signaturePresent, 'R64'),
  rule('R63', 'the signature is valid by the certificate of the CPA', B, A, E, P, S)(signatureValid, 'R64'),
  rule('R52', 'the signature uses the algorithms of the CPA', B)(methodsAgreed),
  rule('R58', 'the signature covers every part of the Manifest', B)(everythingCovered),
  rule('R35', 'RefToMessageId names a message of ours', B)(knownReference),
];

/** All findings of one message. A rule keeps silent when the one it stands on has found an error. */
export function judge(facts: ReceiveFacts, column: Column): readonly Issue[] {
  const issues: Issue[] = [];
  const failed = new Set<string>();
  for (const { id, columns, check, after } of RULES) {
    if (!columns.includes(column) || (after !== undefined && failed.has(after))) continue;
    const found = check(facts) ?? [];
    const list = Array.isArray(found) ? (found as readonly Issue[]) : [found as Issue];
    if (hasError(list)) failed.add(id);
    issues.push(...list);
  }
  return issues;
}
