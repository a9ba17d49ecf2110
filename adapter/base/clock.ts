// Time and fresh identifiers are handed in, so that every decision can be repeated in a test.

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

export interface Clock {
  now(): Instant;
}

export interface Ids {
  /** A random UUID, version 4, lower case. */
  uuid(): string;
}
