// What a signature check needs and what it gives back: never just true, always what is covered.
import type { KeyObject } from 'node:crypto';
import type { DigestReference } from '../base/index.ts';

/** A payload part as the signature sees it: its Content-ID and a way to hash its decoded octets. */
export interface SignedPart {
  /** Without angle brackets. */
  readonly contentId: string;
  /** Digest of the octets with a node:crypto algorithm name such as `sha256`. */
  digest(algorithm: string): Promise<Buffer>;
  /** The octets themselves, for a reference that asks for canonicalisation; absent where they are not at hand. */
  bytes?(): Promise<Uint8Array>;
}

export interface SignaturePolicy {
  /** Development only: accept rsa-sha1 and sha1 (row 145). */
  readonly allowSha1: boolean;
}

export interface ReferenceVerdict {
  readonly uri: string;
  /**
   * `tooLarge`: more would have to be canonicalised than we do for one message. `notJudged`: what costs much is left undone for
   * whoever has not proved to hold the key.
   */
  readonly verdict: 'valid' | 'digestMismatch' | 'notResolved' | 'notAllowed' | 'tooLarge' | 'notJudged';
  readonly detail?: string;
}

export type SignatureVerdict =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'valid';
      /** Content-IDs of the parts whose octets were verified; the envelope always is. */
      readonly coveredParts: readonly string[];
      readonly references: readonly ReferenceVerdict[];
      readonly digestReferences: readonly DigestReference[];
      readonly signatureMethod: string;
      readonly digestMethods: readonly string[];
    }
  | {
      readonly kind: 'invalid';
      /** One plain sentence, safe to tell the partner. */
      readonly reason: string;
      readonly references: readonly ReferenceVerdict[];
    };

export interface SigningKey {
  readonly privateKey: KeyObject;
  /** DER of the leaf certificate, put into KeyInfo for the reader's convenience (R50). */
  readonly certificateDer: Uint8Array;
}

export interface SignatureMethods {
  /** Signature algorithm URI, e.g. `http://www.w3.org/2001/04/xmldsig-more#rsa-sha256`. */
  readonly signatureMethod: string;
  /** Digest algorithm URI, e.g. `http://www.w3.org/2001/04/xmlenc#sha256`. */
  readonly digestMethod: string;
}
