// An orderly stop: in which order everything closes, so that what is cut off can still be written down.
import type { DiskWatch } from './disk.ts';
import type { Doors } from './doors.ts';
import type { GatewayContext } from './gateway/index.ts';
import type { Observer } from './observe/index.ts';
import type { Worker } from './worker/index.ts';

const DRAIN_MS = 10_000;
/** For what was cut off to be written down as such. */
const SETTLE_MS = 2_000;

interface Closable {
  close(): Promise<void>;
}

export interface Parts extends Pick<Doors, 'endpoint' | 'plain' | 'api'> {
  readonly worker: Pick<Worker, 'stop'> | undefined;
  readonly turns: Pick<GatewayContext['turns'], 'close'>;
  readonly store: Closable;
  readonly client: Closable;
  readonly validator: Closable;
  readonly observer: Pick<Observer, 'emit'>;
  readonly timers: readonly NodeJS.Timeout[];
  readonly disk: Pick<DiskWatch, 'stop'> | undefined;
}

/** Doors first, then the work in hand, then the store: what is not finished falls due again when its lease ends. */
export async function shutDown(parts: Parts): Promise<void> {
  parts.observer.emit('gateway.stopping', {});
  for (const timer of parts.timers) clearInterval(timer);
  parts.disk?.stop();
  await Promise.all([parts.endpoint?.close(DRAIN_MS), parts.plain?.close(DRAIN_MS), parts.api?.close()]);
  parts.turns.close();
  await parts.worker?.stop(DRAIN_MS);
  await parts.client.close();
  await parts.validator.close();
  await parts.worker?.stop(SETTLE_MS);
  await parts.store.close();
  parts.observer.emit('gateway.stopped', {});
}
