// The ebMS endpoint: bare node:https with mutual TLS, HTTP/1.1 only, every limit kept before the door is asked (D4).

import { constants } from 'node:crypto';
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import {
  createServer as createHttpsServer,
  type ServerOptions as HttpsOptions,
  Server as HttpsServer,
} from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type Issue, ok, type Result } from '../base/index.ts';
import { Capacity } from './capacity.ts';
import { addressOf, Connections } from './connections.ts';
import { errorCode } from './error-code.ts';
import { createIdentifier } from './identity.ts';
import { orThrow, type PreparedTls, prepareTls, type TlsMaterial } from './material.ts';
import { rawRefusal } from './reply.ts';
import { type HandlerContext, handleExchange } from './request-handler.ts';
import {
  type EbmsServer,
  SERVER_LIMITS,
  type ServerLimits,
  type ServerOptions,
  type TransportEvent,
} from './server-options.ts';
import type { TrustMaterial } from './trust-store.ts';
import type { EbmsDoor } from './types.ts';

/**
 * Makes the endpoint. Throws TransportConfigError when key, certificates, revocation lists or proxy list are unusable
 * (row 100). The door is asked only for POSTs on the path by a proven peer; what it throws becomes a blank 500.
 */
export function createEbmsServer(options: ServerOptions, door: EbmsDoor): EbmsServer {
  return new Endpoint(options, door);
}

class Endpoint implements EbmsServer {
  readonly #options: ServerOptions;
  readonly #limits: ServerLimits;
  readonly #server: HttpServer | HttpsServer;
  readonly #connections: Connections;
  readonly #context: HandlerContext;
  #closing = false;

  constructor(options: ServerOptions, door: EbmsDoor) {
    const limits = { ...SERVER_LIMITS, ...options.limits };
    const emit = safeEmit(options);
    const { listener } = options;
    const tls = listener.kind === 'plain' || listener.tls === undefined ? undefined : orThrow(prepareTls(listener.tls));
    const identifier = createIdentifier({ listener, emit, trust: tls?.trust, reproveMs: limits.reproveMs });
    this.#options = options;
    this.#limits = limits;
    this.#connections = new Connections(limits.maxConnectionsPerAddress, (address) => identifier.isProxy(address));
    const capacity = new Capacity({
      max: limits.maxConcurrent,
      maxPerPeer: limits.maxConcurrentPerPeer,
      maxStrangers: limits.maxConcurrentStrangers,
    });
    const mustClose = (): boolean => this.#closing;
    const guard = { ...limits, path: options.path, allowHttp10: listener.kind === 'proxy' };
    this.#context = { options, limits, guard, identifier, capacity, door, emit, mustClose };
    this.#server = makeServer(tls, limits);
    this.#wire();
  }

  async listen(): Promise<{ readonly port: number }> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return { port: (this.#server.address() as AddressInfo).port };
  }

  adopt(connection: Duplex): void {
    this.#server.emit('connection', connection);
  }

  async close(drainMs: number): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const timer = setTimeout(() => this.#connections.destroyAll(), drainMs);
    await closed;
    clearTimeout(timer);
  }

  reload(material: { readonly tls?: TlsMaterial; readonly trust?: TrustMaterial }): Result<void, readonly Issue[]> {
    const prepared = material.tls === undefined ? undefined : prepareTls(material.tls);
    if (prepared?.ok === false) return prepared;
    const trusted = this.#context.identifier.reload({ tls: prepared?.value.trust, forwarded: material.trust });
    if (!trusted.ok) return trusted;
    if (prepared !== undefined && this.#server instanceof HttpsServer) {
      this.#server.setSecureContext(serverTls(prepared.value, this.#limits));
    }
    return ok(undefined);
  }

  load(): { readonly connections: number; readonly requests: number } {
    return { connections: this.#connections.size, requests: this.#context.capacity.running };
  }

  #wire(): void {
    const server = this.#server;
    const { emit } = this.#context;
    server.on('connection', (socket: Socket) => this.#onConnection(socket));
    server.on('request', (request, response) => this.#handle(request, response, false));
    server.on('checkContinue', (request, response) => this.#handle(request, response, true));
    server.on('clientError', (error: Error, socket: Socket) => refuseRaw(error, socket));
    server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
      emit({ kind: 'tls.refused', remoteAddress: addressUnder(socket), reason: tlsReason(error, socket) });
    });
    server.on('drop', (data?: { readonly remoteAddress?: string }) => {
      emit({ kind: 'connection.refused', remoteAddress: data?.remoteAddress ?? '', reason: 'te veel verbindingen' });
    });
  }

  #onConnection(socket: Socket): void {
    socket.on('error', ignore);
    if (this.#connections.add(socket)) return;
    this.#context.emit({
      kind: 'connection.refused',
      remoteAddress: addressOf(socket),
      reason: 'te veel verbindingen van dit adres',
    });
    socket.destroy();
  }

  #handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    response.on('error', ignore);
    void handleExchange({ request, response, expectsContinue }, this.#context);
  }
}

/** Errors of single connections end that connection; there is nothing else to do about them. */
function ignore(): void {}

function safeEmit(options: ServerOptions): (event: TransportEvent) => void {
  return (event) => {
    try {
      options.onEvent?.(event);
    } catch {
      // A listener cannot break the endpoint (architecture 3.11).
    }
  };
}

function makeServer(tls: PreparedTls | undefined, limits: ServerLimits): HttpServer | HttpsServer {
  const http = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(5000, limits.headersTimeoutMs),
    // Strict parsing: CL with TE, double lengths and bad chunks end in a 400 (row 98).
    insecureHTTPParser: false,
    requireHostHeader: true,
    noDelay: true,
  };
  const server = tls === undefined ? createHttpServer(http) : createHttpsServer({ ...http, ...serverTls(tls, limits) });
  server.maxConnections = limits.maxConnections;
  // One more than allowed, so that the guard sees that there were too many.
  server.maxHeadersCount = limits.maxHeaders + 1;
  return server;
}

/** No session tickets: every connection proves its certificate and its place on no revocation list afresh (PKI002). */
function serverTls(prepared: PreparedTls, limits: ServerLimits): HttpsOptions {
  return {
    ...prepared.options,
    secureOptions: (prepared.options.secureOptions ?? 0) | constants.SSL_OP_NO_TICKET,
    // Whoever shows no certificate of a trusted root is not let in (R148, DK-003, TLS001, TLS002).
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: limits.handshakeTimeoutMs,
  };
}

const PARSER_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Bytes that are no HTTP request: one status line, then the connection ends (row 98). TLS failures get no words. */
function refuseRaw(error: Error, socket: Socket): void {
  const code = errorCode(error);
  if (!socket.writable || !(code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT')) {
    socket.destroy();
    return;
  }
  socket.end(rawRefusal(PARSER_STATUS[code] ?? 400));
  setTimeout(() => socket.destroy(), 200).unref();
}

/** A refused TLS socket has forgotten its address; the connection under it, which node keeps in `_parent`, has not. */
function addressUnder(socket: TLSSocket): string {
  const under: unknown = Reflect.get(socket, '_parent');
  return under instanceof Socket ? addressOf(under) : addressOf(socket);
}

/** Where OpenSSL's own word leads astray: it asks for the list of an issuer before it asks who that is. */
const REASONS: Readonly<Record<string, string>> = {
  UNABLE_TO_GET_CRL: 'geen intrekkingslijst van de uitgever, of uitgever onbekend (UNABLE_TO_GET_CRL)',
};

function tlsReason(error: Error, socket: TLSSocket): string {
  // node destroys the socket on a failed verification and then only says "socket hang up".
  if (socket.authorizationError) return REASONS[String(socket.authorizationError)] ?? String(socket.authorizationError);
  return errorCode(error);
}
