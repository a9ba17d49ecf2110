// The layout of the database: what is refused, what is brought up to date, and which indexes the store walks along.
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { openStore } from '../../adapter/store/index.ts';
import { newFolder, withStore } from './folder.ts';
import { changed, inserted, job, NOW, record } from './record.ts';

describe('layout of the database', () => {
  test('a database of a newer program is refused', async () => {
    const folder = newFolder();
    await withStore(folder, (store) => store.probe());
    const db = new Database(join(folder, 'gateway.db'));
    db.exec("INSERT INTO migrations VALUES (99, 'x')");
    db.close();
    await expect(openStore(`sqlite:${folder}`)).rejects.toThrow(/gevonden indeling 99; verwacht ten hoogste/);
  });

  test('a database whose history differs is refused', async () => {
    const folder = newFolder();
    await withStore(folder, (store) => store.probe());
    const db = new Database(join(folder, 'gateway.db'));
    db.exec("UPDATE migrations SET hash = 'x'");
    db.close();
    await expect(openStore(`sqlite:${folder}`)).rejects.toThrow(
      /indeling 1 van de database is niet die van dit programma/,
    );
  });

  test('a database of the first layout is brought to this one: what waits in it is claimed by its peer', async () => {
    const folder = newFolder();
    const jobs = [job('transmit', NOW)];
    await withStore(folder, async (store) => {
      await store.commit(inserted(record('m1', { jobs })));
      await store.commit(inserted(record('given', { jobs: [job('deliver', NOW)] })));
      await store.commit(inserted(record('ended')));
    });
    const db = new Database(join(folder, 'gateway.db'));
    const due = ['transmit', 'answer', 'deliver', 'collect', 'notify'].map((kind) => `due_${kind}`);
    db.exec(`DROP INDEX by_peer_transmit; DROP INDEX by_peer_answer; DROP INDEX by_peer_deliver;
      ${due.map((column) => `DROP INDEX by_${column}; CREATE INDEX by_${column} ON messages (${column}) WHERE ${column} IS NOT NULL;`).join('')}
      ALTER TABLE messages DROP COLUMN peer; DROP TABLE kept; DELETE FROM migrations WHERE number > 1`);
    db.close();
    await withStore(folder, async (store) => {
      const { peerOin } = record('m1').terms;
      await store.commit(changed(1, record('ended', { jobs })));
      const lane = { open: 9, taken: new Map([[peerOin, 1]]) };
      const room = { max: 9, share: { most: 1, of: 10 }, lanes: { post: lane, handOver: lane } };
      expect(await store.claim(['transmit', 'deliver'], NOW, 1_000, room)).toEqual([]);
      expect(await store.claim(['transmit'], NOW, 1_000, { ...room, share: { most: 3, of: 10 } })).toHaveLength(2);
    });
  });

  test('D11 claim, load and search walk along indexes only', async () => {
    const folder = newFolder();
    await withStore(folder, async (store) => {
      await store.commit(inserted(record('m1', { jobs: [job('transmit', NOW)] })));
      await store.commit(changed(1, record('m1')));
    });
    const db = new Database(join(folder, 'gateway.db'));
    const plan = (sql: string): string =>
      (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map((row) => row.detail).join('; ');
    const claim =
      'SELECT seq, due_transmit AS due, peer FROM messages WHERE due_transmit <= 5 ORDER BY due_transmit LIMIT 9';
    expect(plan(claim)).toMatch(/^SEARCH messages USING COVERING INDEX by_due_transmit \(due_transmit<\?\)$/);
    const peers =
      'SELECT seq FROM messages INDEXED BY by_peer_transmit WHERE due_transmit IS NOT NULL ORDER BY peer, due_transmit LIMIT 1';
    expect(plan(peers)).toBe('SCAN messages USING COVERING INDEX by_peer_transmit');
    const next = peers.replace('ORDER', "AND peer > 'x' ORDER");
    expect(plan(next)).toBe('SEARCH messages USING COVERING INDEX by_peer_transmit (peer>?)');
    const ofPeer = peers.replace('ORDER', "AND peer = 'x' AND due_transmit <= 5 ORDER");
    expect(plan(ofPeer)).toMatch(/^SEARCH messages USING COVERING INDEX by_peer_transmit \(peer=\? AND [^;]*$/);
    expect(plan("SELECT document FROM messages WHERE id = 'x'")).toMatch(/^SEARCH messages USING INDEX/);
    const state =
      "SELECT document FROM messages INDEXED BY by_state WHERE state = 'parked' ORDER BY accepted_at DESC, id DESC";
    expect(plan(state)).toMatch(/^SEARCH messages USING INDEX by_state \(state=\?\)$/);
    db.close();
  });
});
