// The door through which time enters: claims due messages under a lease and runs one job of each, with bounded concurrency.
import type { GatewayContext } from '../gateway/index.ts';
import { runJob } from '../gateway/index.ts';
import type { JobKind, MessageRecord } from '../msh/index.ts';

export interface WorkerOptions {
  readonly kinds: readonly JobKind[];
  readonly concurrency: number;
  /** How long to wait when nothing is due; a commit in this process wakes the worker sooner. */
  readonly pollMs: number;
}

export interface Worker {
  start(): void;
  /** Something may be due now. */
  wake(): void;
  /** Takes no new work and resolves when what runs has ended, or after `drainMs`. */
  stop(drainMs: number): Promise<void>;
}

/** A message is claimed with all its jobs; the answer goes before the delivery, a partner is waiting for it. */
const ORDER: readonly JobKind[] = ['answer', 'transmit', 'deliver', 'notify', 'collect'];

export function createWorker(context: GatewayContext, options: WorkerOptions): Worker {
  let stopped = true;
  let polling = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  const running = new Set<Promise<void>>();

  const schedule = (ms: number): void => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => void poll(), ms);
  };
  const run = (record: MessageRecord): void => {
    const work = runDueJob(record, options.kinds, context).finally(() => {
      running.delete(work);
      wake();
    });
    running.add(work);
  };
  const poll = async (): Promise<void> => {
    if (polling) {
      again = true;
      return;
    }
    polling = true;
    again = false;
    try {
      const free = options.concurrency - running.size;
      const claimed =
        free > 0 ? await context.store.claim(options.kinds, context.clock.now(), context.leaseMs, free) : [];
      for (const record of claimed) run(record);
      again ||= claimed.length > 0 && claimed.length === free;
    } catch (error) {
      context.observer.emit('store.unavailable', { detail: error instanceof Error ? error.message : 'claim failed' });
    } finally {
      polling = false;
      schedule(again && running.size < options.concurrency ? 0 : options.pollMs);
    }
  };
  const wake = (): void => {
    if (stopped) return;
    if (polling) again = true;
    else schedule(0);
  };
  return {
    start() {
      stopped = false;
      schedule(0);
    },
    wake,
    async stop(drainMs) {
      stopped = true;
      clearTimeout(timer);
      const drained = Promise.allSettled([...running]);
      await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, drainMs).unref())]);
    },
  };
}

/** One job per claim: what else is due falls due again at once, with the version that this job's commit made. */
async function runDueJob(record: MessageRecord, kinds: readonly JobKind[], context: GatewayContext): Promise<void> {
  const now = context.clock.now();
  const due = record.jobs.filter((job) => kinds.includes(job.kind) && job.runAt <= now);
  const job = ORDER.flatMap((kind) => due.filter((candidate) => candidate.kind === kind))[0];
  if (job === undefined) return;
  try {
    await runJob(record, job, context);
  } catch (error) {
    // The lease runs out and the job falls due again: a failure here delays, it never loses (house rule 8).
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown failure';
    context.observer.emit('job.released', { messageId: record.messageId, detail, job: job.kind });
  }
}
