// What a MIME multipart/related package consists of, and the limits under which it is read.

/** A parsed Content-Type: media type in lower case, parameters with lower-case names and unquoted values. */
export interface ContentType {
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly raw: string;
}

export interface PartHeader {
  /** Without angle brackets and not percent-decoded; undefined when the part has none. */
  readonly contentId: string | undefined;
  /** `text/plain` when absent (RFC 2045). */
  readonly contentType: ContentType;
  readonly transferEncoding: string;
  /** A label only, never a path (row 108). */
  readonly fileName: string | undefined;
}

/** Where the octets of a part go while they are read, after the transfer encoding is taken off (R60). */
export interface PartSink {
  write(chunk: Uint8Array): void | Promise<void>;
}

export interface ReadPart {
  readonly header: PartHeader;
  readonly bytes: number;
  /** Lower-case hex of the decoded octets. */
  readonly sha256: string;
}

export interface MimePackage {
  readonly parts: readonly ReadPart[];
  /** Index of the SOAP part: the one `start` names, else the first (R5). */
  readonly root: number;
}

export interface MimeLimits {
  readonly maxBytes: number;
  readonly maxParts: number;
  readonly maxHeaderBytes: number;
  readonly maxRootBytes: number;
}

/**
 * Why a package was refused. `fault` is answered with a SOAP Fault Client and HTTP 400 (row 102), `mimeProblem` with an
 * ebMS error (rows 104, 109) if the header could be read, `tooLarge` with HTTP 413 (row 111).
 */
export interface MimeFailure {
  readonly kind: 'fault' | 'mimeProblem' | 'tooLarge';
  readonly detail: string;
}

/** A part to be sent; `body` is given whole or as a stream of known length. */
export interface OutboundPart {
  readonly contentId: string;
  readonly contentType: string;
  readonly fileName?: string;
  readonly bytes: number;
  readonly body: Uint8Array | (() => AsyncIterable<Uint8Array>);
}
