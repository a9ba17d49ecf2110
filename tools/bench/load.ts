// Whole messages through one hub process: how many a second, what each costs, how long it takes, and what stands at the end.
import { cpuSeconds, usage } from '../harness/processes.ts';
import { type LoopDelay, loopDelay } from './delay.ts';
import type { SignatureCount } from './sampled.ts';
import type { HubScene } from './scene.ts';
import { type Tally, tally } from './tally.ts';

export interface HubLoad extends Tally, LoopDelay {
  readonly seconds: number;
  readonly perSecond: number;
  /** CPU of the hub, all its threads, per relayed message. */
  readonly cpuMsPerMessage: number;
  /** CPU of sender and receiver together: they share the machine with the hub. */
  readonly endsCpuMsPerMessage: number;
  /** Cores' worth of CPU that the hub used. */
  readonly hubCores: number;
  /** From the first attempt to the acknowledgment. */
  readonly ackMs: Percentiles;
  /** From the sender's start to the arrival at the receiver. */
  readonly forwardMs: Percentiles;
  readonly rssMb: number;
  readonly peakRssMb: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export interface Load {
  readonly seconds: number;
  readonly width: number;
  readonly perSecond?: number;
  /** Load before the measurement, so that code is compiled and pools are open. */
  readonly warmSeconds: number;
}

const REST_MS = 120_000;
const QUIET_REPORTS = 3;

/** Loads the scene and reads all three ends. */
export async function loadHub(scene: HubScene, load: Load): Promise<HubLoad> {
  const order = (seconds: number) =>
    scene.sender.order({
      do: 'send',
      seconds,
      width: load.width,
      ...(load.perSecond === undefined ? {} : { perSecond: load.perSecond }),
    });
  if (load.warmSeconds > 0) {
    await order(load.warmSeconds);
    await atRest(scene, (await scene.sender.report()).acknowledged);
  }
  await usage(scene.hub);
  const cpuBefore = await hubCpu(scene);
  const endsBefore = endsCpu(scene);
  const startedAt = performance.now();
  await order(load.seconds);
  const sent = await scene.sender.report();
  const arrivals = await atRest(scene, sent.acknowledged);
  const seconds = (performance.now() - startedAt) / 1000;
  const delay = await loopDelay(scene.hub);
  const after = await usage(scene.hub);
  const cpuUsed = (await hubCpu(scene)) - cpuBefore;
  const endsUsed = endsCpu(scene) - endsBefore;
  const counts = tally(sent, arrivals);
  const { messages } = counts;
  return {
    seconds,
    ...counts,
    perSecond: messages / seconds,
    cpuMsPerMessage: (cpuUsed * 1000) / messages,
    endsCpuMsPerMessage: (endsUsed * 1000) / messages,
    hubCores: cpuUsed / seconds,
    ackMs: percentiles(sent.ackMs),
    forwardMs: percentiles(arrivals.arrivalMs),
    rssMb: after.rssBytes / 2 ** 20,
    peakRssMb: after.peakRssBytes / 2 ** 20,
    ...delay,
  };
}

const hubCpu = async (scene: HubScene): Promise<number> =>
  cpuSeconds(scene.hub.child.pid) ?? (await usage(scene.hub)).cpuSeconds;

/** NaN where there is no /proc. */
const endsCpu = ({ sender, receiver }: HubScene): number =>
  [sender, receiver].reduce((sum, { child }) => sum + (cpuSeconds(child.pid) ?? Number.NaN), 0);

/** Collects the receiver's reports until nothing arrives any more and all of `wanted` is there. */
export const atRest = (scene: HubScene, wanted: readonly string[]): Promise<Arrivals> =>
  arrivalsOf(scene, wanted, QUIET_REPORTS);

/** Until all of `wanted` is there, and so many reports after it tell of nothing. */
export async function arrivalsOf(scene: HubScene, wanted: readonly string[], quietReports: number): Promise<Arrivals> {
  const until = performance.now() + REST_MS;
  const left = new Set(wanted);
  const received: string[] = [];
  let copies = 0;
  let checked = 0;
  let wrongSignatures = 0;
  const arrivalMs: number[] = [];
  let quiet = 0;
  while (performance.now() < until && (quiet < quietReports || left.size > 0)) {
    const report = await scene.receiver.report();
    for (const reference of report.received) {
      received.push(reference);
      left.delete(reference);
    }
    copies += report.copies;
    checked += report.checked;
    wrongSignatures += report.wrongSignatures;
    for (const ms of report.arrivalMs) arrivalMs.push(ms);
    quiet = report.received.length === 0 ? quiet + 1 : 0;
    if (quiet < quietReports || left.size > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { received, copies, arrivalMs, checked, wrongSignatures };
}

export interface Arrivals extends SignatureCount {
  readonly received: readonly string[];
  readonly copies: number;
  readonly arrivalMs: readonly number[];
}
