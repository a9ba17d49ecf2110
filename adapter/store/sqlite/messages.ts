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
import type { Backlog, Found, MessageFilter, Page } from '../contract.ts';

const KINDS: readonly JobKind[] = ['transmit', 'answer', 'deliver', 'collect', 'notify'];
const DUE = KINDS.map((kind) => `due_${kind}`);

interface Row {
  readonly version: number;
  readonly document: string;
}

export interface MessageTable {
  load(id: RecordId): MessageRecord | undefined;
  commit(change: Change): CommitResult;
  claim(kinds: readonly JobKind[], now: Instant, leaseMs: number, max: number): MessageRecord[];
  search(filter: MessageFilter, page: Page): Found;
  journal(id: RecordId): JournalEntry[];
  backlog(now: Instant): Backlog[];
  purge(before: Instant, max: number): number;
}

const toRecord = (row: Row): MessageRecord => ({
  ...(JSON.parse(row.document) as MessageRecord),
  version: row.version,
});

export function createMessageTable(db: Database): MessageTable {
  const statements = prepare(db);
  return {
    load: (id) => {
      const row = statements.load.get(id) as Row | undefined;
      return row === undefined ? undefined : toRecord(row);
    },
    commit: (change) => commit(change, statements),
    claim: (kinds, now, leaseMs, max) => {
      const rows = claimStatement(db, kinds).all({ now, until: now + leaseMs, max }) as Row[];
      return rows.map(toRecord);
    },
    search: (filter, page) => search(db, filter, page),
    journal: (id) =>
      (statements.journal.all(id) as { entry: string }[]).map((row) => JSON.parse(row.entry) as JournalEntry),
    backlog: (now) => KINDS.map((kind) => backlog(db, kind, now)),
    purge: (before, max) => purge(db, before, max),
  };
}

type Statements = ReturnType<typeof prepare>;

function prepare(db: Database) {
  const columns = [
    'id',
    'version',
    'direction',
    'state',
    'cpa_id',
    'message_id',
    'conversation_id',
    'functie',
    'referentienummer',
    'accepted_at',
    'keep_until',
    ...DUE,
    'document',
  ];
  const changing = columns.filter((column) => !['id', 'version', 'direction', 'accepted_at'].includes(column));
  return {
    load: db.prepare('SELECT version, document FROM messages WHERE id = ?'),
    insert: db.prepare(
      `INSERT INTO messages (${columns.join(', ')}) VALUES (${columns.map((c) => `@${c}`).join(', ')}) ON CONFLICT (id) DO NOTHING`,
    ),
    update: db.prepare(
      `UPDATE messages SET version = version + 1, ${changing.map((c) => `${c} = @${c}`).join(', ')} WHERE id = @id AND version = @version`,
    ),
    note: db.prepare(
      'INSERT INTO journal VALUES (@id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM journal WHERE id = @id), @entry)',
    ),
    journal: db.prepare('SELECT entry FROM journal WHERE id = ? ORDER BY seq'),
    blob: db.prepare('INSERT INTO blobs VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING'),
    use: db.prepare('INSERT INTO blob_uses VALUES (?, ?) ON CONFLICT DO NOTHING'),
  };
}

/** The whole decision or nothing: the message row goes first, and when it loses the race the rest is not written. */
function commit(change: Change, statements: Statements): CommitResult {
  const { message } = change;
  const row = rowOf(message, change.expect === 'new' ? 1 : change.expect);
  const written = change.expect === 'new' ? statements.insert.run(row) : statements.update.run(row);
  if (written.changes === 0) return change.expect === 'new' ? 'duplicate' : 'conflict';
  for (const entry of change.journal) statements.note.run({ id: message.id, entry: JSON.stringify(entry) });
  for (const blob of change.blobs) if (blob.inline !== undefined) statements.blob.run(blob.sha256, blob.inline);
  for (const ref of [...refsOf(message), ...evidenceOf(change.journal)]) statements.use.run(ref.sha256, message.id);
  return 'ok';
}

const refsOf = (message: MessageRecord): readonly BlobRef[] => [
  message.envelope,
  ...message.parts.map((part) => part.blob),
  ...(message.answer === undefined ? [] : [message.answer.body]),
];

const evidenceOf = (journal: readonly JournalEntry[]): readonly BlobRef[] =>
  journal.flatMap((entry) => (entry.evidence === undefined ? [] : [entry.evidence]));

function rowOf(message: MessageRecord, version: number): Record<string, unknown> {
  const due = Object.fromEntries(KINDS.map((kind) => [`due_${kind}`, dueOf(message, kind)]));
  return {
    id: message.id,
    version,
    direction: message.direction,
    state: message.state,
    cpa_id: message.cpaId,
    message_id: message.messageId,
    conversation_id: message.conversationId,
    functie: message.business?.functie ?? null,
    referentienummer: message.business?.referentienummer ?? null,
    accepted_at: message.acceptedAt,
    keep_until: message.keepUntil,
    ...due,
    document: JSON.stringify(message),
  };
}

function dueOf(message: MessageRecord, kind: JobKind): number | null {
  const times = message.jobs.filter((job) => job.kind === kind).map((job) => job.runAt);
  return times.length === 0 ? null : Math.min(...times);
}

const claims = new WeakMap<Database, Map<string, Statement>>();

/** One atomic statement: the due messages, oldest first, get a later due time and a higher version (D1). */
function claimStatement(db: Database, kinds: readonly JobKind[]): Statement {
  const known = claims.get(db) ?? new Map<string, Statement>();
  claims.set(db, known);
  const key = kinds.join();
  const existing = known.get(key);
  if (existing !== undefined) return existing;
  const due = kinds.map(
    (kind) =>
      `SELECT * FROM (SELECT id, due_${kind} AS due FROM messages WHERE due_${kind} <= @now ORDER BY due_${kind} LIMIT @max)`,
  );
  const moved = kinds.map((kind) => `due_${kind} = CASE WHEN due_${kind} <= @now THEN @until ELSE due_${kind} END`);
  const statement = db.prepare(
    `UPDATE messages SET version = version + 1, ${moved.join(', ')}
     WHERE id IN (SELECT id FROM (${due.join(' UNION ALL ')}) GROUP BY id ORDER BY MIN(due) LIMIT @max)
     RETURNING version, document`,
  );
  known.set(key, statement);
  return statement;
}

const COLUMNS: Readonly<Record<string, string>> = {
  direction: 'direction = @direction',
  cpaId: 'cpa_id = @cpaId',
  messageId: 'message_id = @messageId',
  conversationId: 'conversation_id = @conversationId',
  referentienummer: 'referentienummer = @referentienummer',
  functie: 'functie = @functie',
  since: 'accepted_at >= @since',
  until: 'accepted_at < @until',
};

/** Newest first; the cursor is the place of the last row given. */
function search(db: Database, filter: MessageFilter, page: Page): Found {
  const { states, ...rest } = filter;
  const where = Object.keys(rest).flatMap((name) => COLUMNS[name] ?? []);
  const values: Record<string, unknown> = { ...rest, limit: page.limit + 1 };
  if (states !== undefined)
    where.push(`state IN (${states.map((state, i) => bind(values, `state${i}`, state)).join(', ')})`);
  const [at, id] =
    page.cursor === undefined ? [] : (JSON.parse(Buffer.from(page.cursor, 'base64url').toString()) as [number, string]);
  if (at !== undefined) where.push(`(accepted_at, id) < (${bind(values, 'at', at)}, ${bind(values, 'lastId', id)})`);
  const rows = db
    .prepare(
      `SELECT version, document FROM messages ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} ORDER BY accepted_at DESC, id DESC LIMIT @limit`,
    )
    .all(values) as Row[];
  const messages = rows.slice(0, page.limit).map(toRecord);
  const last = messages.at(-1);
  if (rows.length <= page.limit || last === undefined) return { messages };
  return { messages, next: Buffer.from(JSON.stringify([last.acceptedAt, last.id])).toString('base64url') };
}

function bind(values: Record<string, unknown>, name: string, value: unknown): string {
  values[name] = value;
  return `@${name}`;
}

function backlog(db: Database, kind: JobKind, now: Instant): Backlog {
  const row = db
    .prepare(`SELECT COUNT(*) AS ready, MIN(due_${kind}) AS oldest FROM messages WHERE due_${kind} <= ?`)
    .get(now) as { ready: number; oldest: number | null };
  return { kind, ready: row.ready, ...(row.oldest === null ? {} : { oldestDueAt: row.oldest }) };
}

/** Records whose time is over and that have nothing open; blobs that nobody else names go with them. */
function purge(db: Database, before: Instant, max: number): number {
  const open = DUE.map((column) => `${column} IS NULL`).join(' AND ');
  const ids = db.prepare(`SELECT id FROM messages WHERE keep_until < ? AND ${open} LIMIT ?`).all(before, max) as {
    id: string;
  }[];
  const remove = {
    uses: db.prepare('DELETE FROM blob_uses WHERE id = ? RETURNING sha256'),
    journal: db.prepare('DELETE FROM journal WHERE id = ?'),
    message: db.prepare('DELETE FROM messages WHERE id = ?'),
    blob: db.prepare(
      'DELETE FROM blobs WHERE sha256 = ? AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.sha256 = blobs.sha256)',
    ),
  };
  for (const { id } of ids) {
    const uses = remove.uses.all(id) as { sha256: string }[];
    remove.journal.run(id);
    remove.message.run(id);
    for (const { sha256 } of uses) remove.blob.run(sha256);
  }
  return ids.length;
}
