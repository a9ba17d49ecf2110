// A power cut: files as file-sync.ts says, and for SQLite: the log grows without being moved into the database, a mark says how much of it was synchronised,
// and after the kill the harness drops the rest.
import { closeSync, existsSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { dropUnsyncedFiles, watchFileSync } from './file-sync.ts';

const FILE = 'gateway.db';
const WIDTH = 16;
const MOST_TRIES = 200;
const TRY_MS = 10;
const filesOf = (mark: string): string => `${mark}-files`;
export const logOf = (folder: string): string => join(folder, `${FILE}-wal`);
export const bytesOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

export interface SyncMark {
  /** After a write that the store said to be durable. */
  note(): void;
  /** The log is held no longer, and files are watched no longer. */
  end(): void;
}

/**
 * For a store that is open and at rest: what is there now is on disk. The log goes into the database, so that its size is what
 * is written from now on, and is held whole: the gateway itself has opened and recovered it before this, as it always does.
 */
export async function startSyncMark(folder: string, file: string, isSynced: () => boolean): Promise<SyncMark> {
  const endFiles = await watchFileSync(filesOf(file));
  const held = await holdLog(folder);
  const mark = openSync(file, 'w');
  const note = (): void => {
    // Only with full synchronisation is a commit on disk when it returns.
    if (isSynced()) writeSync(mark, String(bytesOf(logOf(folder))).padStart(WIDTH), 0);
  };
  note();
  return {
    note,
    end: () => {
      held.close();
      closeSync(mark);
      endFiles();
    },
  };
}

async function holdLog(folder: string): Promise<Database.Database> {
  const held = new Database(join(folder, FILE));
  // SQLite does not wait for a checkpoint that the gateway itself is busy with.
  for (let i = 0; !emptied(held); i += 1) {
    if (i === MOST_TRIES) throw new Error('the log could not be emptied');
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
  // An open read keeps every checkpoint from moving pages, so the log is only ever appended to.
  held.exec('BEGIN');
  held.prepare('SELECT value FROM counters').all();
  return held;
}

function emptied(db: Database.Database): boolean {
  const [outcome] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  return outcome?.busy === 0;
}

/** Before the store is opened; true while its connection synchronises each commit, as it was told to. */
export function watchSynchronous(): () => boolean {
  const { pragma } = Database.prototype;
  let store: Database.Database | undefined;
  Database.prototype.pragma = function (this: Database.Database, source: string, ...rest: []) {
    if (source.startsWith('synchronous')) store = this;
    return pragma.call(this, source, ...rest);
  };
  return () => store !== undefined && Number(pragma.call(store, 'synchronous', { simple: true })) >= 2;
}

/** Drops what was written after the last synchronisation; returns how many bytes. Only when the process has ended. */
export function dropUnsynced(folder: string, file: string): number {
  const files = dropUnsyncedFiles(join(folder, 'blobs'), filesOf(file));
  const log = logOf(folder);
  const synced = Number(existsSync(file) ? readFileSync(file, 'utf8') : '0');
  const written = bytesOf(log);
  if (written <= synced) return files;
  truncateSync(log, synced);
  return files + written - synced;
}
