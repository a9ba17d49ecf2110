// Collects a small part in memory, up to a limit.
import { Octets } from '../base/index.ts';
import type { PartSink } from '../mime/index.ts';

export class MemorySink implements PartSink {
  readonly #limit: number;
  readonly #kept = new Octets();
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** True when more came than the limit; what came beyond it was not kept. */
  get overflow(): boolean {
    return this.#length > this.#limit;
  }

  write(chunk: Uint8Array): void {
    this.#length += chunk.length;
    if (!this.overflow) this.#kept.add(chunk);
  }

  bytes(): Uint8Array {
    return this.#kept.bytes();
  }
}
