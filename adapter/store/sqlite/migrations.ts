// Numbered migrations, forward only: each is applied once and its text may never change afterwards.
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE messages (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL,
    direction TEXT NOT NULL, state TEXT NOT NULL, cpa_id TEXT NOT NULL, message_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL, functie TEXT, referentienummer TEXT,
    accepted_at INTEGER NOT NULL, keep_until INTEGER NOT NULL,
    due_transmit INTEGER, due_answer INTEGER, due_deliver INTEGER, due_collect INTEGER, due_notify INTEGER,
    document TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX by_due_transmit ON messages (due_transmit) WHERE due_transmit IS NOT NULL;
  CREATE INDEX by_due_answer ON messages (due_answer) WHERE due_answer IS NOT NULL;
  CREATE INDEX by_due_deliver ON messages (due_deliver) WHERE due_deliver IS NOT NULL;
  CREATE INDEX by_due_collect ON messages (due_collect) WHERE due_collect IS NOT NULL;
  CREATE INDEX by_due_notify ON messages (due_notify) WHERE due_notify IS NOT NULL;
  CREATE INDEX by_time ON messages (accepted_at, id);
  CREATE INDEX by_message_id ON messages (message_id);
  CREATE INDEX by_conversation ON messages (conversation_id);
  CREATE INDEX by_reference ON messages (referentienummer) WHERE referentienummer IS NOT NULL;
  CREATE INDEX by_keep ON messages (keep_until);
  CREATE TABLE journal (
    id TEXT NOT NULL, seq INTEGER NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (id, seq)
  ) WITHOUT ROWID;
  CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE blob_uses (sha256 TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (sha256, id)) WITHOUT ROWID;
  CREATE INDEX blob_uses_by_id ON blob_uses (id);
  CREATE TABLE notes (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL);
  CREATE TABLE cpas (
    cpa_id TEXT PRIMARY KEY, xml BLOB NOT NULL, sha256 TEXT NOT NULL, imported_at INTEGER NOT NULL, imported_by TEXT NOT NULL
  );
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
  INSERT INTO counters VALUES ('cpa_revision', 0), ('probe', 0);
  `,
];

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Brings the database to the newest version; refuses one that is newer, or whose history differs. */
export function migrate(db: Database): void {
  db.exec('CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, hash TEXT NOT NULL)');
  const applied = db.prepare('SELECT number, hash FROM migrations ORDER BY number').all() as {
    number: number;
    hash: string;
  }[];
  if (applied.length > MIGRATIONS.length) {
    throw new Error(
      `the database is at migration ${applied.length}, this program knows ${MIGRATIONS.length}: it is too old for it`,
    );
  }
  for (const row of applied) {
    if (row.hash !== hash(MIGRATIONS[row.number - 1] ?? '')) {
      throw new Error(`migration ${row.number} of the database is not the one of this program`);
    }
  }
  for (const [i, text] of MIGRATIONS.entries()) {
    if (i < applied.length) continue;
    db.transaction(() => {
      db.exec(text);
      db.prepare('INSERT INTO migrations VALUES (?, ?)').run(i + 1, hash(text));
    })();
  }
}
