// Octets that arrive in pieces, gathered at about their own size.

/** A Buffer of its own costs some hundreds of octets, however little it holds. */
const SMALL_BYTES = 1024;
const BLOCK_BYTES = 4 * SMALL_BYTES;

/**
 * Pieces are kept as they are; small ones share blocks. A sender decides how small its pieces are: a megabyte in records of
 * one octet, each in a Buffer of its own, took six hundred (row 97).
 */
export class Octets {
  readonly #pieces: Uint8Array[] = [];
  #block: Buffer | undefined;
  #used = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    this.#length += piece.length;
    if (piece.length >= SMALL_BYTES) {
      this.#closeBlock();
      this.#pieces.push(piece);
      return;
    }
    if (this.#used + piece.length > BLOCK_BYTES) this.#closeBlock();
    this.#block ??= Buffer.allocUnsafe(BLOCK_BYTES);
    this.#block.set(piece, this.#used);
    this.#used += piece.length;
  }

  bytes(): Uint8Array {
    this.#closeBlock();
    const [first] = this.#pieces;
    return this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces, this.#length);
  }

  #closeBlock(): void {
    if (this.#block !== undefined && this.#used > 0) this.#pieces.push(this.#block.subarray(0, this.#used));
    this.#block = undefined;
    this.#used = 0;
  }
}
