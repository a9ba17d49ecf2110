// What a power cut leaves of a large blob: its contents, its name and the names of its folders have been synchronised (D2).
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { OpenedStore } from '../../adapter/store/index.ts';
import { makeFolder } from '../../adapter/store/sqlite/durable-folder.ts';
import { sweepFiles } from '../../adapter/store/sqlite/sweep.ts';
import { newFolder, withStore } from './folder.ts';

/** A file or folder that was synchronised, and the inode that each path had just before. */
interface Sync {
  readonly inode: number;
  readonly paths: ReadonlyMap<string, number>;
}

let stop = (): void => undefined;
afterEach(() => stop());

/** Every `sync` of this process from here on, until the test ends; each waits for `allowed`. */
async function watchSyncs(
  root: string,
  allowed: (inode: number) => Promise<void> = () => Promise.resolve(),
): Promise<readonly Sync[]> {
  const probe = await open(root, 'r');
  const prototype = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const { sync } = prototype;
  const syncs: Sync[] = [];
  prototype.sync = async function (this: FileHandle): Promise<void> {
    const seen = { inode: (await this.stat()).ino, paths: pathsUnder(root) };
    await allowed(seen.inode);
    await sync.call(this);
    syncs.push(seen);
  };
  stop = () => {
    prototype.sync = sync;
  };
  return syncs;
}

const tick = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const inodeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.ino ?? 0;

function pathsUnder(root: string): ReadonlyMap<string, number> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name));
  return new Map(paths.map((path) => [path, inodeOf(path)]));
}

const isNameKept = (syncs: readonly Sync[], path: string): boolean =>
  syncs.some(({ inode, paths }) => inode === inodeOf(dirname(path)) && paths.get(path) === inodeOf(path));

/** Of a file: itself when its contents were not synchronised, and what has no lasting name on the way to it. */
function lostOf(syncs: readonly Sync[], place: string, root: string): readonly string[] {
  const lost = syncs.some(({ inode }) => inode === inodeOf(place)) ? [] : [`contents of ${place}`];
  for (let path = place; path !== root; path = dirname(path)) if (!isNameKept(syncs, path)) lost.push(path);
  return lost;
}

async function large(store: OpenedStore, folder: string): Promise<string> {
  const writer = store.blobs.writer();
  await writer.write(Buffer.alloc(200_000, 'a'));
  const { sha256 } = await writer.finish();
  return join(folder, 'blobs', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
}

test('D2 the first large blob of a store lasts, with all folders that were made for it', async () => {
  const folder = newFolder();
  await withStore(folder, async (store) => {
    const syncs = await watchSyncs(folder);
    expect(lostOf(syncs, await large(store, folder), folder)).toEqual([]);
  });
});

test('D2 the first start of a store lasts, with the folders that were made for it', async () => {
  const root = newFolder();
  const folder = join(root, 'een', 'twee');
  const syncs = await watchSyncs(root);
  await withStore(folder, () => Promise.resolve());
  // Its contents are SQLite's business.
  const paths = [join(folder, 'gateway.db'), folder, dirname(folder)];
  expect(paths.filter((path) => !isNameKept(syncs, path))).toEqual([]);
});

test('D2 one that takes the place of an equal file of another process lasts', async () => {
  const folder = newFolder();
  await withStore(folder, (store) =>
    withStore(folder, async (other) => {
      const syncs = await watchSyncs(folder);
      const before = inodeOf(await large(store, folder));
      const place = await large(other, folder);
      expect(inodeOf(place)).not.toBe(before);
      expect(lostOf(syncs, place, folder)).toEqual([]);
    }),
  );
});

test('D2 one that the sweep took away and put back lasts', async () => {
  const folder = newFolder();
  await withStore(folder, async (store) => {
    const place = await large(store, folder);
    const old = new Date(Date.now() - 9_000);
    utimesSync(place, old, old);
    const syncs = await watchSyncs(folder);
    let looks = 0;
    await sweepFiles(join(folder, 'blobs'), Date.now() - 4_000, () => looks++ > 0);
    expect(looks).toBe(2);
    expect(isNameKept(syncs, place)).toBe(true);
  });
});

test('D2 who needs a folder that another is making waits until its name lasts', async () => {
  const root = newFolder();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const blobs = join(root, 'blobs');
  const syncs = await watchSyncs(root, (inode) => (inode === inodeOf(root) ? released : Promise.resolve()));
  await makeFolder(root);
  const first = makeFolder(blobs);
  for (let i = 0; i < 200 && inodeOf(blobs) === 0; i += 1) await tick(5);
  let isMade = false;
  const second = makeFolder(join(blobs, 'ab')).then(() => {
    isMade = true;
  });
  for (let i = 0; i < 200 && !isNameKept(syncs, join(blobs, 'ab')); i += 1) await tick(5);
  await tick(50);
  const whileItWaits = { isMade, isKept: isNameKept(syncs, blobs) };
  release();
  await Promise.all([first, second]);
  expect(whileItWaits).toEqual({ isMade: false, isKept: false });
  expect(isNameKept(syncs, blobs)).toBe(true);
});

test('D2 a folder whose name could not be made to last is not taken for one whose name does', async () => {
  const root = newFolder();
  const blobs = join(root, 'blobs');
  let failing = true;
  const syncs = await watchSyncs(root, (inode) =>
    failing && inode === inodeOf(blobs) ? Promise.reject(new Error('EIO')) : Promise.resolve(),
  );
  await makeFolder(blobs);
  await expect(makeFolder(join(blobs, 'ab'))).rejects.toThrow('EIO');
  failing = false;
  expect(isNameKept(syncs, join(blobs, 'ab'))).toBe(false);
  await makeFolder(join(blobs, 'ab', 'cd'));
  expect([join(blobs, 'ab'), join(blobs, 'ab', 'cd')].filter((path) => !isNameKept(syncs, path))).toEqual([]);
});

test('D2 one that another process made, and one that was taken away and made again, lasts', async () => {
  const root = newFolder();
  const folder = join(root, 'een');
  mkdirSync(folder);
  const syncs = await watchSyncs(root);
  await makeFolder(folder);
  expect(isNameKept(syncs, folder)).toBe(true);
  const before = syncs.length;
  await makeFolder(folder);
  expect(syncs).toHaveLength(before);
  rmSync(folder, { recursive: true });
  await makeFolder(folder);
  expect(isNameKept(syncs.slice(before), folder)).toBe(true);
});

test('a store in a folder that may be passed and not read can be opened', async () => {
  const root = newFolder();
  const folder = join(root, 'een');
  mkdirSync(folder);
  await watchSyncs(root, (inode) =>
    inode === inodeOf(root) ? Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })) : Promise.resolve(),
  );
  await expect(makeFolder(folder)).resolves.toBeUndefined();
  await expect(makeFolder(join(root, 'twee'))).rejects.toThrow('no');
});
