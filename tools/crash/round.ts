// One round: messages go in, the victim is killed at the point, comes back, and when everything is at rest it is counted.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Applications } from '../harness/applications.ts';
import { add, type Counts, isGood, NOTHING } from '../harness/count.ts';
import { writeLetter } from '../harness/letter.ts';
import { GATEWAYS, isPoint } from '../harness/points.ts';
import { cpaId, type Death, type Scene } from '../harness/scene.ts';
import { countRound, type Sent } from './count.ts';
import type { OfferBook } from './offers.ts';
import type { RoundPlan } from './plan.ts';

const REST_MS = 30_000;
const LOOK_MS = 10;
/** What is counted wrong is counted again after this: a verdict must not depend on the moment of looking. */
const SECOND_LOOK_MS = 1_000;

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
    ...result.result,
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
  const letters = plan.letters.map((letter) => writeLetter({ ...letter, mode: plan.mode }));
  const submitting = Promise.all(
    letters.map(
      async (letter): Promise<Sent> => ({ letter, given: await applications.submit('gemeente', letter, until) }),
    ),
  );
  const note = trouble(stage);
  await Promise.all([submitting, note, waitForRest(stage, Promise.all([submitting, note]), until)]);
  const counts = await countTwice(await submitting, stage, until);
  const deaths = scene.deaths.slice(before);
  const { letters: _, ...kept } = plan;
  const said = await note;
  const result: RoundResult = {
    plan: kept,
    counts: said === undefined || !said.startsWith('!') ? counts : add(counts, { ...NOTHING, misbelieved: 1 }),
    struck: true,
    powerCut: false,
    ms: Math.round(performance.now() - startedAt),
    droppedBytes: deaths.reduce((sum, death) => sum + death.dropped, 0),
    fell: deaths.filter(({ cause }) => cause === 'fell').length,
    ...(said === undefined ? {} : { note: said }),
  };
  return { result, deaths };
}

async function countTwice(sent: readonly Sent[], stage: Stage, until: number): Promise<Counts> {
  const first = await countRound(sent, stage);
  if (isGood(first)) return first;
  await new Promise((resolve) => setTimeout(resolve, SECOND_LOOK_MS));
  await waitForRest(stage, Promise.resolve(), until);
  return countRound(sent, stage);
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
    if (!still) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function troubleOf(plan: RoundPlan): Trouble {
  if (plan.point === 'random') return killLater(plan);
  if (plan.point === 'cpaActivation') return activateCpa(plan);
  return () => Promise.resolve(undefined);
}

function killLater(plan: RoundPlan): Trouble {
  return async ({ scene }) => {
    await new Promise((resolve) => setTimeout(resolve, plan.delayMs));
    scene.kill(plan.victim);
    return undefined;
  };
}

/** Replaces a CPA that is in use; whatever the kill cuts, the gateway has the old or the new one, whole. */
function activateCpa(plan: RoundPlan): Trouble {
  return async ({ scene, applications }) => {
    const id = cpaId(plan.mode, plan.victim === 'gemeente' ? 'gemeente' : 'aanbieder');
    const file = scene.layout.cpas.find((cpa) => cpa.cpaId === id)?.file ?? '';
    const digest = () => answered(scene, () => applications.cpaDigest(plan.victim, id));
    const before = await digest();
    const xml = `${readFileSync(file, 'utf8').trimEnd()}\n<!-- ${plan.round} ${plan.letters[0]?.referentienummer} -->\n`;
    const wanted = createHash('sha256').update(xml).digest('hex');
    await applications.importCpa(plan.victim, xml);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    await scene.settled();
    const after = await digest();
    // On a busy machine the first import may not have come to the point: then the kill strikes here, and it goes once more.
    const status = await answered(scene, () => applications.importCpa(plan.victim, xml));
    const finally_ = await digest();
    const whole = after === undefined || after === before || after === wanted;
    const good = whole && finally_ === wanted && (status === 200 || status === 201);
    const said = (digest: string | undefined): string =>
      digest === undefined
        ? 'geen antwoord'
        : ({ [`${before}`]: 'de oude', [wanted]: 'de nieuwe' }[digest] ?? 'een andere');
    const seen = `na de kill ${said(after)}, na nog eens importeren (status ${status}) ${said(finally_)}`;
    return good ? undefined : `! CPA ${id} is half geactiveerd: ${seen}`;
  };
}

const MOST_ASKED = 5;

/** Asks until there is an answer: none says nothing about what the gateway has. */
async function answered<T>(scene: Scene, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let i = 0; i < MOST_ASKED; i += 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await scene.settled();
  }
  return undefined;
}
