// Posts messages to partners over mutual TLS and says what came of it; retries are the MSH's business.

import { Readable } from 'node:stream';
import { checkServerIdentity, createSecureContext, type PeerCertificate, type SecureContext } from 'node:tls';
import { Pool } from 'undici';
import { type Issue, ok, type Result } from '../base/index.ts';
import { describeFailure } from './client-failure.ts';
import { exchange } from './exchange.ts';
import { orThrow, prepareTls, type TlsMaterial } from './material.ts';
import { Pools } from './pools.ts';
import type { PartnerClient, PostBody, PostOutcome, PostTarget } from './types.ts';

export interface ClientLimits {
  readonly connectTimeoutMs: number;
  /** From the end of our request to the partner's headers, and between pieces of its body. */
  readonly responseTimeoutMs: number;
  /** The whole exchange, from the call to the last octet. */
  readonly overallTimeoutMs: number;
  readonly maxResponseBytes: number;
  readonly maxResponseHeaderBytes: number;
  readonly connectionsPerPartner: number;
  readonly maxPools: number;
  readonly idlePoolMs: number;
  readonly keepAliveMs: number;
}

export const CLIENT_LIMITS: ClientLimits = {
  connectTimeoutMs: 10_000,
  responseTimeoutMs: 60_000,
  overallTimeoutMs: 300_000,
  maxResponseBytes: 5 * 1024 * 1024,
  maxResponseHeaderBytes: 16 * 1024,
  connectionsPerPartner: 8,
  maxPools: 500,
  idlePoolMs: 10 * 60_000,
  keepAliveMs: 20_000,
};

export interface ClientOptions {
  /** Absent: only plain http can be posted to, in development. */
  readonly tls?: TlsMaterial;
  /** Development only (DK-001). */
  readonly allowPlainHttp?: boolean;
  readonly limits?: Partial<ClientLimits>;
}

export interface ReloadableClient extends PartnerClient {
  /** New posts use the new material; running ones end on the old. On failure the old stays. */
  reload(tls: TlsMaterial): Promise<Result<void, readonly Issue[]>>;
  /** Pools open now. */
  pools(): number;
}

/** Makes the client. Throws TransportConfigError when the material is unusable (row 100). */
export function createPartnerClient(options: ClientOptions): ReloadableClient {
  return new UndiciClient(options);
}

class UndiciClient implements ReloadableClient {
  readonly #options: ClientOptions;
  readonly #limits: ClientLimits;
  #pools: Pools;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#limits = { ...CLIENT_LIMITS, ...options.limits };
    this.#pools = this.#makePools(options.tls === undefined ? undefined : orThrow(prepareTls(options.tls)).options);
  }

  /** Rejects only when the body's own stream does. */
  async post(target: PostTarget, body: PostBody): Promise<PostOutcome> {
    const url = this.#readUrl(target.url);
    if (typeof url === 'string') return { kind: 'failed', reason: 'protocol', detail: url };
    const source = bodyOf(body);
    const request = {
      method: 'POST',
      path: url.pathname + url.search,
      headers: headersOf(body),
      body: source.body,
    } as const;
    try {
      return await this.#pools.use(url.origin, target.peerOin, performance.now(), (pool) =>
        exchange(pool, request, this.#limits),
      );
    } catch (error) {
      const broken = source.failure();
      // Our own store could not give the message: nothing the partner did.
      if (broken !== undefined) throw broken;
      return describeFailure(error);
    }
  }

  async reload(tls: TlsMaterial): Promise<Result<void, readonly Issue[]>> {
    const prepared = prepareTls(tls);
    if (!prepared.ok) return prepared;
    const old = this.#pools;
    this.#pools = this.#makePools(prepared.value.options);
    await old.close();
    return ok(undefined);
  }

  pools(): number {
    return this.#pools.size;
  }

  close(): Promise<void> {
    return this.#pools.close();
  }

  /** The address to post to, or why not. */
  #readUrl(text: string): URL | string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined) return 'adres van de partner is geen geldige URL';
    if (url.username !== '' || url.password !== '') return 'adres van de partner bevat een gebruikersnaam (DK-004)';
    if (url.protocol === 'https:')
      return this.#options.tls === undefined ? 'geen certificaat ingesteld voor https' : url;
    if (url.protocol === 'http:' && this.#options.allowPlainHttp === true) return url;
    return 'adres van de partner is geen https (DK-001)';
  }

  #makePools(tls: Parameters<typeof createSecureContext>[0]): Pools {
    const { maxPools, idlePoolMs } = this.#limits;
    const context = tls === undefined ? undefined : createSecureContext(tls);
    return new Pools({ maxPools, idlePoolMs, create: (origin) => this.#makePool(origin, context) });
  }

  #makePool(origin: string, secureContext: SecureContext | undefined): Pool {
    const limits = this.#limits;
    const tls = {
      secureContext,
      minVersion: 'TLSv1.2' as const,
      rejectUnauthorized: true,
      checkServerIdentity: checkName,
    };
    return new Pool(origin, {
      connections: limits.connectionsPerPartner,
      pipelining: 1,
      allowH2: false,
      // Sessions are not resumed: every connection checks certificate and revocation afresh.
      connect: { timeout: limits.connectTimeoutMs, maxCachedSessions: 0, ...(secureContext === undefined ? {} : tls) },
      headersTimeout: limits.responseTimeoutMs,
      bodyTimeout: limits.responseTimeoutMs,
      maxHeaderSize: limits.maxResponseHeaderBytes,
      keepAliveTimeout: limits.keepAliveMs,
      keepAliveMaxTimeout: limits.keepAliveMs,
    });
  }
}

/** The host must be among the subject alternative names; the common name does not count (DK-007, security sheet §2.4). */
function checkName(host: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname !== undefined) return checkServerIdentity(host, certificate);
  return Object.assign(new Error('certificate without subject alternative names'), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
}

interface BodySource {
  readonly body: Uint8Array | Readable;
  /** What the stream given to us threw, if it did. */
  failure(): Error | undefined;
}

function bodyOf({ body }: PostBody): BodySource {
  if (body instanceof Uint8Array) return { body, failure: () => undefined };
  let failure: Error | undefined;
  async function* pieces(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* stream;
    } catch (error) {
      failure = error instanceof Error ? error : new Error('body stream failed');
      throw failure;
    }
  }
  return { body: Readable.from(pieces(body()), { objectMode: false }), failure: () => failure };
}

/** Headers that belong to the connection or are set here. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'host',
  'expect',
]);

function headersOf({ headers, bytes }: PostBody): Record<string, string> {
  const all: Record<string, string> = { 'content-length': String(bytes) };
  for (const [name, value] of Object.entries(headers)) if (!OWN_HEADERS.has(name.toLowerCase())) all[name] = value;
  return all;
}
