// A blob while it is being written: in memory up to the inline limit, then in a temporary file that gets its name at the end.
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, link, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StagedBlob } from '../../msh/change.ts';
import { type BlobWriter, INLINE_BLOB_BYTES } from '../contract.ts';
import { makeFolder, syncFolder } from './durable-folder.ts';
import { codeOf, guarded } from './errors.ts';
import { placeOf } from './file-reader.ts';
import { happened, removeUnless, TEMPORARY } from './sweep.ts';

interface Spilled {
  readonly root: string;
  readonly handle: FileHandle;
  readonly path: string;
}

/** A file that this writer put in a place where there was none. */
interface Published {
  readonly root: string;
  readonly place: string;
  readonly inode: number;
  readonly sha256: string;
}

/** `root` undefined keeps everything in memory. One writer at a time: each call is awaited before the next. */
export class Spool implements BlobWriter {
  readonly #root: string | undefined;
  readonly #isNamed: (sha256: string) => boolean;
  readonly #hash = createHash('sha256');
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #file: Spilled | undefined;
  #published: Published | undefined;

  constructor(root: string | undefined, isNamed: (sha256: string) => boolean) {
    this.#root = root;
    this.#isNamed = isNamed;
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
    this.#published = await guarded(() => publish(file, named.sha256));
    this.#file = undefined;
    return named;
  }

  async abort(): Promise<void> {
    this.#chunks = [];
    const file = this.#file;
    const published = this.#published;
    this.#file = undefined;
    this.#published = undefined;
    if (published !== undefined) await takeBack(published, this.#isNamed).catch(() => undefined);
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

/**
 * Write, fsync, name, fsync of the folder (D2). An equal file that lies there is replaced, which makes it young again; then it
 * is not this writer's alone, and undefined comes back.
 */
async function publish({ root, handle, path }: Spilled, sha256: string): Promise<Published | undefined> {
  await handle.sync();
  const { ino: inode } = await handle.stat();
  await handle.close();
  const place = placeOf(root, sha256);
  await makeFolder(dirname(place));
  const isNew = await happened(link(path, place)).catch(knowsNoLinks);
  await (isNew ? unlink(path) : rename(path, place));
  await syncFolder(dirname(place));
  return isNew ? { root, place, inode, sha256 } : undefined;
}

/** Some file systems have no hard links: there every file counts as shared. */
function knowsNoLinks(error: unknown): boolean {
  if (['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error))) return false;
  throw error;
}

/**
 * Who stores the same octets after us replaces our file by its own: another inode, which stays. Nothing else may be lost by
 * this, so in doubt the file is left to the sweep.
 */
async function takeBack(
  { root, place, inode, sha256 }: Published,
  isNamed: (sha256: string) => boolean,
): Promise<void> {
  if ((await stat(place)).ino !== inode || isNamed(sha256)) return;
  await removeUnless(place, root, ({ ino }) => ino !== inode || isNamed(sha256));
}
