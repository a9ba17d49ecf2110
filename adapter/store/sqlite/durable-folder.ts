// Folders whose names survive a power cut.
import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf } from './errors.ts';

/** Folders of which this process has seen to it that their names last; some 65,000 of a store at the most. */
const lasting = new Set<string>();

/**
 * Makes a folder, and resolves when its name lasts (D2): also one that was there, because whoever made it may not have come to
 * that. Those above it are looked at as far as one that lasts; above the first of a store, as far as they were made now.
 */
export async function makeFolder(folder: string): Promise<void> {
  const chain = upwards(resolve(folder));
  const first = await mkdir(chain[0] ?? folder, { recursive: true, mode: 0o700 });
  const made = first === undefined ? 0 : chain.indexOf(first) + 1;
  for (const path of chain.slice(0, made)) lasting.delete(path);
  const known = chain.findIndex((path) => lasting.has(path));
  for (const [at, path] of chain.slice(0, known < 0 ? Math.max(made, 1) : known).entries()) {
    const synced = syncFolder(dirname(path));
    // What others made may lie in a folder that we may pass through and not read.
    await (at < made ? synced : synced.catch(unlessForbidden));
    lasting.add(path);
  }
}

function unlessForbidden(error: unknown): void {
  if (!['EACCES', 'EPERM'].includes(codeOf(error))) throw error;
}

/** The folder, the one above it, and so on. */
function upwards(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [] : [folder, ...upwards(above)];
}

/** What was named, renamed or removed in it stays so. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
