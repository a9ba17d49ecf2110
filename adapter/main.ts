// Composition root: configuration → tools → gateway → doors. The only file that wires, and the only one that reads the environment.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiServer, createApi } from './api/index.ts';
import type { Issue } from './base/index.ts';
import { type Config, readConfig } from './config/index.ts';
import {
  createAgreementCache,
  createGateway,
  createSignerTrust,
  type Gateway,
  type GatewayContext,
  type SignerTrust,
} from './gateway/index.ts';
import type { Route } from './ggk/index.ts';
import { loadSigningKeys } from './keys/index.ts';
import { createObserver, type Observer } from './observe/index.ts';
import { openStore, type Store } from './store/index.ts';
import {
  createEbmsServer,
  createPartnerClient,
  type EbmsServer,
  type MutualTlsListener,
  type ProxyListener,
  type ReloadableClient,
  type ServerOptions,
  type TlsMaterial,
  type TransportEvent,
  type TrustMaterial,
} from './transport/index.ts';
import { createWorker, type Worker } from './worker/index.ts';
import { openSchemas } from './xsd/index.ts';

const DRAIN_MS = 10_000;
const BACKLOG_MS = 5_000;

/** A configuration or key that cannot work; told in full, then the process ends with 2. */
class Refused extends Error {
  readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[]) {
    super('refused');
    this.issues = issues;
  }
}

interface Running {
  readonly observer: Observer;
  stop(): Promise<void>;
}

function configuration(): { config: Config; file: string | undefined } {
  const flag = process.argv.indexOf('--config');
  const file = flag > 0 ? process.argv[flag + 1] : 'gateway.json';
  const text = readIfThere(file ?? 'gateway.json');
  if (text === undefined && flag > 0) {
    throw new Refused([
      { code: 'Configuration', severity: 'Error', where: '--config', detail: `${file}: kan niet worden gelezen` },
    ]);
  }
  const result = readConfig(process.env, text, file);
  if (!result.ok) throw new Refused(result.error);
  return { config: result.value, file: text === undefined ? undefined : file };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const read = (file: string): string => {
  const text = readIfThere(file);
  if (text === undefined)
    throw new Refused([{ code: 'File', severity: 'Error', where: file, detail: 'kan niet worden gelezen' }]);
  return text;
};

async function start(config: Config, file: string | undefined): Promise<Running> {
  const observer = createObserver({ name: config.name, level: config.logLevel });
  const keys = loadSigningKeys(config.signing);
  if (!keys.ok) throw new Refused(keys.error);
  const store = await openStore(config.store, {});
  const validator = await openSchemas(config.schemasDir ?? schemasOfProgram());
  const clock = { now: () => Date.now() };
  const client = partnerClient(config);
  const context: GatewayContext = {
    ownOins: config.parties,
    messageIdDomain: config.messageIdDomain,
    clock,
    ids: { uuid: () => randomUUID() },
    store,
    blobs: store.blobs,
    observer,
    client,
    validator,
    agreements: createAgreementCache(store, clock),
    keyRing: (fingerprint) => keys.value.get(fingerprint),
    signerTrust: signerTrust(config),
    signaturePolicy: { allowSha1: config.policy.allowSha1 },
    policy: mshPolicy(config),
    limits: {
      maxMessageBytes: config.endpoint.maxMessageBytes,
      maxEnvelopeBytes: config.endpoint.maxEnvelopeBytes,
      maxParts: 1000,
    },
    leaseMs: config.worker.lease,
    contentPolicy: new Map(Object.entries(config.content)),
    submitPolicy: config.submit,
    routes: config.routes.map(withoutUndefined),
    hub: hubSettings(config),
    cpaPolicy: cpaPolicy(config),
    wake: () => worker?.wake(),
  };
  const gateway = createGateway(context);
  const worker = config.roles.includes('worker')
    ? createWorker(context, {
        ...config.worker,
        kinds: ['answer', 'transmit', 'deliver', 'notify'],
        pollMs: config.worker.poll,
      })
    : undefined;
  const doors = await openDoors(gateway, config, observer);
  worker?.start();
  const backlog = watchBacklog(store, observer);
  warnDevelopment(config, file, observer);
  observer.emit('gateway.started', { detail: doors.addresses.join(' · ') });
  return { observer, stop: () => shutDown({ ...doors, worker, store, client, validator, observer, backlog }) };
}

const schemasOfProgram = (): string => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  return resolve(here, /[\\/]dist[\\/]/.test(here) ? '../../schemas' : '../schemas');
};

function mshPolicy(config: Config): GatewayContext['policy'] {
  return {
    handover: config.hub === undefined ? 'collect' : 'deliver',
    keepIdsMs: config.retention.ids,
    clockToleranceMs: config.retention.clockTolerance,
    peerRequired: config.endpoint.plainHttpPort === undefined,
    mandates: new Map(),
    ownParties: new Set(config.parties),
  };
}

function cpaPolicy(config: Config): GatewayContext['cpaPolicy'] {
  return {
    ownOins: config.parties,
    production: config.mode === 'production',
    allowHttp: config.policy.allowHttp,
    allowLocalhost: config.policy.allowLocalhost,
    allowSha1: config.policy.allowSha1,
  };
}

/** zod writes an absent optional as a possible undefined; ours are absent. */
function withoutUndefined(route: Config['routes'][number]): Route {
  return Object.fromEntries(
    Object.entries(route).filter(([, value]) => value !== undefined),
  ) as Partial<Route> as Route;
}

function hubSettings(config: Config): GatewayContext['hub'] {
  if (config.hub === undefined) return undefined;
  return {
    senders: new Map(config.hub.senders.map(({ partyId, zenders }) => [partyId, zenders])),
    self: { organisatie: config.hub.organisatie, applicatie: config.hub.applicatie },
    codeList: config.hub.codeList,
  };
}

/** Key, certificate, authorities and lists of one side; undefined without a key. Development may go without lists. */
function tlsMaterial(files: Config['client'] | Config['endpoint'], mode: Config['mode']): TlsMaterial | undefined {
  if (files.keyFile === undefined || files.certFile === undefined) return undefined;
  return { key: read(files.keyFile), cert: read(files.certFile), ...trustMaterial(files, mode) };
}

function trustMaterial(files: Config['client'] | Config['endpoint'], mode: Config['mode']): TrustMaterial {
  const lists = { ca: files.caFiles.map(read), crl: files.crlFiles.map(read) };
  return mode === 'development' && files.crlFiles.length === 0 ? { ...lists, revocation: 'none' } : lists;
}

function partnerClient(config: Config): ReloadableClient {
  const { client } = config;
  const tls = tlsMaterial(client, config.mode);
  return createPartnerClient({
    ...(tls === undefined ? {} : { tls }),
    allowPlainHttp: config.policy.allowHttp,
    limits: {
      connectTimeoutMs: client.connectTimeout,
      responseTimeoutMs: client.responseTimeout,
      connectionsPerPartner: client.connectionsPerPartner,
    },
  });
}

/** Without any authority (a development gateway without TLS) a signer is trusted because the CPA names it. */
function signerTrust(config: Config): SignerTrust {
  if (config.mode === 'development' && config.endpoint.caFiles.length === 0) return () => undefined;
  const trust = createSignerTrust(trustMaterial(config.endpoint, config.mode));
  if (!trust.ok) throw new Refused(trust.error);
  return trust.value;
}

interface Doors {
  readonly endpoint: EbmsServer | undefined;
  readonly plain: EbmsServer | undefined;
  readonly api: ApiServer | undefined;
  readonly addresses: readonly string[];
}

async function openDoors(gateway: Gateway, config: Config, observer: Observer): Promise<Doors> {
  const { endpoint: at } = config;
  const addresses: string[] = [];
  const listener = config.roles.includes('endpoint') ? mainListener(config) : undefined;
  const endpoint = listener === undefined ? undefined : serve({ listener, port: at.port }, gateway, config, observer);
  if (endpoint !== undefined) {
    const { port } = await endpoint.listen();
    addresses.push(`${listener?.kind === 'mtls' ? 'https' : 'proxy http'}://${at.host}:${port}${at.path}`);
  }
  const plainPort = config.mode === 'development' && config.roles.includes('endpoint') ? at.plainHttpPort : undefined;
  const plain =
    plainPort === undefined
      ? undefined
      : serve({ listener: { kind: 'plain' }, port: plainPort }, gateway, config, observer);
  if (plain !== undefined) addresses.push(`http://${at.host}:${(await plain.listen()).port}${at.path}`);
  const api = config.roles.includes('api') ? createApi(gateway, { ...config.api, observer }) : undefined;
  if (api !== undefined) addresses.push(`http://${config.api.host}:${(await api.listen()).port}/api/v1`);
  return { endpoint, plain, api, addresses };
}

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
  gateway: Gateway,
  config: Config,
  observer: Observer,
): EbmsServer {
  const { endpoint: at } = config;
  const options: ServerOptions = {
    ...where,
    host: at.host,
    path: at.path,
    clock: { now: () => Date.now() },
    ids: { uuid: () => randomUUID() },
    limits: {
      maxBodyBytes: at.maxMessageBytes,
      maxConnections: at.maxConnections,
      maxConcurrent: at.maxConcurrent,
      bodyIdleMs: at.bodyTimeout,
    },
    onEvent: (event) => tellTransport(event, observer),
  };
  return createEbmsServer(options, (request) => gateway.receive(request));
}

function tellTransport(event: TransportEvent, observer: Observer): void {
  if (event.kind === 'door.failed') {
    const detail = event.error instanceof Error ? (event.error.stack ?? event.error.message) : 'unknown failure';
    observer.emit('bug', { cid: event.cid, detail });
    return;
  }
  const { remoteAddress } = event;
  if (event.kind === 'proxy.spoofed') observer.emit('proxy.spoofed', { remoteAddress, detail: event.header });
  else if (event.kind === 'request.refused')
    observer.emit('http.refused', { remoteAddress, detail: `HTTP ${event.status}: ${event.reason}` });
  else observer.emit('peer.refused', { remoteAddress, detail: event.reason });
}

/** Feeds the gauges of waiting work; a failure shows in readiness, not here. */
function watchBacklog(store: Store, observer: Observer): NodeJS.Timeout {
  const timer = setInterval(() => {
    const now = Date.now();
    store.backlog(now).then(
      (rows) =>
        observer.setBacklog(
          rows.map((row) => ({
            kind: row.kind,
            ready: row.ready,
            oldestSeconds: row.oldestDueAt === undefined ? 0 : Math.max(0, now - row.oldestDueAt) / 1000,
          })),
        ),
      () => undefined,
    );
  }, BACKLOG_MS);
  timer.unref();
  return timer;
}

function warnDevelopment(config: Config, file: string | undefined, observer: Observer): void {
  if (config.mode !== 'development') return;
  const warn = (detail: string): void => observer.emit('config.warning', { detail });
  warn(`ontwikkelmodus met opslag ${config.store}${file === undefined ? '; er is geen gateway.json' : ''}`);
  if (file === undefined) {
    warn(
      'hierna: `npx dk certs dev` maakt certificaten, `npx dk cpa create` een CPA; README toont een gateway.json. Of begin met `npm run demo -- --keep`',
    );
  }
  if (config.endpoint.plainHttpPort !== undefined) warn('een eindpunt zonder TLS: niemand bewijst wie hij is');
  if (config.policy.allowHttp) warn('http-adressen in CPA’s zijn toegestaan');
  if (config.policy.allowLocalhost) warn('localhost-adressen in CPA’s zijn toegestaan');
  if (config.policy.allowSha1) warn('SHA-1 is toegestaan in handtekeningen');
}

interface Parts extends Doors {
  readonly worker: Worker | undefined;
  readonly store: Store;
  readonly client: { close(): Promise<void> };
  readonly validator: { close(): Promise<void> };
  readonly observer: Observer;
  readonly backlog: NodeJS.Timeout;
}

/** Doors first, then the work in hand, then the store: what is not finished falls due again when its lease ends. */
async function shutDown(parts: Parts): Promise<void> {
  parts.observer.emit('gateway.stopping', {});
  clearInterval(parts.backlog);
  await Promise.all([parts.endpoint?.close(DRAIN_MS), parts.plain?.close(DRAIN_MS), parts.api?.close()]);
  await parts.worker?.stop(DRAIN_MS);
  await parts.client.close();
  await parts.validator.close();
  await parts.store.close();
  parts.observer.emit('gateway.stopped', {});
}

try {
  const { config, file } = configuration();
  const running = await start(config, file);
  let stopping = false;
  const stop = (): void => {
    // A second signal cuts what the first one lets finish.
    if (stopping) process.exit(1);
    stopping = true;
    void running.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  for (const issue of error.issues) process.stderr.write(`${issue.where}: ${issue.detail}\n`);
  process.exitCode = 2;
}
