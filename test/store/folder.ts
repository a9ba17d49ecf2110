// Folders for stores on disk, taken away at the end of a test file.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { type OpenedStore, openStore } from '../../adapter/store/index.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dk-store-'));
  folders.push(folder);
  return folder;
}

/** Runs `use` on the store in `folder` and closes it. */
export async function withStore<T>(
  folder: string,
  use: (store: OpenedStore) => Promise<T>,
  options: Parameters<typeof openStore>[1] = {},
): Promise<T> {
  const store = await openStore(`sqlite:${folder}`, options);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
