// The octets that were just written: a message is read again a moment after its commit, to be judged and to be sent.
import type { StagedBlob } from '../../msh/change.ts';

/** Enough for a few hundred messages in hand; what falls out is read from the database. */
const MAX_BYTES = 8 * 1024 * 1024;

/** By digest, so that nothing in it can be stale; the oldest falls out first. */
export class RecentBlobs {
  readonly #kept = new Map<string, Uint8Array>();
  #bytes = 0;

  remember(blobs: readonly StagedBlob[]): void {
    for (const { sha256, inline } of blobs) {
      if (inline === undefined || this.#kept.has(sha256)) continue;
      this.#kept.set(sha256, inline);
      this.#bytes += inline.length;
    }
    for (const sha256 of this.#kept.keys()) {
      if (this.#bytes <= MAX_BYTES) return;
      this.forget(sha256);
    }
  }

  get(sha256: string): Uint8Array | undefined {
    return this.#kept.get(sha256);
  }

  forget(sha256: string): void {
    this.#bytes -= this.#kept.get(sha256)?.length ?? 0;
    this.#kept.delete(sha256);
  }
}
