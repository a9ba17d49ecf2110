// The store contract on SQLite on disk, and what only a disk can do: crash, fill up, be locked, rot.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { BlobRef } from '../../adapter/msh/change.ts';
import { BlobDamaged, type OpenedStore, openStore, StoreUnavailable } from '../../adapter/store/index.ts';
import { sweepFiles } from '../../adapter/store/sqlite/sweep.ts';
import { storeContract } from './contract.ts';
import { newFolder, withStore } from './folder.ts';
import { inline, inserted, job, NOW, record, refOf } from './record.ts';

storeContract('sqlite:<folder>', () => openStore(`sqlite:${newFolder()}`, { maxWaiting: 500 }));

async function written(store: OpenedStore, fill = 'a') {
  const writer = store.blobs.writer();
  await writer.write(Buffer.alloc(200_000, fill));
  return { writer, blob: await writer.finish() };
}
const large = async (store: OpenedStore, fill: string) => (await written(store, fill)).blob;

const fileOf = (folder: string, { sha256 }: BlobRef): string =>
  join(folder, 'blobs', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
const temporary = (folder: string): string[] => {
  const path = join(folder, 'blobs', 'tmp');
  return existsSync(path) ? readdirSync(path) : [];
};

describe('durability', () => {
  test('what was committed is there after closing and opening again, and the log has been emptied', async () => {
    const folder = newFolder();
    const message = record('m1', { jobs: [job('transmit', NOW)] });
    await withStore(folder, (store) => store.commit(inserted(message)));
    expect(existsSync(join(folder, 'gateway.db-wal'))).toBe(false);
    await withStore(folder, async (store) => {
      expect(await store.load([message.id])).toEqual([{ ...message, version: 1 }]);
      expect(await store.claim(['transmit'], NOW, 1_000, 1)).toHaveLength(1);
    });
  });

  test('a process that has nothing else to do ends only when the store is closed', async () => {
    const folder = newFolder();
    const child = startChild('./close-child.ts', folder);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, out]).toEqual([0, 'closed\n']);
    expect(existsSync(join(folder, 'gateway.db-wal'))).toBe(false);
  });

  test('rows 1 2 3 after SIGKILL every commit that resolved is there with its blobs', async () => {
    const folder = newFolder();
    const last = await killAfter(folder, 60);
    await withStore(folder, async (store) => {
      for (let i = 0; i <= last; i += 1) {
        const [found] = await store.load([record(`m${i}`).id]);
        expect(found?.version).toBe(1);
        const [part] = found?.parts ?? [];
        if (part === undefined) throw new Error(`message ${i} has no part`);
        const body = await store.blobs.read(part.blob);
        expect(Buffer.from(body.subarray(0, 8)).toString()).toBe(`body ${i} `.repeat(8).slice(0, 8));
      }
    });
  });
});

/** Starts a TypeScript file of this folder as a process of its own. */
function startChild(name: string, folder: string): ChildProcessByStdio<null, Readable, Readable> {
  const loader = new URL('../fixtures/strip-types.mjs', import.meta.url).href;
  const file = fileURLToPath(new URL(name, import.meta.url));
  return spawn(process.execPath, ['--import', loader, file, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Lets a child commit until it has reported `count` commits, kills it, and returns the last number reported. */
async function killAfter(folder: string, count: number): Promise<number> {
  const child = startChild('./crash-child.ts', folder);
  let out = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (out.split('\n').length > count) child.kill('SIGKILL');
  });
  await ended;
  const whole = out.slice(0, out.lastIndexOf('\n')).split('\n');
  if (whole.length < count) throw new Error(`the child ended early: ${errors}`);
  return Number(whole.at(-1));
}

describe('trouble', () => {
  test('row 21 a full database refuses writes, reads go on, and it takes writes again when there is room', async () => {
    const folder = newFolder();
    await withStore(
      folder,
      async (store) => {
        await store.commit(inserted(record('m1')));
        const body = inline(Buffer.alloc(100_000, 'x'));
        const told: string[] = [];
        for (let i = 0; i < 10; i += 1) {
          const change = inserted(record(`big${i}`), { blobs: [inline(`${i}${'x'.repeat(100_000)}`), body] });
          told.push(await store.commit(change).catch((error: unknown) => (error as Error).name));
        }
        expect(told[0]).toBe('ok');
        expect(told.at(-1)).toBe('StoreUnavailable');
        expect((await store.load([record('m1').id]))[0]?.version).toBe(1);
      },
      { maxDatabaseBytes: 600_000 },
    );
    await withStore(folder, async (store) => expect(await store.commit(inserted(record('m2')))).toBe('ok'));
  });

  test('rows 21 24 a part that cannot be written is StoreUnavailable', async () => {
    const folder = newFolder();
    await withStore(folder, async (store) => {
      writeFileSync(join(folder, 'blobs'), 'a file where a folder should be');
      await expect(large(store, 'a')).rejects.toBeInstanceOf(StoreUnavailable);
    });
  });

  test('row 16 a folder that cannot be used is StoreUnavailable', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(openStore(`sqlite:${join(folder, 'file', 'below')}`)).rejects.toBeInstanceOf(StoreUnavailable);
    writeFileSync(join(folder, 'gateway.db'), 'this is no database, and long enough to be seen as one '.repeat(40));
    await expect(openStore(`sqlite:${folder}`)).rejects.toBeInstanceOf(StoreUnavailable);
  });

  test('row 20 a lock of another process is waited for without holding the event loop', async () => {
    const folder = newFolder();
    await withStore(folder, async (store) => {
      const other = new Database(join(folder, 'gateway.db'));
      other.exec('BEGIN IMMEDIATE');
      const writes = Promise.all([store.commit(inserted(record('m1'))), store.probe()]);
      let turns = 0;
      for (let i = 0; i < 10; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        turns += 1;
      }
      expect(store.stats().waiting).toBe(2);
      other.exec('COMMIT');
      other.close();
      expect((await writes)[0]).toBe('ok');
      expect(turns).toBe(10);
    });
  });

  test('row 16 a lock that lasts is StoreUnavailable, for probe as well', async () => {
    const folder = newFolder();
    await withStore(
      folder,
      async (store) => {
        const other = new Database(join(folder, 'gateway.db'));
        other.exec('BEGIN IMMEDIATE');
        const told = await Promise.allSettled([store.commit(inserted(record('m1'))), store.probe()]);
        other.exec('ROLLBACK');
        other.close();
        for (const one of told) expect(one.status === 'rejected' && one.reason).toBeInstanceOf(StoreUnavailable);
        expect(await store.commit(inserted(record('m1')))).toBe('ok');
      },
      { busyMs: 100 },
    );
  });
});

describe('blobs on disk', () => {
  test('D2 a large blob is a file named by its digest before the commit; nothing temporary is left', async () => {
    const folder = newFolder();
    await withStore(folder, async (store) => {
      const staged = await large(store, 'a');
      expect(staged.inline).toBeUndefined();
      expect(readFileSync(fileOf(folder, staged)).length).toBe(200_000);
      expect(temporary(folder)).toEqual([]);
    });
  });

  test('an aborted large blob leaves no file', async () => {
    const folder = newFolder();
    await withStore(folder, async (store) => {
      const writer = store.blobs.writer();
      await writer.write(Buffer.alloc(200_000, 'a'));
      expect(temporary(folder)).toHaveLength(1);
      await writer.abort();
      expect(temporary(folder)).toEqual([]);
    });
  });

  test('R3 a finished large blob that nothing names is taken back, with its file', async () => {
    const folder = newFolder();
    await withStore(folder, async (store) => {
      const { writer, blob } = await written(store);
      expect(existsSync(fileOf(folder, blob))).toBe(true);
      await writer.abort();
      await writer.abort();
      expect(existsSync(fileOf(folder, blob))).toBe(false);
      expect(temporary(folder)).toEqual([]);
    });
  });

  test('R3 of two that store the same octets at a time the last one takes them back', async () => {
    const folder = newFolder();
    await withStore(folder, async (store) => {
      const [first, second] = await Promise.all([written(store), written(store)]);
      await first.writer.abort();
      expect((await store.blobs.read(refOf(second.blob))).length).toBe(200_000);
      await Promise.all([second.writer.abort(), first.writer.abort()]);
      await expect(store.blobs.read(refOf(second.blob))).rejects.toBeInstanceOf(BlobDamaged);
      const third = await written(store);
      expect((await store.blobs.read(refOf(third.blob))).length).toBe(200_000);
    });
  });

  test('R3 what a record names stays, and so does what another process stored too', async () => {
    const folder = newFolder();
    await withStore(folder, (store) =>
      withStore(folder, async (other) => {
        const [first, second] = [await written(store), await written(other)];
        await first.writer.abort();
        expect((await other.blobs.read(refOf(second.blob))).length).toBe(200_000);
        const third = await written(store);
        for (const { writer } of [third, second]) await writer.abort();
        expect((await other.blobs.read(refOf(second.blob))).length).toBe(200_000);
      }),
    );
    await withStore(newFolder(), async (store) => {
      const { writer, blob } = await written(store);
      await store.commit(inserted(record('m1', { envelope: refOf(blob) })));
      await writer.abort();
      expect((await store.blobs.read(refOf(blob))).length).toBe(200_000);
    });
  });

  test('row 23 a damaged file is refused, and its last octets are never given', async () => {
    const folder = newFolder();
    await withStore(folder, async (store) => {
      const writer = store.blobs.writer();
      await writer.write(Buffer.alloc(700_000, 'a'));
      const ref = refOf(await writer.finish());
      const octets = readFileSync(fileOf(folder, ref));
      octets[10] = 0;
      writeFileSync(fileOf(folder, ref), octets);
      await expect(store.blobs.read(ref)).rejects.toBeInstanceOf(BlobDamaged);
      let given = 0;
      const reading = (async () => {
        for await (const chunk of store.blobs.get(ref)) given += chunk.length;
      })();
      await expect(reading).rejects.toBeInstanceOf(BlobDamaged);
      expect(given).toBeGreaterThan(0);
      expect(given).toBeLessThan(700_000);
    });
  });

  test('row 23 a damaged row is refused', async () => {
    const folder = newFolder();
    const body = inline('body');
    await withStore(folder, (store) => store.commit(inserted(record('m1'), { blobs: [body] })));
    const db = new Database(join(folder, 'gateway.db'));
    db.prepare('UPDATE blobs SET bytes = ? WHERE sha256 = ?').run(Buffer.from('bodY'), body.sha256);
    db.close();
    await withStore(folder, async (store) => {
      await expect(store.blobs.read(refOf(body))).rejects.toBeInstanceOf(BlobDamaged);
    });
  });

  test('rows 1 2 the sweep removes what nothing names and is old, and only that', async () => {
    const folder = newFolder();
    await withStore(folder, async (store) => {
      const [named, evidence, orphan, young] = [
        await large(store, 'a'),
        await large(store, 'b'),
        await large(store, 'c'),
        await large(store, 'd'),
      ];
      await store.commit(inserted(record('m1', { envelope: refOf(named) })));
      await store.note({ at: NOW, event: 'signal.unknown', detail: 'x', evidence });
      const writer = store.blobs.writer();
      await writer.write(Buffer.alloc(200_000, 'e'));
      const [left = ''] = temporary(folder);
      const [old, now] = [new Date(NOW - 9_000), new Date(NOW)];
      for (const blob of [named, evidence, orphan]) utimesSync(fileOf(folder, blob), old, old);
      utimesSync(fileOf(folder, young), now, now);
      utimesSync(join(folder, 'blobs', 'tmp', left), old, old);
      expect(await store.blobs.sweep(NOW - 1_000)).toBe(2);
      expect([named, evidence, orphan, young].map((blob) => existsSync(fileOf(folder, blob)))).toEqual([
        true,
        true,
        false,
        true,
      ]);
      expect(temporary(folder)).toEqual([]);
      await writer.abort();
    });
  });

  test.each<[string, (place: string) => boolean]>([
    [
      'stores again',
      (place) => {
        copyFileSync(place, `${place}-again`);
        renameSync(`${place}-again`, place);
        return false;
      },
    ],
    ['names', () => true],
  ])('rows 1 2 a file that another process %s just after the sweep looked is kept', async (_, meanwhile) => {
    const folder = newFolder();
    await withStore(folder, async (store) => {
      const blob = await large(store, 'a');
      const old = new Date(Date.now() - 9_000);
      utimesSync(fileOf(folder, blob), old, old);
      let named = false;
      const look = (): boolean => {
        const told = named;
        named = meanwhile(fileOf(folder, blob));
        return told;
      };
      expect(await sweepFiles(join(folder, 'blobs'), Date.now() - 4_000, look)).toBe(0);
      expect((await store.blobs.read(refOf(blob))).length).toBe(200_000);
      expect(temporary(folder)).toEqual([]);
    });
  });

  test('rows 1 2 storing the same octets again makes an old file young, and heals a damaged one', async () => {
    const folder = newFolder();
    await withStore(folder, async (store) => {
      const { writer, blob: first } = await written(store);
      await store.commit(inserted(record('m1', { envelope: refOf(first) })));
      await writer.abort();
      writeFileSync(fileOf(folder, first), 'rotten');
      const old = new Date(NOW - 9_000);
      utimesSync(fileOf(folder, first), old, old);
      const again = await large(store, 'a');
      expect(await store.blobs.sweep(Date.now() - 60_000)).toBe(0);
      expect((await store.blobs.read(refOf(again))).length).toBe(200_000);
    });
  });
});
