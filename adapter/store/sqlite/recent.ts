// The octets that were just written: a message is read again a moment after its commit, to be judged and to be sent.
import type { StagedBlob } from '../../msh/change.ts';
import { Bounded } from './bounded.ts';

/** Enough for two hundred messages in hand; what falls out is read from the database. */
const MAX_BYTES = 4 * 1024 * 1024;

/** By digest, so that nothing in it can be stale; the oldest falls out first. */
export class RecentBlobs {
  readonly #kept = new Bounded<string, Uint8Array>(MAX_BYTES);

  remember(blobs: readonly StagedBlob[]): void {
    for (const { sha256, inline } of blobs)
      if (inline !== undefined && !this.#kept.has(sha256)) this.#kept.put(sha256, inline, inline.length);
  }

  get(sha256: string): Uint8Array | undefined {
    return this.#kept.get(sha256);
  }

  forget(sha256: string): void {
    this.#kept.delete(sha256);
  }
}
