// A power cut for files: which of them the gateway synchronised, contents and names, is written down; the rest goes afterwards.
import {
  appendFileSync,
  existsSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readJsonLines } from './json-lines.ts';

type Line =
  | { readonly bootedAt: number }
  /** Contents up to here are on disk; of a folder: its names as they stood at this moment. */
  | { readonly inode: number; readonly at: number; readonly size: number; readonly mtimeMs: number };

/** The machine's clock, whatever the harness has set `Date.now` to. */
const realNow = (): number => performance.timeOrigin + performance.now();
/** Times of files come from a coarser clock. */
const TICK_MS = 5;

/** Every `sync` of a file or folder of this process is noted in `log`, until the returned function is called. */
export async function watchFileSync(log: string): Promise<() => void> {
  const line = (one: Line): void => appendFileSync(log, `${JSON.stringify(one)}\n`);
  writeFileSync(log, '');
  line({ bootedAt: realNow() });
  const probe = await open(log, 'r');
  const prototype = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const { sync } = prototype;
  prototype.sync = async function (this: FileHandle): Promise<void> {
    // Looked at before it: what is written meanwhile may be on disk or not.
    const { ino: inode, size, mtimeMs } = await this.stat();
    await sync.call(this);
    line({ inode, at: realNow(), size, mtimeMs });
  };
  return () => {
    prototype.sync = sync;
  };
}

/** From here on no file of this process is synchronised, and nothing is noted. */
export async function forgetFileSync(anyFile: string): Promise<void> {
  const probe = await open(anyFile, 'r');
  (Object.getPrototypeOf(probe) as FileHandle).sync = () => Promise.resolve();
  await probe.close();
}

/** From here on the names in these folders are not synchronised, whether they are there yet or not. */
export async function forgetSyncOf(folders: readonly string[], anyFile: string): Promise<void> {
  const probe = await open(anyFile, 'r');
  const prototype = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const { sync } = prototype;
  prototype.sync = async function (this: FileHandle): Promise<void> {
    const { ino } = await this.stat();
    if (!folders.some((folder) => statSync(folder, { throwIfNoEntry: false })?.ino === ino)) await sync.call(this);
  };
}

/**
 * Empties files whose contents were not synchronised, removes those whose names were not, and folders likewise with all that is
 * in them; returns how many bytes went.
 */
export function dropUnsyncedFiles(root: string, log: string): number {
  if (!existsSync(log) || !existsSync(root)) return 0;
  const lines = readJsonLines<Line>(log);
  const bootedAt = lines.flatMap((line) => ('bootedAt' in line ? [line.bootedAt] : []))[0] ?? 0;
  const synced = new Map(lines.flatMap((line) => ('inode' in line ? [[line.inode, line] as const] : [])));
  return dropFolder(root, { bootedAt: bootedAt - TICK_MS, synced });
}

interface Known {
  /** What is older was on disk already. */
  readonly bootedAt: number;
  readonly synced: ReadonlyMap<number, Contents & { readonly at: number }>;
}

/** A folder gets its name when it is born; a file's change of name shows in its `ctime`, which for a folder changes with its names. */
function dropFolder(folder: string, known: Known): number {
  const { birthtimeMs } = statSync(folder);
  if (birthtimeMs >= known.bootedAt && isNameless(folder, birthtimeMs, known)) {
    const bytes = bytesUnder(folder);
    rmSync(folder, { recursive: true });
    return bytes;
  }
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sum + dropFolder(path, known);
    return entry.isFile() ? sum + dropFile(path, known) : sum;
  }, 0);
}

function dropFile(path: string, known: Known): number {
  const { ino, size, ctimeMs, mtimeMs } = statSync(path);
  if (ctimeMs < known.bootedAt) return 0;
  if (isNameless(path, ctimeMs, known)) {
    unlinkSync(path);
    return size;
  }
  const kept = keptOf(known.synced.get(ino), { size, mtimeMs });
  if (kept < size) truncateSync(path, kept);
  return size - kept;
}

/** It got its name after the folder in which it lies was last synchronised. */
function isNameless(path: string, namedAt: number, { synced }: Known): boolean {
  const namesAt = synced.get(statSync(dirname(path)).ino)?.at ?? 0;
  return namesAt + TICK_MS < namedAt;
}

function bytesUnder(folder: string): number {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => statSync(join(folder, name)));
  return paths.reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);
}

interface Contents {
  readonly size: number;
  readonly mtimeMs: number;
}

/** How many octets are surely on disk: what was written after the last synchronisation is not. */
function keptOf(synced: Contents | undefined, { size, mtimeMs }: Contents): number {
  if (synced === undefined) return 0;
  if (synced.mtimeMs === mtimeMs) return size;
  return size > synced.size ? synced.size : 0;
}
