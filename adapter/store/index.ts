// Store: messages with their jobs and journal, blobs, CPAs. The contract is in contract.ts; a URL chooses the implementation.

import type { Store } from './contract.ts';
import { openSqlite } from './sqlite/index.ts';

export * from './contract.ts';

export interface StoreOptions {
  /** Waiting writes above which new ones are refused with StoreUnavailable (row 18). */
  readonly maxWaiting?: number;
}

/** Opens `sqlite:<folder>` or `sqlite::memory:`. Rejects with StoreUnavailable when the folder cannot be used. */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  const place = /^sqlite:(.+)$/.exec(url)?.[1];
  if (place === undefined) throw new Error(`store ${url}: expected sqlite:<folder> or sqlite::memory:`);
  return openSqlite(place, { maxWaiting: options.maxWaiting ?? 5_000 });
}
