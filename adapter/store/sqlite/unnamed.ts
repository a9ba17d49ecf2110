// Blobs that nothing names any more.
import type { Database } from 'better-sqlite3';
import type { RecentBlobs } from './recent.ts';

/** Deletes a blob's row when no record and no note names it; its file, if it has one, is left to the sweep. */
export function createDropUnnamed(db: Database, recent: RecentBlobs): (sha256: string) => void {
  const drop = db.prepare(
    `DELETE FROM blobs WHERE sha256 = @sha256
     AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE sha256 = @sha256) AND NOT EXISTS (SELECT 1 FROM notes WHERE evidence = @sha256)`,
  );
  return (sha256) => {
    if (drop.run({ sha256 }).changes > 0) recent.forget(sha256);
  };
}

/** Whether a record or a note names the blob: then its file stays. */
export function createIsNamed(db: Database): (sha256: string) => boolean {
  const find = db.prepare<[Record<string, string>], { named: number }>(
    `SELECT EXISTS (SELECT 1 FROM blob_uses WHERE sha256 = @sha256)
     OR EXISTS (SELECT 1 FROM notes WHERE evidence = @sha256) AS named`,
  );
  return (sha256) => find.get({ sha256 })?.named === 1;
}
