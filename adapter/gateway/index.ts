// Gateway: use cases. Each loads facts, lets msh decide, seals, commits, and only then acts (house rules 1–4).
import type { Issue, Result } from '../base/index.ts';
import type { BlobRef, Job, JournalEntry, MessageRecord, OperatorCommand, RecordId } from '../msh/index.ts';
import type { Found, MessageFilter, Page, StoredCpa, SystemNote } from '../store/index.ts';
import type { HttpReply, InboundRequest } from '../transport/index.ts';
import { type Confirmation, confirmMessage, offerMessages } from './collect.ts';
import type { GatewayContext } from './context.ts';
import { type CpaChecks, type CpaImport, importCpa, removeCpa } from './cpa.ts';
import { carryOutDeliver, deliver } from './deliver.ts';
import { confirmNotice, notify, type OfferedNotice, offerNotices } from './notify.ts';
import { operateMessage } from './operate.ts';
import { receiveRequest } from './receive.ts';
import { resendMessage } from './resend.ts';
import { createSerial } from './serial.ts';
import { postAnswer } from './signal.ts';
import type { Submitted } from './submit.ts';
import { type SubmitDocument, type SubmitOutcome, type Submitter, submitDocument } from './submit-document.ts';
import { wordsOf } from './tell.ts';
import { carryOutTransmit, transmit } from './transmit.ts';

export { type AgreementCache, createAgreementCache } from './agreements.ts';
export { signedPart } from './blob.ts';
export type { Confirmation } from './collect.ts';
export type { ContentPolicy, GatewayContext, HubSettings, KeyRing, Limits, SignerTrust } from './context.ts';
export type { CpaChecks, CpaImport } from './cpa.ts';
export type { Room } from './direct.ts';
export {
  createEvidenceShare,
  createEvidenceShares,
  type EvidenceShare,
  type EvidenceShares,
} from './evidence-share.ts';
export { type Housekeeping, housekeep } from './housekeep.ts';
export { type ExpectedAnswer, type Inspection, type InspectOptions, inspectMessage } from './inspect.ts';
export { entityOf, type HttpEntity, type Intake, takeIn } from './intake.ts';
export { createMemoryBlobs } from './memory-blobs.ts';
export type { OfferedNotice } from './notify.ts';
export { createSidePosts, type SidePosts } from './side-posts.ts';
export { createSignerTrust } from './signer-trust.ts';
export { type OutboundContent, type SubmitRequest, type Submitted, submitMessage } from './submit.ts';
export { documentFromJson, type SubmitDocument, type SubmitOutcome, type Submitter } from './submit-document.ts';
export { tellBrokenOff } from './tell.ts';
export { createTurns, type TurnLimits, type Turns, TurnsClosed } from './turns.ts';

/** What the doors call. */
export interface Gateway {
  receive(request: InboundRequest): Promise<HttpReply>;
  submitDocument(document: SubmitDocument, submitter: Submitter): Promise<SubmitOutcome>;
  message(id: RecordId): Promise<MessageRecord | undefined>;
  search(filter: MessageFilter, page: Page): Promise<Found>;
  journal(id: RecordId): Promise<readonly JournalEntry[]>;
  blob(ref: BlobRef): AsyncIterable<Uint8Array>;
  offer(max: number, leaseMs: number): Promise<readonly MessageRecord[]>;
  confirm(id: RecordId): Promise<Confirmation>;
  /** What became of submitted messages, for their application (decision 0009). */
  offerNotices(max: number, leaseMs: number): Promise<readonly OfferedNotice[]>;
  /** `id` of an offered notice. */
  confirmNotice(id: string): Promise<Confirmation>;
  /** `operator` is who asked, for the journal. */
  operate(id: RecordId, command: OperatorCommand, operator?: string): Promise<Result<MessageRecord, readonly Issue[]>>;
  /** The content of a message that ended without acknowledgment, as a new message (OPS-8). */
  resend(id: RecordId, operator: string): Promise<Result<Submitted, readonly Issue[]>>;
  importCpa(xml: Uint8Array, checks: CpaChecks): Promise<CpaImport>;
  /** `by` is who asked, for the log and the notes. */
  removeCpa(cpaId: string, by: string): Promise<boolean>;
  cpas(): Promise<readonly Omit<StoredCpa, 'xml'>[]>;
  cpa(cpaId: string): Promise<StoredCpa | undefined>;
  notes(limit: number): Promise<readonly SystemNote[]>;
  /** Why the gateway cannot take responsibility now; undefined when it can (row 16). */
  readiness(): Promise<string | undefined>;
}

export function createGateway(context: GatewayContext): Gateway {
  const serial = createSerial();
  const { store } = context;
  return {
    receive: (request) => receiveRequest(request, context, serial),
    submitDocument: (document, submitter) => submitDocument(document, submitter, context),
    message: async (id) => (await store.load([id]))[0],
    search: (filter, page) => store.search(filter, page),
    journal: (id) => store.journal(id),
    blob: (ref) => context.blobs.get(ref),
    offer: (max, leaseMs) => offerMessages(max, leaseMs, context),
    confirm: (id) => confirmMessage(id, context),
    offerNotices: (max, leaseMs) => offerNotices(max, leaseMs, context),
    confirmNotice: (id) => confirmNotice(id, context),
    operate: (id, command, operator) =>
      operateMessage(id, { command, ...(operator === undefined ? {} : { operator }) }, context),
    resend: (id, operator) => resendMessage(id, { by: `operator ${operator}` }, context),
    importCpa: (xml, checks) => importCpa(xml, checks, context),
    removeCpa: (cpaId, by) => removeCpa(cpaId, by, context),
    cpas: () => store.agreements.list(),
    cpa: (cpaId) => store.agreements.get(cpaId),
    notes: (limit) => store.notes(limit),
    readiness: () =>
      store.probe().then(
        () => undefined,
        (error: unknown) => wordsOf(error),
      ),
  };
}

/** Runs one due job of a claimed record. */
export function runJob(record: MessageRecord, job: Job, context: GatewayContext): Promise<void> {
  switch (job.kind) {
    case 'transmit':
      return transmit(record, context);
    case 'answer':
      return postAnswer(record, job, context);
    case 'deliver':
      return deliver(record, job, context);
    case 'notify':
      return notify(record, context);
    case 'collect':
      return Promise.resolve();
  }
}

/** Carries out a job whose attempt began with the commit that inserted its record. */
export function runBegunJob(record: MessageRecord, job: Job, context: GatewayContext): Promise<void> {
  if (job.kind === 'transmit') return carryOutTransmit(record, context);
  if (job.kind === 'deliver') return carryOutDeliver(record, job, context);
  return runJob(record, job, context);
}
