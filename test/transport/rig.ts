// Starts endpoints and clients on loopback for the transport tests, and takes them down again.
import { randomUUID } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import {
  type ClientOptions,
  createEbmsServer,
  createPartnerClient,
  type EbmsDoor,
  type EbmsServer,
  type InboundRequest,
  type PostBody,
  type ReloadableClient,
  type ServerOptions,
  type TlsMaterial,
  type TransportEvent,
} from '../../adapter/transport/index.ts';
import type { DevIdentity, DevPki } from '../../tools/certs/index.ts';

export const PATH = '/ebms';

export function materialOf(pki: DevPki, identity: DevIdentity, crl = pki.crlPems): TlsMaterial {
  return { key: identity.keyPem, cert: identity.chainPem, ca: [pki.caPem], crl };
}

export interface Endpoint {
  readonly server: EbmsServer;
  readonly port: number;
  readonly url: string;
  readonly events: TransportEvent[];
  /** Requests that reached the door, and what it read of their bodies. */
  readonly seen: { readonly request: InboundRequest; readonly body: Buffer }[];
}

const started: { close(): Promise<void> }[] = [];

/** Call in afterEach: closes everything that the test started. */
export async function closeAll(): Promise<void> {
  await Promise.all(started.splice(0).map((it) => it.close()));
}

export const readAll = async (request: InboundRequest): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request.body) chunks.push(chunk);
  return Buffer.concat(chunks);
};

type EndpointOptions = Partial<ServerOptions> & Pick<ServerOptions, 'listener'>;

/** An endpoint whose door reads the body and answers 204, unless another door is given. */
export async function startEndpoint(options: EndpointOptions, door?: EbmsDoor): Promise<Endpoint> {
  const events: TransportEvent[] = [];
  const seen: Endpoint['seen'] = [];
  const reading: EbmsDoor = async (request) => {
    seen.push({ request, body: await readAll(request) });
    return { status: 204, headers: {} };
  };
  const server = createEbmsServer(
    {
      host: '127.0.0.1',
      port: 0,
      path: PATH,
      clock: { now: () => Date.now() },
      ids: { uuid: () => randomUUID() },
      onEvent: (event) => events.push(event),
      ...options,
    },
    door ?? reading,
  );
  const { port } = await server.listen();
  started.push({ close: () => server.close(50) });
  const scheme = options.listener.kind === 'plain' ? 'http' : 'https';
  return { server, port, url: `${scheme}://localhost:${port}${PATH}`, events, seen };
}

export function startClient(options: ClientOptions): ReloadableClient {
  const client = createPartnerClient(options);
  started.push({ close: () => client.close() });
  return client;
}

export function xmlBody(text = '<x/>'): PostBody {
  const body = Buffer.from(text);
  return { headers: { 'content-type': 'text/xml; charset=UTF-8', soapaction: '"ebXML"' }, bytes: body.length, body };
}

/** For which the first octet of an answer is awaited: a busy machine may take long for it. */
const FIRST_MS = 3000;

/** Sends bytes as they are over TLS or TCP and collects everything until the other side closes, or for `maxMs` from the first octet. */
export function exchangeRaw(
  socket: Socket | TLSSocket,
  bytes: string | Buffer,
  maxMs = 3000,
): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString('latin1'), closed });
    };
    let timer = setTimeout(finish, Math.max(maxMs, FIRST_MS), false);
    socket.on('data', (chunk: Buffer) => {
      if (chunks.push(chunk) > 1) return;
      clearTimeout(timer);
      timer = setTimeout(finish, maxMs, false);
    });
    socket.on('error', () => undefined);
    socket.once('close', () => finish(true));
    socket.write(bytes);
  });
}

/** `from` is another address of the loopback than the usual one. */
export function tcp(port: number, from?: string): Promise<Socket> {
  const own = from === undefined ? {} : { localAddress: from };
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ port, host: '127.0.0.1', ...own }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Also on a machine that does much else: connecting, a request and its answer. */
export const SERVED_WITHIN_MS = 5_000;

/** What must not wait for what others do: rejects when it takes longer than it may. */
export async function soon<T>(who: string, served: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const why = `${who} was not served within ${SERVED_WITHIN_MS} ms`;
    timer = setTimeout(() => reject(new Error(why)), SERVED_WITHIN_MS);
  });
  return Promise.race([served, late]).finally(() => clearTimeout(timer));
}

/** A TLS connection, once it is proven that the server lets us in (TLS 1.3 servers refuse after our handshake). */
export function tls(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ...options }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Status codes of all HTTP responses in a raw answer. */
export function statuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((m) => Number(m[1]));
}
