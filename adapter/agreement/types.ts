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
}

export interface ReliableMessaging {
  readonly retries: number;
  readonly retryInterval: Duration;
}

export interface NonRepudiation {
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
}

export interface AgreementParty {
  readonly name: string;
  readonly partyIds: readonly PartyId[];
  readonly bindings: readonly ActionBinding[];
  readonly defaultChannel: DeliveryChannel;
  /** MSH action to channel (C27). */
  readonly overrides: ReadonlyMap<string, DeliveryChannel>;
  readonly certificates: readonly AgreementCertificate[];
}

export interface Agreement {
  readonly cpaId: string;
  readonly version: string;
  readonly status: 'proposed' | 'agreed' | 'signed';
  readonly start: Instant;
  readonly end: Instant;
  readonly parties: readonly [AgreementParty, AgreementParty];
  /** Lower-case hex SHA-256 of the document's bytes. */
  readonly sha256: string;
}

export type Profile = 'osb-be' | 'osb-rm' | 'osb-be-s' | 'osb-rm-s' | 'osb-be-e' | 'osb-rm-e';

/** All that one message from one party to the other needs to know (cpa2 §4 step 6); plain data of one direction. */
export interface Exchange {
  readonly cpaId: string;
  readonly agreement: Agreement;
  readonly from: AgreementParty;
  readonly to: AgreementParty;
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
