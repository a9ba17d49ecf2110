// One undici pool per partner and address, at most so many, the least used one leaving first.
import type { Pool } from 'undici';

export interface PoolSettings {
  readonly maxPools: number;
  readonly idlePoolMs: number;
  readonly create: (origin: string) => Pool;
}

interface Entry {
  readonly pool: Pool;
  running: number;
  usedAt: number;
}

/** Times are monotonic milliseconds, handed in by the caller. */
export class Pools {
  readonly #settings: PoolSettings;
  readonly #entries = new Map<string, Entry>();

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Runs `work` on the pool of this partner; a pool in use is never evicted. */
  async use<T>(origin: string, peerOin: string, at: number, work: (pool: Pool) => Promise<T>): Promise<T> {
    const key = `${peerOin} ${origin}`;
    const entry = this.#entries.get(key) ?? { pool: this.#settings.create(origin), running: 0, usedAt: at };
    // Taken out and put back: the map's order is the order of use.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.running += 1;
    entry.usedAt = at;
    this.#evict(at);
    try {
      return await work(entry.pool);
    } finally {
      entry.running -= 1;
    }
  }

  /** Lets running posts end and closes every pool. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(({ pool }) => pool.close()));
  }

  #evict(at: number): void {
    for (const [key, entry] of this.#entries) {
      const isIdle = at - entry.usedAt > this.#settings.idlePoolMs;
      if (!isIdle && this.#entries.size <= this.#settings.maxPools) return;
      if (entry.running > 0) continue;
      this.#entries.delete(key);
      void entry.pool.close();
    }
  }
}
