// What the ebMS endpoint can be told: where it listens, whom it believes, and every limit it keeps.
import type { Duplex } from 'node:stream';
import type { Clock, Ids, Issue, Result } from '../base/index.ts';
import type { TlsMaterial } from './material.ts';
import type { TrustMaterial } from './trust-store.ts';
import type { Peer } from './types.ts';

export interface MutualTlsListener {
  readonly kind: 'mtls';
  readonly tls: TlsMaterial;
}

/** Behind a proxy that ends TLS and passes the client certificate in a header (security sheet §2.7). */
export interface ProxyListener {
  readonly kind: 'proxy';
  /** Addresses or CIDR ranges whose header is believed; others are refused (row 94). */
  readonly proxies: readonly string[];
  /** Authorities and lists against which the certificate in the header is judged. */
  readonly trust: TrustMaterial;
  /** When present the hop from the proxy is itself mutual TLS. */
  readonly tls?: TlsMaterial;
}

/** Development only: no TLS, no peer. */
export interface PlainListener {
  readonly kind: 'plain';
}

export interface ServerLimits {
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** Requests in the door at once; more get 503 (row 18). */
  readonly maxConcurrent: number;
  /** The same for one peer, so that one partner cannot starve the others. */
  readonly maxConcurrentPerPeer: number;
  /** The same for all peers together that `isPartner` does not know: many of them cannot starve the partners either. */
  readonly maxConcurrentStrangers: number;
  readonly handshakeTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly bodyIdleMs: number;
  /** From `bodyGraceMs` of waiting on, a body must have come at least at this rate (row 97). */
  readonly minBodyBytesPerSecond: number;
  readonly bodyGraceMs: number;
  readonly keepAliveMs: number;
  /** On a kept-alive connection the certificate is judged again after this long, and after every reload. */
  readonly reproveMs: number;
  /** After this long without a reply from the door, not counting what it waited for the sender, the answer is 503. */
  readonly replyTimeoutMs: number;
  /** Retry-After of a 503, in seconds. */
  readonly retryAfterSeconds: number;
}

export const SERVER_LIMITS: ServerLimits = {
  maxHeaderBytes: 16 * 1024,
  maxHeaders: 100,
  maxBodyBytes: 100 * 1024 * 1024,
  maxConnections: 2000,
  maxConnectionsPerAddress: 200,
  maxConcurrent: 256,
  maxConcurrentPerPeer: 64,
  maxConcurrentStrangers: 64,
  handshakeTimeoutMs: 10_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 300_000,
  bodyIdleMs: 15_000,
  minBodyBytesPerSecond: 1024,
  bodyGraceMs: 10_000,
  keepAliveMs: 65_000,
  reproveMs: 15 * 60_000,
  replyTimeoutMs: 60_000,
  retryAfterSeconds: 30,
};

/** What the door cannot see; the details are for operators and never sent to the other side. */
export type TransportEvent =
  | { readonly kind: 'tls.refused'; readonly remoteAddress: string; readonly reason: string }
  | { readonly kind: 'proxy.spoofed'; readonly remoteAddress: string; readonly header: string }
  | { readonly kind: 'peer.refused'; readonly remoteAddress: string; readonly reason: string }
  | {
      readonly kind: 'request.refused';
      readonly remoteAddress: string;
      readonly status: number;
      readonly reason: string;
    }
  | { readonly kind: 'connection.refused'; readonly remoteAddress: string; readonly reason: string }
  | { readonly kind: 'door.failed'; readonly cid: string; readonly error: unknown };

export interface ServerOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The one path that answers, e.g. `/digikoppeling/ebms`. */
  readonly path: string;
  readonly listener: MutualTlsListener | ProxyListener | PlainListener;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits?: Partial<ServerLimits>;
  /** Whether a proven peer is one we have dealings with; must answer at once. Everybody is when absent. */
  readonly isPartner?: (peer: Peer) => boolean;
  readonly onEvent?: (event: TransportEvent) => void;
}

export interface EbmsServer {
  listen(): Promise<{ readonly port: number }>;
  /** Serves a connection that did not come in by the port, such as one made of a recording; it is its owner's to end. */
  adopt(connection: Duplex): void;
  /** Stops accepting, lets running requests end for at most `drainMs`, then cuts what is left. */
  close(drainMs: number): Promise<void>;
  /**
   * Takes new keys, authorities and lists without a restart (security sheet §2.6); on failure the old ones stay. Open
   * connections are judged again by the new lists at their next request, so nobody stays in on an old verdict.
   */
  reload(material: { readonly tls?: TlsMaterial; readonly trust?: TrustMaterial }): Result<void, readonly Issue[]>;
  load(): { readonly connections: number; readonly requests: number };
}
