// Counts connections per address, knows their age, and can cut them all.
import type { Socket } from 'node:net';
import { plainAddress } from './address-list.ts';

export class Connections {
  readonly #sockets = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();
  readonly #maxPerAddress: number;
  readonly #isExempt: (address: string) => boolean;

  /** `isExempt`: addresses that many partners share, such as our own proxy. */
  constructor(maxPerAddress: number, isExempt: (address: string) => boolean) {
    this.#maxPerAddress = maxPerAddress;
    this.#isExempt = isExempt;
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** Registers a new connection; false when its address has too many already (row 97). */
  add(socket: Socket): boolean {
    const address = addressOf(socket);
    const count = this.#perAddress.get(address) ?? 0;
    if (count >= this.#maxPerAddress && !this.#isExempt(address)) return false;
    this.#sockets.add(socket);
    this.#perAddress.set(address, count + 1);
    socket.once('close', () => this.#remove(socket, address));
    return true;
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #remove(socket: Socket, address: string): void {
    this.#sockets.delete(socket);
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
  }
}

export function addressOf(socket: Socket): string {
  return plainAddress(socket.remoteAddress ?? '');
}
