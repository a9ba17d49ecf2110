// The checkpoint thread: the write-ahead log is emptied while the store works, and nothing stays open after it closes.
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { type OpenedStore, openStore } from '../../adapter/store/index.ts';
import { inline, inserted, record } from './record.ts';

const MB = 1024 * 1024;
const compiled = fileURLToPath(new URL('../../dist/adapter/store/sqlite/checkpoint-worker.js', import.meta.url));
const OPEN_FILES = '/proc/self/fd';

let folder: string;
let store: OpenedStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dk-checkpoint-'));
  store = await openStore(`sqlite:${folder}`);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const sizeOf = (name: string): number => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;

/** Commits `count` messages with a body of 30 kB each, in groups. */
async function commitMany(count: number, prefix: string): Promise<void> {
  for (let done = 0; done < count; done += 100) {
    const changes = Array.from({ length: 100 }, (_, i) => {
      const body = inline(`${prefix} ${done + i} `.padEnd(30_000, 'x'));
      const part = { contentId: 'c', contentType: 'text/xml', blob: { sha256: body.sha256, bytes: body.bytes } };
      return store.commit(inserted(record(`${prefix}${done + i}`, { parts: [part] }), { blobs: [body] }));
    });
    await Promise.all(changes);
  }
}

async function until(reached: () => boolean, maxMs = 15_000): Promise<boolean> {
  for (let waited = 0; waited < maxMs && !reached(); waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return reached();
}

(existsSync(compiled) ? describe : describe.skip)(
  'the checkpoint thread (needs dist; `npm run build` makes it)',
  () => {
    test('D2 what was logged moves into the database while the store is open, and the log is used again', async () => {
      for (const [round, prefix] of ['a', 'b', 'c'].entries()) {
        await commitMany(300, prefix);
        expect(await until(() => sizeOf('gateway.db') > (round + 1) * 8 * MB)).toBe(true);
      }
      // Three rounds of 9 MB: without a checkpoint in between the log would hold all 28 MB of them.
      expect(sizeOf('gateway.db-wal')).toBeLessThan(25 * MB);
    });

    test('D2 a log above the limit is cut after a few thousand commits, and every commit is still there', async () => {
      await commitMany(3_000, 'm');
      // A slow disk empties the log in between, so that it never reaches the limit and keeps the size that it has.
      expect(await until(() => sizeOf('gateway.db-wal') <= 64 * MB && sizeOf('gateway.db') > 80 * MB)).toBe(true);
      const found = await store.load(['m0', 'm1500', 'm2999'].map((id) => record(id).id));
      expect(found.map((one) => one?.messageId)).toEqual(['m0', 'm1500', 'm2999']);
      expect(await store.commit(inserted(record('after')))).toBe('ok');
    });

    test('D2 somebody who reads for long keeps the log from being cut, and no commit waits for that', async () => {
      await commitMany(100, 'first');
      const reader = new Database(join(folder, 'gateway.db'), { readonly: true });
      try {
        reader.exec('BEGIN');
        reader.prepare('SELECT count(*) FROM messages').get();
        await commitMany(2_600, 'm');
        expect(sizeOf('gateway.db-wal')).toBeGreaterThan(64 * MB);
        // Several rounds of the thread: a cut that waits its second for the reader would hold up most of these.
        let held = 0;
        for (let i = 0; i < 60; i += 1) {
          const startedAt = performance.now();
          await store.commit(inserted(record(`late${i}`)));
          if (performance.now() - startedAt > 500) held += 1;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        expect(held).toBeLessThanOrEqual(1);
      } finally {
        reader.close();
      }
    });
  },
);

(existsSync(OPEN_FILES) ? describe : describe.skip)(
  `closing (reads ${OPEN_FILES}, skipped where there is none)`,
  () => {
    const openFiles = (): readonly string[] =>
      readdirSync(OPEN_FILES).flatMap((name) => {
        try {
          const path = readlinkSync(join(OPEN_FILES, name));
          return path.startsWith(folder) ? [path] : [];
        } catch {
          return [];
        }
      });

    test('close ends the thread: no file of the store stays open and the log is gone', async () => {
      await store.commit(inserted(record('m1')));
      expect(openFiles().length).toBeGreaterThan(0);
      await Promise.all([store.close(), store.close()]);
      expect(openFiles()).toEqual([]);
      expect(readdirSync(folder)).toEqual(['gateway.db']);
    });

    test('a store that is closed at once does not wait for ever and leaves nothing open', async () => {
      await store.close();
      expect(openFiles()).toEqual([]);
    });
  },
);
