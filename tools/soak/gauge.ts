// Measures the gateways of a soak now and then: memory and open files of each process, and the size of each store.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf } from '../harness/layout.ts';
import { GATEWAYS, type GatewayName } from '../harness/points.ts';
import { usage } from '../harness/processes.ts';
import type { Scene } from '../harness/scene.ts';
import { createSeries, type Series, type Slope } from './slope.ts';

export const MEASURED = [...GATEWAYS, 'harnas'] as const;
export type Measured = (typeof MEASURED)[number];

export interface Grown {
  readonly first: number;
  readonly last: number;
}

export interface Measurement {
  /** Bytes. */
  readonly memory: Readonly<Record<Measured, Slope>>;
  readonly openFiles: Readonly<Record<GatewayName, Slope>>;
  readonly storeBytes: Readonly<Record<GatewayName, Grown>>;
}

const ANSWER_MS = 2_000;
const MEGABYTE = 2 ** 20;
export const toMegabytes = (bytes: number): number => bytes / MEGABYTE;

interface Life {
  readonly pid: number | undefined;
  readonly number: number;
  readonly startedAt: number;
}

export class Gauge {
  readonly #scene: Scene;
  readonly #memory: Readonly<Record<Measured, Series>>;
  readonly #files: Readonly<Record<GatewayName, Series>>;
  readonly #lives = new Map<GatewayName, Life>();
  readonly #firstBytes: Readonly<Record<GatewayName, number>>;
  readonly #startedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(scene: Scene, warmUpMs: number) {
    const series = () => createSeries(warmUpMs);
    this.#scene = scene;
    this.#memory = { gemeente: series(), hub: series(), aanbieder: series(), harnas: series() };
    this.#files = { gemeente: series(), hub: series(), aanbieder: series() };
    this.#firstBytes = this.#storeBytes();
  }

  start(everyMs: number): void {
    this.#timer = setInterval(() => {
      this.#busy = this.#sample();
    }, everyMs);
  }

  async stop(): Promise<Measurement> {
    clearInterval(this.#timer);
    await this.#busy;
    await this.#sample();
    const lastBytes = this.#storeBytes();
    return {
      memory: each(MEASURED, (name) => this.#memory[name].slope()),
      openFiles: each(GATEWAYS, (name) => this.#files[name].slope()),
      storeBytes: each(GATEWAYS, (name) => ({ first: this.#firstBytes[name], last: lastBytes[name] })),
    };
  }

  async #sample(): Promise<void> {
    this.#memory.harnas.add(0, performance.now() - this.#startedAt, process.memoryUsage.rss());
    await Promise.all(GATEWAYS.map((name) => this.#sampleOne(name)));
  }

  async #sampleOne(name: GatewayName): Promise<void> {
    const child = this.#scene.child(name)?.process;
    if (child === undefined) return;
    const life = this.#lifeOf(name, child.pid);
    const place = placeOf(this.#scene.layout.places, name);
    // A frozen or dying process says nothing now.
    const found = await usage({ place, child }, AbortSignal.timeout(ANSWER_MS)).catch(() => undefined);
    if (found === undefined) return;
    const age = performance.now() - life.startedAt;
    this.#memory[name].add(life.number, age, found.rssBytes);
    this.#files[name].add(life.number, age, found.openFiles);
  }

  #lifeOf(name: GatewayName, pid: number | undefined): Life {
    const known = this.#lives.get(name);
    if (known?.pid === pid && known !== undefined) return known;
    const life = { pid, number: (known?.number ?? 0) + 1, startedAt: performance.now() };
    this.#lives.set(name, life);
    return life;
  }

  #storeBytes(): Record<GatewayName, number> {
    return each(GATEWAYS, (name) => bytesUnder(this.#scene.folder(name)));
  }
}

function each<K extends string, V>(names: readonly K[], value: (name: K) => V): Record<K, V> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, V>;
}

/** What disappears while it is counted is not there. */
function bytesUnder(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesUnder(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0));
  }, 0);
}
