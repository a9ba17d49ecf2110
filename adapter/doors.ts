// The doors of this process: the ebMS endpoint with TLS, behind a proxy or plain, and the REST door.
import { randomUUID } from 'node:crypto';
import { type ApiServer, createApi } from './api/index.ts';
import type { Config } from './config/index.ts';
import { Refused, tlsMaterial, trustMaterial } from './files.ts';
import type { Gateway } from './gateway/index.ts';
import { faultOf, type Observer } from './observe/index.ts';
import {
  createEbmsServer,
  type EbmsServer,
  type MutualTlsListener,
  type ProxyListener,
  type ServerLimits,
  type ServerOptions,
  type TransportEvent,
} from './transport/index.ts';

export interface Doors {
  readonly endpoint: EbmsServer | undefined;
  readonly plain: EbmsServer | undefined;
  readonly api: ApiServer | undefined;
  readonly addresses: readonly string[];
  /** Doors of this process's roles that could not be opened, each with the reason. */
  readonly closed: readonly string[];
}

/** What is behind the doors. */
export interface Within {
  readonly gateway: Gateway;
  /** Whether this OIN has an agreement with us. */
  readonly isPartner: (oin: string) => boolean;
  readonly observer: Observer;
}

export async function openDoors(config: Config, within: Within): Promise<Doors> {
  const { gateway, observer } = within;
  const { endpoint: at } = config;
  const addresses: string[] = [];
  const listener = config.roles.includes('endpoint') ? mainListener(config) : undefined;
  const endpoint = listener === undefined ? undefined : serve({ listener, port: at.port }, config, within);
  if (endpoint !== undefined) {
    const { port } = await opened('endpoint.port', at, endpoint);
    addresses.push(
      `${listener?.kind === 'mtls' ? '' : 'proxy '}${listener?.tls === undefined ? 'http' : 'https'}://${at.host}:${port}${at.path}`,
    );
  }
  const plainPort = config.mode === 'development' && config.roles.includes('endpoint') ? at.plainHttpPort : undefined;
  const plain =
    plainPort === undefined ? undefined : serve({ listener: { kind: 'plain' }, port: plainPort }, config, within);
  if (plain !== undefined) {
    const { port } = await opened('endpoint.plainHttpPort', { host: at.host, port: plainPort ?? 0 }, plain);
    addresses.push(`http://${at.host}:${port}${at.path}`);
  }
  const { events } = config.application;
  const api = config.roles.includes('api') ? createApi(gateway, { ...config.api, events, observer }) : undefined;
  if (api !== undefined) {
    const { port } = await opened('api.port', config.api, api);
    addresses.push(`http://${config.api.host}:${port}/api/v1`);
  }
  const noDoor = config.roles.includes('endpoint') && endpoint === undefined && plain === undefined;
  return { endpoint, plain, api, addresses, closed: noDoor ? [NO_EBMS_DOOR] : [] };
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is al in gebruik; verwacht een vrije poort, draait deze gateway al?',
  EACCES: 'mag dit proces niet openen; verwacht een poort vanaf 1024 of meer rechten',
  EADDRNOTAVAIL: 'is geen adres van deze machine',
  ENOTFOUND: 'is geen adres dat hier bekend is',
};

/** The port that listens; Refused names the option when the system does not give it. */
async function opened(
  where: string,
  { host, port }: { readonly host: string; readonly port: number },
  door: { listen(): Promise<{ readonly port: number }> },
): Promise<{ readonly port: number }> {
  try {
    return await door.listen();
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    const why = WHY[code];
    if (why === undefined) throw error;
    throw new Refused([{ code, severity: 'Error', where, detail: `${host}:${port} ${why}` }]);
  }
}

/** Any certificate of the trusted chain opens the door: those without an agreement keep three places in four for partners. */
const STRANGERS_SHARE = 1 / 4;
/** The part that one peer may hold: two that hang leave room for the others. */
const PEER_SHARE = 1 / 3;

const NO_EBMS_DOOR =
  'ebMS: geen servercertificaat (endpoint.keyFile en endpoint.certFile), dus partners kunnen hier niets afleveren';

function mainListener(config: Config): MutualTlsListener | ProxyListener | undefined {
  const { endpoint: at } = config;
  const tls = tlsMaterial(at, config.mode);
  if (at.trustedProxies.length > 0) {
    const trust = trustMaterial(at, config.mode);
    return { kind: 'proxy', proxies: at.trustedProxies, trust, ...(tls === undefined ? {} : { tls }) };
  }
  return tls === undefined ? undefined : { kind: 'mtls', tls };
}

function serve(
  where: Pick<ServerOptions, 'listener' | 'port'>,
  config: Config,
  { gateway, isPartner, observer }: Within,
): EbmsServer {
  const { endpoint: at } = config;
  const options: ServerOptions = {
    ...where,
    host: at.host,
    path: at.path,
    clock: { now: () => Date.now() },
    ids: { uuid: () => randomUUID() },
    limits: endpointLimits(config),
    isPartner: ({ oin }) => oin !== undefined && isPartner(oin),
    onEvent: (event) => tellTransport(event, observer),
  };
  return createEbmsServer(options, (request) => gateway.receive(request));
}

/** A body that was waited for as long as it may stand still must have come at some pace; not before (row 97). */
export function endpointLimits({ endpoint: at }: Config): Partial<ServerLimits> {
  return {
    maxBodyBytes: at.maxMessageBytes,
    maxConnections: at.maxConnections,
    maxConcurrent: at.maxConcurrent,
    maxConcurrentPerPeer: Math.ceil(at.maxConcurrent * PEER_SHARE),
    maxConcurrentStrangers: Math.ceil(at.maxConcurrent * STRANGERS_SHARE),
    bodyIdleMs: at.bodyTimeout,
    bodyGraceMs: at.bodyTimeout,
  };
}

function tellTransport(event: TransportEvent, observer: Observer): void {
  if (event.kind === 'door.failed') {
    observer.emit('bug', { cid: event.cid, ...faultOf(event.error) });
    return;
  }
  const { remoteAddress } = event;
  if (event.kind === 'proxy.spoofed') observer.emit('proxy.spoofed', { remoteAddress, detail: event.header });
  else if (event.kind === 'request.refused')
    observer.emit('http.refused', { remoteAddress, detail: `HTTP ${event.status}: ${event.reason}` });
  else observer.emit('peer.refused', { remoteAddress, detail: event.reason });
}
