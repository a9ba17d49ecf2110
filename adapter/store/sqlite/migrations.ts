// The layout of the database: numbered steps, forward only, each checked by its hash.
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { StoreUnfit } from '../contract.ts';

/**
 * Step n is at index n - 1; a published step is never edited. `due_…` is when a job kind may be claimed, a lease included;
 * `run_collect` is the same without the lease; `named` are the blobs that the document names;
 * `peer` is who is at its other end, of an older message without open work not before it changes.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
    due_transmit INTEGER, due_answer INTEGER, due_deliver INTEGER, due_collect INTEGER, due_notify INTEGER,
    run_collect INTEGER, entries INTEGER NOT NULL, named TEXT NOT NULL,
    direction TEXT NOT NULL, state TEXT NOT NULL, cpa_id TEXT NOT NULL, message_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL, functie TEXT, referentienummer TEXT,
    accepted_at INTEGER NOT NULL, keep_until INTEGER NOT NULL,
    document TEXT NOT NULL
  );
  CREATE INDEX by_due_transmit ON messages (due_transmit) WHERE due_transmit IS NOT NULL;
  CREATE INDEX by_due_answer ON messages (due_answer) WHERE due_answer IS NOT NULL;
  CREATE INDEX by_due_deliver ON messages (due_deliver) WHERE due_deliver IS NOT NULL;
  CREATE INDEX by_due_collect ON messages (due_collect) WHERE due_collect IS NOT NULL;
  CREATE INDEX by_due_notify ON messages (due_notify) WHERE due_notify IS NOT NULL;
  CREATE INDEX by_time ON messages (accepted_at, id);
  CREATE INDEX by_state ON messages (state, accepted_at, id);
  CREATE INDEX by_message_id ON messages (message_id);
  CREATE INDEX by_conversation ON messages (conversation_id);
  CREATE INDEX by_reference ON messages (referentienummer) WHERE referentienummer IS NOT NULL;
  CREATE INDEX by_keep ON messages (keep_until);
  CREATE TABLE journal (
    message INTEGER NOT NULL, seq INTEGER NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (message, seq)
  ) WITHOUT ROWID;
  CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE blob_uses (
    message INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (message, sha256)
  ) WITHOUT ROWID;
  CREATE INDEX by_blob ON blob_uses (sha256);
  CREATE TABLE notes (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, evidence TEXT, entry TEXT NOT NULL);
  CREATE INDEX by_evidence ON notes (evidence) WHERE evidence IS NOT NULL;
  CREATE INDEX by_note_time ON notes (at);
  CREATE TABLE cpas (
    cpa_id TEXT PRIMARY KEY, xml BLOB NOT NULL, sha256 TEXT NOT NULL, imported_at INTEGER NOT NULL, imported_by TEXT NOT NULL
  );
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
  INSERT INTO counters VALUES ('cpa_revision', 0), ('probe', 0);
  `,
  `
  ALTER TABLE messages ADD COLUMN peer TEXT NOT NULL DEFAULT '';
  UPDATE messages SET peer = json_extract(document, '$.terms.peerOin')
    WHERE due_transmit IS NOT NULL OR due_answer IS NOT NULL;
  CREATE INDEX by_peer_transmit ON messages (peer, due_transmit) WHERE due_transmit IS NOT NULL;
  CREATE INDEX by_peer_answer ON messages (peer, due_answer) WHERE due_answer IS NOT NULL;
  `,
  `
  UPDATE messages SET peer = json_extract(document, '$.terms.peerOin') WHERE due_deliver IS NOT NULL;
  CREATE INDEX by_peer_deliver ON messages (peer, due_deliver) WHERE due_deliver IS NOT NULL;
  `,
  `
  CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  `,
  `
  DROP INDEX by_due_transmit;
  CREATE INDEX by_due_transmit ON messages (due_transmit, peer) WHERE due_transmit IS NOT NULL;
  DROP INDEX by_due_answer;
  CREATE INDEX by_due_answer ON messages (due_answer, peer) WHERE due_answer IS NOT NULL;
  DROP INDEX by_due_deliver;
  CREATE INDEX by_due_deliver ON messages (due_deliver, peer) WHERE due_deliver IS NOT NULL;
  DROP INDEX by_due_collect;
  CREATE INDEX by_due_collect ON messages (due_collect, peer) WHERE due_collect IS NOT NULL;
  DROP INDEX by_due_notify;
  CREATE INDEX by_due_notify ON messages (due_notify, peer) WHERE due_notify IS NOT NULL;
  `,
];

interface Applied {
  readonly number: number;
  readonly hash: string;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Brings the database to the newest layout, in one transaction, so that two processes starting together cannot both do it; one
 * that is there already is only read. Throws when the database is newer than the program or its history differs: an operator
 * must choose the right program.
 */
export function migrate(db: Database): void {
  if (isNewest(db)) return;
  const steps = db.transaction(() => {
    db.exec('CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, hash TEXT NOT NULL)');
    const applied = historyOf(db);
    const record = db.prepare('INSERT INTO migrations VALUES (?, ?)');
    for (const [i, text] of MIGRATIONS.entries()) {
      if (i < applied.length) continue;
      db.exec(text);
      record.run(i + 1, hash(text));
    }
  });
  steps.immediate();
}

function isNewest(db: Database): boolean {
  if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").get() === undefined) return false;
  return historyOf(db).length === MIGRATIONS.length;
}

/** What was applied, when it is this program's. */
function historyOf(db: Database): readonly Applied[] {
  const applied = db.prepare<[], Applied>('SELECT number, hash FROM migrations ORDER BY number').all();
  checkHistory(applied);
  return applied;
}

function checkHistory(applied: readonly Applied[]): void {
  for (const { number, hash: known } of applied) {
    const text = MIGRATIONS[number - 1];
    if (text === undefined) {
      throw new StoreUnfit(
        `gevonden indeling ${number}; verwacht ten hoogste ${MIGRATIONS.length}: de database is van een nieuwere versie van dit programma`,
      );
    }
    if (known !== hash(text)) {
      throw new StoreUnfit(`indeling ${number} van de database is niet die van dit programma: zij is van een ander`);
    }
  }
}
