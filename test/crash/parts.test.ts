// The parts of the crash harness on their own: plans from a seed, the journal that resumes, the power cut.
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { INLINE_BLOB_BYTES, openStore, type Store } from '../../adapter/store/index.ts';
import { answered, isMixed, isWhole, variantOf } from '../../tools/crash/cpa.ts';
import { beginJournal, resumeJournal } from '../../tools/crash/journal.ts';
import { planRound } from '../../tools/crash/plan.ts';
import { ABSENT } from '../../tools/harness/applications.ts';
import { FailPoint, takeLastWords } from '../../tools/harness/fail-point.ts';
import { namelessFiles } from '../../tools/harness/nameless.ts';
import { POINT_NAMES, POINTS } from '../../tools/harness/points.ts';
import { causeOf } from '../../tools/harness/scene.ts';
import { slowCommits } from '../../tools/harness/slow-commit.ts';
import { dropUnsynced, type SyncMark, startSyncMark, watchSynchronous } from '../../tools/harness/sync-mark.ts';
import { inserted, record, refOf } from '../store/record.ts';
import { head, plan, result } from './result.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'crash-parts-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('plans', () => {
  test('the same seed gives the same round, with new referentienummers in another run', () => {
    const [first, again, other] = ['a', 'a', 'b'].map((run) => planRound('random', 7, 'zaad', run));
    expect(again).toEqual(first);
    expect({ ...other, letters: [] }).toEqual({ ...first, letters: [] });
    expect(other?.letters[0]?.referentienummer).not.toBe(first?.letters[0]?.referentienummer);
  });

  test.each(POINT_NAMES)('%s: a hundred rounds reach every victim it has, and have a valid message', (point) => {
    const plans = Array.from({ length: 100 }, (_, round) => planRound(point, round, 'zaad', 'run'));
    const wanted = new Set([...POINTS[point].victims.async, ...POINTS[point].victims.sync]);
    expect(new Set(plans.map(({ victim }) => victim))).toEqual(wanted);
    expect(plans.every(({ letters }) => letters.some(({ valid }) => valid))).toBe(true);
    expect(new Set(plans.map(({ powerCut }) => powerCut))).toEqual(new Set([true, false]));
  });
});

describe('fail points', () => {
  test('row 18 a slow COMMIT holds the event loop, and nothing else of the store does', async () => {
    let ms = 0;
    const end = slowCommits(() => ms);
    const store = await openStore(`sqlite:${dir}`);
    ms = 100;
    let turned = false;
    const committing = store.commit(inserted(record('m1')));
    setImmediate(() =>
      setImmediate(() => {
        turned = true;
      }),
    );
    const startedAt = performance.now();
    await committing;
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95);
    expect(turned).toBe(false);
    const loadedAt = performance.now();
    await store.load([record('m1').id]);
    expect(performance.now() - loadedAt).toBeLessThan(95);
    ms = 0;
    await store.close();
    end();
  });

  test('is due at the occurrence asked, of the point asked, and once', () => {
    const fail = new FailPoint();
    fail.arm('bodyHalf', 2);
    const due = (['answerHalf', 'bodyHalf', 'bodyHalf', 'bodyHalf'] as const).map((point) => fail.due(point));
    expect(due).toEqual([false, false, true, false]);
  });
});

describe('row 8 a CPA that takes the place of another', () => {
  const xml = '<a><tp:Retries>4000</tp:Retries><tp:RetryInterval>PT0.2S</tp:RetryInterval></a>\n';

  test('two values change together, and a message with one of each is a mix', () => {
    const changed = variantOf(xml, 7, 'x');
    expect(changed).toBe(
      '<a><tp:Retries>4007</tp:Retries><tp:RetryInterval>PT0.207S</tp:RetryInterval></a>\n<!-- x -->\n',
    );
    const terms = [
      [4000, 200],
      [4007, 207],
      [4007, 200],
      [4000, 207],
    ].map(([retries = 0, retryIntervalMs = 0]) => isMixed({ retries, retryIntervalMs }));
    expect(terms).toEqual([false, false, true, true]);
  });

  test('the old or the new one is whole; another or none is not; no answer says nothing', () => {
    const seen = ['oud', 'nieuw', 'half', ABSENT, undefined].map((after) => isWhole(after, 'oud', 'nieuw'));
    expect(seen).toEqual([true, true, false, false, true]);
    expect(isWhole(ABSENT, ABSENT, 'nieuw')).toBe(false);
  });

  test('of a gateway whose end nobody has seen yet, and that takes its time to start, the answer is waited for', async () => {
    let asked = 0;
    const ask = (): Promise<string | undefined> => {
      asked += 1;
      return Promise.resolve(asked > 20 ? 'nieuw' : undefined);
    };
    expect(await answered({ settled: () => Promise.resolve() }, ask)).toBe('nieuw');
  });
});

describe('who ended a process', () => {
  test.each<[string, Parameters<typeof causeOf>, string]>([
    ['at the point where it said it would', [{ code: null, signal: 'SIGKILL' }, 'random', undefined], 'random'],
    ['by the SIGKILL of the harness', [{ code: null, signal: 'SIGKILL' }, undefined, 'SIGKILL'], 'kill'],
    ['by a SIGKILL that nobody announced', [{ code: null, signal: 'SIGKILL' }, undefined, undefined], 'fell'],
    ['by a SIGKILL after it was asked to end', [{ code: null, signal: 'SIGKILL' }, undefined, 'SIGTERM'], 'fell'],
    ['in order when asked', [{ code: 0, signal: null }, undefined, 'SIGTERM'], 'terminate'],
    ['with a code when asked', [{ code: 1, signal: null }, undefined, 'SIGTERM'], 'fell'],
    ['in order without being asked', [{ code: 0, signal: null }, undefined, undefined], 'fell'],
    ['by another signal', [{ code: null, signal: 'SIGSEGV' }, 'random', 'SIGKILL'], 'fell'],
  ])('%s', (_name, args, cause) => {
    expect(causeOf(...args)).toBe(cause);
  });

  test('last words are heard once, and only when they name a point', () => {
    const file = join(dir, '1');
    expect(takeLastWords(file)).toBeUndefined();
    writeFileSync(file, 'bodyHalf');
    expect([takeLastWords(file), takeLastWords(file)]).toEqual(['bodyHalf', undefined]);
    writeFileSync(file, 'body');
    expect(takeLastWords(file)).toBeUndefined();
  });
});

describe('the journal', () => {
  const file = (): string => join(dir, 'journaal.jsonl');
  const { seed: _seed, ...noSeed } = head;

  test('resumes with the seed and the rounds that were done; a line that was cut counts as not done', () => {
    const first = beginJournal(file(), head);
    first.add(result());
    first.add(result({ plan: { ...plan, round: 1 } }));
    appendFileSync(file(), '{"result":{"plan":{"point":"bodyHalf","rou');
    const second = resumeJournal(file(), noSeed);
    expect(second.head).toEqual(head);
    expect([0, 1, 2].map((round) => second.has('bodyHalf', round))).toEqual([true, true, false]);
    second.add(result({ plan: { ...plan, round: 2 } }));
    expect(resumeJournal(file(), head).results).toHaveLength(3);
  });

  test('refuses the run of a gateway built otherwise, and takes one from before that was kept', () => {
    beginJournal(file(), { ...head, broken: 'doesNotSync' }).add(result());
    expect(() => resumeJournal(file(), head)).toThrow('die run is met --broken doesNotSync begonnen');
    expect(readFileSync(file(), 'utf8')).toContain('"round":0');
    beginJournal(file(), head);
    expect(() => resumeJournal(file(), { ...head, broken: 'answersEarly' })).toThrow('zonder --broken');
    expect(resumeJournal(file(), { ...head, products: ['a'] }).head.products).toEqual(['onbekend', 'a']);
    expect(resumeJournal(file(), { ...head, products: ['a'] }).head.products).toEqual(['onbekend', 'a']);
    expect(resumeJournal(file(), { ...head, products: ['b'] }).head.products).toEqual(['onbekend', 'a', 'b']);
  });

  test('refuses another seed, and a folder without a run, of which nothing is made', () => {
    expect(() => resumeJournal(file(), head)).toThrow(/in .* is geen run; verwacht journaal\.jsonl/);
    expect(existsSync(file())).toBe(false);
    beginJournal(file(), head).add(result());
    expect(() => resumeJournal(file(), { ...head, seed: 'ander' })).toThrow(
      'die run heeft --seed zaad; verwacht dezelfde of geen, gevonden --seed ander',
    );
    expect(resumeJournal(file(), head).results).toHaveLength(1);
  });

  test('begins anew when it is not asked to resume', () => {
    beginJournal(file(), head).add(result());
    expect(beginJournal(file(), { ...head, seed: 'ander' })).toMatchObject({
      head: { seed: 'ander' },
      results: [],
    });
  });
});

interface Steps {
  readonly file: boolean;
  readonly folder: boolean;
  /** What is written after the file was synchronised. */
  readonly after?: 'more' | 'other';
  /** The folder above the new folder is synchronised as well, unless false. */
  readonly above?: boolean;
}

async function syncFolder(path: string): Promise<void> {
  const names = await open(path);
  await names.sync();
  await names.close();
}

describe('row 10 the power cut', () => {
  const mark = (): string => join(dir, 'synced');
  const log = (): string => join(dir, 'gateway.db-wal');
  let sync: SyncMark | undefined;
  afterEach(() => {
    sync?.end();
    sync = undefined;
  });

  const opened = async () => {
    const isSynced = watchSynchronous();
    const store = await openStore(`sqlite:${dir}`);
    return { store, isSynced };
  };

  test('what was committed with full synchronisation stays; what came behind the mark is dropped', async () => {
    const { store, isSynced } = await opened();
    await store.commit(inserted(record('m0')));
    expect(statSync(log()).size).toBeGreaterThan(0);
    sync = await startSyncMark(dir, mark(), isSynced);
    expect(statSync(log()).size).toBe(0);
    await store.commit(inserted(record('m1')));
    sync.note();
    const kept = statSync(log()).size;
    await store.commit(inserted(record('m2')));
    const written = statSync(log()).size;
    await store.close();
    expect(Number(readFileSync(mark(), 'utf8'))).toBe(kept);
    expect(dropUnsynced(dir, mark())).toBe(written - kept);
    expect(statSync(log()).size).toBe(kept);
    expect(dropUnsynced(dir, mark())).toBe(0);
    sync.end();
    sync = undefined;
    const again = await openStore(`sqlite:${dir}`);
    const found = await again.load([record('m0').id, record('m1').id, record('m2').id]);
    await again.close();
    expect(found.map((one) => one !== undefined)).toEqual([true, true, false]);
  });

  test('a file stays when its octets, its name and that of its folder were synchronised, and goes as far as they were not', async () => {
    const { store, isSynced } = await opened();
    sync = await startSyncMark(dir, mark(), isSynced);
    const blobs = join(dir, 'blobs');
    mkdirSync(blobs);
    await syncFolder(dir);
    const place = async (name: string, steps: Steps): Promise<string> => {
      const folder = join(blobs, name);
      mkdirSync(folder, { recursive: true });
      if (steps.above !== false) await syncFolder(blobs);
      const path = join(folder, name);
      const handle = await open(path, 'w');
      await handle.writeFile('x'.repeat(1000));
      if (steps.file) await handle.sync();
      if (steps.after === 'more') await handle.appendFile('y'.repeat(500));
      if (steps.after === 'other') await handle.write('z', 0);
      await handle.close();
      if (steps.folder) await syncFolder(folder);
      return path;
    };
    const whole = await place('whole', { file: true, folder: true });
    const emptied = await place('emptied', { file: false, folder: true });
    const nameless = await place('nameless', { file: true, folder: false });
    const grown = await place('grown', { file: true, folder: true, after: 'more' });
    const overwritten = await place('overwritten', { file: true, folder: true, after: 'other' });
    // Times of files come from a coarse clock.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const forgotten = await place('forgotten', { file: true, folder: true, above: false });
    await store.close();
    expect(dropUnsynced(dir, mark())).toBe(4500);
    expect(existsSync(dirname(forgotten))).toBe(false);
    expect(
      [whole, emptied, nameless, grown, overwritten].map((path) => statSync(path, { throwIfNoEntry: false })?.size),
    ).toEqual([1000, 0, undefined, 1000, 0]);
  });

  test('a folder goes with all that is in it when the one above it was not synchronised after its birth; an older one stays', async () => {
    const { store, isSynced } = await opened();
    const blobs = join(dir, 'blobs');
    const older = join(blobs, 'older');
    mkdirSync(older, { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 50));
    sync = await startSyncMark(dir, mark(), isSynced);
    const deep = join(blobs, 'one', 'two');
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'file'), 'x'.repeat(100));
    await syncFolder(deep);
    await syncFolder(join(blobs, 'one'));
    await store.close();
    expect(dropUnsynced(dir, mark())).toBe(100);
    expect([older, join(blobs, 'one')].map((path) => existsSync(path))).toEqual([true, false]);
  });

  test('without a mark everything in the log goes', () => {
    writeFileSync(log(), Buffer.alloc(4096));
    expect(dropUnsynced(dir, mark())).toBe(4096);
    expect(statSync(log()).size).toBe(0);
  });
});

describe('row 1 row 2 files that nothing names', () => {
  const large = (text: string) => Buffer.alloc(INLINE_BLOB_BYTES + 1, text);
  const written = async (store: Store, bytes: Uint8Array) => {
    const writer = store.blobs.writer();
    await writer.write(bytes);
    return writer.finish();
  };

  test('a blob without a record and a half-written one are seen, what a record or a note names is not', async () => {
    const store = await openStore(`sqlite:${dir}`);
    expect(namelessFiles(dir)).toEqual([]);
    const startedAt = Date.now() - 1_000;
    const evidence = await written(store, large('note'));
    await store.note({ at: 0, event: 'proef', detail: '', evidence });
    const kept = await written(store, large('kept'));
    await store.commit(inserted(record('m1', { envelope: refOf(kept) })));
    expect(namelessFiles(dir)).toEqual([]);
    const lost = await written(store, large('lost'));
    const half = join(dir, 'blobs', 'tmp', 'half');
    writeFileSync(half, 'x');
    const found = namelessFiles(dir);
    expect(found.map(({ path }) => basename(path)).sort()).toEqual([lost.sha256, 'half'].sort());
    expect(found.every(({ since }) => since > startedAt && since < Date.now() + 1_000)).toBe(true);
    expect(await store.blobs.sweep(Number.MAX_SAFE_INTEGER)).toBe(2);
    expect(namelessFiles(dir)).toEqual([]);
    await store.close();
  });

  test('what a killed process left is not taken for the work of the next, which replaced its other name', async () => {
    const store = await openStore(`sqlite:${dir}`);
    const lost = await written(store, large('lost'));
    const [found] = namelessFiles(dir);
    const temporary = join(dir, 'blobs', 'tmp', 'left');
    linkSync(found?.path ?? '', temporary);
    utimesSync(temporary, 1_000, 1_000);
    await written(store, large('lost'));
    const left = namelessFiles(dir);
    expect(left.map(({ path }) => basename(path)).sort()).toEqual([lost.sha256, 'left'].sort());
    expect(left.find(({ path }) => path === temporary)?.since).toBe(1_000_000);
    await store.close();
  });
});
