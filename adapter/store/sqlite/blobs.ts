// Blobs: up to 128 kB as rows of the commit itself, larger ones as content-addressed files that are durable before it (D2).
import { createHash, hash } from 'node:crypto';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { largeRoom } from '../../base/index.ts';
import type { BlobRef } from '../../msh/change.ts';
import { BlobDamaged, type Blobs, INLINE_BLOB_BYTES } from '../contract.ts';
import { codeOf, guarded } from './errors.ts';
import { readBlobFile } from './file-reader.ts';
import { Publications } from './publications.ts';
import type { RecentBlobs } from './recent.ts';
import { Spool } from './spool.ts';
import { sweepFiles } from './sweep.ts';
import { createIsNamed } from './unnamed.ts';

/** `folder` undefined: a store in memory keeps blobs of any size as rows. */
export function createBlobs(db: Database, folder: string | undefined, recent: RecentBlobs): Blobs {
  const root = folder === undefined ? undefined : join(folder, 'blobs');
  const find = db.prepare<[string], { bytes: Uint8Array }>('SELECT bytes FROM blobs WHERE sha256 = ?');
  const isNamed = createIsNamed(db);
  const publications = new Publications(isNamed);
  async function* get(ref: BlobRef): AsyncIterable<Uint8Array> {
    const row = await guarded(() => find.get(ref.sha256)?.bytes);
    if (row !== undefined) yield checked(ref, row);
    else if (root !== undefined) yield* readFile(root, ref);
    else throw missing(ref);
  }
  return {
    writer: () => new Spool(root, publications),
    get,
    async read(ref) {
      const known = ref.bytes > INLINE_BLOB_BYTES ? undefined : recent.get(ref.sha256);
      if (known !== undefined) return known;
      const row = await guarded(() => find.get(ref.sha256)?.bytes);
      if (row !== undefined) return checked(ref, row);
      return gather(ref, get(ref));
    },
    sweep: async (before) => (root === undefined ? 0 : guarded(() => sweepFiles(root, before, isNamed))),
  };
}

/** Into one room of the size that the record tells, so that no second copy is made of a large blob. */
async function gather(ref: BlobRef, chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const room = largeRoom(ref.bytes);
  let at = 0;
  for await (const chunk of chunks) {
    if (at + chunk.length > room.length) throw damaged(ref);
    room.set(chunk, at);
    at += chunk.length;
  }
  if (at < room.length) throw damaged(ref);
  return room;
}

const missing = (ref: BlobRef): BlobDamaged => new BlobDamaged(`blob ${ref.sha256} is not there`);
const damaged = (ref: BlobRef): BlobDamaged => new BlobDamaged(`blob ${ref.sha256} does not have its digest`);

function checked(ref: BlobRef, bytes: Uint8Array): Uint8Array {
  if (hash('sha256', bytes, 'hex') !== ref.sha256) throw damaged(ref);
  return bytes;
}

/** The last chunk is held back until the digest is right: a reader of wrong octets never has all of them (row 23). */
async function* readFile(root: string, ref: BlobRef): AsyncIterable<Uint8Array> {
  const digest = createHash('sha256');
  let held: Uint8Array | undefined;
  try {
    for await (const chunk of readBlobFile(root, ref.sha256)) {
      digest.update(chunk);
      if (held !== undefined) yield held;
      held = chunk;
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw missing(ref);
    throw error;
  }
  if (digest.digest('hex') !== ref.sha256) throw damaged(ref);
  if (held !== undefined) yield held;
}
