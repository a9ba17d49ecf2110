// One round: messages go in, the victim is killed at the point, comes back, and when everything is at rest it is counted.
import { dirname, relative } from 'node:path';
import type { Applications } from '../harness/applications.ts';
import { add, type Counts, isGood, NOTHING } from '../harness/count.ts';
import { writeLetter } from '../harness/letter.ts';
import { type NamelessFile, namelessFiles } from '../harness/nameless.ts';
import { GATEWAYS, type GatewayName, isPoint } from '../harness/points.ts';
import type { Death, Scene } from '../harness/scene.ts';
import { countRound, type Sent } from './count.ts';
import { activateCpa, mixNote } from './cpa.ts';
import type { OfferBook } from './offers.ts';
import type { RoundPlan } from './plan.ts';

const REST_MS = 30_000;
const LOOK_MS = 10;
/** What is counted wrong is counted again after this: a verdict must not depend on the moment of looking. */
const SECOND_LOOK_MS = 1_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export interface RoundResult {
  readonly plan: Omit<RoundPlan, 'letters'>;
  readonly counts: Counts;
  /** Whether the victim was really killed at the point. */
  readonly struck: boolean;
  /** Whether the kill was a power cut as well. */
  readonly powerCut: boolean;
  readonly ms: number;
  readonly droppedBytes: number;
  /** Processes that ended in another way than by our kill. */
  readonly fell: number;
  /** Files that no record names; absent in journals from before they were counted. */
  readonly nameless?: number;
  /** Bytes in the log that the gateway found when it started again; absent in journals from before it was measured. */
  readonly logBytes?: number;
  readonly note?: string;
}

const SKIPPED = 'overgeslagen: ';

/** What this machine cannot do, and why. */
export const skippedNote = (why: string): string => `${SKIPPED}${why}`;
export const isSkipped = ({ note }: RoundResult): boolean => note?.startsWith(SKIPPED) === true;

export interface Stage {
  readonly scene: Scene;
  readonly applications: Applications;
  readonly offers: OfferBook;
}

/** What a scenario does while messages are under way; the messages go in at the same time. */
export type Trouble = (stage: Stage) => Promise<string | undefined>;

export async function runRound(plan: RoundPlan, stage: Stage): Promise<RoundResult> {
  const { scene } = stage;
  if (plan.powerCut) await scene.mark(plan.victim);
  if (isPoint(plan.point) && plan.point !== 'random') {
    await scene.ask(plan.victim, { do: 'arm', point: plan.point, nth: plan.nth });
  }
  const result = await withTrouble(plan, stage, troubleOf(plan), REST_MS);
  const mixed = plan.point === 'cpaActivation' ? await mixNote(plan, stage) : undefined;
  const judged = mixed === undefined ? result.result : withNote(result.result, mixed);
  const wanted = plan.point === 'random' ? 'kill' : plan.point;
  const isOurs = ({ name, cause }: Death): boolean => name === plan.victim && cause === wanted;
  const struck = result.deaths.some(isOurs);
  if (!struck) {
    await scene.ask(plan.victim, { do: 'disarm' }).catch(() => undefined);
    await scene.unmark(plan.victim).catch(() => undefined);
  }
  const logBytes = result.deaths.find(isOurs)?.logBytes ?? 0;
  const fell = result.deaths.filter((death) => !isOurs(death)).length;
  return {
    ...judged,
    struck,
    powerCut: result.deaths.some((death) => isOurs(death) && death.cut),
    logBytes,
    fell,
  };
}

/** Runs the messages of a plan through some trouble, waits for rest and counts. */
export async function withTrouble(
  plan: RoundPlan,
  stage: Stage,
  trouble: Trouble,
  restMs: number,
): Promise<{ result: RoundResult; deaths: readonly Death[] }> {
  const { scene, applications } = stage;
  const startedAt = performance.now();
  const until = startedAt + restMs;
  const before = scene.deaths.length;
  stage.offers.beginRound();
  const letters = plan.letters.map((letter) => writeLetter({ mode: plan.mode, ...letter }));
  const submitting = Promise.all(
    letters.map(
      async (letter): Promise<Sent> => ({ letter, given: await applications.submit('gemeente', letter, until) }),
    ),
  );
  const note = trouble(stage);
  await Promise.all([submitting, note, waitForRest(stage, Promise.all([submitting, note]), until)]);
  const counts = await countTwice(await submitting, stage, until);
  const nameless = await findNameless(stage);
  const deaths = scene.deaths.slice(before);
  const { letters: _, ...kept } = plan;
  const said = await note;
  const result: RoundResult = {
    plan: kept,
    counts,
    struck: true,
    powerCut: false,
    ms: Math.round(performance.now() - startedAt),
    droppedBytes: deaths.reduce((sum, death) => sum + death.dropped, 0),
    fell: deaths.filter(({ cause }) => cause === 'fell').length,
    nameless: nameless.length,
  };
  const notes = [...(said === undefined ? [] : [said]), ...nameless].join('; ');
  return { result: notes === '' ? result : withNote(result, notes), deaths };
}

/** A note that begins with an exclamation mark says that something is not as it must be. */
function withNote(result: RoundResult, note: string): RoundResult {
  if (!note.startsWith('!')) return { ...result, note };
  return { ...result, note, counts: add(result.counts, { ...NOTHING, misbelieved: 1 }) };
}

async function countTwice(sent: readonly Sent[], stage: Stage, until: number): Promise<Counts> {
  const first = await countRound(sent, stage);
  if (isGood(first)) return first;
  await pause(SECOND_LOOK_MS);
  await waitForRest(stage, Promise.resolve(), until);
  return countRound(sent, stage);
}

/** At all ends, after rest: nothing is on its way to a record any more. */
async function findNameless({ scene }: Stage): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of GATEWAYS) found.push(...(await namelessAt(name, scene)));
  return found;
}

/**
 * A kill may leave files, which the sweep takes when they are old enough. A process that lives takes back at once what it does
 * not keep; and after a sweep that waits for nothing, no file without a name may be there at all. Each is looked for twice: a
 * copy of what was acknowledged meanwhile may still be coming in, and is gone a moment later.
 */
async function namelessAt(name: GatewayName, scene: Scene): Promise<readonly string[]> {
  const folder = scene.folder(name);
  if (namelessFiles(folder).length === 0) return [];
  const ofTheLiving = await foundTwice(() =>
    namelessFiles(folder).filter(({ since }) => since >= scene.bootedAt(name)),
  );
  const swept = await scene.ask(name, { do: 'sweep' }).then(
    () => [],
    (error: unknown) => [`${name}: opruimen mislukt (${error instanceof Error ? error.message : 'onbekend'})`],
  );
  const left = await foundTwice(() => namelessFiles(folder));
  const say = (when: string, files: readonly NamelessFile[]): string[] =>
    files.map(({ path }) => `${name}: ${relative(folder, dirname(path))}, ${when}`);
  return [
    ...swept,
    ...(left.length > 0 ? say('ook na het opruimen', left) : say('van een levend proces', ofTheLiving)),
  ];
}

async function foundTwice(find: () => readonly NamelessFile[]): Promise<readonly NamelessFile[]> {
  if (find().length === 0) return [];
  await pause(SECOND_LOOK_MS);
  return find();
}

/** Collects at both ends until nothing is open anywhere, seen twice from sender to receiver, or until time is up. */
async function waitForRest({ scene, applications }: Stage, busy: Promise<unknown>, until: number): Promise<void> {
  let over = false;
  busy.then(
    () => {
      over = true;
    },
    () => undefined,
  );
  let quiet = 0;
  while (quiet < 2 && performance.now() < until) {
    await scene.settled();
    const looks = [];
    for (const name of GATEWAYS) {
      const look = await scene.look(name);
      if (look !== undefined && look.toCollect > 0 && name !== 'hub') await applications.collect(name, until);
      looks.push(look);
    }
    const still = over && looks.every((look) => look !== undefined && look.open === 0 && look.toCollect === 0);
    quiet = still ? quiet + 1 : 0;
    if (!still) await pause(LOOK_MS);
  }
}

function troubleOf(plan: RoundPlan): Trouble {
  if (plan.point === 'random') return killLater(plan);
  if (plan.point === 'cpaActivation') return activateCpa(plan);
  return () => Promise.resolve(undefined);
}

function killLater(plan: RoundPlan): Trouble {
  return async ({ scene }) => {
    await pause(plan.delayMs);
    scene.kill(plan.victim);
    return undefined;
  };
}
