// How many requests may be in the door at once, in all and per peer (row 18).

export class Capacity {
  readonly #max: number;
  readonly #maxPerPeer: number;
  readonly #perPeer = new Map<string, number>();
  #running = 0;

  constructor(max: number, maxPerPeer: number) {
    this.#max = max;
    this.#maxPerPeer = maxPerPeer;
  }

  get running(): number {
    return this.#running;
  }

  /** Takes a place and gives the function that hands it back; undefined when full. */
  take(peer: string): (() => void) | undefined {
    const own = this.#perPeer.get(peer) ?? 0;
    if (this.#running >= this.#max || own >= this.#maxPerPeer) return undefined;
    this.#running += 1;
    this.#perPeer.set(peer, own + 1);
    return () => this.#release(peer);
  }

  #release(peer: string): void {
    this.#running -= 1;
    const left = (this.#perPeer.get(peer) ?? 1) - 1;
    if (left > 0) this.#perPeer.set(peer, left);
    else this.#perPeer.delete(peer);
  }
}
