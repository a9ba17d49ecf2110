// A CPA as the gateway uses it: two parties, what each may send and receive, and over which channel.
import type { Duration, Instant } from '../base/index.ts';
import type { PartyId, Service } from '../ebms/types.ts';

export type Presence = 'always' | 'never' | 'perMessage';
export type SyncReplyMode = 'none' | 'mshSignalsOnly' | 'signalsOnly' | 'responseOnly' | 'signalsAndResponse';

/** A certificate of the CPA. The CPA is the only source of keys (R63, row 147). */
export interface AgreementCertificate {
  readonly certId: string;
  readonly der: Uint8Array;
  /** Lower-case hex SHA-256 of the DER: the key under which parsed public keys are cached. */
  readonly fingerprint: string;
  /** Line of the Certificate element. */
  readonly line?: number;
}

export interface ReliableMessaging {
  readonly retries: number;
  readonly retryInterval: Duration;
}

export interface NonRepudiation {
  readonly line?: number;
  readonly hashFunction: string;
  readonly signatureAlgorithm: string;
  /** Present on the sender's side (SigningCertificateRef). */
  readonly certificate?: AgreementCertificate;
}

export interface DigitalEnvelope {
  readonly algorithm: string;
  readonly certificate?: AgreementCertificate;
}

export interface Endpoint {
  readonly uri: string;
  readonly type: 'login' | 'request' | 'response' | 'error' | 'allPurpose';
  readonly line?: number;
}

/** A TransportProtocol or TransportSecurityProtocol: what the CPA says, never what TLS really does (DK-005). */
export interface ProtocolName {
  readonly name: string;
  readonly version?: string;
}

/** One side (sender or receiver) of a channel as the document states it; only the import check reads this. */
export interface ChannelSide {
  /** False when TransportSender or TransportReceiver is absent. */
  readonly transport: boolean;
  readonly protocol?: ProtocolName;
  readonly security?: ProtocolName;
  /** Elements basic or digest (DK-004). */
  readonly accessAuthentication: boolean;
  /** Version of ebXMLSenderBinding or ebXMLReceiverBinding; undefined when the element is absent (V11, V22). */
  readonly bindingVersion?: string;
  /** ReliableMessaging is there, with or without its numbers (V13). */
  readonly reliableMessaging: boolean;
  readonly guaranteedOrder: boolean;
}

/** Where a channel stands in the document and what only the import check looks at. */
export interface ChannelSource {
  readonly line?: number;
  readonly sender: ChannelSide;
  readonly receiver: ChannelSide;
}

/** One DeliveryChannel with its Transport and DocExchange resolved (C18). */
export interface DeliveryChannel {
  readonly channelId: string;
  readonly syncReplyMode: SyncReplyMode;
  readonly ackRequested: Presence;
  readonly ackSignatureRequested: Presence;
  readonly duplicateElimination: Presence;
  readonly actor?: string;
  readonly endpoints: readonly Endpoint[];
  readonly clientCertificate?: AgreementCertificate;
  readonly serverCertificate?: AgreementCertificate;
  readonly senderReliability?: ReliableMessaging;
  readonly receiverReliability?: ReliableMessaging;
  readonly senderPersistDuration?: Duration;
  readonly receiverPersistDuration?: Duration;
  readonly senderNonRepudiation?: NonRepudiation;
  readonly receiverNonRepudiation?: NonRepudiation;
  readonly senderEnvelope?: DigitalEnvelope;
  readonly receiverEnvelope?: DigitalEnvelope;
  readonly messageOrder: boolean;
  /** Anchors that this party accepts for the other's client, server and signing certificate (C17). */
  readonly clientAnchors?: readonly AgreementCertificate[];
  readonly serverAnchors?: readonly AgreementCertificate[];
  readonly signerAnchors?: readonly AgreementCertificate[];
  /** Absent in an agreement that was not read from a document. */
  readonly source?: ChannelSource;
}

export interface ActionBinding {
  readonly id: string;
  readonly direction: 'send' | 'receive';
  readonly role: string;
  readonly service: Service;
  readonly action: string;
  readonly otherId?: string;
  readonly nonRepudiation: boolean;
  readonly confidentialPersistent: boolean;
  readonly channel: DeliveryChannel;
  /** Exchanged on the connection of the binding it is nested in (C13). */
  readonly nested?: boolean;
  readonly line?: number;
}

export interface AgreementParty {
  readonly name: string;
  readonly partyIds: readonly PartyId[];
  readonly bindings: readonly ActionBinding[];
  readonly defaultChannel: DeliveryChannel;
  /** MSH action to channel (C27). */
  readonly overrides: ReadonlyMap<string, DeliveryChannel>;
  readonly certificates: readonly AgreementCertificate[];
  readonly line?: number;
}

export interface Agreement {
  readonly cpaId: string;
  readonly version: string;
  readonly status: 'proposed' | 'agreed' | 'signed';
  readonly start: Instant;
  readonly end: Instant;
  readonly parties: readonly [AgreementParty, AgreementParty];
  /** Number of ds:Signature elements (C31). */
  readonly signatures?: number;
  /** ConversationConstraints is there; it is not enforced (C7). */
  readonly constrained?: boolean;
  /** Lower-case hex SHA-256 of the document's bytes. */
  readonly sha256: string;
}

export type Profile = 'osb-be' | 'osb-rm' | 'osb-be-s' | 'osb-rm-s' | 'osb-be-e' | 'osb-rm-e';

/** All that one message from one party to the other needs to know (cpa2 §4 step 6); plain data of one direction. */
/** An agreement and the way of a message under it, whatever the message is about. */
export interface Between {
  readonly cpaId: string;
  readonly agreement: Agreement;
  readonly from: AgreementParty;
  readonly to: AgreementParty;
}

export interface Exchange extends Between {
  readonly fromRole?: string;
  readonly toRole?: string;
  readonly service: Service;
  readonly action: string;
  readonly sendChannel: DeliveryChannel;
  readonly receiveChannel: DeliveryChannel;
  /** Where the message is POSTed. */
  readonly url: string;
  /** The sender must sign, with this certificate and these algorithms (C15). */
  readonly signing?: NonRepudiation;
  readonly encrypted: boolean;
  readonly profile: Profile;
}
