// Facts that go into a decision and the value that comes out; the gateway gathers the one and carries out the other.
import type { Exchange, NonRepudiation } from '../agreement/types.ts';
import type { DigestReference, Instant, Issue, Result } from '../base/index.ts';
import type { SignatureVerdict } from '../dsig/types.ts';
import type { EbmsMessage, MessageKind, SoapFault } from '../ebms/types.ts';
import type {
  BusinessData,
  Change,
  MessageRecord,
  PartRecord,
  RecordId,
  StagedBlob,
  StoredAnswer,
  SubmittedBy,
} from './change.ts';

/** The peer as far as the rules look at it. */
export interface PeerFacts {
  readonly oin: string | undefined;
  readonly fingerprint: string;
}

export interface ReceivedPart {
  readonly contentId: string;
  readonly contentType: string;
  readonly fileName?: string;
  readonly blob: StagedBlob;
}

export interface MshPolicy {
  /** How an accepted message is handed over: by a `deliver` job (hub) or a `collect` job (application pulls). */
  readonly handover: 'deliver' | 'collect';
  /** Ids are kept at least this long (row 49: 400 days). */
  readonly keepIdsMs: number;
  /** Clock difference that is tolerated when TimeToLive is judged (row 29). */
  readonly clockToleranceMs: number;
  /** False only on a development plain-http listener: then no TLS peer is demanded. */
  readonly peerRequired: boolean;
  /** Party id (OIN) → other OINs whose certificate may speak for it (mandate, DK-027). */
  readonly mandates: ReadonlyMap<string, readonly string[]>;
  /** PartyId values that are ours: a message to anybody else is not routed on (row 63, DK-112). */
  readonly ownParties: ReadonlySet<string>;
}

export interface ReceiveFacts {
  readonly now: Instant;
  /** MessageId for an answer, should there be one. */
  readonly answerMessageId: string;
  /** Id of the evidence record, should the message be refused. */
  readonly evidenceId: RecordId;
  /** The record id (duplicate key) of this message when it is accepted. */
  readonly recordId: RecordId;
  readonly message: EbmsMessage;
  readonly kind: MessageKind;
  /** Warnings of the codec, for the journal. */
  readonly warnings: readonly Issue[];
  readonly peer: PeerFacts | undefined;
  /** The agreement's answer for this message; for a signal the exchange over the MSH channels. */
  readonly exchange: Result<Exchange, readonly Issue[]>;
  /**
   * Where an answer to this message goes and how it is signed: the MSH channel of the opposite direction (cpa2 §4.7). Also of a
   * message without an exchange, when its CPA is in force and names both parties (R76).
   */
  readonly back: { readonly answer: SignalRoute; readonly error: SignalRoute } | undefined;
  readonly signature: SignatureVerdict;
  /** References for a signed Acknowledgment: those of the signature, else computed (R92). Empty when none is asked. */
  readonly digestReferences: readonly DigestReference[];
  /** All parts but the SOAP part, as found in the package. */
  readonly parts: readonly ReceivedPart[];
  /** Part problems that are told by an ebMS error: header without an empty line, unknown transfer encoding (rows 104, 109). */
  readonly mimeIssues: readonly Issue[];
  readonly envelope: StagedBlob;
  /** Lower-case hex SHA-256 of `fingerprintSource(message, parts)` (row 47). */
  readonly fingerprint: string;
  /** The record with this sender and MessageId, if there is one. */
  readonly earlier: MessageRecord | undefined;
  /** Our message that RefToMessageId names; for a StatusRequest the received message that is asked about. */
  readonly referenced: MessageRecord | undefined;
  readonly policy: MshPolicy;
}

export interface SignalRoute {
  readonly url: string;
  readonly signing?: NonRepudiation;
  readonly peerOin: string;
}

/** A signal to be sealed: written, signed when `signing` is there, and sent. */
export interface AnswerPlan {
  readonly kind: 'Acknowledgment' | 'MessageError' | 'Pong' | 'StatusResponse';
  readonly message: EbmsMessage;
  readonly signing?: NonRepudiation;
  /** True: in this HTTP response. False: POST to `url`. */
  readonly sync: boolean;
  readonly url: string;
  readonly peerOin: string;
}

export type Reply =
  /** 2xx with an empty body. */
  | { readonly kind: 'empty' }
  /** The plan of this decision, sealed. */
  | { readonly kind: 'sealed' }
  /** The stored bytes of an earlier answer (R110, row 46). */
  | { readonly kind: 'stored'; readonly answer: StoredAnswer }
  | { readonly kind: 'fault'; readonly fault: SoapFault; readonly status: 400 | 500 };

/** Something to tell by log line, metric or alert; names of `observe/events.ts`. */
export interface Happening {
  readonly event: string;
  readonly detail?: string;
  readonly rule?: string;
  readonly code?: string;
  /** True: an operator must look at it. */
  readonly alert?: boolean;
}

/** A signal that should have been a message of its own: put in the place of the facts of the message that carried it. */
export type Bundled = Pick<ReceiveFacts, 'kind' | 'message'>;

export interface Decision {
  /** Absent when nothing is written: Ping, StatusRequest, unknown signals. */
  readonly change?: Change;
  /**
   * To seal before the commit. With a `change`, the sealed bytes become `change.message.answer`; without one (Pong,
   * StatusResponse, an error about a Ping or an unknown signal) they leave no trace and are sent once.
   */
  readonly answer?: AnswerPlan;
  readonly reply: Reply;
  /** What rode on a message that is ours by this decision: to be received as if each had come alone, once this is written. */
  readonly bundled?: readonly Bundled[];
  /** A copy of what is stored, and nothing more than its stored answer is due: that is given also when nothing can be written (row 24). */
  readonly copy?: true;
  /**
   * What is written changes nothing: it is kept for an operator to read. When its sender has used up its share it is left out,
   * and all else stays (OPS-7).
   */
  readonly evidence?: true;
  /** Kept in the system journal when there is no record to write it on (row 32). */
  readonly note?: { readonly event: string; readonly detail: string };
  readonly happenings: readonly Happening[];
  /** Every finding, for the journal and the operator. */
  readonly issues: readonly Issue[];
}

export interface SubmitFacts {
  readonly now: Instant;
  readonly messageId: string;
  readonly recordId: RecordId;
  readonly exchange: Exchange;
  /** Url of the partner, TimeToLive and so on come from the exchange. */
  readonly conversationId: string;
  readonly refToMessageId?: string;
  readonly parts: readonly PartRecord[];
  readonly policy: MshPolicy;
  readonly business?: BusinessData;
  readonly originId?: RecordId;
  readonly resendOf?: RecordId;
  readonly submittedBy?: SubmittedBy;
  /** For perMessage channels: what the sender asks (C25). */
  readonly wish?: { readonly ackRequested?: boolean; readonly duplicateElimination?: boolean };
}

/** The header to write and sign, and the record but for what sealing adds (envelope, fingerprint, signedReferences). */
export interface Submission {
  readonly message: EbmsMessage;
  readonly signing?: NonRepudiation;
  readonly record: Omit<MessageRecord, 'envelope' | 'fingerprint' | 'signedReferences'>;
  readonly journal: Change['journal'];
}

/**
 * What one POST of a message came to, after the transport's and the codec's reading of it. `words` are the partner's own: for
 * record and journal, which operators read, and for no log (row 159).
 */
export type TransmitOutcome =
  | { readonly kind: 'accepted' }
  /** No proof of arrival: time-out, connection, 5xx, HTML with 200 (row 38), an empty reply where a signal is due (row 37). */
  | {
      readonly kind: 'retryable';
      readonly detail: string;
      readonly words?: string;
      readonly notBefore?: Instant;
      /** There was no connection: the partner has received nothing of this attempt. */
      readonly unsent?: true;
      readonly evidence?: StagedBlob;
    }
  /** 400, 413, 415, 501, 505: the partner will never take these bytes (row 39). */
  | { readonly kind: 'refused'; readonly detail: string; readonly words?: string; readonly evidence?: StagedBlob };

/** First step of an attempt: count it and commit, then make it; or end the message without another one. */
export type AttemptStart =
  | { readonly kind: 'send'; readonly change: Change; readonly happenings: readonly Happening[] }
  | { readonly kind: 'end'; readonly change: Change; readonly happenings: readonly Happening[] }
  | { readonly kind: 'nothing' };

export type DeliverOutcome =
  /** The next owner has it: forwarded record committed, or pulled and confirmed. */
  | { readonly kind: 'handedOver'; readonly detail?: string }
  | { readonly kind: 'failed'; readonly detail: string }
  /** Nothing can be said of it, for the store is away: it is no attempt (house rule 8). */
  | { readonly kind: 'postponed'; readonly detail: string }
  /** What we hold cannot be handed over however often it is tried, such as damaged octets (row 23): an operator decides. */
  | { readonly kind: 'blocked'; readonly detail: string }
  /** Content refused; a StUF fault was sent when `faultSent` (architecture 3.6). */
  | { readonly kind: 'refused'; readonly detail: string; readonly codes: readonly string[] };

export type OperatorCommand = 'retry' | 'cancel' | 'redeliver' | 'discard';

/** What a step of a job, an operator or an application comes to. */
export interface Effect {
  /** Absent when there is nothing to write. */
  readonly change?: Change;
  readonly happenings: readonly Happening[];
}

export interface BeginFacts {
  readonly now: Instant;
  readonly record: MessageRecord;
  /** End of the claim's lease: when the attempt never reports back, the message falls due again here. */
  readonly leaseUntil: Instant;
  /** Which delivery job; the earliest open one when absent. */
  readonly key?: string;
  /** The time that `holdDeliver` has set for it, when its lease was prolonged before it began. */
  readonly held?: Instant;
}

export interface HoldFacts {
  readonly record: MessageRecord;
  readonly key: string;
  /** When the job was due, as its holder last saw it. */
  readonly held: Instant;
  readonly leaseUntil: Instant;
}

export interface EndTransmitFacts {
  readonly now: Instant;
  readonly record: MessageRecord;
  readonly outcome: TransmitOutcome;
}

export interface EndDeliverFacts {
  readonly now: Instant;
  readonly record: MessageRecord;
  readonly outcome: DeliverOutcome;
  /** Which delivery job; the earliest open one when absent. */
  readonly key?: string;
}

export type NotifyOutcome = { readonly kind: 'told' } | { readonly kind: 'failed'; readonly detail: string };

export interface EndNotifyFacts {
  readonly now: Instant;
  readonly record: MessageRecord;
  readonly outcome: NotifyOutcome;
}

export interface ConfirmFacts {
  readonly now: Instant;
  readonly record: MessageRecord;
  /** Which collect job; the earliest open one when absent. */
  readonly key?: string;
}

export interface Confirmed extends Effect {
  /** True: it was confirmed before, and this one changes nothing (row 56). */
  readonly already: boolean;
}

export interface OperateFacts {
  readonly now: Instant;
  readonly record: MessageRecord;
  readonly command: OperatorCommand;
  /** Who asked, for the journal; free of personal data beyond the account name. */
  readonly operator?: string;
}
