// Notes of the system: what is worth keeping and belongs to no message (row 32).
import type { Database } from 'better-sqlite3';
import type { SystemNote } from '../contract.ts';

export interface NoteTable {
  add(note: SystemNote): void;
  /** Newest first. */
  list(limit: number): readonly SystemNote[];
}

export function createNoteTable(db: Database): NoteTable {
  const insert = db.prepare('INSERT INTO notes (at, evidence, entry) VALUES (?, ?, ?)');
  const blob = db.prepare('INSERT INTO blobs VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING');
  const list = db.prepare<[number], { entry: string }>('SELECT entry FROM notes ORDER BY seq DESC LIMIT ?');
  return {
    add(note) {
      const { evidence, ...rest } = note;
      if (evidence?.inline !== undefined) blob.run(evidence.sha256, evidence.inline);
      const ref = evidence === undefined ? {} : { evidence: { sha256: evidence.sha256, bytes: evidence.bytes } };
      insert.run(note.at, evidence?.sha256 ?? null, JSON.stringify({ ...rest, ...ref }));
    },
    list: (limit) => list.all(limit).map((row) => JSON.parse(row.entry) as SystemNote),
  };
}
