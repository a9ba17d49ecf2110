// Reads and judges one message as the endpoint would, without storing or sending anything (`dk message inspect`).
import { type Agreement, indexAgreements } from '../agreement/index.ts';
import { hasError, type Instant, type Issue } from '../base/index.ts';
import type { SignatureVerdict } from '../dsig/index.ts';
import type { MessageHeader, MessageKind } from '../ebms/index.ts';
import {
  type Decision,
  fingerprintSource,
  inboundId,
  type MshPolicy,
  type ReceivedPart,
  type RecordId,
  receive,
} from '../msh/index.ts';
import { sha256Hex } from './blob.ts';
import type { JudgeContext, Limits, SignerTrust } from './context.ts';
import { gatherFacts } from './facts.ts';
import { type HttpEntity, takeIn, type Unreadable } from './intake.ts';
import { createMemoryBlobs } from './memory-blobs.ts';
import { emptyReply } from './reply.ts';

export interface InspectOptions {
  readonly agreements: readonly Agreement[];
  readonly now: Instant;
  /** PartyIds that count as ours. */
  readonly ownParties: ReadonlySet<string>;
  readonly limits: Limits;
  readonly allowSha1: boolean;
  readonly signerTrust: SignerTrust;
}

/** There is no connection whose certificate could prove anything, and nothing is stored. */
const NOTHING_IS_KEPT: Omit<MshPolicy, 'ownParties'> = {
  handover: 'collect',
  keepIdsMs: 0,
  clockToleranceMs: 0,
  peerRequired: false,
  mandates: new Map(),
};

export interface ExpectedAnswer {
  readonly kind: 'acknowledgment' | 'error' | 'fault' | 'pong' | 'status' | 'none';
  /** First error code, fault code, message status, or HTTP status of an empty answer. */
  readonly code: string;
}

export interface Inspection {
  readonly kind: MessageKind | 'unreadable';
  readonly header?: MessageHeader;
  readonly parts: readonly ReceivedPart[];
  readonly signature: SignatureVerdict;
  readonly issues: readonly Issue[];
  readonly answer: ExpectedAnswer;
  /** Of the HTTP reply, which has no body when the answer goes by a POST of its own. */
  readonly status: number;
}

/** The verdict on an HTTP body. The message is judged as a first copy, from the party it names, at `options.now`. */
export async function inspectMessage(entity: HttpEntity, options: InspectOptions): Promise<Inspection> {
  const blobs = createMemoryBlobs();
  const intake = await takeIn(entity, blobs, options.limits);
  if (!intake.ok) return unreadable(intake.error);
  const context: JudgeContext = {
    agreements: fixedAgreements(options.agreements),
    clock: { now: () => options.now },
    signaturePolicy: { allowSha1: options.allowSha1 },
    signerTrust: options.signerTrust,
    policy: { ...NOTHING_IS_KEPT, ownParties: options.ownParties },
    limits: options.limits,
    blobs,
  };
  const facts = await gatherFacts(intake.value, undefined, context);
  const { header } = intake.value.message;
  const decision = receive({
    ...facts,
    now: options.now,
    answerMessageId: 'answer@inspect.invalid',
    evidenceId: 'refused|inspect' as RecordId,
    recordId: inboundId(header.from, header.messageId),
    envelope: intake.value.envelope,
    fingerprint: sha256Hex(fingerprintSource(intake.value.message, intake.value.parts)),
    earlier: undefined,
    referenced: undefined,
  });
  return {
    kind: intake.value.kind,
    header,
    parts: [{ ...intake.value.envelopeType, blob: intake.value.envelope }, ...intake.value.parts],
    signature: facts.signature,
    issues: decision.issues,
    answer: answerOf(decision),
    status: statusOf(decision),
  };
}

function unreadable({ fault, status }: Unreadable): Inspection {
  const issue: Issue = {
    code: fault.code,
    severity: 'Error',
    where: fault.where ?? 'HTTP',
    detail: fault.detail,
    rule: 'R12',
  };
  return {
    kind: 'unreadable',
    parts: [],
    signature: { kind: 'absent' },
    issues: [issue],
    answer: { kind: 'fault', code: fault.code },
    status,
  };
}

function fixedAgreements(agreements: readonly Agreement[]): JudgeContext['agreements'] {
  const index = indexAgreements(agreements);
  return { current: () => Promise.resolve(index), refresh: () => Promise.resolve(index) };
}

function statusOf({ reply }: Decision): number {
  if (reply.kind === 'fault') return reply.status;
  return reply.kind === 'empty' ? emptyReply.status : 200;
}

function answerOf(decision: Decision): ExpectedAnswer {
  if (decision.reply.kind === 'fault') return { kind: 'fault', code: decision.reply.fault.code };
  const { answer } = decision;
  if (answer === undefined) return { kind: 'none', code: hasError(decision.issues) ? 'refused' : '204' };
  if (answer.kind === 'MessageError') {
    return { kind: 'error', code: answer.message.errorList?.errors[0]?.errorCode ?? 'Unknown' };
  }
  if (answer.kind === 'Pong') return { kind: 'pong', code: 'Pong' };
  if (answer.kind === 'StatusResponse') return { kind: 'status', code: answer.message.statusResponse?.status ?? '' };
  return { kind: 'acknowledgment', code: 'Acknowledgment' };
}
