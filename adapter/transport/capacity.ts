// How many requests may be in the door at once: in all, per peer, and of all strangers together (row 18).

export interface Bounds {
  readonly max: number;
  readonly maxPerPeer: number;
  readonly maxStrangers: number;
}

export interface Asker {
  /** What tells one peer from another. */
  readonly key: string;
  readonly stranger: boolean;
}

export class Capacity {
  readonly #bounds: Bounds;
  readonly #perPeer = new Map<string, number>();
  #running = 0;
  #strangers = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get running(): number {
    return this.#running;
  }

  /** Takes a place and gives the function that hands it back; undefined when full. */
  take({ key, stranger }: Asker): (() => void) | undefined {
    const { max, maxPerPeer, maxStrangers } = this.#bounds;
    const own = this.#perPeer.get(key) ?? 0;
    if (this.#running >= max || own >= maxPerPeer || (stranger && this.#strangers >= maxStrangers)) return undefined;
    this.#running += 1;
    this.#perPeer.set(key, own + 1);
    if (stranger) this.#strangers += 1;
    return () => this.#release({ key, stranger });
  }

  #release({ key, stranger }: Asker): void {
    this.#running -= 1;
    if (stranger) this.#strangers -= 1;
    const left = (this.#perPeer.get(key) ?? 1) - 1;
    if (left > 0) this.#perPeer.set(key, left);
    else this.#perPeer.delete(key);
  }
}
