// Memory for large documents that goes back to the system as soon as it is let go.

/** Blocks of this size and less are not worth it. */
const LARGE_BYTES = 1024 * 1024;
/**
 * The C library of Linux returns a block to the system when it is freed, unless it is of at most 32 MB: freeing one of those
 * teaches it to keep blocks of that size, in every thread anew. Pages that nobody touches take no memory.
 */
const RETURNED_BYTES = 32 * 1024 * 1024 + 64 * 1024;

/** Zeroed room for `length` octets, alone in its buffer. */
export function largeRoom(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(sizeFor(length)), 0, length);
}

const sizeFor = (length: number): number => (length < LARGE_BYTES ? length : Math.max(length, RETURNED_BYTES));

/** Whether the octets have their buffer for themselves, so that it can be handed over with them. */
export function isAlone({ buffer, byteOffset, byteLength }: Uint8Array): boolean {
  return byteOffset === 0 && [byteLength, sizeFor(byteLength)].includes(buffer.byteLength);
}
