// What a store must do, in few verbs; each is atomic and says what the loser of a race is told.
// Every verb is one statement about one aggregate (D1), so a document store can do the same: `commit` is an insert, or a
// replacement filtered on `version`; `claim` is a find-and-modify on the due time; journal and blobs are written before it
// and are harmless alone. No verb needs a join or a transaction over several messages.
import type { Instant, LaneRoom, Share } from '../base/index.ts';
import type {
  BlobRef,
  Change,
  CommitResult,
  JobKind,
  JournalEntry,
  MessageRecord,
  RecordId,
  StagedBlob,
} from '../msh/change.ts';
import type { Lane } from '../msh/index.ts';

export interface Store {
  /** The records in the order asked; undefined where there is none. One consistent read. */
  load(ids: readonly RecordId[]): Promise<readonly (MessageRecord | undefined)[]>;
  /** Writes one decision: record, jobs, journal and small blobs together, durable when it resolves (house rule 1, R101). */
  commit(change: Change): Promise<CommitResult>;
  /**
   * Takes up to `room` messages that have a due job of one of the kinds, oldest first: moves their `dueAt` to `now + leaseMs`
   * and raises their version in one atomic statement. Whoever commits with the older version is told `conflict`.
   * The jobs in the record keep their `runAt`. Every commit sets the due times anew from its jobs, which ends the lease; only
   * that on an unmoved `collect` job stays, because its holder is outside and another job's commit must not offer the
   * message to a second reader (rows 7, 12).
   * What a `ClaimRoom` has no place for is left as it is, and hides nothing behind it however much it is: a document store
   * asks again for a peer other than those that are full.
   */
  claim(
    kinds: readonly JobKind[],
    now: Instant,
    leaseMs: number,
    room: number | ClaimRoom,
  ): Promise<readonly MessageRecord[]>;
  /** Newest first by `acceptedAt`; rejects with `InvalidCursor` when the cursor is not one that a page gave. */
  search(filter: MessageFilter, page: Page): Promise<Found>;
  journal(id: RecordId): Promise<readonly JournalEntry[]>;
  /** Something worth keeping that belongs to no message, such as an acknowledgment of an unknown one (row 32). */
  note(entry: SystemNote): Promise<void>;
  notes(limit: number): Promise<readonly SystemNote[]>;
  /** Open work per job kind, for metrics: how many are due and how old the oldest is. */
  backlog(now: Instant): Promise<readonly Backlog[]>;
  /** Resolves when a write reaches the disk, rejects otherwise: readiness (row 16). */
  probe(): Promise<void>;
  /** Writes `value` under `name` when nothing stands there yet; resolves with what stands. For what may not change later. */
  keepFirst(name: string, value: string): Promise<string>;
  readonly agreements: AgreementDocuments;
  readonly blobs: Blobs;
  /** Deletes records whose `keepUntil` has passed and that have no open job; returns how many. */
  purge(before: Instant, max: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * Free places for a claim, of which no peer (`terms.peerOin`) gets more than its share of a lane (`placesLeft`, base;
 * `LANE_OF`, msh), those that the claim itself takes counted in; work without a lane needs only a free place.
 */
export interface ClaimRoom {
  readonly max: number;
  readonly share: Share;
  readonly lanes: Readonly<Record<Lane, LaneRoom>>;
}

export interface MessageFilter {
  readonly direction?: 'in' | 'out';
  readonly states?: readonly string[];
  readonly cpaId?: string;
  readonly messageId?: string;
  readonly conversationId?: string;
  readonly referentienummer?: string;
  readonly functie?: string;
  readonly since?: Instant;
  readonly until?: Instant;
}

export interface Page {
  /** 1 … 1000. */
  readonly limit: number;
  /** As returned by the page before. */
  readonly cursor?: string;
}

export interface Found {
  readonly messages: readonly MessageRecord[];
  readonly next?: string;
}

export interface SystemNote {
  readonly at: Instant;
  readonly event: string;
  readonly detail: string;
  readonly evidence?: StagedBlob;
}

export interface Backlog {
  readonly kind: JobKind;
  readonly ready: number;
  readonly oldestDueAt?: Instant;
}

/** CPAs as documents; parsing them is the gateway's business. */
export interface StoredCpa {
  readonly cpaId: string;
  readonly xml: Uint8Array;
  readonly sha256: string;
  readonly importedAt: Instant;
  readonly importedBy: string;
}

export interface AgreementDocuments {
  /** Stores one CPA; `exists` when the id is there with other content and `replace` is false (V2, row 82). */
  put(cpa: StoredCpa, replace: boolean): Promise<'ok' | 'same' | 'exists'>;
  get(cpaId: string): Promise<StoredCpa | undefined>;
  list(): Promise<readonly Omit<StoredCpa, 'xml'>[]>;
  /** False when it is not there; the note is written with the removal, or neither is. */
  remove(cpaId: string, note: SystemNote): Promise<boolean>;
  /** Grows by one with each put or remove, so that a cache can tell that it is stale. */
  revision(): Promise<number>;
}

export interface BlobWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** Small blobs come back with `inline` and are durable with the commit; larger ones are durable when this resolves. */
  finish(): Promise<StagedBlob>;
  /** Drops what was written, after `finish` too when no record names it and nobody else stores the same; safe at any time. */
  abort(): Promise<void>;
}

export interface Blobs {
  writer(): BlobWriter;
  /** The octets; rejects with `BlobDamaged` when they do not have the digest they are named by (row 23). */
  get(ref: BlobRef): AsyncIterable<Uint8Array>;
  /** All of them. Above `INLINE_BLOB_BYTES` they are the caller's own, to give away; smaller ones others may hold too. */
  read(ref: BlobRef): Promise<Uint8Array>;
  /** Removes files that no record names and that are older than `before`; returns how many (rows 1, 2). */
  sweep(before: Instant): Promise<number>;
}

/** Largest blob that is written in the commit itself (D2). */
export const INLINE_BLOB_BYTES = 128 * 1024;

export class BlobDamaged extends Error {
  override readonly name = 'BlobDamaged';
}
/** A cursor that no page gave; the caller's mistake (400). */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}
/** No store of this program can be here: of another kind, or with the layout of another version. Its words are for the operator. */
export class StoreUnfit extends Error {
  override readonly name = 'StoreUnfit';
}
/** The store cannot take work now: disk full, read-only, locked. Callers answer 503 and nothing is lost (rows 16, 21). */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
