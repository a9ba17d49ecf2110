// Group commit: writes that arrive together share one transaction and one fsync (D2), each with its own result.
import type { Database } from 'better-sqlite3';
import { StoreUnavailable } from '../contract.ts';
import { asStoreError, isBusy } from './errors.ts';

/** Writes above this number go into the next group, so that no group holds the event loop for long. */
const MAX_GROUP = 256;
/**
 * Shortest time between two groups: alone a write goes at once, under load more of them share one fsync. A group costs as
 * much as some ten writes, so without this pause the small groups of a busy loop would eat a quarter of it.
 */
const PACE_MS = 5;
/** A group of this size is worth its fsync, and goes without waiting. */
const FULL_GROUP = 48;
/** Pause before a group that found the database locked by another process is tried again (row 20). */
const BUSY_PAUSE_MS = 10;

export interface WriterOptions {
  /** Waiting writes above which new ones are refused (row 18). */
  readonly maxWaiting: number;
  /** How long the lock of another process is waited for before a group fails. */
  readonly busyMs: number;
}

export interface WriterStats {
  /** Transactions on disk, and the writes in them. */
  readonly groups: number;
  readonly writes: number;
  readonly waiting: number;
}

interface Waiting {
  /** Touches nothing but the database: it runs again after a rollback. */
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

type Outcome =
  | { readonly kind: 'durable'; readonly results: readonly unknown[] }
  /** `culprit` is the write that threw; without it the transaction as a whole failed. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly culprit?: Waiting };

export class GroupWriter {
  readonly #db: Database;
  readonly #options: WriterOptions;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #closed = false;
  #busySince: number | undefined;
  #idle: (() => void) | undefined;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #pace: NodeJS.Timeout | undefined;
  #groups = 0;
  #writes = 0;

  constructor(db: Database, options: WriterOptions) {
    this.#db = db;
    this.#options = options;
  }

  /** Runs `work` in the next group; resolves with its value when the group is on disk. Rejects with StoreUnavailable. */
  write<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('the store is closed'));
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.reject(new StoreUnavailable(`${this.#waiting.length} writes are waiting`));
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: never) => void, reject });
      this.#schedule();
    });
  }

  stats(): WriterStats {
    return { groups: this.#groups, writes: this.#writes, waiting: this.#waiting.length };
  }

  /** Takes nothing new; resolves when all that waited has been told. */
  close(): Promise<void> {
    this.#closed = true;
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  /** What one round of I/O events brings is queued before the check phase: that is the group. */
  #schedule(): void {
    if (this.#scheduled) {
      if (this.#pace === undefined || this.#waiting.length < FULL_GROUP) return;
      clearTimeout(this.#pace);
      this.#pace = undefined;
      setImmediate(() => this.#flush());
      return;
    }
    this.#scheduled = true;
    const wait = this.#closed ? 0 : this.#flushedAt + PACE_MS - performance.now();
    if (wait <= 0 || this.#waiting.length >= FULL_GROUP) setImmediate(() => this.#flush());
    else this.#pace = setTimeout(() => this.#flush(), wait);
  }

  #flush(): void {
    this.#pace = undefined;
    let group: readonly Waiting[] = this.#waiting.slice(0, MAX_GROUP);
    const size = group.length;
    const told: (() => void)[] = [];
    while (group.length > 0) {
      const outcome = this.#transaction(group);
      if (outcome.kind === 'failed' && isBusy(outcome.error) && this.#mayWait()) {
        this.#waiting = [...group, ...this.#waiting.slice(size)];
        setTimeout(() => this.#flush(), BUSY_PAUSE_MS);
        for (const tell of told) tell();
        return;
      }
      const { rest, tell } = settle(group, outcome);
      told.push(tell);
      group = rest;
    }
    this.#flushedAt = performance.now();
    this.#busySince = undefined;
    this.#scheduled = false;
    this.#waiting = this.#waiting.slice(size);
    if (this.#waiting.length > 0) this.#schedule();
    for (const tell of told) tell();
    if (this.#waiting.length === 0) this.#idle?.();
  }

  #transaction(group: readonly Waiting[]): Outcome {
    let current: Waiting | undefined;
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      const results: unknown[] = [];
      for (const one of group) {
        current = one;
        results.push(one.work());
      }
      current = undefined;
      this.#db.exec('COMMIT');
      this.#groups += 1;
      this.#writes += group.length;
      return { kind: 'durable', results };
    } catch (error) {
      this.#rollBack();
      return current === undefined ? { kind: 'failed', error } : { kind: 'failed', error, culprit: current };
    }
  }

  #rollBack(): void {
    try {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
    } catch {
      // The disk is gone: nothing of the group is durable either way, and the next BEGIN tells it again.
    }
  }

  #mayWait(): boolean {
    const now = performance.now();
    this.#busySince ??= now;
    return now - this.#busySince < this.#options.busyMs;
  }
}

/** Who is told what: all of a durable group their result; a wrong write its own error, and the rest go again without it. */
function settle(group: readonly Waiting[], outcome: Outcome): { rest: readonly Waiting[]; tell: () => void } {
  if (outcome.kind === 'durable') {
    const { results } = outcome;
    const tell = (): void => {
      for (const [i, one] of group.entries()) one.resolve(results[i] as never);
    };
    return { rest: [], tell };
  }
  const error = asStoreError(outcome.error);
  const { culprit } = outcome;
  if (culprit !== undefined && !(error instanceof StoreUnavailable)) {
    return { rest: group.filter((one) => one !== culprit), tell: () => culprit.reject(error) };
  }
  // None of the group is durable: all are told, and each caller still holds what it wanted to write.
  const tell = (): void => {
    for (const one of group) one.reject(error);
  };
  return { rest: [], tell };
}
