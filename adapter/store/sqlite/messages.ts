// The message aggregate in SQLite: one row with the record as a document, columns for what is looked up, and its journal.
import type { Database, Statement } from 'better-sqlite3';
import type { Instant } from '../../base/index.ts';
import type { Change, CommitResult, JobKind, JournalEntry, MessageRecord, RecordId } from '../../msh/change.ts';
import type { Backlog } from '../contract.ts';
import { createCommit, firstRun, KINDS, prepareChange } from './commit.ts';
import type { RecentBlobs } from './recent.ts';

export interface Row {
  readonly version: number;
  readonly document: string;
}

export interface ClaimTerms {
  readonly now: Instant;
  readonly leaseMs: number;
  readonly max: number;
}

export interface MessageTable {
  /** One consistent read, also when another process writes meanwhile. */
  load(ids: readonly RecordId[]): readonly (MessageRecord | undefined)[];
  /** Turns a change into the work of a transaction; what is costly or can throw happens before it. */
  prepare(change: Change): () => CommitResult;
  claim(kinds: readonly JobKind[], terms: ClaimTerms): readonly MessageRecord[];
  /** Whether a claim at this instant could find anything: a read, so that an idle worker writes nothing. */
  anyDue(kinds: readonly JobKind[], now: Instant): boolean;
  journal(id: RecordId): readonly JournalEntry[];
  /** A row for each kind, also for those without work: a gauge must fall back to nought. */
  backlog(now: Instant): readonly Backlog[];
}

export function toRecord({ version, document }: Row): MessageRecord {
  return { ...(JSON.parse(document) as MessageRecord), version };
}

export function createMessageTable(db: Database, recent: RecentBlobs): MessageTable {
  const load = createLoad(db);
  const journal = db.prepare<[string], { entry: string }>(
    'SELECT entry FROM journal WHERE message = (SELECT seq FROM messages WHERE id = ?) ORDER BY seq',
  );
  const commit = createCommit(db, recent);
  return {
    load: (ids) => load(ids).map((row) => (row === undefined ? undefined : toRecord(row))),
    prepare: (change) => {
      const prepared = prepareChange(change);
      return () => commit(prepared);
    },
    claim: createClaim(db),
    anyDue: createAnyDue(db),
    journal: (id) => journal.all(id).map((row) => JSON.parse(row.entry) as JournalEntry),
    backlog: createBacklog(db),
  };
}

/** Whatever the number of ids, one statement: that is one consistent read. */
function createLoad(db: Database): (ids: readonly RecordId[]) => readonly (Row | undefined)[] {
  const one = db.prepare<[string], Row>('SELECT version, document FROM messages WHERE id = ?');
  const some = db.prepare<[string], Row & { readonly id: string }>(
    'SELECT id, version, document FROM messages WHERE id IN (SELECT value FROM json_each(?))',
  );
  return (ids) => {
    const [first] = ids;
    if (first !== undefined && ids.length === 1) return [one.get(first)];
    const rows = new Map(some.all(JSON.stringify(ids)).map((row) => [row.id, row]));
    return ids.map((id) => rows.get(id));
  };
}

/** One atomic statement per set of kinds: the due messages, oldest first, get a later due time and a higher version (D1). */
function createClaim(db: Database): MessageTable['claim'] {
  const known = new Map<string, Statement<[Record<string, number>], Row>>();
  return (kinds, { now, leaseMs, max }) => {
    if (kinds.length === 0 || max < 1) return [];
    const key = kinds.join();
    const statement = known.get(key) ?? claimStatement(db, kinds);
    known.set(key, statement);
    const records = statement.all({ now, until: now + leaseMs, max }).map(toRecord);
    const due = (record: MessageRecord): number => Math.min(...kinds.map((kind) => firstRun(record, kind) ?? Infinity));
    return records.sort((a, b) => due(a) - due(b) || a.acceptedAt - b.acceptedAt);
  };
}

function claimStatement(db: Database, kinds: readonly JobKind[]): Statement<[Record<string, number>], Row> {
  // Per kind at most `max` rows of its index are read, however long the backlog is (D11).
  const oldest = kinds.map(
    (kind) =>
      `SELECT * FROM (SELECT seq, due_${kind} AS due FROM messages WHERE due_${kind} <= @now ORDER BY due_${kind} LIMIT @max)`,
  );
  // One lease on the message (D1): a job that would fall due within it waits too, or a second worker got the same message.
  const moved = kinds.map((kind) => `due_${kind} = CASE WHEN due_${kind} < @until THEN @until ELSE due_${kind} END`);
  return db.prepare(
    `UPDATE messages SET version = version + 1, ${moved.join(', ')}
     WHERE seq IN (SELECT seq FROM (${oldest.join(' UNION ALL ')}) GROUP BY seq ORDER BY MIN(due) LIMIT @max)
     RETURNING version, document`,
  );
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
