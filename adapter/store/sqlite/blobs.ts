// Blobs: up to 128 kB as rows of the commit itself, larger ones as content-addressed files that are durable before it (D2).
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { BlobRef, StagedBlob } from '../../msh/change.ts';
import { BlobDamaged, type Blobs, type BlobWriter, INLINE_BLOB_BYTES } from '../contract.ts';
import { asStoreError } from './errors.ts';

/** `folder` undefined: a store in memory keeps blobs of any size as rows. */
export function createBlobs(db: Database, folder: string | undefined): Blobs {
  const find = db.prepare('SELECT bytes FROM blobs WHERE sha256 = ?');
  const row = (sha256: string): Uint8Array | undefined =>
    (find.get(sha256) as { bytes: Uint8Array } | undefined)?.bytes;
  return {
    writer: () => (folder === undefined ? new Spool(undefined) : new Spool(join(folder, 'blobs'))),
    async *get(ref) {
      const bytes = row(ref.sha256);
      if (bytes !== undefined) yield checked(ref, bytes);
      else yield* readFile(ref, folder);
    },
    async read(ref) {
      const bytes = row(ref.sha256);
      if (bytes !== undefined) return checked(ref, bytes);
      const chunks: Uint8Array[] = [];
      for await (const chunk of readFile(ref, folder)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    sweep: (before) => (folder === undefined ? Promise.resolve(0) : sweep(db, join(folder, 'blobs'), before)),
  };
}

function checked(ref: BlobRef, bytes: Uint8Array): Uint8Array {
  if (createHash('sha256').update(bytes).digest('hex') !== ref.sha256) throw damaged(ref);
  return bytes;
}

const damaged = (ref: BlobRef): BlobDamaged => new BlobDamaged(`blob ${ref.sha256} does not have its digest`);
const placeOf = (root: string, sha256: string): string => join(root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);

async function* readFile(ref: BlobRef, folder: string | undefined): AsyncIterable<Uint8Array> {
  if (folder === undefined) throw new BlobDamaged(`blob ${ref.sha256} is not there`);
  const file = await open(placeOf(join(folder, 'blobs'), ref.sha256)).catch((error: unknown) => {
    throw error instanceof Error && 'code' in error && error.code === 'ENOENT'
      ? new BlobDamaged(`blob ${ref.sha256} is not there`)
      : asStoreError(error);
  });
  const hash = createHash('sha256');
  try {
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 })) {
      hash.update(chunk);
      yield chunk;
    }
  } finally {
    await file.close();
  }
  // The reader has had the octets by now, so whoever passes them on must await the end before it says that they are whole.
  if (hash.digest('hex') !== ref.sha256) throw damaged(ref);
}

/** Collects in memory up to the limit, then in a temporary file; the file gets its name when its digest is known. */
class Spool implements BlobWriter {
  readonly #root: string | undefined;
  readonly #hash = createHash('sha256');
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #file: { handle: FileHandle; path: string } | undefined;

  constructor(root: string | undefined) {
    this.#root = root;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    if (this.#file !== undefined) {
      await this.#append(chunk);
      return;
    }
    // The caller's buffer may be used again, so what waits is copied.
    this.#chunks.push(Buffer.from(chunk));
    if (this.#bytes > INLINE_BLOB_BYTES && this.#root !== undefined) await this.#spill(this.#root);
  }

  async #spill(root: string): Promise<void> {
    try {
      await mkdir(join(root, 'tmp'), { recursive: true });
      const path = join(root, 'tmp', randomUUID());
      this.#file = { handle: await open(path, 'wx'), path };
    } catch (error) {
      throw asStoreError(error);
    }
    const chunks = this.#chunks;
    this.#chunks = [];
    for (const chunk of chunks) await this.#append(chunk);
  }

  async #append(chunk: Uint8Array): Promise<void> {
    try {
      await this.#file?.handle.writeFile(chunk);
    } catch (error) {
      throw asStoreError(error);
    }
  }

  async finish(): Promise<StagedBlob> {
    const sha256 = this.#hash.digest('hex');
    if (this.#file === undefined || this.#root === undefined) {
      return { sha256, bytes: this.#bytes, inline: Buffer.concat(this.#chunks) };
    }
    const { handle, path } = this.#file;
    try {
      await handle.sync();
      await handle.close();
      const place = placeOf(this.#root, sha256);
      await mkdir(dirname(place), { recursive: true });
      await rename(path, place);
      await syncFolders(this.#root, dirname(place));
    } catch (error) {
      throw asStoreError(error);
    }
    this.#file = undefined;
    return { sha256, bytes: this.#bytes };
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

/** A rename is durable when its folder is, and a new folder when the one above it is. */
async function syncFolders(root: string, folder: string): Promise<void> {
  for (const path of [folder, dirname(folder), root]) {
    const handle = await open(path, 'r');
    await handle.sync();
    await handle.close();
  }
}

/** Files that no record names and that are older than `before`: what a crash left between blob and commit (rows 1, 2). */
async function sweep(db: Database, root: string, before: number): Promise<number> {
  const used = db.prepare('SELECT 1 FROM blob_uses WHERE sha256 = ? LIMIT 1');
  let removed = 0;
  for (const path of await filesBelow(root)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined || info.mtimeMs >= before || used.get(name) !== undefined) continue;
    await unlink(path);
    removed += 1;
  }
  return removed;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
