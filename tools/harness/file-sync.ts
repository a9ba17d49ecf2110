// A power cut for files: which of them the gateway synchronised, contents and names, is written down; the rest goes afterwards.
import { appendFileSync, existsSync, readdirSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Empties files whose contents were not synchronised, removes those whose names were not; returns how many bytes went. */
export function dropUnsyncedFiles(root: string, log: string): number {
  if (!existsSync(log) || !existsSync(root)) return 0;
  const lines = readJsonLines<Line>(log);
  const bootedAt = lines.flatMap((line) => ('bootedAt' in line ? [line.bootedAt] : []))[0] ?? 0;
  const synced = new Map(lines.flatMap((line) => ('inode' in line ? [[line.inode, line] as const] : [])));
  let dropped = 0;
  for (const folder of foldersUnder(root)) {
    const namesAt = synced.get(statSync(folder).ino)?.at ?? 0;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(folder, entry.name);
      const { ino, size, ctimeMs, mtimeMs } = statSync(path);
      if (ctimeMs < bootedAt - TICK_MS) continue;
      const kept = keptOf(synced.get(ino), { size, mtimeMs });
      if (namesAt + TICK_MS < ctimeMs) unlinkSync(path);
      else if (kept < size) truncateSync(path, kept);
      else continue;
      dropped += namesAt + TICK_MS < ctimeMs ? size : size - kept;
    }
  }
  return dropped;
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

const foldersUnder = (root: string): string[] => [
  root,
  ...readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => foldersUnder(join(root, entry.name))),
];
