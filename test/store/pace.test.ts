// Group commit: a write alone goes at once, writes under load share their fsync, and a full group does not wait.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { GroupWriter } from '../../adapter/store/sqlite/writer.ts';

let folder = '';
let db: Database.Database;
let writer: GroupWriter;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dk-pace-'));
  db = new Database(join(folder, 'test.db'));
  db.exec('CREATE TABLE one (n INTEGER)');
  writer = new GroupWriter(db, { maxWaiting: 1000, busyMs: 100 });
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const add = (n: number): Promise<unknown> => writer.write(() => db.prepare('INSERT INTO one VALUES (?)').run(n));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const rows = (): unknown => db.prepare('SELECT count(*) AS n FROM one').get();

test('D2 a write into quiet goes with the next turn of the loop', async () => {
  let told = false;
  void add(1).then(() => {
    told = true;
  });
  await turn();
  await turn();
  expect(told).toBe(true);
  expect(writer.stats()).toMatchObject({ groups: 1, writes: 1 });
});

test('D2 writes that come one by one after another share groups', async () => {
  const writes: Promise<unknown>[] = [];
  for (let n = 0; n < 40; n += 1) {
    writes.push(add(n));
    await turn();
  }
  await Promise.all(writes);
  expect(rows()).toEqual({ n: 40 });
  expect(writer.stats().groups).toBeLessThan(20);
});

test('D2 a group worth its fsync does not wait for the pause', async () => {
  await add(0);
  const writes = Array.from({ length: 48 }, (_, n) => add(n));
  await turn();
  await turn();
  expect(writer.stats()).toMatchObject({ groups: 2, writes: 49, waiting: 0 });
  await Promise.all(writes);
});

test('closing does not forget what waits for the pause', async () => {
  await add(0);
  const last = add(1);
  await writer.close();
  await last;
  expect(rows()).toEqual({ n: 2 });
});
