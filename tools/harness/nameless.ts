// Files in the folder of a store that nothing in it names, seen from outside: the gateway's own sweep is not asked.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export interface NamelessFile {
  readonly path: string;
  /**
   * When it was last written, by the machine's clock. Not when its names changed: who is killed between giving a file its name
   * and taking away the temporary one leaves two, and the next process changes both by replacing one.
   */
  readonly since: number;
}

/** Files of blobs, half-written ones too, that no record and no note names. */
export function namelessFiles(folder: string): readonly NamelessFile[] {
  const root = join(folder, 'blobs');
  if (!existsSync(root)) return [];
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const db = new Database(join(folder, 'gateway.db'), { readonly: true });
  try {
    const find = db.prepare<[{ name: string }]>(
      'SELECT 1 FROM blob_uses WHERE sha256 = @name UNION ALL SELECT 1 FROM notes WHERE evidence = @name',
    );
    return files.flatMap(({ parentPath, name }) => {
      if (find.get({ name }) !== undefined) return [];
      const path = join(parentPath, name);
      // It may be gone by now: then it was taken back.
      const info = statSync(path, { throwIfNoEntry: false });
      return info === undefined ? [] : [{ path, since: info.mtimeMs }];
    });
  } finally {
    db.close();
  }
}
