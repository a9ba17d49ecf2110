// The message aggregate in SQLite: one row with the record as a document, columns for what is looked up, and its journal.
import type { Database } from 'better-sqlite3';
import type { Instant } from '../../base/index.ts';
import type { Change, CommitResult, JobKind, JournalEntry, MessageRecord, RecordId } from '../../msh/change.ts';
import type { Backlog } from '../contract.ts';
import { type Claim, createClaim } from './claim.ts';
import { createCommit, KINDS, prepareChange } from './commit.ts';
import type { RecentBlobs } from './recent.ts';
import { type Mark, RecentRecords } from './recent-records.ts';
import { type Row, toRecord } from './row.ts';

export interface MessageTable {
  /** One consistent read, also when another process writes meanwhile. */
  load(ids: readonly RecordId[]): readonly (MessageRecord | undefined)[];
  /** Turns a change into the work of a transaction; what is costly or can throw happens before it. */
  prepare(change: Change): Write;
  claim: Claim;
  /** Whether a claim at this instant could find anything: a read, so that an idle worker writes nothing. */
  anyDue(kinds: readonly JobKind[], now: Instant): boolean;
  journal(id: RecordId): readonly JournalEntry[];
  /** A row for each kind, also for those without work: a gauge must fall back to nought. */
  backlog(now: Instant): readonly Backlog[];
}

export interface Write {
  /** The work of one transaction. */
  run(): CommitResult;
  /** After it is durable: what is written is at hand for the next load. */
  remember(): void;
}

export function createMessageTable(db: Database, recent: RecentBlobs): MessageTable {
  const records = new RecentRecords();
  const load = createLoad(db, records);
  const journal = db.prepare<[string], { entry: string }>(
    'SELECT entry FROM journal WHERE message = (SELECT seq FROM messages WHERE id = ?) ORDER BY seq',
  );
  const commit = createCommit(db, recent);
  return {
    load,
    prepare: (change) => {
      const prepared = prepareChange(change);
      const { expect, message } = change;
      return {
        run: () => commit(prepared),
        remember: () => records.remember({ ...message, version: expect === 'new' ? 1 : expect + 1 }, prepared.document),
      };
    },
    claim: createClaim(db),
    anyDue: createAnyDue(db),
    journal: (id) => journal.all(id).map((row) => JSON.parse(row.entry) as JournalEntry),
    backlog: createBacklog(db),
  };
}

type Load = MessageTable['load'];

/** A record at hand is not read from its row again when the row still bears its mark: the look at all of them is one statement. */
function createLoad(db: Database, records: RecentRecords): Load {
  const read = createLookUp<Row>(db, 'version, document');
  const marks = createLookUp<Mark>(db, 'version, accepted_at AS acceptedAt');
  const readAll: Load = (ids) => read(ids).map((row) => (row === undefined ? undefined : toRecord(row)));
  return (ids) => {
    if (!ids.some((id) => records.has(id))) return readAll(ids);
    const found = marks(ids);
    const known = ids.map((id, i) => {
      const mark = found[i];
      return mark === undefined ? undefined : records.get(id, mark);
    });
    return known.every((record, i) => record !== undefined || found[i] === undefined) ? known : readAll(ids);
  };
}

/** Columns of the rows in the order asked. Whatever the number of ids, one statement: that is one consistent read. */
function createLookUp<T>(db: Database, columns: string): (ids: readonly RecordId[]) => readonly (T | undefined)[] {
  const one = db.prepare<[string], T>(`SELECT ${columns} FROM messages WHERE id = ?`);
  const some = db.prepare<[string], T & { readonly id: string }>(
    `SELECT id, ${columns} FROM messages WHERE id IN (SELECT value FROM json_each(?))`,
  );
  return (ids) => {
    const [first] = ids;
    if (first !== undefined && ids.length === 1) return [one.get(first)];
    const rows = new Map(some.all(JSON.stringify(ids)).map((row) => [row.id, row]));
    return ids.map((id) => rows.get(id));
  };
}

function createAnyDue(db: Database): MessageTable['anyDue'] {
  const one = new Map(
    KINDS.map((kind) => [
      kind,
      db.prepare<[number], { seq: number }>(`SELECT seq FROM messages WHERE due_${kind} <= ? LIMIT 1`),
    ]),
  );
  return (kinds, now) => kinds.some((kind) => one.get(kind)?.get(now) !== undefined);
}

function createBacklog(db: Database): MessageTable['backlog'] {
  const counts = KINDS.map((kind) => ({
    kind,
    count: db.prepare<[number], { ready: number; oldest: number | null }>(
      `SELECT COUNT(*) AS ready, MIN(due_${kind}) AS oldest FROM messages WHERE due_${kind} <= ?`,
    ),
  }));
  return (now) =>
    counts.map(({ kind, count }) => {
      const { ready = 0, oldest = null } = count.get(now) ?? {};
      return { kind, ready, ...(oldest === null ? {} : { oldestDueAt: oldest }) };
    });
}
