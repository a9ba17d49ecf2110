// What happens by the clock besides messages: gauges of waiting work, and housekeeping.
import { Refused } from './files.ts';
import { type GatewayContext, housekeep, tellBrokenOff } from './gateway/index.ts';
import type { Observer } from './observe/index.ts';
import type { Store } from './store/index.ts';

const BACKLOG_MS = 5_000;
const HOUSEKEEPING_MS = 3_600_000;

/** Feeds the gauges of waiting work; a failure shows in readiness, not here. */
export function watchBacklog(store: Store, observer: Observer): NodeJS.Timeout {
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

/** Looks every hour at how long our certificates and lists still last; files that cannot be used are told by who reads them. */
export function watchEnds(look: (now: number) => void): NodeJS.Timeout {
  const timer = setInterval(() => {
    try {
      look(Date.now());
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }, HOUSEKEEPING_MS);
  timer.unref();
  return timer;
}

/** Purges, sweeps and warns at the start and every hour. */
export function keepHouse(context: GatewayContext): NodeJS.Timeout {
  const run = (): void => {
    housekeep(context).catch((error: unknown) => {
      tellBrokenOff(error, {}, context);
    });
  };
  run();
  const timer = setInterval(run, HOUSEKEEPING_MS);
  timer.unref();
  return timer;
}
