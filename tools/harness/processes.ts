// The processes of a harness: started, watched, asked how they are, and ended by their own id.
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { withUs } from '../ending.ts';
import { ownSettings } from '../environment.ts';
import { type Layout, type Place, placeOf } from './layout.ts';

const START_MS = 30_000;
const STOP_MS = 10_000;
/** Clock ticks a second in /proc, the same on every Linux that Node runs on. */
const TICKS = 100;
export const DIST = fileURLToPath(new URL('../..', import.meta.url));

export interface GatewayProcess {
  readonly place: Place;
  readonly child: ChildProcess;
  /** Milliseconds from start until /health/ready said so. */
  readonly readyMs: number;
}

export interface StartOptions {
  /** Script under dist; the product's own main when absent. */
  readonly script?: string;
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Hears each line that the gateway logs; when absent only a crash is told, on standard error. */
  readonly onLine?: (line: string) => void;
}

/** Starts a script of ours with a channel for messages. */
export function start(script: string, args: readonly string[], options: StartOptions = {}): ChildProcess {
  const child = withUs(
    fork(join(DIST, script), [...args], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      execArgv: [...(options.execArgv ?? [])],
      env: { ...ownSettings(), ...options.env },
    }),
  );
  if (options.onLine === undefined) child.stdout?.on('data', tellCrash);
  else if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', options.onLine);
  return child;
}

/** Nobody reads the log of a gateway that is only used; why it fell is for whoever runs this. */
function tellCrash(piece: Buffer): void {
  if (!piece.includes(CRASHED)) return;
  const told = piece.toString('utf8').split('\n');
  for (const line of told.filter((one) => one.includes(CRASHED))) process.stderr.write(`${line}\n`);
}

const CRASHED = '"event":"gateway.crashed"';

/** Starts one gateway of the layout and resolves when it is ready. */
export async function startGateway(layout: Layout, name: string, options: StartOptions = {}): Promise<GatewayProcess> {
  const place = placeOf(layout.places, name);
  const startedAt = performance.now();
  const child = start(options.script ?? 'adapter/main.js', ['--config', place.configFile], options);
  await ready(place, child);
  return { place, child, readyMs: performance.now() - startedAt };
}

async function ready(place: Place, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${place.name} ended while starting`);
    const good = await fetch(`http://127.0.0.1:${place.apiPort}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (good) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${place.name} is not ready after ${START_MS} ms`);
}

/** SIGTERM, and SIGKILL for what has not ended after ten seconds. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(hard);
}

/** Imports the CPAs that name a gateway. */
export async function importCpas(layout: Layout, name: string): Promise<void> {
  for (const cpa of layout.cpas) {
    if (cpa.parties.includes(name)) await importCpa(layout, name, readFileSync(cpa.file));
  }
}

export async function importCpa(layout: Layout, name: string, xml: Uint8Array): Promise<void> {
  const response = await callApi(layout, name, '/api/v1/cpas', { method: 'POST', body: xml });
  if (response.status !== 201) throw new Error(`${name} refuses the CPA: ${await response.text()}`);
}

/** Calls a gateway's REST door. */
export function callApi(
  layout: Layout,
  name: string,
  path: string,
  init: RequestInit & { body?: Uint8Array | string } = {},
): Promise<Response> {
  const place = placeOf(layout.places, name);
  const headers = { authorization: `Bearer ${layout.apiKey}`, ...(init.headers as Record<string, string> | undefined) };
  return fetch(`http://127.0.0.1:${place.apiPort}${path}`, { ...init, headers });
}

export interface Usage {
  /** CPU seconds of all threads since the process began. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  readonly openFiles: number;
  /** Event-loop delay since the last time this was asked. */
  readonly eventLoopP99Ms: number;
}

/** What a gateway says of itself over /metrics, with the peak that only the system knows where it tells (Linux). */
export async function usage(
  gateway: Pick<GatewayProcess, 'place' | 'child'>,
  signal: AbortSignal | null = null,
): Promise<Usage> {
  const text = await (await fetch(`http://127.0.0.1:${gateway.place.apiPort}/metrics`, { signal })).text();
  const metric = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  const rssBytes = metric('dk_process_resident_memory_bytes');
  return {
    cpuSeconds: metric('dk_process_cpu_seconds_total'),
    rssBytes,
    peakRssBytes: systemPeak(gateway.child.pid) ?? rssBytes,
    openFiles: metric('dk_process_open_fds'),
    eventLoopP99Ms: metric('dk_nodejs_eventloop_lag_p99_seconds') * 1000,
  };
}

/** One sample of a gateway's /metrics, labels and all; undefined when it is not there yet. */
export async function metricOf(gateway: GatewayProcess, sample: string): Promise<number | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${gateway.place.apiPort}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
}

function systemPeak(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** CPU seconds of all threads of a process, exact to a tick; undefined where there is no /proc. */
export function cpuSeconds(pid: number | undefined): number | undefined {
  return ticksOf(`/proc/${pid}/stat`);
}

/** CPU seconds of the thread that runs the event loop. */
export function mainThreadSeconds(pid: number | undefined): number | undefined {
  return ticksOf(`/proc/${pid}/task/${pid}/stat`);
}

function ticksOf(file: string): number | undefined {
  try {
    const fields = readFileSync(file, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return undefined;
  }
}
