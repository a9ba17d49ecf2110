// Files of blobs from the moment they have their name until their writers let them go: who stores the same octets shares one.
import { type FileHandle, link, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder, syncFolder } from './durable-folder.ts';
import { codeOf } from './errors.ts';
import { placeOf } from './file-reader.ts';
import { happened, removeUnless } from './sweep.ts';

/** A temporary file with all octets of a blob. */
export interface Spilled {
  readonly root: string;
  readonly handle: FileHandle;
  readonly path: string;
}

/** A file that a writer of this process put in a place where there was none. */
export interface Published {
  readonly root: string;
  readonly place: string;
  readonly inode: number;
  readonly sha256: string;
  /** Writers of this process that have not let it go. */
  open: number;
}

/** One at a time per digest; of other processes nothing is known but their files. */
export class Publications {
  readonly #isNamed: (sha256: string) => boolean;
  readonly #known = new Map<string, Published>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(isNamed: (sha256: string) => boolean) {
    this.#isNamed = isNamed;
  }

  /** Undefined when the file is not this process's alone: then it is for the sweep to take it back, should nobody name it. */
  publish(file: Spilled, sha256: string): Promise<Published | undefined> {
    return this.#inTurn(sha256, async () => {
      const known = this.#known.get(sha256);
      if (known === undefined || !(await isThere(known))) {
        const published = await publish(file, sha256);
        if (published !== undefined) this.#known.set(sha256, published);
        return published;
      }
      await file.handle.close();
      await unlink(file.path);
      known.open += 1;
      return known;
    });
  }

  /** The last writer takes the file back, unless a record names it. */
  letGo(published: Published): Promise<void> {
    const { sha256 } = published;
    return this.#inTurn(sha256, async () => {
      published.open -= 1;
      if (published.open > 0) return;
      if (this.#known.get(sha256) === published) this.#known.delete(sha256);
      await takeBack(published, this.#isNamed);
    });
  }

  async #inTurn<T>(sha256: string, work: () => Promise<T>): Promise<T> {
    const before = this.#underWay.get(sha256) ?? Promise.resolve();
    const mine = before.then(work);
    const over = mine.catch(() => undefined);
    this.#underWay.set(sha256, over);
    try {
      return await mine;
    } finally {
      if (this.#underWay.get(sha256) === over) this.#underWay.delete(sha256);
    }
  }
}

const isThere = ({ place, inode }: Published): Promise<boolean> =>
  stat(place).then(
    ({ ino }) => ino === inode,
    () => false,
  );

/**
 * Write, fsync, name, fsync of the folder (D2). An equal file that lies there is replaced, which makes it young again; then it
 * is not this writer's alone, and undefined comes back.
 */
async function publish({ root, handle, path }: Spilled, sha256: string): Promise<Published | undefined> {
  await handle.sync();
  const { ino: inode } = await handle.stat();
  await handle.close();
  const place = placeOf(root, sha256);
  await makeFolder(dirname(place));
  const isNew = await happened(link(path, place)).catch(knowsNoLinks);
  await (isNew ? unlink(path) : rename(path, place));
  await syncFolder(dirname(place));
  return isNew ? { root, place, inode, sha256, open: 1 } : undefined;
}

/** Some file systems have no hard links: there every file counts as shared. */
function knowsNoLinks(error: unknown): boolean {
  if (['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error))) return false;
  throw error;
}

/**
 * Who stores the same octets after us replaces our file by its own: another inode, which stays. Nothing else may be lost by
 * this, so in doubt the file is left to the sweep.
 */
async function takeBack(
  { root, place, inode, sha256 }: Published,
  isNamed: (sha256: string) => boolean,
): Promise<void> {
  if ((await stat(place)).ino !== inode || isNamed(sha256)) return;
  await removeUnless(place, root, ({ ino }) => ino !== inode || isNamed(sha256));
}
