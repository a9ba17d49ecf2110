// One decision written: the message's row with what is looked up in it, its journal entries, and the blobs that come with it.
import type { Database, Statement } from 'better-sqlite3';
import type { BlobRef, Change, CommitResult, JobKind, MessageRecord } from '../../msh/change.ts';
import type { RecentBlobs } from './recent.ts';
import { createDropUnnamed } from './unnamed.ts';

export const KINDS: readonly JobKind[] = ['transmit', 'answer', 'deliver', 'collect', 'notify'];

type Value = string | number | null;

/** Columns that a commit may change, `due_collect` apart. */
const DUE = KINDS.filter((kind) => kind !== 'collect').map((kind) => `due_${kind}`);
const LOOKED_UP =
  'direction, state, cpa_id, message_id, conversation_id, functie, referentienummer, accepted_at, keep_until, peer'.split(
    ', ',
  );
const COLUMNS = [...DUE, ...LOOKED_UP, 'named'];

export interface Prepared {
  readonly change: Change;
  /** In the order of COLUMNS. */
  readonly values: readonly Value[];
  readonly collectAt: number | null;
  readonly named: string;
  readonly document: string;
  readonly entries: readonly string[];
  readonly evidence: readonly string[];
}

/** Everything of a commit that is costly or can throw, before its transaction. */
export function prepareChange(change: Change): Prepared {
  const { message, journal } = change;
  const named = [...new Set(refsOf(message).map((ref) => ref.sha256))].join(' ');
  const evidence = journal.flatMap((entry) => (entry.evidence === undefined ? [] : [entry.evidence.sha256]));
  return {
    change,
    values: [...dueOf(message), ...lookedUp(message), named],
    collectAt: firstRun(message, 'collect'),
    named,
    document: JSON.stringify(message),
    entries: journal.map((entry) => JSON.stringify(entry)),
    evidence,
  };
}

const refsOf = (message: MessageRecord): readonly BlobRef[] => [
  message.envelope,
  ...message.parts.map((part) => part.blob),
  ...(message.answer === undefined ? [] : [message.answer.body]),
];

const dueOf = (message: MessageRecord): readonly Value[] =>
  KINDS.filter((kind) => kind !== 'collect').map((kind) => firstRun(message, kind));

/** In the order of LOOKED_UP. */
const lookedUp = (message: MessageRecord): readonly Value[] => [
  message.direction,
  message.state,
  message.cpaId,
  message.messageId,
  message.conversationId,
  message.business?.functie ?? null,
  message.business?.referentienummer ?? null,
  message.acceptedAt,
  message.keepUntil,
  message.terms.peerOin,
];

export function firstRun(message: MessageRecord, kind: JobKind): number | null {
  const times = message.jobs.filter((job) => job.kind === kind).map((job) => job.runAt);
  return times.length === 0 ? null : Math.min(...times);
}

interface Place {
  readonly seq: number;
  readonly version: number;
  readonly entries: number;
  readonly named: string;
  /** In the order of COLUMNS. */
  readonly values: readonly Value[];
}

/** The whole decision or nothing: the message row goes first, and when it loses the race the rest is not written. */
export function createCommit(db: Database, recent: RecentBlobs): (prepared: Prepared) => CommitResult {
  const place = createFind(db);
  const insert = createInsert(db);
  const update = createUpdate(db);
  const entry = db.prepare('INSERT INTO journal VALUES (?, ?, ?)');
  const blob = db.prepare('INSERT INTO blobs VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING');
  const use = db.prepare('INSERT INTO blob_uses VALUES (?, ?) ON CONFLICT DO NOTHING');
  const unuse = createUnuse(db, recent);
  return (prepared) => {
    const { change, named, entries, evidence } = prepared;
    const { expect } = change;
    const before = expect === 'new' ? undefined : place(change.message.id);
    if (expect !== 'new' && before?.version !== expect) return 'conflict';
    if (before !== undefined) update(prepared, before);
    const seq = before?.seq ?? insert(prepared);
    if (seq === undefined) return 'duplicate';
    const start = before?.entries ?? 0;
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

function createFind(db: Database): (id: string) => Place | undefined {
  const find = db
    .prepare<[string]>(`SELECT seq, version, entries, ${COLUMNS.join(', ')} FROM messages WHERE id = ?`)
    .raw();
  return (id) => {
    const row = find.get(id) as [number, number, number, ...Value[]] | undefined;
    if (row === undefined) return undefined;
    const [seq, version, entries, ...values] = row;
    return { seq, version, entries, values, named: String(values.at(-1)) };
  };
}

/** The row's number; undefined when the id is taken. */
function createInsert(db: Database): (prepared: Prepared) => number | undefined {
  const columns = ['id', 'entries', 'document', 'due_collect', 'run_collect', ...COLUMNS];
  const insert = db.prepare(
    `INSERT INTO messages (version, ${columns.join(', ')}) VALUES (1, ${columns.map(() => '?').join(', ')})
     ON CONFLICT (id) DO NOTHING`,
  );
  return ({ change, entries, document, collectAt, values }) => {
    const done = insert.run([change.message.id, entries.length, document, collectAt, collectAt, ...values]);
    return done.changes === 0 ? undefined : Number(done.lastInsertRowid);
  };
}

/** Names only the columns that change: SQLite writes every index anew whose columns are named, also with the same values. */
function createUpdate(db: Database): (prepared: Prepared, before: Place) => void {
  const known = new Map<string, Statement>();
  // Only an application holds a lease on `collect`, and its one commit is the confirmation; a commit for another job of the
  // message must not offer it to a second reader (rows 7, 12). All other leases end with the next commit.
  const collect = 'due_collect = CASE WHEN run_collect IS ? THEN due_collect ELSE ? END, run_collect = ?';
  const statementFor = (names: readonly string[]): Statement => {
    const key = names.join();
    const statement =
      known.get(key) ??
      db.prepare(
        `UPDATE messages SET version = version + 1, ${collect}, entries = ?, document = ?
         ${names.map((name) => `, ${name} = ?`).join('')} WHERE seq = ?`,
      );
    known.set(key, statement);
    return statement;
  };
  return ({ values, collectAt, entries, document }, before) => {
    const changed = COLUMNS.flatMap((_, i) => (values[i] === before.values[i] ? [] : [i]));
    statementFor(changed.map((i) => COLUMNS[i] ?? '')).run([
      ...[collectAt, collectAt, collectAt, before.entries + entries.length, document],
      ...changed.map((i) => values[i]),
      before.seq,
    ]);
  };
}

/** A record that stops naming a blob lets it go, unless its journal keeps it as evidence (D10: bodies go, ids stay). */
function createUnuse(db: Database, recent: RecentBlobs): (seq: number, before: string, after: string) => void {
  const remove = db.prepare(
    `DELETE FROM blob_uses WHERE message = @seq AND sha256 = @sha256 AND NOT EXISTS
     (SELECT 1 FROM journal WHERE message = @seq AND json_extract(entry, '$.evidence.sha256') = @sha256)`,
  );
  const drop = createDropUnnamed(db, recent);
  return (seq, before, after) => {
    const kept = new Set(after.split(' '));
    for (const sha256 of before.split(' ')) {
      if (sha256 === '' || kept.has(sha256)) continue;
      remove.run({ seq, sha256 });
      drop(sha256);
    }
  };
}
