// A power cut: files as file-sync.ts says, and for SQLite: the log grows without being moved into the database, a mark says how much of it was synchronised,
// and after the kill the harness drops the rest.
import { existsSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { dropUnsyncedFiles, watchFileSync } from './file-sync.ts';

const FILE = 'gateway.db';
const WIDTH = 16;
const filesOf = (mark: string): string => `${mark}-files`;
const logOf = (folder: string): string => join(folder, `${FILE}-wal`);
const bytesOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

export interface SyncMark {
  /** After the store is open: holds the log whole from now on. */
  pin(): void;
  /** After a write that the store said to be durable. */
  note(): void;
  /** Files are watched no longer. */
  end(): void;
}

export async function createSyncMark(folder: string, file: string): Promise<SyncMark> {
  emptyLog(folder);
  const end = await watchFileSync(filesOf(file));
  const isSynced = watchPragma();
  const mark = openSync(file, 'w');
  let held: Database.Database | undefined;
  const note = (): void => {
    // Only with full synchronisation is a commit on disk when it returns.
    if (isSynced()) writeSync(mark, String(bytesOf(logOf(folder))).padStart(WIDTH), 0);
  };
  return {
    note,
    end,
    pin: () => {
      held = new Database(join(folder, FILE), { readonly: true });
      // An open read keeps every checkpoint from moving pages, so the log is only ever appended to.
      held.exec('BEGIN');
      held.prepare('SELECT value FROM counters').all();
      note();
    },
  };
}

/** What an earlier process left in the log goes into the database, so that the log's size is what this process wrote. */
function emptyLog(folder: string): void {
  if (!existsSync(join(folder, FILE))) return;
  const db = new Database(join(folder, FILE));
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

/** True while the store's connection synchronises each commit, as it was told to. */
function watchPragma(): () => boolean {
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
