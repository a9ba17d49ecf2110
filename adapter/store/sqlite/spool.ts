// A blob while it is being written: in memory up to the inline limit, then in a temporary file that gets its name at the end.
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StagedBlob } from '../../msh/change.ts';
import { type BlobWriter, INLINE_BLOB_BYTES } from '../contract.ts';
import { guarded } from './errors.ts';
import { placeOf } from './file-reader.ts';

export const TEMPORARY = 'tmp';

interface Spilled {
  readonly root: string;
  readonly handle: FileHandle;
  readonly path: string;
}

/** `root` undefined keeps everything in memory. One writer at a time: each call is awaited before the next. */
export class Spool implements BlobWriter {
  readonly #root: string | undefined;
  readonly #hash = createHash('sha256');
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #file: Spilled | undefined;

  constructor(root: string | undefined) {
    this.#root = root;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    if (this.#root === undefined || this.#bytes <= INLINE_BLOB_BYTES) {
      // The caller's buffer may be used again, so what waits is copied.
      this.#chunks.push(Buffer.from(chunk));
      return;
    }
    const root = this.#root;
    await guarded(async () => {
      this.#file ??= await openTemporary(root);
      for (const waiting of this.#chunks.splice(0)) await writeAll(this.#file.handle, waiting);
      await writeAll(this.#file.handle, chunk);
    });
  }

  async finish(): Promise<StagedBlob> {
    const file = this.#file;
    const named = { sha256: this.#hash.digest('hex'), bytes: this.#bytes };
    if (file === undefined) return { ...named, inline: Buffer.concat(this.#chunks) };
    await guarded(() => publish(file, named.sha256));
    this.#file = undefined;
    return named;
  }

  async abort(): Promise<void> {
    this.#chunks = [];
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    await file.handle.close().catch(() => undefined);
    await unlink(file.path).catch(() => undefined);
  }
}

async function openTemporary(root: string): Promise<Spilled> {
  const folder = join(root, TEMPORARY);
  await makeFolder(folder);
  const path = join(folder, randomUUID());
  return { root, path, handle: await open(path, 'wx', 0o600) };
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, done);
    done += bytesWritten;
  }
}

/** Write, fsync, rename, fsync of the folder (D2). An equal file that lies there is replaced, which also makes it young again. */
async function publish({ root, handle, path }: Spilled, sha256: string): Promise<void> {
  await handle.sync();
  await handle.close();
  const place = placeOf(root, sha256);
  await makeFolder(dirname(place));
  await rename(path, place);
  await syncFolder(dirname(place));
}

/** A new folder is durable when the one above it has been synchronised. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let path = folder; path.length >= first.length; path = dirname(path)) await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
