// CPAs as documents in SQLite, with a revision that grows with every change.
import type { Database } from 'better-sqlite3';
import type { AgreementDocuments, StoredCpa } from '../contract.ts';
import { guarded } from './errors.ts';
import type { NoteTable } from './notes.ts';
import type { GroupWriter } from './writer.ts';

interface CpaRow {
  readonly cpa_id: string;
  readonly xml: Uint8Array;
  readonly sha256: string;
  readonly imported_at: number;
  readonly imported_by: string;
}

export function createCpaTable(db: Database, writer: GroupWriter, notes: Pick<NoteTable, 'add'>): AgreementDocuments {
  const find = db.prepare('SELECT * FROM cpas WHERE cpa_id = ?');
  const list = db.prepare('SELECT cpa_id, sha256, imported_at, imported_by FROM cpas ORDER BY cpa_id');
  const write = db.prepare('INSERT OR REPLACE INTO cpas VALUES (?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM cpas WHERE cpa_id = ?');
  const revise = db.prepare("UPDATE counters SET value = value + 1 WHERE name = 'cpa_revision'");
  const revision = db.prepare("SELECT value FROM counters WHERE name = 'cpa_revision'");
  const about = (row: Omit<CpaRow, 'xml'>): Omit<StoredCpa, 'xml'> => ({
    cpaId: row.cpa_id,
    sha256: row.sha256,
    importedAt: row.imported_at,
    importedBy: row.imported_by,
  });
  return {
    put: (cpa, replace) =>
      writer.write(() => {
        const existing = find.get(cpa.cpaId) as CpaRow | undefined;
        if (existing?.sha256 === cpa.sha256) return 'same';
        if (existing !== undefined && !replace) return 'exists';
        write.run(cpa.cpaId, cpa.xml, cpa.sha256, cpa.importedAt, cpa.importedBy);
        revise.run();
        return 'ok';
      }),
    get: (cpaId) =>
      guarded(() => {
        const row = find.get(cpaId) as CpaRow | undefined;
        return row === undefined ? undefined : { ...about(row), xml: row.xml };
      }),
    list: () => guarded(() => (list.all() as CpaRow[]).map(about)),
    remove: (cpaId, note) =>
      writer.write(() => {
        const removed = remove.run(cpaId).changes > 0;
        if (removed) {
          revise.run();
          notes.add(note);
        }
        return removed;
      }),
    revision: () => guarded(() => (revision.get() as { value: number }).value),
  };
}
