// Deletes what has been kept long enough: records with their journal, blobs that nobody names any more, old notes.
import type { Database } from 'better-sqlite3';
import type { Instant } from '../../base/index.ts';
import { KINDS } from './commit.ts';
import type { RecentBlobs } from './recent.ts';
import { createDropUnnamed } from './unnamed.ts';

/** Notes have no term of their own: they stay as long as message ids do by default (row 49). */
const NOTE_KEEP_MS = 400 * 86_400_000;

/** A step that deletes up to `max` records whose `keepUntil` lies before `before` and that have no open job; returns how many. */
export function createPurge(db: Database, before: Instant, recent: RecentBlobs): (max: number) => number {
  const open = KINDS.map((kind) => `due_${kind} IS NULL`).join(' AND ');
  const over = db.prepare<[number, number], { seq: number }>(
    `SELECT seq FROM messages WHERE keep_until < ? AND ${open} ORDER BY keep_until LIMIT ?`,
  );
  const uses = db.prepare<[number], { sha256: string }>('DELETE FROM blob_uses WHERE message = ? RETURNING sha256');
  const journal = db.prepare('DELETE FROM journal WHERE message = ?');
  const message = db.prepare('DELETE FROM messages WHERE seq = ?');
  const notes = db.prepare<[number], { evidence: string | null }>('DELETE FROM notes WHERE at < ? RETURNING evidence');
  const drop = createDropUnnamed(db, recent);
  return (max) => {
    const gone = over.all(before, max);
    for (const { seq } of gone) {
      const named = uses.all(seq);
      journal.run(seq);
      message.run(seq);
      for (const { sha256 } of named) drop(sha256);
    }
    for (const { evidence } of notes.all(before - NOTE_KEEP_MS)) if (evidence !== null) drop(evidence);
    return gone.length;
  };
}
