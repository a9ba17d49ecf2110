// Composition root: configuration → tools → gateway → doors. The only file that wires.
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClock } from './clock.ts';
import type { Config } from './config/index.ts';
import { createDiskWatch, type DiskWatch, guardIntake, usedPercentOf } from './disk.ts';
import { type Doors, openDoors } from './doors.ts';
import { createDriftWatch, hearDates, watchJumps } from './drift.ts';
import { partnerClient } from './files.ts';
import {
  createAgreementCache,
  createEvidenceShares,
  createGateway,
  createSidePosts,
  createTurns,
  type Gateway,
  type GatewayContext,
} from './gateway/index.ts';
import { checkMaterial, createEndsWatch } from './material-check.ts';
import type { JobKind } from './msh/index.ts';
import { createObserver, type Observer } from './observe/index.ts';
import { partnersOf } from './partners.ts';
import { signerTrust, signingKeys, watchCertificates } from './renewal.ts';
import { routingFaults } from './routing-check.ts';
import { settingsOf } from './settings.ts';
import { shutDown } from './shut-down.ts';
import type { Store } from './store/index.ts';
import { storeOf } from './store-of.ts';
import { keepHouse, watchBacklog, watchEnds } from './timers.ts';
import type { ReloadableClient } from './transport/index.ts';
import { createWorker, shareOf } from './worker/index.ts';
import { openSchemas } from './xsd/index.ts';

/** One of the largest messages, or some smaller ones: for each validation worker one that is validated and one that is read. */
const LARGE_IN_HAND = { mostBytes: 32 * 1024 * 1024, most: 4, freeBytes: 256 * 1024 };
/** Signals that no job carries, on their way to one partner at a time. */
const SIDE_POSTS = 8;
/** At this rate strangers need three days for a gigabyte, and a partner most of one. */
const EVIDENCE_PER_HOUR = { strangers: 16 * 1024 * 1024, partner: 64 * 1024 * 1024 };

export interface Running {
  readonly observer: Observer;
  readonly doors: Pick<Doors, 'addresses' | 'closed'>;
  stop(): Promise<void>;
}

export interface ProgramOptions {
  readonly config: Config;
  /** Where the configuration came from; undefined when there was no file. */
  readonly file: string | undefined;
  /** The instant that the gateway's clock shows when it starts; the machine's when undefined. */
  readonly startAt: number | undefined;
}

/** Where a harness may stand between the gateway and its surroundings; the product itself puts nothing there. */
export interface Seams {
  readonly store?: (store: Store) => Store;
  readonly client?: (client: ReloadableClient) => ReloadableClient;
  readonly gateway?: (gateway: Gateway) => Gateway;
}

/** Builds and starts one gateway; resolves when its doors are open. Throws `Refused` for what cannot work. */
export async function startProgram(options: ProgramOptions, seams: Seams = {}): Promise<Running> {
  const { config, file } = options;
  const observer = createObserver({ name: config.name, level: config.logLevel });
  checkMaterial(config, observer, routingFaults(config));
  const keys = signingKeys(config);
  const opened = await storeOf(config);
  const disk = await watchDisk(config, observer);
  const guarded = disk === undefined ? opened : guardIntake(opened, disk);
  const store = seams.store?.(guarded) ?? guarded;
  const validator = await openSchemas(config.schemasDir ?? schemasOfProgram());
  const clock = clockFrom(options.startAt);
  const drift = createDriftWatch(observer);
  const connected = hearDates(partnerClient(config), drift);
  const client = seams.client?.(connected) ?? connected;
  const signers = signerTrust(config);
  const context: GatewayContext = {
    ...settingsOf(config),
    clock,
    ids: { uuid: () => randomUUID() },
    store,
    blobs: store.blobs,
    observer,
    client,
    validator,
    agreements: createAgreementCache(store, clock, (cpaId) => observer.emit('cpa.damaged', { cpaId })),
    keyRing: keys.ask,
    signerTrust: signers.ask,
    turns: createTurns(LARGE_IN_HAND),
    sidePosts: createSidePosts(SIDE_POSTS),
    evidence: createEvidenceShares(EVIDENCE_PER_HOUR),
    heardTime: (partner, said) => drift.heard(partner, said, [Number.NEGATIVE_INFINITY, Date.now()]),
    wake: () => worker?.wake(),
    reserve: async (kinds, peerOin) => worker?.admit(kinds, peerOin),
  };
  const built = createGateway(context);
  const gateway = seams.gateway?.(built) ?? built;
  const worker = config.roles.includes('worker')
    ? createWorker(context, {
        ...config.worker,
        kinds: kindsOf(config),
        pollMs: config.worker.poll,
        perPeer: shareOf(config.worker.concurrency, config.client.connectionsPerPartner),
      })
    : undefined;
  const doors = await openDoors(config, { gateway, isPartner: partnersOf(context.agreements), observer });
  worker?.start();
  const timers = [
    watchBacklog(store, observer),
    keepHouse(context),
    watchJumps(observer),
    watchEnds(createEndsWatch(config, observer)),
    watchCertificates({ config, endpoint: doors.endpoint, client, signers, keys, observer }),
  ];
  warnDevelopment(config, file, doors.closed, observer);
  observer.emit('gateway.started', { detail: doors.addresses.join(' · ') });
  const { turns } = context;
  const stop = () => shutDown({ ...doors, worker, turns, store, client, validator, observer, timers, disk });
  return { observer, doors, stop };
}

/** What the application pulls is not the worker's: `collect`, and `notify` when it pulls events too (decisions 0002, 0009). */
const kindsOf = ({ application }: Config): readonly JobKind[] =>
  application.events === 'pull' ? ['answer', 'transmit', 'deliver'] : ['answer', 'transmit', 'deliver', 'notify'];

function clockFrom(startAt: number | undefined): GatewayContext['clock'] {
  const clock = createClock();
  const offset = startAt === undefined ? 0 : startAt - clock.now();
  return { now: () => clock.now() + offset };
}

/** A store in memory has no disk. */
async function watchDisk({ store, disk }: Config, observer: Observer): Promise<DiskWatch | undefined> {
  const folder = /^sqlite:(.+)$/.exec(store)?.[1];
  if (folder === undefined || folder === ':memory:') return undefined;
  const watch = createDiskWatch(usedPercentOf(folder), disk, observer);
  await watch.look().catch(() => undefined);
  return watch;
}

const schemasOfProgram = (): string => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  return resolve(here, /[\\/]dist[\\/]/.test(here) ? '../../schemas' : '../schemas');
};

function warnDevelopment(
  config: Config,
  file: string | undefined,
  closed: readonly string[],
  observer: Observer,
): void {
  if (config.mode !== 'development') return;
  const warn = (detail: string): void => observer.emit('config.warning', { detail });
  warn(`ontwikkelmodus met opslag ${config.store}${file === undefined ? '; er is geen gateway.json' : ''}`);
  if (file === undefined) {
    warn(
      'hierna: `npx dk certs dev` maakt certificaten, `npx dk cpa create` een CPA; README toont een gateway.json. Of begin met `npm run demo -- --keep`',
    );
  }
  for (const why of closed) warn(`niet open: ${why}`);
  if (config.roles.includes('api') && config.api.keys.length === 0)
    warn('geen API-sleutels (api.keys): de REST-ingang laat niemand toe');
  if (config.endpoint.plainHttpPort !== undefined) warn('een eindpunt zonder TLS: niemand bewijst wie hij is');
  if (config.policy.allowHttp) warn('http-adressen in CPA’s zijn toegestaan');
  if (config.policy.allowLocalhost) warn('localhost-adressen in CPA’s zijn toegestaan');
  if (config.policy.allowSha1) warn('SHA-1 is toegestaan in handtekeningen');
}
