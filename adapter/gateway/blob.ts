// Octets in hand as staged blobs, and digests of staged blobs.
import { createHash, hash } from 'node:crypto';
import type { SignedPart } from '../dsig/index.ts';
import type { BlobRef, Change, StagedBlob } from '../msh/index.ts';
import { type Blobs, type BlobWriter, INLINE_BLOB_BYTES } from '../store/index.ts';

export const sha256Hex = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex');

/** Names the octets; they travel with the commit when they are small enough, see `persist` for the others. */
export const stage = (bytes: Uint8Array): StagedBlob => ({
  sha256: sha256Hex(bytes),
  bytes: bytes.length,
  inline: bytes,
});

/** Octets on their way into a record. */
export interface Files {
  /** Makes octets of any size ready for a commit: small ones inline, large ones durable in the blob store first (D2). */
  persist(bytes: Uint8Array): Promise<StagedBlob>;
  /** The same for octets that were named already; what comes without them is stored. */
  settle(blob: StagedBlob): Promise<StagedBlob>;
  /** The same for what a change would carry inline and is too large for that. */
  durable(change: Change): Promise<Change>;
  /** Takes back what no record came to name: nobody else would for hours, and it may be very much (OPS-7, rows 21, 22). */
  drop(): Promise<void>;
}

export function openFiles(blobs: Pick<Blobs, 'writer'>): Files {
  const opened: { readonly writer: BlobWriter; readonly written: Promise<StagedBlob> }[] = [];
  const persist: Files['persist'] = async (bytes) => {
    if (bytes.length <= INLINE_BLOB_BYTES) return stage(bytes);
    const writer = blobs.writer();
    const written = writer.write(bytes).then(() => writer.finish());
    opened.push({ writer, written });
    return written;
  };
  const settle: Files['settle'] = async (blob) =>
    blob.inline === undefined || blob.bytes <= INLINE_BLOB_BYTES ? blob : persist(blob.inline);
  return {
    persist,
    settle,
    durable: async (change) => ({ ...change, blobs: await Promise.all(change.blobs.map(settle)) }),
    async drop() {
      // One may have failed while others are still being written.
      await Promise.allSettled(opened.map(({ written }) => written));
      await Promise.all(opened.splice(0).map(({ writer }) => writer.abort()));
    },
  };
}

export const toRef = ({ sha256, bytes }: BlobRef): BlobRef => ({ sha256, bytes });

/** A larger part is not canonicalised for a signature (R57); how much of them together is a matter of dsig. */
const LARGEST_CANONICAL_PART = 1024 * 1024;

/** A part whose octets can be hashed again by any algorithm; SHA-256 is known already. */
export function signedPart(contentId: string, blob: StagedBlob, blobs: Blobs): SignedPart {
  const { inline } = blob;
  return {
    contentId,
    ...(blob.bytes > LARGEST_CANONICAL_PART
      ? {}
      : { bytes: () => (inline === undefined ? blobs.read(blob) : Promise.resolve(inline)) }),
    digest: async (algorithm) => {
      if (algorithm === 'sha256') return Buffer.from(blob.sha256, 'hex');
      const digest = createHash(algorithm);
      if (blob.inline !== undefined) return digest.update(blob.inline).digest();
      for await (const chunk of blobs.get(blob)) digest.update(chunk);
      return digest.digest();
    },
  };
}
