// The store in SQLite: one writer with group commit, WAL, full synchronisation; blobs beside it. All SQL of the program is in this folder.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Store, SystemNote } from '../contract.ts';
import { createBlobs } from './blobs.ts';
import { type Checkpointer, startCheckpointer } from './checkpoint.ts';
import { createCpaTable } from './cpas.ts';
import { asStoreError } from './errors.ts';
import { createMessageTable } from './messages.ts';
import { migrate } from './migrations.ts';
import { createGroupWriter, type GroupWriter } from './writer.ts';

const MEMORY = ':memory:';

export interface SqliteStore extends Store {
  /** Groups and writes committed since the start. */
  stats(): ReturnType<GroupWriter['stats']>;
}

export function openSqlite(place: string, options: { maxWaiting: number }): SqliteStore {
  const folder = place === MEMORY ? undefined : place;
  const db = openDatabase(folder);
  const writer = createGroupWriter(db, options.maxWaiting);
  const checkpointer = folder === undefined ? undefined : startCheckpointer(join(folder, 'gateway.db'));
  return assemble(db, folder, writer, checkpointer);
}

function openDatabase(folder: string | undefined): Database.Database {
  try {
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
    const db = new Database(folder === undefined ? MEMORY : join(folder, 'gateway.db'));
    db.pragma('busy_timeout = 5000');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('wal_autocheckpoint = 0');
    db.pragma('temp_store = MEMORY');
    migrate(db);
    return db;
  } catch (error) {
    throw asStoreError(error);
  }
}

function assemble(
  db: Database.Database,
  folder: string | undefined,
  writer: GroupWriter,
  checkpointer: Checkpointer | undefined,
): SqliteStore {
  const messages = createMessageTable(db);
  const note = db.prepare('INSERT INTO notes (entry) VALUES (?)');
  const evidence = db.prepare('INSERT INTO blobs VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING');
  const use = db.prepare("INSERT INTO blob_uses VALUES (?, 'note') ON CONFLICT DO NOTHING");
  const notes = db.prepare('SELECT entry FROM notes ORDER BY seq DESC LIMIT ?');
  const probe = db.prepare("UPDATE counters SET value = value + 1 WHERE name = 'probe'");
  return {
    load: async (ids) => reading(() => ids.map((id) => messages.load(id))),
    commit: (change) => writer.write(() => messages.commit(change)),
    claim: (kinds, now, leaseMs, max) => writer.write(() => messages.claim(kinds, now, leaseMs, max)),
    search: async (filter, page) => reading(() => messages.search(filter, page)),
    journal: async (id) => reading(() => messages.journal(id)),
    note: (entry) =>
      writer.write(() => {
        const { evidence: blob, ...rest } = entry;
        const ref = blob === undefined ? {} : { evidence: { sha256: blob.sha256, bytes: blob.bytes } };
        if (blob?.inline !== undefined) evidence.run(blob.sha256, blob.inline);
        if (blob !== undefined) use.run(blob.sha256);
        note.run(JSON.stringify({ ...rest, ...ref }));
      }),
    notes: async (limit) =>
      reading(() => (notes.all(limit) as { entry: string }[]).map((row) => JSON.parse(row.entry) as SystemNote)),
    backlog: async (now) => reading(() => messages.backlog(now)),
    probe: async () => {
      await writer.write(() => probe.run());
    },
    agreements: createCpaTable(db, writer),
    blobs: createBlobs(db, folder),
    purge: (before, max) => writer.write(() => messages.purge(before, max)),
    stats: writer.stats,
    async close() {
      await writer.drain();
      await checkpointer?.close();
      if (folder !== undefined) db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}

function reading<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asStoreError(error);
  }
}
