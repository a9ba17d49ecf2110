// Folders whose names survive a power cut.
import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

const underWay = new Set<Promise<void>>();

/** Folders that were there may have been made a moment ago: their names last when who was making them is ready (D2). */
export async function makeFolder(folder: string): Promise<void> {
  const mine = make(folder).finally(() => underWay.delete(mine));
  underWay.add(mine);
  await mine;
  await Promise.all(underWay);
}

/** A new folder is durable when the one above it has been synchronised. */
async function make(folder: string): Promise<void> {
  const absolute = resolve(folder);
  const first = await mkdir(absolute, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let path = absolute; path.length >= first.length; path = dirname(path)) await syncFolder(dirname(path));
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
