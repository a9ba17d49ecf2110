// Validation of large documents off the event loop: one document per worker at a time, with a limit on time (row 125, D3).
import { Worker } from 'node:worker_threads';
import type { SchemaIssue } from './types.ts';

export interface WorkerPool {
  validate(bytes: Uint8Array, schemaId: string): Promise<readonly SchemaIssue[]>;
  close(): Promise<void>;
}

const WORKERS = 2;
const TIME_LIMIT_MS = 60_000;
/** wasm memory grows and never shrinks, so a worker is replaced after this many octets. */
const RECYCLE_BYTES = 256 * 1024 * 1024;

interface Slot {
  worker: Worker | undefined;
  seen: number;
  busy: boolean;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly schemaId: string;
  readonly resolve: (issues: readonly SchemaIssue[]) => void;
  readonly reject: (error: Error) => void;
}

/** The compiled worker: beside this file when compiled, in dist/ when the sources run as they are (tests). */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith('.ts') ? new URL('../../dist/adapter/xsd/worker.js', here) : new URL('./worker.js', here);
}

export function createWorkerPool(folder: string): WorkerPool {
  const slots: Slot[] = Array.from({ length: WORKERS }, () => ({ worker: undefined, seen: 0, busy: false }));
  const queue: Waiting[] = [];

  const workerOf = (slot: Slot): Worker => {
    if (slot.worker !== undefined && slot.seen > RECYCLE_BYTES) {
      void slot.worker.terminate();
      slot.worker = undefined;
    }
    if (slot.worker === undefined) {
      slot.worker = new Worker(workerFile(), { workerData: { folder } });
      slot.worker.unref();
      slot.seen = 0;
    }
    return slot.worker;
  };
  const run = (slot: Slot, job: Waiting): void => {
    slot.busy = true;
    slot.seen += job.bytes.length;
    const worker = workerOf(slot);
    worker.ref();
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      worker.removeAllListeners();
      worker.unref();
      slot.busy = false;
      act();
      next();
    };
    const give = (error: Error): void => {
      void worker.terminate();
      slot.worker = undefined;
      finish(() => job.reject(error));
    };
    const timer = setTimeout(() => give(new Error(`validation took longer than ${TIME_LIMIT_MS} ms`)), TIME_LIMIT_MS);
    worker.once('message', (issues: readonly SchemaIssue[]) => finish(() => job.resolve(issues)));
    worker.once('error', (error) => give(error instanceof Error ? error : new Error('the validation worker failed')));
    worker.postMessage({ bytes: job.bytes, schemaId: job.schemaId });
  };
  const next = (): void => {
    const slot = slots.find((one) => !one.busy);
    const job = slot === undefined ? undefined : queue.shift();
    if (slot !== undefined && job !== undefined) run(slot, job);
  };
  return {
    validate: (bytes, schemaId) =>
      new Promise((resolve, reject) => {
        queue.push({ bytes, schemaId, resolve, reject });
        next();
      }),
    async close() {
      await Promise.all(slots.map((slot) => slot.worker?.terminate()));
    },
  };
}
