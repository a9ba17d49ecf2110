// Octets that several threads read where they are, instead of each having a copy.

/** Smaller ones are copied sooner than a thread of their own is asked. */
const SHARED_FROM_BYTES = 256 * 1024;

/** Zeroed room for `length` octets; a large one is shared with the thread that it is posted to. */
export function threadMemory(length: number): Uint8Array {
  return new Uint8Array(length < SHARED_FROM_BYTES ? new ArrayBuffer(length) : new SharedArrayBuffer(length));
}

/** The same octets, in memory that is shared when they are many. */
export function inThreadMemory(bytes: Uint8Array): Uint8Array {
  if (bytes.length < SHARED_FROM_BYTES || bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const shared = threadMemory(bytes.length);
  shared.set(bytes);
  return shared;
}
