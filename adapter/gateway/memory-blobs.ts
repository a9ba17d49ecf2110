// Parts kept in memory while one message is inspected; never used by a running gateway.
import type { Blobs } from '../store/index.ts';
import { stage } from './blob.ts';

/** Keeps every part inline, whatever its size, and forgets all with the last reference. */
export function createMemoryBlobs(): Blobs {
  const kept = new Map<string, Uint8Array>();
  const find = (sha256: string): Uint8Array => {
    const bytes = kept.get(sha256);
    if (bytes === undefined) throw new Error(`no blob ${sha256} in memory`);
    return bytes;
  };
  return {
    writer() {
      const chunks: Uint8Array[] = [];
      return {
        write: async (chunk) => {
          chunks.push(Buffer.from(chunk));
        },
        finish: async () => {
          const blob = stage(Buffer.concat(chunks));
          if (blob.inline !== undefined) kept.set(blob.sha256, blob.inline);
          return blob;
        },
        abort: async () => {
          chunks.length = 0;
        },
      };
    },
    async *get(ref) {
      yield find(ref.sha256);
    },
    read: async (ref) => Uint8Array.from(find(ref.sha256)),
    sweep: async () => 0,
  };
}
