// Fills the store of a gateway that does not run: a million messages copied from real ones, or thousands of CPAs.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openStore } from '../../adapter/store/index.ts';
import type { Layout } from '../harness/layout.ts';

export const storeFolder = (layout: Layout, name: string): string => join(layout.dir, name, 'data');
const DATABASE = 'gateway.db';

/** Stored time between two copies. */
const APART_MS = 20_000;
/** Knuth's multiplicative hash: ids as scattered as real ones, and each different. */
const SCATTER = 2_654_435_761;

/**
 * Copies what a gateway has really stored into another's store until it has `count` messages, each with its journal and with
 * ids of its own. Bodies stay behind, as they do after their retention. The store's verbs would take minutes for this.
 */
export async function fillMessages(from: string, to: string, count: number): Promise<void> {
  await (await openStore(`sqlite:${to}`)).close();
  const db = new Database(join(to, DATABASE));
  try {
    db.pragma('synchronous = OFF');
    db.pragma('cache_size = -1500000');
    db.prepare('ATTACH ? AS source').run(join(from, DATABASE));
    db.exec(`CREATE TEMP TABLE samples AS SELECT ROW_NUMBER() OVER (ORDER BY seq) - 1 AS nr, * FROM source.messages
      WHERE state IN ('delivered', 'acknowledged') LIMIT 1000`);
    db.exec('CREATE UNIQUE INDEX temp.by_nr ON samples (nr)');
    const samples = db.prepare('SELECT COUNT(*) AS count FROM samples').get() as { count: number };
    if (samples.count === 0) throw new Error('there is no finished message to copy');
    db.transaction(() => copy(db, count, samples.count))();
    db.exec('DETACH source');
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

function copy(db: Database.Database, count: number, samples: number): void {
  const columns = `version, due_transmit, due_answer, due_deliver, due_collect, due_notify, run_collect, entries, direction,
    state, cpa_id, functie, keep_until`;
  const fresh = (column: string): string => `tag || substr(${column}, 9)`;
  db.exec(`
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count - 1}),
      tagged AS (SELECT n, printf('%08x', (n * ${SCATTER}) % 4294967296) AS tag, samples.*
        FROM numbers JOIN samples ON nr = n % ${samples})
    INSERT INTO messages (seq, id, named, message_id, conversation_id, referentienummer, accepted_at, document, ${columns})
    SELECT n + 1, replace(id, message_id, ${fresh('message_id')}), '', ${fresh('message_id')}, ${fresh('conversation_id')},
      ${fresh('referentienummer')}, accepted_at - (${count} - n) * ${APART_MS},
      replace(replace(document, message_id, ${fresh('message_id')}), ifnull(referentienummer, ''), ifnull(${fresh('referentienummer')}, '')), ${columns}
    FROM tagged`);
  db.exec(`
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count - 1})
    INSERT INTO journal SELECT n + 1, entries.seq, entries.entry
    FROM numbers JOIN samples ON nr = n % ${samples} JOIN source.journal AS entries ON entries.message = samples.seq`);
}

/** The first CPA of the layout under other ids and with other partners, through the store's own verb. */
export async function fillCpas(layout: Layout, name: string, count: number): Promise<void> {
  const [model] = layout.cpas;
  const partner = model?.parties.find((party) => party !== name);
  const oin = partner === undefined ? undefined : layout.places[partner]?.oin;
  if (model === undefined || oin === undefined) throw new Error('this layout has no CPA to copy');
  const text = readFileSync(model.file, 'utf8');
  const store = await openStore(`sqlite:${storeFolder(layout, name)}`);
  try {
    const numbers = Array.from({ length: count }, (_, nr) => nr);
    for (let at = 0; at < count; at += 500) {
      await Promise.all(
        numbers.slice(at, at + 500).map((nr) => {
          const cpaId = `${model.cpaId}_${nr}`;
          const other = `000000018${String(nr).padStart(7, '0')}0000`;
          const xml = Buffer.from(text.replaceAll(model.cpaId, cpaId).replaceAll(oin, other));
          const sha256 = createHash('sha256').update(xml).digest('hex');
          return store.agreements.put({ cpaId, xml, sha256, importedAt: Date.now(), importedBy: 'meting' }, false);
        }),
      );
    }
  } finally {
    await store.close();
  }
}
