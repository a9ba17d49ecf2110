// A map of bounded size: what was put in first falls out first.

export class Bounded<K, V> {
  readonly #mostBytes: number;
  readonly #kept = new Map<K, { readonly value: V; readonly bytes: number }>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The last put in, also when the key was there; what is larger than all the room is not kept. */
  put(key: K, value: V, bytes: number): void {
    this.delete(key);
    this.#kept.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#mostBytes) return;
      this.delete(oldest);
    }
  }

  get(key: K): V | undefined {
    return this.#kept.get(key)?.value;
  }

  has(key: K): boolean {
    return this.#kept.has(key);
  }

  delete(key: K): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
