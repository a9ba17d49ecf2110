// Moves the write-ahead log into the database from a thread of its own, so that no commit waits for it (speed.md, point 5).
import { Worker } from 'node:worker_threads';

export interface Checkpointer {
  close(): Promise<void>;
}

/** The compiled worker: beside this file when compiled, in dist/ when the sources run as they are (tests). */
function workerFile(): URL {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) return new URL('./checkpoint-worker.js', here);
  return new URL('../../../dist/adapter/store/sqlite/checkpoint-worker.js', here);
}

export function startCheckpointer(file: string): Checkpointer {
  const worker = new Worker(workerFile(), { workerData: { file } });
  worker.unref();
  let failed = false;
  worker.on('error', () => {
    // Without the worker the log grows until the store is closed; durability does not depend on it.
    failed = true;
  });
  return {
    async close() {
      if (failed) return;
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      // Nothing else may keep the process alive now, and it must not end before the database is closed.
      worker.ref();
      worker.postMessage('close');
      await ended;
    },
  };
}
