// What every use case of the gateway is given; nothing here is global.
import type { CpaPolicy } from '../agreement/index.ts';
import type { Clock, Ids, Instant } from '../base/index.ts';
import type { SignaturePolicy, SigningKey } from '../dsig/index.ts';
import type { OperatorRules, Route } from '../ggk/index.ts';
import type { JobKind, MshPolicy } from '../msh/index.ts';
import type { Observer } from '../observe/index.ts';
import type { Blobs, Store } from '../store/index.ts';
import type { StufParty } from '../stuf/index.ts';
import type { PartnerClient } from '../transport/index.ts';
import type { SchemaValidator } from '../xsd/index.ts';
import type { AgreementCache } from './agreements.ts';
import type { Room } from './direct.ts';
import type { EvidenceShares } from './evidence-share.ts';
import type { SidePosts } from './side-posts.ts';
import type { Turns } from './turns.ts';

export interface Limits {
  /** Largest HTTP body that is read (row 111). */
  readonly maxMessageBytes: number;
  /** Largest SOAP part: it is parsed as a whole. */
  readonly maxEnvelopeBytes: number;
  readonly maxParts: number;
}

/** Finds the private key that belongs to a certificate of the CPA; undefined when we do not hold it. */
export type KeyRing = (certificateFingerprint: string) => SigningKey | undefined;

/** Judges a signer's certificate at an instant: undefined when it may be trusted, else the reason (DK-075, DK-076). */
export type SignerTrust = (certificateDer: Uint8Array, at: number) => string | undefined;

export type ContentPolicy = 'off' | 'warn' | 'refuse';

/** The hub's part: who may send for whom, and the rules of section 12 that an operator sets. */
export interface HubSettings extends OperatorRules {
  /** PartyId of a sender → codes it may use as `zender.organisatie` (row 64). */
  readonly senders: ReadonlyMap<string, readonly string[]>;
  /** How we call ourselves in a Fo01. */
  readonly self: StufParty;
  readonly codeList: 'L18' | 'L25';
}

export interface GatewayContext {
  readonly ownOins: readonly string[];
  /** Domain part of the MessageIds we make (R33). */
  readonly messageIdDomain: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly observer: Observer;
  readonly client: PartnerClient;
  readonly validator: SchemaValidator;
  readonly agreements: AgreementCache;
  readonly keyRing: KeyRing;
  readonly signerTrust: SignerTrust;
  readonly signaturePolicy: SignaturePolicy;
  readonly policy: MshPolicy;
  readonly limits: Limits;
  readonly leaseMs: number;
  /** Content checks per standard (`iWmo`, `iJw`, …); `*` for the rest. */
  readonly contentPolicy: ReadonlyMap<string, ContentPolicy>;
  /** Content check of what our own application submits (row 157). */
  readonly submitPolicy: ContentPolicy;
  /** Whether the application fetches what becomes of its messages, or asks how each stands (decision 0009). */
  readonly applicationEvents: 'log' | 'pull';
  /** Which agreement carries which message. */
  readonly routes: readonly Route[];
  /** Absent at a municipality's own gateway. */
  readonly hub: HubSettings | undefined;
  /** What the import of a CPA is checked against. */
  readonly cpaPolicy: Omit<CpaPolicy, 'now' | 'existing'>;
  /** Large documents in memory wait for each other. */
  readonly turns: Turns;
  /** Signals that no job carries, on their way. */
  readonly sidePosts: SidePosts;
  /** What may be kept of what is not accepted, and of what cannot be read. */
  readonly evidence: EvidenceShares;
  /** A partner that proved who it is wrote this Timestamp in a message that is new to us (row 29). */
  readonly heardTime: (partner: string, said: Instant) => void;
  /** Tells the worker that a job of this process may be due now. */
  readonly wake: () => void;
  /**
   * Keeps room with this process's worker for jobs of these kinds of a message to a peer, after a moment when it is full;
   * undefined when it stays full or does not run.
   */
  readonly reserve: (kinds: readonly JobKind[], peerOin: string) => Promise<Room | undefined>;
}

export function contentPolicyFor(context: GatewayContext, standard: string): ContentPolicy {
  return context.contentPolicy.get(standard) ?? context.contentPolicy.get('*') ?? 'refuse';
}

/** What reading and judging a message needs; enough for `dk message inspect`, which has no store. */
export type JudgeContext = Pick<
  GatewayContext,
  'agreements' | 'clock' | 'signaturePolicy' | 'signerTrust' | 'policy' | 'blobs' | 'limits'
>;
