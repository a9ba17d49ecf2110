// The message aggregate, its jobs and journal, and the values that a decision returns (D1, house rules 3 and 4).
import type { Instant, SignedDigest } from '../base/index.ts';
import type { PartyRef, Service } from '../ebms/types.ts';

/**
 * Identity of a message record, and with that the duplicate elimination:
 * - received: `in|<type>:<PartyId of the sender>|<MessageId>` (row 48)
 * - sent: `out|<MessageId>`
 * - refused, kept as evidence: `refused|<uuid>`; it occupies no duplicate key, so that a later copy is judged anew (row 50)
 */
export type RecordId = string & { readonly __brand: 'RecordId' };

export type OutboundState =
  | 'queued'
  | 'awaitingAck'
  | 'sent'
  | 'acknowledged'
  | 'failed'
  | 'expired'
  | 'rejected'
  | 'cancelled';
export type InboundState = 'received' | 'delivered' | 'parked' | 'refused' | 'rejected' | 'discarded';
export type MessageState = OutboundState | InboundState;

/**
 * - `transmit` post our message; it is also the retry and TimeToLive timer
 * - `answer` post the stored signal
 * - `deliver` hand the received message over: hub forwarding
 * - `collect` the received message waits to be pulled by an application (decision 0002)
 * - `notify` tell the submitting application about the end, or wait until it asks (decision 0009)
 */
export type JobKind = 'transmit' | 'answer' | 'deliver' | 'collect' | 'notify';

export interface Job {
  readonly kind: JobKind;
  /** At most one open job per kind and key; `deliver:<copy>` for best-effort copies. */
  readonly key: string;
  readonly runAt: Instant;
  /** Attempts started so far; counted and committed before the attempt is made. */
  readonly attempts: number;
  /** True between the commit that counts an attempt and the commit of its outcome: after a crash the outcome is unknown. */
  readonly attemptOpen: boolean;
  /** How many attempts one after another ended without an outcome: the process died meanwhile, or its lease ran out. None when absent. */
  readonly lost?: number;
  /** Why the last attempt failed, for the operator; free of personal data. */
  readonly lastProblem?: string;
}

/** Content-addressed octets; where they live is the store's business (D2). */
export interface BlobRef {
  readonly sha256: string;
  readonly bytes: number;
}

/** A blob that still has to be written together with the commit (at most 128 kB), or already lies in the blob store. */
export interface StagedBlob extends BlobRef {
  readonly inline?: Uint8Array;
}

export interface PartRecord {
  readonly contentId: string;
  readonly contentType: string;
  readonly fileName?: string;
  readonly blob: BlobRef;
}

/** Values of the agreement copied at acceptance, so that a later CPA does not change a message in flight. */
export interface Terms {
  readonly ackRequested: boolean;
  readonly ackSigned: boolean;
  readonly duplicateElimination: boolean;
  readonly syncReply: boolean;
  readonly retries: number;
  readonly retryIntervalMs: number;
  /** Where this message (outbound) or its answer (inbound) is POSTed. */
  readonly url: string;
  /** PartyId values of the other side: selects the TLS client identity and trust. */
  readonly peerOin: string;
}

/** The signal given for a received message: the very bytes, so that a copy gets the same again (R110, row 46). */
export interface StoredAnswer {
  readonly kind: 'Acknowledgment' | 'MessageError';
  readonly messageId: string;
  readonly contentType: string;
  readonly body: BlobRef;
  readonly url: string;
  readonly errorCodes: readonly string[];
}

/** StUF stuurgegevens of the payload: identifiers only, no personal data. */
export interface BusinessData {
  readonly berichtcode: string;
  readonly functie?: string;
  readonly versie?: string;
  readonly referentienummer: string;
  readonly crossRefnummer?: string;
  readonly zender: string;
  readonly ontvanger: string;
}

/** The application that submitted a message of ours. */
export interface SubmittedBy {
  readonly client: string;
  readonly requestSha256: string;
  /** It asks how the message stands and waits for no event: no `notify` job comes of it (decision 0009). */
  readonly asks?: true;
}

export interface MessageRecord {
  readonly id: RecordId;
  readonly direction: 'in' | 'out';
  readonly state: MessageState;
  /** Which job hands a received message over; of no meaning for a sent one. */
  readonly handover: 'deliver' | 'collect';
  /** Raised by each commit and each claim: the fence against late writers. */
  readonly version: number;
  readonly cpaId: string;
  readonly from: PartyRef;
  readonly to: PartyRef;
  readonly service: Service;
  readonly action: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly refToMessageId?: string;
  readonly timestamp: Instant;
  readonly timeToLive?: Instant;
  /** When we accepted it, from a partner or from an application. */
  readonly acceptedAt: Instant;
  readonly changedAt: Instant;
  /** Ids are kept at least until here (R111, DK-PersistDuration, row 49). */
  readonly keepUntil: Instant;
  readonly terms: Terms;
  /** The SOAP part, byte for byte. */
  readonly envelope: BlobRef;
  readonly parts: readonly PartRecord[];
  /** SHA-256 over header fields and part digests: two copies with different values are id reuse (row 47). */
  readonly fingerprint: string;
  /** What our own signature covered, to check a signed acknowledgment against (R94). */
  readonly signedReferences?: readonly SignedDigest[];
  readonly answer?: StoredAnswer;
  /** Copies seen after the first. */
  readonly copies: number;
  /** Attempts to transmit or to hand over that were begun, in all: they stay counted when their job is gone. None when absent. */
  readonly attempts?: number;
  /** How many of them certainly brought the partner nothing: when that is all, it does not have the message (R113). */
  readonly unsent?: number;
  readonly jobs: readonly Job[];
  /** What an operator should know about the last refusal or failure. */
  readonly problem?: string;
  /** Codes of the MessageError by which the partner rejected it. */
  readonly errorCodes?: readonly string[];
  readonly business?: BusinessData;
  /** The record whose delivery made this one (D1). */
  readonly originId?: RecordId;
  /** The message of ours whose content this one carries again, after it ended without acknowledgment (OPS-8). */
  readonly resendOf?: RecordId;
  /** The message that carries the content of this one again: from then on this one is not sent any more (OPS-8). */
  readonly resentAs?: RecordId;
  /** The application that submitted it, and the hash of what it submitted (row 57). */
  readonly submittedBy?: SubmittedBy;
}

/** One line of evidence: what happened to a message, when, and by which rule. */
export interface JournalEntry {
  readonly at: Instant;
  readonly event: string;
  /** State after the event. */
  readonly state: MessageState;
  readonly detail?: string;
  readonly rules?: readonly string[];
  /** Octets kept as evidence: a signal as received, a refused copy. */
  readonly evidence?: BlobRef;
}

/** One decision's effect on exactly one message; written whole or not at all. */
export interface Change {
  /** `new`: the id exists → `duplicate`. A version: it differs → `conflict`. Then nothing is written. */
  readonly expect: 'new' | number;
  /** `message.version` is set by the store to `expect + 1` (1 for a new one). */
  readonly message: MessageRecord;
  readonly journal: readonly JournalEntry[];
  /** Small blobs to write in the same commit. */
  readonly blobs: readonly StagedBlob[];
}

export type CommitResult = 'ok' | 'conflict' | 'duplicate';

/** Earliest open job; undefined when nothing is open (D1: no `dueAt`). */
export function dueAt(message: Pick<MessageRecord, 'jobs'>): Instant | undefined {
  return message.jobs.length === 0 ? undefined : Math.min(...message.jobs.map((job) => job.runAt));
}
