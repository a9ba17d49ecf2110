// A blob while it is being written: in memory up to the inline limit, then in a temporary file that gets its name at the end.
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Octets } from '../../base/index.ts';
import type { StagedBlob } from '../../msh/change.ts';
import { type BlobWriter, INLINE_BLOB_BYTES } from '../contract.ts';
import { makeFolder } from './durable-folder.ts';
import { guarded } from './errors.ts';
import type { Publications, Published, Spilled } from './publications.ts';
import { TEMPORARY } from './sweep.ts';

/** `root` undefined keeps everything in memory. One writer at a time: each call is awaited before the next. */
export class Spool implements BlobWriter {
  readonly #root: string | undefined;
  readonly #publications: Publications;
  readonly #hash = createHash('sha256');
  #waiting = new Octets();
  #bytes = 0;
  #file: Spilled | undefined;
  #published: Published | undefined;

  constructor(root: string | undefined, publications: Publications) {
    this.#root = root;
    this.#publications = publications;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    if (this.#root === undefined || this.#bytes <= INLINE_BLOB_BYTES) {
      // The caller's buffer may be used again, so what waits is copied.
      this.#waiting.add(Buffer.from(chunk));
      return;
    }
    const root = this.#root;
    await guarded(async () => {
      if (this.#file === undefined) {
        this.#file = await openTemporary(root);
        await writeAll(this.#file.handle, this.#waiting.bytes());
        this.#waiting = new Octets();
      }
      await writeAll(this.#file.handle, chunk);
    });
  }

  async finish(): Promise<StagedBlob> {
    const file = this.#file;
    const named = { sha256: this.#hash.digest('hex'), bytes: this.#bytes };
    if (file === undefined) return { ...named, inline: this.#waiting.bytes() };
    this.#published = await guarded(() => this.#publications.publish(file, named.sha256));
    this.#file = undefined;
    return named;
  }

  async abort(): Promise<void> {
    this.#waiting = new Octets();
    const file = this.#file;
    const published = this.#published;
    this.#file = undefined;
    this.#published = undefined;
    if (published !== undefined) await this.#publications.letGo(published).catch(() => undefined);
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
