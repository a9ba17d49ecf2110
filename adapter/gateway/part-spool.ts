// A part on its way to the store. When that takes no more, the part is read to its end all the same: it may be a copy (row 24).
import type { StagedBlob } from '../msh/index.ts';
import { type BlobWriter, StoreUnavailable } from '../store/index.ts';

export class PartSpool {
  readonly #writer: BlobWriter;
  #lost: StoreUnavailable | undefined;

  constructor(writer: BlobWriter) {
    this.#writer = writer;
  }

  /** Why its octets are not in the store; undefined when they are. */
  get lost(): StoreUnavailable | undefined {
    return this.#lost;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#lost === undefined) await this.#attempt(() => this.#writer.write(chunk));
  }

  /** What was written, or, when that was lost, what the reader counted: enough to know the part by. */
  async finish({ sha256, bytes }: { readonly sha256: string; readonly bytes: number }): Promise<StagedBlob> {
    const stored = this.#lost === undefined ? await this.#attempt(() => this.#writer.finish()) : undefined;
    return stored ?? { sha256, bytes };
  }

  abort(): Promise<void> {
    return this.#writer.abort();
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#lost = error;
      await this.#writer.abort();
      return undefined;
    }
  }
}
