// The message aggregate in SQLite: one row with the record as a document, columns for what is looked up, and its journal.
import type { Database, Statement } from 'better-sqlite3';
import type { Instant } from '../../base/index.ts';
import type {
  BlobRef,
  Change,
  CommitResult,
  JobKind,
  JournalEntry,
  MessageRecord,
  RecordId,
} from '../../msh/change.ts';
import type { Backlog } from '../contract.ts';
import { createDropUnnamed } from './unnamed.ts';

export const KINDS: readonly JobKind[] = ['transmit', 'answer', 'deliver', 'collect', 'notify'];

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

export function createMessageTable(db: Database): MessageTable {
  const load = db.prepare<[string], Row>('SELECT version, document FROM messages WHERE id = ?');
  const loadAll = db.transaction((ids: readonly RecordId[]) => ids.map((id) => load.get(id)));
  const journal = db.prepare<[string], { entry: string }>(
    'SELECT entry FROM journal WHERE message = (SELECT seq FROM messages WHERE id = ?) ORDER BY seq',
  );
  const commit = createCommit(db);
  return {
    load: (ids) => loadAll(ids).map((row) => (row === undefined ? undefined : toRecord(row))),
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

interface Prepared {
  readonly change: Change;
  readonly row: Readonly<Record<string, string | number | null>>;
  readonly named: string;
  readonly entries: readonly string[];
  readonly evidence: readonly string[];
}

function prepareChange(change: Change): Prepared {
  const { message, journal } = change;
  const named = [...new Set(refsOf(message).map((ref) => ref.sha256))].join(' ');
  const evidence = journal.flatMap((entry) => (entry.evidence === undefined ? [] : [entry.evidence.sha256]));
  return { change, row: rowOf(message), named, entries: journal.map((entry) => JSON.stringify(entry)), evidence };
}

const refsOf = (message: MessageRecord): readonly BlobRef[] => [
  message.envelope,
  ...message.parts.map((part) => part.blob),
  ...(message.answer === undefined ? [] : [message.answer.body]),
];

function rowOf(message: MessageRecord): Prepared['row'] {
  return {
    id: message.id,
    ...Object.fromEntries(KINDS.map((kind) => [`due_${kind}`, firstRun(message, kind)])),
    direction: message.direction,
    state: message.state,
    cpa_id: message.cpaId,
    message_id: message.messageId,
    conversation_id: message.conversationId,
    functie: message.business?.functie ?? null,
    referentienummer: message.business?.referentienummer ?? null,
    accepted_at: message.acceptedAt,
    keep_until: message.keepUntil,
    document: JSON.stringify(message),
  };
}

function firstRun(message: MessageRecord, kind: JobKind): number | null {
  const times = message.jobs.filter((job) => job.kind === kind).map((job) => job.runAt);
  return times.length === 0 ? null : Math.min(...times);
}

interface Place {
  readonly seq: number;
  readonly version: number;
  readonly entries: number;
  readonly named: string;
}

const LOOKED_UP =
  'direction, state, cpa_id, message_id, conversation_id, functie, referentienummer, accepted_at, keep_until'.split(
    ', ',
  );
const DUE = KINDS.map((kind) => `due_${kind}`);

/** The whole decision or nothing: the message row goes first, and when it loses the race the rest is not written. */
function createCommit(db: Database): (prepared: Prepared) => CommitResult {
  const { insert, update, find } = rowStatements(db);
  const entry = db.prepare('INSERT INTO journal VALUES (?, ?, ?)');
  const blob = db.prepare('INSERT INTO blobs VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING');
  const use = db.prepare('INSERT INTO blob_uses VALUES (?, ?) ON CONFLICT DO NOTHING');
  const unuse = createUnuse(db);
  return ({ change, row, named, entries, evidence }) => {
    const { expect } = change;
    const before = expect === 'new' ? undefined : find.get(change.message.id);
    if (expect !== 'new' && before?.version !== expect) return 'conflict';
    const start = before?.entries ?? 0;
    const values = { ...row, named, entries: start + entries.length };
    if (before !== undefined) update.run({ ...values, seq: before.seq });
    const inserted = before === undefined ? insert.run(values) : undefined;
    if (inserted?.changes === 0) return 'duplicate';
    const seq = before?.seq ?? Number(inserted?.lastInsertRowid);
    for (const [i, text] of entries.entries()) entry.run(seq, start + i + 1, text);
    for (const one of change.blobs) if (one.inline !== undefined) blob.run(one.sha256, one.inline);
    for (const sha256 of evidence) use.run(seq, sha256);
    if (named !== before?.named) {
      for (const sha256 of named.split(' ')) use.run(seq, sha256);
      unuse(seq, before?.named ?? '', named);
    }
    return 'ok';
  };
}

function rowStatements(db: Database) {
  const fixed = ['id', ...DUE, 'entries', 'named', ...LOOKED_UP, 'document'];
  // Only an application holds a lease on `collect`, and its one commit is the confirmation; a commit for another job of the
  // message must not offer it to a second reader (rows 7, 12). All other leases end with the next commit.
  const collect = 'due_collect = CASE WHEN run_collect IS @due_collect THEN due_collect ELSE @due_collect END';
  const changing = [...DUE.filter((name) => name !== 'due_collect'), 'entries', 'named', ...LOOKED_UP, 'document'];
  return {
    find: db.prepare<[string], Place>('SELECT seq, version, entries, named FROM messages WHERE id = ?'),
    insert: db.prepare(
      `INSERT INTO messages (version, run_collect, ${fixed.join(', ')})
       VALUES (1, @due_collect, ${fixed.map((name) => `@${name}`).join(', ')}) ON CONFLICT (id) DO NOTHING`,
    ),
    update: db.prepare(
      `UPDATE messages SET version = version + 1, ${collect}, run_collect = @due_collect,
       ${changing.map((name) => `${name} = @${name}`).join(', ')} WHERE seq = @seq`,
    ),
  };
}

/** A record that stops naming a blob lets it go, unless its journal keeps it as evidence (D10: bodies go, ids stay). */
function createUnuse(db: Database): (seq: number, before: string, after: string) => void {
  const remove = db.prepare(
    `DELETE FROM blob_uses WHERE message = @seq AND sha256 = @sha256 AND NOT EXISTS
     (SELECT 1 FROM journal WHERE message = @seq AND json_extract(entry, '$.evidence.sha256') = @sha256)`,
  );
  const drop = createDropUnnamed(db);
  return (seq, before, after) => {
    const kept = new Set(after.split(' '));
    for (const sha256 of before.split(' ')) {
      if (sha256 === '' || kept.has(sha256)) continue;
      remove.run({ seq, sha256 });
      drop(sha256);
    }
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
