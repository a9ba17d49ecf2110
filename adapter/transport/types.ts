// The two ends of the wire as the gateway sees them: a request with a proven peer, and a post with an outcome.
import type { IncomingHttpHeaders } from 'node:http';

/** Who is at the other end of the TLS connection, proven by its client certificate. */
export interface Peer {
  /** subject.serialNumber of the certificate, 20 digits (PKI001). */
  readonly oin: string | undefined;
  readonly subject: string;
  /** Lower-case hex SHA-256 of the certificate's DER. */
  readonly fingerprint: string;
  readonly serial: string;
  readonly validTo: number;
}

export interface InboundRequest {
  /** Correlation id of this request in logs. */
  readonly cid: string;
  /** Undefined only on a development plain-http listener. */
  readonly peer: Peer | undefined;
  readonly remoteAddress: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export type EbmsDoor = (request: InboundRequest) => Promise<HttpReply>;

export interface PostTarget {
  readonly url: string;
  /** OIN of the partner: picks the connection pool. */
  readonly peerOin: string;
}

export interface PostBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly body: Uint8Array | (() => AsyncIterable<Uint8Array>);
}

export type PostOutcome =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      /** At most `maxResponseBytes`; longer ones are a `failed`. */
      readonly body: Uint8Array;
    }
  /** No response: connection, TLS or time-out. `detail` says which, in words an operator understands. */
  | {
      readonly kind: 'failed';
      readonly reason: 'connect' | 'tls' | 'timeout' | 'protocol' | 'tooLarge';
      readonly detail: string;
      /** Certain that the partner has received nothing of it. */
      readonly unsent?: true;
    };

export interface PartnerClient {
  post(target: PostTarget, body: PostBody): Promise<PostOutcome>;
  close(): Promise<void>;
}
