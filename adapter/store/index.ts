// Store: messages with their jobs and journal, blobs, CPAs. The contract is in contract.ts; a URL chooses the implementation.

import { type Store, StoreUnfit } from './contract.ts';
import { openSqlite } from './sqlite/index.ts';

export * from './contract.ts';

export interface StoreOptions {
  /** Waiting writes above which new ones are refused with StoreUnavailable (row 18). */
  readonly maxWaiting?: number;
  /** How long a lock held by another process is waited for before writes fail with StoreUnavailable, in ms. */
  readonly busyMs?: number;
  /** Size of the database above which writes are refused as if the disk were full (rows 21, 22). */
  readonly maxDatabaseBytes?: number;
}

export interface OpenedStore extends Store {
  /** Transactions on disk and the writes that shared them, since the start; and how many wait. */
  stats(): { readonly groups: number; readonly writes: number; readonly waiting: number };
}

/**
 * Opens `sqlite:<folder>` or `sqlite::memory:`. Rejects with StoreUnavailable when the folder cannot be used, with StoreUnfit for
 * another kind of store and for one of another version.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<OpenedStore> {
  const place = /^sqlite:(.+)$/.exec(url)?.[1];
  if (place === undefined) throw new StoreUnfit(`gevonden ${schemeOf(url)}; verwacht ${EXPECTED}`);
  const { maxWaiting = 5_000, busyMs = 5_000, maxDatabaseBytes } = options;
  return openSqlite(place, { maxWaiting, busyMs, maxDatabaseBytes });
}

const EXPECTED = 'sqlite:<map> of sqlite::memory:; andere soorten zijn er in deze versie niet';

/** A URL may hold a password; only its scheme is repeated. */
const schemeOf = (url: string): string => /^([a-z][a-z0-9+]*):/.exec(url)?.[1] ?? 'iets anders';
