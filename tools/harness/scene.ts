// Three gateways as processes with spares: whoever dies is replaced at once by a process that has its code loaded already.
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { takeLastWords } from './fail-point.ts';
import { dataOf, type HarnessParty, type Layout, layOut, placeOf, routeTo } from './layout.ts';
import type { Answer, Broken, Look, Order, Settings } from './orders.ts';
import { GATEWAYS, type GatewayName, type Mode, type PointName } from './points.ts';
import { steadyPorts } from './ports.ts';
import { importCpas, start, stop } from './processes.ts';
import { bytesOf, dropUnsynced, logOf } from './sync-mark.ts';

const START_MS = 20_000;
/** Loading takes most of a round: with one, every second death would wait for it. */
const SPARES = 2;
export const LEASE_MS = 300;
/** Between two attempts of a message. */
export const RETRY_MS = 200;
export const CODES: Readonly<Record<Mode, string>> = { async: '99999901', sync: '99999902' };
/** Municipalities: one for each mode, so that what comes back to them has a CPA of that mode. */
export const ZENDERS: Readonly<Record<Mode, string>> = { async: '9999', sync: '9998' };
/** Messages that the hub takes at once: more than a round needs, less than what piles up when its store is slow. */
export const MOST_AT_ONCE = 16;
/** How long the gateways of a scene wait for each other. */
export interface Pace {
  /** Of every gateway's configuration. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly retries: number;
  /** xs:duration. */
  readonly retryInterval: string;
  /** Messages that the hub takes at once. */
  readonly hubConcurrent: number;
}

/** Short times: a lease ends and a retry comes within a third of a second; retries last for a clock that jumps ten minutes. */
export const QUICK: Pace = {
  settings: {
    logLevel: 'error',
    worker: { lease: `${LEASE_MS}ms`, poll: '20ms' },
    client: { connectTimeout: '100ms', responseTimeout: '300ms' },
  },
  retries: 4_000,
  retryInterval: `PT${RETRY_MS / 1000}S`,
  hubConcurrent: MOST_AT_ONCE,
};

export interface SceneOptions {
  readonly dir: string;
  readonly broken?: Broken;
  readonly pace?: Pace;
}

export interface Death {
  readonly name: GatewayName;
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  /** What ended it: the point at which it said it would, a signal of ours, or something that we did not do. */
  readonly cause: PointName | 'kill' | 'terminate' | 'fell';
  /** It was a power cut as well. */
  readonly cut: boolean;
  /** Bytes in the write-ahead log that the next process finds. */
  readonly logBytes: number;
  /** Bytes that were not synchronised and were dropped. */
  readonly dropped: number;
}

/** A process of ours with questions open. */
export class Child {
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  #next = 1;
  readonly #open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();

  constructor(settings: Settings) {
    this.process = start('tools/harness/gateway-main.js', [], { env: { DK_HARNESS: JSON.stringify(settings) } });
    this.process.on('message', (answer: Answer) => {
      const waiting = this.#open.get(answer.id);
      this.#open.delete(answer.id);
      if (answer.problem === undefined) waiting?.resolve(answer.value);
      else waiting?.reject(new Error(answer.problem));
    });
    this.process.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.process.once('exit', () => {
        for (const waiting of this.#open.values()) waiting.reject(new Error('the process ended'));
        resolve();
      });
    });
  }

  /** Resolves when the spare has its code loaded. */
  loaded(): Promise<unknown> {
    return new Promise((resolve, reject) => this.#open.set(0, { resolve, reject }));
  }

  ask(order: Order): Promise<unknown> {
    if (this.process.exitCode !== null || this.process.signalCode !== null || !this.process.connected) {
      return Promise.reject(new Error('the process ended'));
    }
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.process.send({ id, order }, (error) => {
        if (error !== null) reject(error);
      });
    });
  }
}

/** A process that is one of the three now. */
interface Live {
  readonly child: Child;
  /** By the machine's clock. */
  readonly bootedAt: number;
  /** It keeps the mark that a power cut needs. */
  marked: boolean;
  /** The last signal that the harness gave it to end. */
  signalled?: 'SIGKILL' | 'SIGTERM';
}

type End = Pick<Death, 'code' | 'signal'>;

/** Only what the harness or the process itself said beforehand is ours: any other SIGKILL comes from outside. */
export function causeOf(end: End, point: PointName | undefined, signalled: Live['signalled']): Death['cause'] {
  if (end.signal === 'SIGKILL') return point ?? (signalled === 'SIGKILL' ? 'kill' : 'fell');
  return signalled === 'SIGTERM' && end.signal === null && end.code === 0 ? 'terminate' : 'fell';
}

interface Spare {
  readonly child: Child;
  readonly loaded: Promise<unknown>;
}

export class Scene {
  readonly layout: Layout;
  readonly deaths: Death[] = [];
  readonly #settings: Settings;
  readonly #live = new Map<GatewayName, Live>();
  readonly #starting = new Map<GatewayName, Promise<void>>();
  readonly #spares: Spare[] = [];
  #closing = false;

  private constructor(layout: Layout, settings: Settings) {
    this.layout = layout;
    this.#settings = settings;
  }

  static async open({ dir, broken, pace = QUICK }: SceneOptions): Promise<Scene> {
    const layout = await layOutScene(dir, pace);
    const lastWords = join(dir, 'last-words');
    mkdirSync(lastWords, { recursive: true });
    const scene = new Scene(layout, { lastWords, ...(broken === undefined ? {} : { broken }) });
    for (const name of GATEWAYS) await scene.boot(name);
    for (const name of GATEWAYS) await importCpas(layout, name);
    return scene;
  }

  folder(name: GatewayName): string {
    return dataOf(this.layout.dir, name);
  }

  child(name: GatewayName): Child | undefined {
    return this.#live.get(name)?.child;
  }

  /** When the process that is this gateway began to be it. */
  bootedAt(name: GatewayName): number {
    return this.#live.get(name)?.bootedAt ?? Number.POSITIVE_INFINITY;
  }

  ask(name: GatewayName, order: Order): Promise<unknown> {
    return this.#live.get(name)?.child.ask(order) ?? Promise.reject(new Error(`${name} is not there`));
  }

  async look(name: GatewayName, conversations: readonly string[] = []): Promise<Look | undefined> {
    return this.ask(name, { do: 'look', conversations }).then(
      (value) => value as Look,
      () => undefined,
    );
  }

  /** Kills without a word; `restarted` tells when it is back. */
  kill(name: GatewayName): boolean {
    return this.#signal(name, 'SIGKILL');
  }

  /** Asks it to end, and it is started again. */
  terminate(name: GatewayName): boolean {
    return this.#signal(name, 'SIGTERM');
  }

  #signal(name: GatewayName, signal: 'SIGKILL' | 'SIGTERM'): boolean {
    const live = this.#live.get(name);
    if (live?.child.process.kill(signal) !== true) return false;
    live.signalled = signal;
    return true;
  }

  /** From now on its death is a power cut: what it did not synchronise goes with it. Only when it is at rest. */
  async mark(name: GatewayName): Promise<void> {
    await this.ask(name, { do: 'mark', folder: this.folder(name), file: this.#markFile(name) });
    const live = this.#live.get(name);
    if (live !== undefined) live.marked = true;
  }

  /** Its death is no power cut any more. */
  async unmark(name: GatewayName): Promise<void> {
    const live = this.#live.get(name);
    if (live?.marked !== true) return;
    live.marked = false;
    await this.ask(name, { do: 'unmark' });
  }

  /** Resolves when no gateway is being started. */
  async settled(): Promise<void> {
    while (this.#starting.size > 0) await Promise.all(this.#starting.values());
  }

  /** Starts a gateway from the spare; rejects when it cannot start. */
  async boot(name: GatewayName): Promise<void> {
    const child = await this.#takeSpare();
    const live: Live = { child, bootedAt: Date.now(), marked: false };
    this.#live.set(name, live);
    await within(START_MS, child.ask({ do: 'go', config: placeOf(this.layout.places, name).configFile }));
    child.process.once('exit', (code, signal) => this.#onDeath(name, live, { code, signal }));
    this.#makeSpares();
  }

  async stop(name: GatewayName): Promise<void> {
    const live = this.#live.get(name);
    this.#live.delete(name);
    if (live !== undefined) await stop(live.child.process);
  }

  /** Kills and does not start again until `boot`. */
  async halt(name: GatewayName): Promise<void> {
    const live = this.#live.get(name);
    this.#live.delete(name);
    live?.child.process.kill('SIGKILL');
    await live?.child.ended;
  }

  /** An extra process that is not among the three, for a second worker on a store. */
  async extra(config: string): Promise<Child> {
    const child = await this.#takeSpare();
    await within(START_MS, child.ask({ do: 'go', config }));
    return child;
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#starting.values());
    for (const { child } of this.#spares) child.process.kill('SIGKILL');
    await Promise.all(GATEWAYS.map((name) => this.stop(name)));
  }

  #markFile(name: GatewayName): string {
    return join(this.layout.dir, name, 'synced');
  }

  #makeSpares(): void {
    while (this.#spares.length < SPARES && !this.#closing) {
      const child = new Child(this.#settings);
      const loaded = child.loaded();
      loaded.catch(() => undefined);
      this.#spares.push({ child, loaded });
    }
  }

  async #takeSpare(): Promise<Child> {
    this.#makeSpares();
    const spare = this.#spares.shift();
    if (spare === undefined) throw new Error('no spare process');
    await within(START_MS, spare.loaded);
    return spare.child;
  }

  #onDeath(name: GatewayName, { child, marked, signalled }: Live, how: End): void {
    if (this.#closing || this.#live.get(name)?.child !== child) return;
    this.#live.delete(name);
    const folder = this.folder(name);
    const dropped = marked ? dropUnsynced(folder, this.#markFile(name)) : 0;
    const point = takeLastWords(join(this.#settings.lastWords, String(child.process.pid)));
    const cause = causeOf(how, point, signalled);
    this.deaths.push({ name, ...how, cause, cut: marked, dropped, logBytes: bytesOf(logOf(folder)) });
    const booting = this.boot(name).finally(() => this.#starting.delete(name));
    booting.catch(() => undefined);
    this.#starting.set(name, booting);
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not ready within ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

export const PARTIES: Readonly<Record<GatewayName, HarnessParty>> = {
  gemeente: { name: 'gemeente', oin: '00000001999999710000', organisatie: ZENDERS.async, gateway: true },
  hub: { name: 'hub', oin: '00000001999999720000', organisatie: 'IB', gateway: true },
  aanbieder: { name: 'aanbieder', oin: '00000001999999730000', organisatie: CODES.async, gateway: true },
};

const MODES = ['async', 'sync'] as const;

async function layOutScene(dir: string, pace: Pace): Promise<Layout> {
  const ports = await steadyPorts(GATEWAYS.length * 2);
  const settings = settingsOf(pace);
  const cpa = (mode: Mode, other: GatewayName) => ({
    cpaId: cpaId(mode, other),
    parties: ['hub', other] as const,
    profile: mode === 'sync' ? ('osb-rm' as const) : ('osb-rm-s' as const),
    syncReply: mode === 'sync' ? ('mshSignalsOnly' as const) : ('none' as const),
    retries: pace.retries,
    retryInterval: pace.retryInterval,
  });
  return layOut(dir, {
    ports,
    parties: GATEWAYS.map((name) => ({ ...PARTIES[name], settings: settings[name] })),
    cpas: MODES.flatMap((mode) => [cpa(mode, 'gemeente'), cpa(mode, 'aanbieder')]),
  });
}

/** Messages go both ways: heen by the code of the aanbieder, retour by that of the gemeente. */
function settingsOf({ settings, hubConcurrent }: Pace): Readonly<Record<GatewayName, Record<string, unknown>>> {
  const { gemeente, hub, aanbieder } = PARTIES;
  const end = (self: HarnessParty, name: GatewayName, codes: Readonly<Record<Mode, string>>) => ({
    ...settings,
    submit: 'off',
    routes: MODES.map((mode) => routeTo(self, hub, cpaId(mode, name), codes[mode])),
  });
  return {
    gemeente: end(gemeente, 'gemeente', CODES),
    hub: {
      ...settings,
      endpoint: { maxConcurrent: hubConcurrent },
      routes: MODES.flatMap((mode) => [
        routeTo(hub, aanbieder, cpaId(mode, 'aanbieder'), CODES[mode]),
        routeTo(hub, gemeente, cpaId(mode, 'gemeente'), ZENDERS[mode]),
      ]),
      hub: {
        senders: [
          { partyId: gemeente.oin, zenders: Object.values(ZENDERS) },
          { partyId: aanbieder.oin, zenders: Object.values(CODES) },
        ],
      },
    },
    aanbieder: end(aanbieder, 'aanbieder', ZENDERS),
  };
}

export const cpaId = (mode: Mode, other: GatewayName): string => `CRASH_${mode}_${other}`.toUpperCase();
