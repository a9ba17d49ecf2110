// Where the file of a blob lies, and its octets as they are on disk.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { asStoreError, codeOf } from './errors.ts';

const CHUNK_BYTES = 256 * 1024;

/** Two levels of folders, so that none grows long. */
export const placeOf = (root: string, sha256: string): string =>
  join(root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);

/** Unchecked octets; fails with `ENOENT` when there is no such file, else with StoreUnavailable. */
export async function* readBlobFile(root: string, sha256: string): AsyncIterable<Uint8Array> {
  const translated = (error: unknown): unknown => (codeOf(error) === 'ENOENT' ? error : asStoreError(error));
  const file = await open(placeOf(root, sha256)).catch((error: unknown) => {
    throw translated(error);
  });
  try {
    for (;;) {
      // A buffer of its own for each chunk: readers may keep them.
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES).catch((error) => {
        throw translated(error);
      });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
