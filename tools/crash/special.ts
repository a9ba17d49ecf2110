// What happens around a process without a kill at a point: frozen, disk full, read-only, slow, clock set.
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { add, NOTHING } from '../harness/count.ts';
import { draw } from '../harness/draw.ts';
import type { Look } from '../harness/orders.ts';
import type { GatewayName, Mode } from '../harness/points.ts';
import { callApi, importCpas, stop } from '../harness/processes.ts';
import { type Child, LEASE_MS, RETRY_MS, type Scene } from '../harness/scene.ts';
import type { SpecialName } from './circumstances.ts';
import type { RoundPlan } from './plan.ts';
import { type RoundResult, type Stage, skippedNote, type Trouble, withTrouble } from './round.ts';
import { slowCommit, slowStore } from './slow.ts';

/** Longer than the Retry-After that a gateway gives when it cannot write. */
const REST_MS = 75_000;
const CLOCK_REST_MS = 15_000;
const TEN_MINUTES_MS = 600_000;
/** The first attempt, its answers, and what goes back. */
const BESIDES_RETRIES = 4;
/** Long enough for a message to reach the point on a busy machine, and for its lease to end. */
const FROZEN_MS = 15_000;
const LOOK_MS = 10;
const BEFORE_WRITE = 'ackNotCommitted';
const FREEZE_AT = [BEFORE_WRITE, 'postedNotCommitted', 'claimedNotPosted'] as const;
const MODES: readonly Mode[] = ['async', 'sync'];
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function planSpecial(point: SpecialName, round: number, seed: string, run: string): RoundPlan {
  const from = draw(`${seed}|${point}|${round}`);
  const names = draw(`${run}|${seed}|${point}|${round}`);
  const clock = point === 'clockBack' || point === 'clockForward';
  const slow = point === 'slowStore' || point === 'slowCommit';
  return {
    point,
    round,
    victim: clock && round % 2 === 0 ? 'gemeente' : 'hub',
    mode: from.of(MODES),
    nth: 1,
    letters: Array.from({ length: slow ? 8 : 4 }, (_, i) => ({
      referentienummer: names.uuid(),
      valid: i % 4 !== 3,
      padding: point === 'diskFull' && i === 0 ? 120_000 : 0,
      // Both agreements of both partners are under way at once.
      ...(slow ? { mode: MODES[i % 2] ?? 'async' } : {}),
    })),
    powerCut: false,
    delayMs: from.below(60),
  };
}

/** One round; what has to be made ready and taken away again is done around it. */
export async function runSpecial(plan: RoundPlan, stage: Stage): Promise<RoundResult> {
  switch (plan.point) {
    case 'frozen':
      return frozen(plan, stage);
    case 'diskFull':
      return diskFull(plan, stage);
    case 'readOnly':
      return readOnly(plan, stage);
    case 'slowStore':
      return finish(plan, stage, slowStore, REST_MS);
    case 'slowCommit':
      return finish(plan, stage, slowCommit, REST_MS);
    case 'clockBack':
      return clock(plan, stage, -TEN_MINUTES_MS);
    default:
      return clock(plan, stage, TEN_MINUTES_MS);
  }
}

async function finish(plan: RoundPlan, stage: Stage, trouble: Trouble, restMs: number): Promise<RoundResult> {
  const { result } = await withTrouble(plan, stage, trouble, restMs);
  return { ...result, struck: result.note?.startsWith('niet geraakt') !== true };
}

/** A second worker on the hub's store takes over what the frozen one holds; when that one wakes, its late writes lose. */
async function frozen(plan: RoundPlan, stage: Stage): Promise<RoundResult> {
  const { scene } = stage;
  const hub = scene.child('hub')?.process.pid;
  if (stateOf(hub) === undefined) return skipped(plan, 'geen /proc om te zien dat een proces stilstaat');
  const refusedOf = async (): Promise<number> => (await scene.look('hub'))?.lateRefused ?? Number.NaN;
  const before = await refusedOf();
  const point = FREEZE_AT[plan.round % FREEZE_AT.length] ?? BEFORE_WRITE;
  await scene.ask('hub', { do: 'arm', point, nth: plan.nth, freeze: true });
  let second: Child | undefined;
  const trouble: Trouble = async () => {
    const until = performance.now() + FROZEN_MS;
    while (stateOf(hub) !== 'T' && performance.now() < until) await pause(LOOK_MS);
    if (stateOf(hub) !== 'T') return 'niet geraakt: het knooppunt stond niet stil';
    // Only now: beside a hub that goes on it would leave nothing for the point.
    second = await scene.extra(secondWorker(scene));
    const overtaken = await tookOver(second, until);
    await thaw(scene);
    return overtaken ? 'een tweede werker nam het werk over' : 'niet geraakt: er was niets over te nemen';
  };
  try {
    const result = await finish(plan, stage, trouble, REST_MS);
    const ended = second?.process.exitCode ?? second?.process.signalCode ?? null;
    const fell = result.fell + (ended === null ? 0 : 1);
    return { ...fenced(result, (await refusedOf()) - before, point === BEFORE_WRITE), fell };
  } finally {
    await thaw(scene);
    if (second !== undefined) await stop(second.process);
  }
}

function secondWorker(scene: Scene): string {
  const config = join(scene.layout.dir, 'hub', 'second.json');
  const settings = JSON.parse(readFileSync(scene.layout.places.hub?.configFile ?? '', 'utf8')) as object;
  writeFileSync(config, JSON.stringify({ ...settings, name: 'hub-2', roles: ['worker'] }));
  return config;
}

/** What the frozen one holds falls to the second when its lease ends, and not before. */
async function tookOver(second: Child, until: number): Promise<boolean> {
  let posts = 0;
  while (posts === 0 && performance.now() < until) {
    await pause(LEASE_MS);
    ({ posts } = (await second.ask({ do: 'look', conversations: [] })) as Look);
  }
  // The first that it posts need not be what was held.
  await pause(2 * LEASE_MS);
  return posts > 0;
}

/** A write that was decided before the freeze must be told that it is too late; after a post the record is read anew. */
function fenced(result: RoundResult, refused: number, decided: boolean): RoundResult {
  if (!result.struck) return result;
  if (refused > 0 || !decided) return { ...result, note: `${result.note}; late schrijfacties geweigerd: ${refused}` };
  return { ...result, struck: false, note: 'niet geraakt: er was geen late schrijfactie die geweigerd werd' };
}

/** The letter that Linux has for what a process is doing. */
function stateOf(pid: number | undefined): string | undefined {
  try {
    return /^\d+ \(.*\) (\w)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** Lets the hub go on; one that comes to its point only now must not stand still there for ever. */
async function thaw(scene: Scene): Promise<void> {
  let heard = false;
  const told = (): void => {
    heard = true;
  };
  scene.ask('hub', { do: 'disarm' }).then(told, told);
  for (let i = 0; i < 100 && !heard; i += 1) {
    scene.child('hub')?.process.kill('SIGCONT');
    await pause(20);
  }
}

/** The next in the chain is gone for a moment, so that the clock jumps while a retry is waited for. */
async function clock(plan: RoundPlan, stage: Stage, offsetMs: number): Promise<RoundResult> {
  const { scene } = stage;
  const next: GatewayName = plan.victim === 'hub' ? 'aanbieder' : 'hub';
  const postsOf = async (): Promise<number> => (await scene.look(plan.victim))?.posts ?? Number.NaN;
  const before = await postsOf();
  const trouble: Trouble = async () => {
    await scene.halt(next);
    await pause(LEASE_MS);
    await scene.ask(plan.victim, { do: 'clock', offsetMs });
    await pause(LEASE_MS);
    await scene.boot(next);
    return undefined;
  };
  const result = await finish(plan, stage, trouble, CLOCK_REST_MS);
  await scene.ask(plan.victim, { do: 'clock', offsetMs: 0 });
  return withPosts(result, (await postsOf()) - before, plan.letters.length);
}

/** A clock that jumps must not make a storm: no message is posted more often than its retry interval asks (rows 15, 29). */
function withPosts(result: RoundResult, posts: number, letters: number): RoundResult {
  const attempts = result.ms / RETRY_MS + BESIDES_RETRIES;
  const most = Math.ceil(letters * attempts);
  if (posts <= most) return { ...result, note: `${posts} verzendingen, ten hoogste ${most} volgens de tussenpoos` };
  const counts = add(result.counts, { ...NOTHING, misbelieved: 1 });
  return { ...result, counts, note: `een storm: ${posts} verzendingen, ten hoogste ${most} volgens de tussenpoos` };
}

const MEGABYTES = 48;
const run = (command: string, args: readonly string[]): boolean => spawnSync(command, args).status === 0;

/** The hub on a file system of its own; false when this user may not mount. */
async function onSmallDisk(
  scene: Scene,
  work: (folder: string) => Promise<RoundResult>,
): Promise<RoundResult | undefined> {
  const folder = scene.folder('hub');
  await scene.stop('hub');
  if (!run('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tmpfs', folder])) {
    await scene.boot('hub');
    return undefined;
  }
  try {
    await scene.boot('hub');
    await importCpas(scene.layout, 'hub');
    return await work(folder);
  } finally {
    await scene.stop('hub');
    takeAwayDisk(folder);
    await scene.boot('hub');
  }
}

/** Also what a run that was killed left mounted: a folder under it cannot be laid out anew. */
export function takeAwayDisk(folder: string): void {
  if (!run('umount', [folder])) run('umount', ['-l', folder]);
}

async function diskFull(plan: RoundPlan, stage: Stage): Promise<RoundResult> {
  const { scene } = stage;
  const mounted = await onSmallDisk(scene, (folder) => {
    const ballast = join(folder, 'ballast');
    fill(ballast);
    return finish(
      plan,
      stage,
      whileUnready(scene, `tmpfs van ${MEGABYTES} MB vol`, () => rmSync(ballast)),
      REST_MS,
    );
  });
  if (mounted !== undefined) return mounted;
  const pid = String(scene.child('hub')?.process.pid);
  const size = statSync(join(scene.folder('hub'), 'gateway.db')).size;
  if (!run('prlimit', ['--pid', pid, `--fsize=${size}:unlimited`])) return skipped(plan, 'geen tmpfs en geen prlimit');
  const lift = (): void => {
    run('prlimit', ['--pid', pid, '--fsize=unlimited:unlimited']);
  };
  return finish(plan, stage, whileUnready(scene, 'RLIMIT_FSIZE bereikt', lift), REST_MS);
}

/** Until nothing more goes in. */
function fill(file: string): void {
  const handle = openSync(file, 'w');
  let chunk = Buffer.alloc(1024 * 1024);
  for (let i = 0; i < MEGABYTES * 64 && chunk.length >= 4096; i += 1) {
    try {
      writeSync(handle, chunk);
    } catch {
      chunk = chunk.subarray(0, chunk.length / 2);
    }
  }
  closeSync(handle);
}

const whileUnready =
  (scene: Scene, what: string, lift: () => void): Trouble =>
  async () => {
    let unready = false;
    for (let i = 0; i < 60; i += 1) {
      const status = await callApi(scene.layout, 'hub', '/health/ready').then((response) => response.status);
      unready ||= status === 503;
      await pause(25);
    }
    lift();
    return unready
      ? `${what}: knooppunt meldt dat het niet gereed is`
      : `niet geraakt: ${what}, knooppunt bleef gereed`;
  };

/** A gateway that may not write does not start; what waits for it arrives when it may. */
async function readOnly(plan: RoundPlan, stage: Stage): Promise<RoundResult> {
  const { scene } = stage;
  const mounted = await onSmallDisk(scene, (folder) => {
    const set = (mode: 'ro' | 'rw'): boolean => run('mount', ['-o', `remount,${mode}`, folder]);
    return finish(
      plan,
      stage,
      startingReadOnly(
        scene,
        () => set('ro'),
        () => set('rw'),
      ),
      REST_MS,
    );
  });
  if (mounted !== undefined) return mounted;
  if (process.getuid?.() === 0) return skipped(plan, 'root zonder mount kan een map niet alleen-lezen maken');
  const folder = scene.folder('hub');
  const set = (mode: number) => (): boolean => {
    chmodSync(folder, mode);
    return true;
  };
  return finish(plan, stage, startingReadOnly(scene, set(0o500), set(0o700)), REST_MS);
}

const startingReadOnly =
  (scene: Scene, close: () => boolean, open: () => boolean): Trouble =>
  async () => {
    await scene.stop('hub');
    if (!close()) return 'niet geraakt: de map kon niet alleen-lezen worden';
    const started = await scene.boot('hub').then(
      () => true,
      () => false,
    );
    await scene.stop('hub');
    open();
    await scene.boot('hub');
    return started ? '! het knooppunt start op een map die het niet kan schrijven' : 'het knooppunt weigert te starten';
  };

function skipped(plan: RoundPlan, why: string): RoundResult {
  const { letters: _, ...kept } = plan;
  const counts = { accepted: 0, delivered: 0, faults: 0, lost: 0, twice: 0, endless: 0, unanswered: 0, misbelieved: 0 };
  return {
    plan: kept,
    counts,
    struck: false,
    powerCut: false,
    ms: 0,
    droppedBytes: 0,
    fell: 0,
    note: skippedNote(why),
  };
}
