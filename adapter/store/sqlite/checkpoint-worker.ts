// The checkpoint thread: a connection of its own that empties the write-ahead log now and then.
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

const EVERY_MS = 1_000;

const { file } = workerData as { file: string };
const db = new Database(file);
db.pragma('busy_timeout = 1000');

const timer = setInterval(() => {
  try {
    db.pragma('wal_checkpoint(PASSIVE)');
  } catch {
    // Disk full or a busy file: the next round tries again; nothing durable depends on this one.
  }
}, EVERY_MS);

parentPort?.on('message', () => {
  clearInterval(timer);
  db.close();
  parentPort?.close();
});
