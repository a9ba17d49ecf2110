// How long the event loop of a gateway hung since it was last asked: nearly always, and at its worst.
import type { GatewayProcess } from '../harness/processes.ts';

/** Measured every 10 ms, which count. */
export interface LoopDelay {
  readonly eventLoopP99Ms: number;
  /** The longest: one long block among thousands of short ones is beyond the 99th percentile. */
  readonly eventLoopMaxMs: number;
  /** Of all measurements: a stretch of time divided by it is how many there were. */
  readonly eventLoopMeanMs: number;
}

/** Both of one request: each request for the metrics begins the count anew. */
export async function loopDelay({ place }: Pick<GatewayProcess, 'place'>): Promise<LoopDelay> {
  const text = await (await fetch(`http://127.0.0.1:${place.apiPort}/metrics`)).text();
  return readLoopDelay(text);
}

export function readLoopDelay(metrics: string): LoopDelay {
  const lag = (which: string): number =>
    Number(new RegExp(`^dk_nodejs_eventloop_lag_${which}_seconds (\\S+)`, 'm').exec(metrics)?.[1] ?? Number.NaN) * 1000;
  return { eventLoopP99Ms: lag('p99'), eventLoopMaxMs: lag('max'), eventLoopMeanMs: lag('mean') };
}
