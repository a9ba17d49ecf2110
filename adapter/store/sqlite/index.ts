// The store in SQLite: one writer with group commit, WAL, full synchronisation; blobs beside it. All SQL of the program is in this folder.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Change, CommitResult, RecordId } from '../../msh/change.ts';
import type { Store } from '../contract.ts';
import { createBlobs } from './blobs.ts';
import { type Checkpointer, startCheckpointer } from './checkpoint.ts';
import { createCpaTable } from './cpas.ts';
import { makeFolder, syncFolder } from './durable-folder.ts';
import { asStoreError, guarded } from './errors.ts';
import { createMessageTable } from './messages.ts';
import { migrate } from './migrations.ts';
import { createNoteTable } from './notes.ts';
import { createPurge } from './purge.ts';
import { RecentBlobs } from './recent.ts';
import { createSearch } from './search.ts';
import { UnderWay } from './under-way.ts';
import { GroupWriter, type WriterOptions, type WriterStats } from './writer.ts';

const MEMORY = ':memory:';
const FILE = 'gateway.db';
/** Records deleted in one transaction: a long purge must not hold the event loop. */
const PURGE_STEP = 100;
/** Blocks the event loop, so it is short; longer locks are waited for between attempts (see writer). */
const LOCK_WAIT_MS = 20;

export interface SqliteOptions extends WriterOptions {
  /** Size above which a write is refused as if the disk were full (rows 21, 22). */
  readonly maxDatabaseBytes: number | undefined;
}

export interface SqliteStore extends Store {
  /** Groups and writes committed since the start. */
  stats(): WriterStats;
}

/** Opens `<folder>/gateway.db` and `<folder>/blobs`, or a store in memory. Rejects with StoreUnavailable when that is impossible. */
export async function openSqlite(place: string, options: SqliteOptions): Promise<SqliteStore> {
  const folder = place === MEMORY ? undefined : place;
  try {
    if (folder !== undefined) await makePrivate(folder);
    const db = openDatabase(folder, options);
    const writer = new GroupWriter(db, options);
    const checkpointer = folder === undefined ? undefined : startCheckpointer(join(folder, FILE));
    return assemble({ db, folder, writer, checkpointer });
  } catch (error) {
    throw asStoreError(error);
  }
}

/** What one group of commits writes fits; pages that are read again are in the system's own cache. better-sqlite3 takes 16 MB. */
const CACHE_KB = 4_000;

function openDatabase(folder: string | undefined, options: SqliteOptions): Database.Database {
  const db = new Database(folder === undefined ? MEMORY : join(folder, FILE), { timeout: options.busyMs });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('wal_autocheckpoint = 0');
    db.pragma('temp_store = MEMORY');
    db.pragma(`cache_size = -${CACHE_KB}`);
    migrate(db);
    db.pragma(`busy_timeout = ${LOCK_WAIT_MS}`);
    if (options.maxDatabaseBytes !== undefined) {
      const pageSize = Number(db.pragma('page_size', { simple: true }));
      db.pragma(`max_page_count = ${Math.ceil(options.maxDatabaseBytes / pageSize)}`);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Message bodies hold personal data (D10): what is made here is for this user only; the log files take over the file's mode. */
async function makePrivate(folder: string): Promise<void> {
  await makeFolder(folder);
  const database = await open(join(folder, FILE), 'a', 0o600);
  await database.close();
  await syncFolder(folder);
}

interface Parts {
  readonly db: Database.Database;
  readonly folder: string | undefined;
  readonly writer: GroupWriter;
  readonly checkpointer: Checkpointer | undefined;
}

function assemble({ db, folder, writer, checkpointer }: Parts): SqliteStore {
  const recent = new RecentBlobs();
  const messages = createMessageTable(db, recent);
  const underWay = new UnderWay();
  const load = async (ids: readonly RecordId[]) => {
    await underWay.ended(ids);
    return messages.load(ids);
  };
  const commit = async (change: Change): Promise<CommitResult> => {
    const write = messages.prepare(change);
    const written = writer.write(write.run);
    underWay.add(change.message.id, written);
    const result = await written;
    if (result === 'ok') {
      recent.remember(change.blobs);
      write.remember();
    }
    return result;
  };
  const notes = createNoteTable(db);
  const search = createSearch(db);
  const probe = db.prepare("UPDATE counters SET value = value + 1 WHERE name = 'probe'");
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await writer.close();
    await checkpointer?.close();
    db.close();
  };
  return {
    load: (ids) => guarded(() => load(ids)),
    commit: (change) => guarded(() => commit(change)),
    claim: (kinds, now, leaseMs, room) =>
      guarded(() =>
        messages.anyDue(kinds, now) ? writer.write(() => messages.claim(kinds, { now, leaseMs, room })) : [],
      ),
    search: (filter, page) => guarded(() => search(filter, page)),
    journal: (id) => guarded(() => messages.journal(id)),
    note: (entry) => writer.write(() => notes.add(entry)),
    notes: (limit) => guarded(() => notes.list(limit)),
    backlog: (now) => guarded(() => messages.backlog(now)),
    probe: async () => {
      await writer.write(() => probe.run());
    },
    keepFirst: createKeepFirst(db, writer),
    agreements: createCpaTable(db, writer, notes),
    blobs: createBlobs(db, folder, recent),
    purge: (before, max) => guarded(() => purgeInSteps(writer, createPurge(db, before, recent), max)),
    stats: () => writer.stats(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function createKeepFirst(db: Database.Database, writer: GroupWriter): Store['keepFirst'] {
  const find = db.prepare<[string], { readonly value: string }>('SELECT value FROM kept WHERE name = ?');
  const insert = db.prepare('INSERT INTO kept VALUES (?, ?) ON CONFLICT (name) DO NOTHING');
  const put = (name: string, value: string): string => {
    insert.run(name, value);
    return find.get(name)?.value ?? value;
  };
  return (name, value) => guarded(() => find.get(name)?.value ?? writer.write(() => put(name, value)));
}

async function purgeInSteps(writer: GroupWriter, step: (max: number) => number, max: number): Promise<number> {
  let removed = 0;
  while (removed < max) {
    const wanted = Math.min(PURGE_STEP, max - removed);
    const done = await writer.write(() => step(wanted));
    removed += done;
    if (done < wanted) break;
  }
  return removed;
}
