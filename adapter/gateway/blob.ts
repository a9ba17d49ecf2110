// Octets in hand as staged blobs, and digests of staged blobs.
import { createHash, hash } from 'node:crypto';
import type { SignedPart } from '../dsig/index.ts';
import type { BlobRef, StagedBlob } from '../msh/index.ts';
import { type Blobs, INLINE_BLOB_BYTES } from '../store/index.ts';

export const sha256Hex = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex');

/** Names the octets; they travel with the commit when they are small enough, see `persist` for the others. */
export const stage = (bytes: Uint8Array): StagedBlob => ({
  sha256: sha256Hex(bytes),
  bytes: bytes.length,
  inline: bytes,
});

/** Makes octets of any size ready for a commit: small ones inline, large ones durable in the blob store first (D2). */
export async function persist(bytes: Uint8Array, blobs: Blobs): Promise<StagedBlob> {
  if (bytes.length <= INLINE_BLOB_BYTES) return stage(bytes);
  const writer = blobs.writer();
  await writer.write(bytes);
  return writer.finish();
}

export const toRef = ({ sha256, bytes }: BlobRef): BlobRef => ({ sha256, bytes });

/** A larger part is not canonicalised for a signature: that is done before anybody has proved anything (R57). */
const MAX_CANONICAL_BYTES = 1024 * 1024;

/** A part whose octets can be hashed again by any algorithm; SHA-256 is known already. */
export function signedPart(contentId: string, blob: StagedBlob, blobs: Blobs): SignedPart {
  const { inline } = blob;
  return {
    contentId,
    ...(blob.bytes > MAX_CANONICAL_BYTES
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
