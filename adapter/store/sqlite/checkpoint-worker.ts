// The checkpoint thread: a connection of its own that moves the write-ahead log into the database now and then.
import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

const EVERY_MS = 1_000;
/** A log above this size is cut, which holds writers up for the moment that the last part takes. */
const MAX_LOG_BYTES = 64 * 1024 * 1024;

/** While it waits for readers the cut holds every writer up, so it hardly waits, and not soon again. */
const CUT_WAIT_MS = 50;
const CUT_AGAIN_MS = 15_000;

const { file } = workerData as { file: string };
const db = new Database(file, { timeout: CUT_WAIT_MS });
let cutAfter = 0;

const timer = setInterval(() => {
  try {
    db.pragma('wal_checkpoint(PASSIVE)');
    // Under steady load a passive checkpoint never reaches the end, so the log would only grow.
    if (logBytes() > MAX_LOG_BYTES && performance.now() >= cutAfter) cutLog();
  } catch {
    // Disk full or a busy file: the next round tries again; nothing durable depends on this one.
  }
}, EVERY_MS);

/** Somebody who reads for long, a backup for one, keeps the log from being cut; until then it grows, and nobody waits. */
function cutLog(): void {
  const [row] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ readonly busy: number }?];
  if (row?.busy !== 0) cutAfter = performance.now() + CUT_AGAIN_MS;
}

function logBytes(): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

parentPort?.on('message', () => {
  clearInterval(timer);
  db.close();
  parentPort?.close();
});
