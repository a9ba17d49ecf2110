// Group commit: writes that arrive together share one transaction and one fsync (D2).
import type { Database } from 'better-sqlite3';
import { StoreUnavailable } from '../contract.ts';
import { asStoreError } from './errors.ts';

interface Waiting {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

export interface GroupWriter {
  /** Runs `work` in the next group; resolves with its value when the group is durable. */
  write<T>(work: () => T): Promise<T>;
  /** Groups committed and writes in them, for tests and the bench. */
  stats(): { readonly groups: number; readonly writes: number };
  /** Resolves when nothing waits any more. */
  drain(): Promise<void>;
}

/** Writes above this number go into the next group, so that no group holds the event loop for long. */
const MAX_GROUP = 256;

export function createGroupWriter(db: Database, maxWaiting: number): GroupWriter {
  let waiting: Waiting[] = [];
  let scheduled = false;
  let groups = 0;
  let writes = 0;
  let idle: (() => void)[] = [];

  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');

  const runGroup = (group: readonly Waiting[]): void => {
    const results: unknown[] = [];
    try {
      begin.run();
      for (const one of group) results.push(one.work());
      commit.run();
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      // None of the group is durable: all are told, and each caller still holds what it wanted to write.
      for (const one of group) one.reject(asStoreError(error));
      return;
    }
    groups += 1;
    writes += group.length;
    for (const [i, one] of group.entries()) one.resolve(results[i] as never);
  };
  const flush = (): void => {
    scheduled = false;
    const group = waiting.slice(0, MAX_GROUP);
    waiting = waiting.slice(MAX_GROUP);
    if (group.length > 0) runGroup(group);
    if (waiting.length > 0) schedule();
    else {
      for (const resolve of idle) resolve();
      idle = [];
    }
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  };
  return {
    write<T>(work: () => T): Promise<T> {
      if (waiting.length >= maxWaiting) return Promise.reject(new StoreUnavailable(`${maxWaiting} writes are waiting`));
      return new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (value: never) => void, reject });
        schedule();
      });
    },
    stats: () => ({ groups, writes }),
    drain: () =>
      waiting.length === 0 && !scheduled ? Promise.resolve() : new Promise((resolve) => idle.push(resolve)),
  };
}
