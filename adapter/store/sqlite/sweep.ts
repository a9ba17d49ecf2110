// Removes blob files that nothing names: what a crash left between blob and commit, and what the purge let go (rows 1, 2).
import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Instant } from '../../base/index.ts';
import { syncFolder } from './durable-folder.ts';
import { codeOf } from './errors.ts';

/** Folder within the blobs' own for what has no name yet, or not any more. */
export const TEMPORARY = 'tmp';

/** Files older than `before` (by their own time) that `isNamed` does not know; returns how many. */
export async function sweepFiles(root: string, before: Instant, isNamed: (sha256: string) => boolean): Promise<number> {
  let removed = 0;
  for await (const path of oldFiles(join(root, TEMPORARY), before)) removed += await unlinkIfThere(path);
  for (const first of await foldersIn(root)) {
    if (basename(first) === TEMPORARY) continue;
    for (const second of await foldersIn(first)) {
      for await (const path of oldFiles(second, before)) {
        const stays = ({ mtimeMs }: Stats): boolean => mtimeMs >= before || isNamed(basename(path));
        if (!isNamed(basename(path)) && (await removeUnless(path, root, stays))) removed += 1;
      }
    }
  }
  return removed;
}

/**
 * Another process may be storing the same octets right now, which replaces the file. So it is first moved aside and judged
 * again there: one that stays goes back, and a writer that comes later makes its own.
 */
export async function removeUnless(path: string, root: string, stays: (info: Stats) => boolean): Promise<boolean> {
  const aside = join(root, TEMPORARY, randomUUID());
  if (!(await happened(rename(path, aside)))) return false;
  const keep = stays(await stat(aside));
  if (keep && (await happened(link(aside, path)))) await syncFolder(dirname(path));
  await unlink(aside);
  return !keep;
}

async function* oldFiles(folder: string, before: Instant): AsyncIterable<string> {
  for (const entry of await entriesOf(folder)) {
    if (!entry.isFile()) continue;
    const path = join(folder, entry.name);
    const info = await stat(path).catch(() => undefined);
    if (info !== undefined && info.mtimeMs < before) yield path;
  }
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  return (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

const unlinkIfThere = async (path: string): Promise<number> => ((await happened(unlink(path))) ? 1 : 0);

/** False when another process was first: the file is gone, or is there again. */
export async function happened(action: Promise<void>): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    if (['ENOENT', 'EEXIST'].includes(codeOf(error))) return false;
    throw error;
  }
}
