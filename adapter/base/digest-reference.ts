// A signed digest as it travels between a signature and the acknowledgment that repeats it.

/** What a signature covered, enough to compare (R94). */
export interface SignedDigest {
  readonly uri: string;
  readonly digestMethod: string;
  /** Base64 without white space. */
  readonly digestValue: string;
}

/** A ds:Reference as it stands in an Acknowledgment or a SignedInfo. */
export interface DigestReference extends SignedDigest {
  /** The ds:Reference element as canonical text that stands on its own (namespace declared), to be copied unchanged (R92). */
  readonly xml: string;
}
