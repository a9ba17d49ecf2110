// The ebMS 2.0 header as values: one field per element of the fact sheet's section 4.
import type { DateTime, DigestReference, Severity } from '../base/index.ts';

export interface PartyId {
  readonly value: string;
  readonly type?: string;
}

export interface PartyRef {
  readonly partyIds: readonly PartyId[];
  readonly role?: string;
}

export interface Service {
  readonly value: string;
  readonly type?: string;
}

export interface MessageHeader {
  readonly version: string;
  readonly from: PartyRef;
  readonly to: PartyRef;
  readonly cpaId: string;
  readonly conversationId: string;
  readonly service: Service;
  readonly action: string;
  readonly messageId: string;
  readonly timestamp: DateTime;
  readonly refToMessageId?: string;
  readonly timeToLive?: DateTime;
  readonly duplicateElimination: boolean;
}

export interface SyncReply {
  readonly version: string;
  readonly actor: string;
}

export interface AckRequested {
  readonly version: string;
  readonly signed: boolean;
  /** Undefined when the attribute is absent, which means toPartyMSH (R84). */
  readonly actor?: string;
}

export interface Acknowledgment {
  readonly version: string;
  readonly actor?: string;
  readonly timestamp: DateTime;
  readonly refToMessageId: string;
  readonly from?: readonly PartyId[];
  readonly references: readonly DigestReference[];
}

export interface EbmsError {
  readonly codeContext: string;
  readonly errorCode: string;
  readonly severity: Severity;
  readonly location?: string;
  readonly description?: string;
}

export interface ErrorList {
  readonly version: string;
  readonly highestSeverity: Severity;
  readonly errors: readonly EbmsError[];
}

export interface MessageOrder {
  readonly version: string;
  readonly sequenceNumber: number;
  readonly status: 'Reset' | 'Continue';
}

export interface ManifestReference {
  readonly href: string;
  readonly role?: string;
}

export type MessageStatus = 'UnAuthorized' | 'NotRecognized' | 'Received' | 'Processed' | 'Forwarded';

/** A message's header and body elements, read from canonical text. Versions are read, not judged: the rules do that. */
export interface EbmsMessage {
  readonly header: MessageHeader;
  readonly syncReply: SyncReply | false;
  readonly ackRequested: readonly AckRequested[];
  readonly acknowledgment?: Acknowledgment;
  readonly errorList?: ErrorList;
  readonly messageOrder?: MessageOrder;
  readonly manifest?: { readonly version: string; readonly references: readonly ManifestReference[] };
  readonly statusRequest?: { readonly version: string; readonly refToMessageId: string };
  readonly statusResponse?: {
    readonly version: string;
    readonly refToMessageId: string;
    readonly status: MessageStatus;
    readonly timestamp?: DateTime;
  };
  /** Number of ds:Signature children of the SOAP Header. */
  readonly signatures: number;
}

/** What the message is for the MSH: decided by Service, Action and the elements present. */
export type MessageKind =
  | 'business'
  | 'acknowledgment'
  | 'error'
  | 'ping'
  | 'pong'
  | 'statusRequest'
  | 'statusResponse'
  | 'unknownSignal';

/** A SOAP 1.1 Fault to answer with; `detail` is safe for a stranger to read. */
export interface SoapFault {
  readonly code: 'Client' | 'Server' | 'MustUnderstand' | 'VersionMismatch';
  readonly detail: string;
  readonly where?: string;
}
