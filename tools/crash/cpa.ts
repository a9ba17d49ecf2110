// The activation of a CPA under a kill: another one takes its place, and whatever the kill cuts, one of the two is there whole.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ABSENT } from '../harness/applications.ts';
import type { Terms } from '../harness/orders.ts';
import { cpaId, QUICK, RETRY_MS, type Scene } from '../harness/scene.ts';
import type { RoundPlan } from './plan.ts';
import type { Stage, Trouble } from './round.ts';

const LOOK_MS = 10;
/** On a busy machine it takes a while until a kill is seen, and more until the gateway is there again. */
const MOST_ASKED = 500;
const ASK_AGAIN_MS = 20;
/** So far from the CPA of the beginning: no pause between two attempts becomes long. */
const VARIANTS = 50;

const agreementOf = ({ mode, victim }: RoundPlan): string =>
  cpaId(mode, victim === 'gemeente' ? 'gemeente' : 'aanbieder');

/** Two values that change together, so that a message which has one of each CPA shows a mix. */
export function variantOf(xml: string, variant: number, comment: string): string {
  const interval = ((RETRY_MS + variant) / 1000).toFixed(3);
  return `${xml.trimEnd()}\n<!-- ${comment} -->\n`
    .replace(/(<(?:\w+:)?Retries>)\d+/g, `$1${QUICK.retries + variant}`)
    .replace(/(<(?:\w+:)?RetryInterval>)PT[\d.]+S/g, `$1PT${interval}S`);
}

export const isMixed = ({ retries, retryIntervalMs }: Terms): boolean =>
  retries - QUICK.retries !== retryIntervalMs - RETRY_MS;

/** Replaces a CPA that is in use; the kill strikes at the first import. */
export function activateCpa(plan: RoundPlan): Trouble {
  return async ({ scene, applications }) => {
    const id = agreementOf(plan);
    const file = scene.layout.cpas.find((cpa) => cpa.cpaId === id)?.file ?? '';
    const digest = () => answered(scene, () => applications.cpaDigest(plan.victim, id));
    const before = await digest();
    const comment = `${plan.round} ${plan.letters[0]?.referentienummer}`;
    const xml = variantOf(readFileSync(file, 'utf8'), 1 + (plan.round % VARIANTS), comment);
    const wanted = createHash('sha256').update(xml).digest('hex');
    await applications.importCpa(plan.victim, xml);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    await scene.settled();
    const after = await digest();
    // On a busy machine the first import may not have come to the point: then the kill strikes here, and it goes once more.
    const status = await answered(scene, () => applications.importCpa(plan.victim, xml));
    const finally_ = await digest();
    const imported = finally_ === wanted && (status === 200 || status === 201);
    if (imported && isWhole(after, before, wanted)) return undefined;
    const said = (digest: string | undefined): string =>
      digest === undefined
        ? 'geen antwoord'
        : ({ [`${before}`]: 'de oude', [wanted]: 'de nieuwe', [ABSENT]: 'geen' }[digest] ?? 'een andere');
    const seen = `na de kill ${said(after)}, na nog eens importeren (status ${status}) ${said(finally_)}`;
    return `! CPA ${id} is half geactiveerd: ${seen}`;
  };
}

/** No answer says nothing; a CPA that is gone is neither the old nor the new one. */
export const isWhole = (after: string | undefined, before: string | undefined, wanted: string): boolean =>
  after === undefined || (after !== ABSENT && (after === before || after === wanted));

/** Asks until there is an answer: none says nothing about what the gateway has. */
export async function answered<T>(
  scene: Pick<Scene, 'settled'>,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let i = 0; i < MOST_ASKED; i += 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    await scene.settled();
  }
  return undefined;
}

/** Messages of the victim that were accepted under a mix of two CPAs; said as a note that makes the round bad. */
export async function mixNote(plan: RoundPlan, { scene }: Stage): Promise<string | undefined> {
  const id = agreementOf(plan);
  const terms = (await scene.ask(plan.victim, { do: 'terms', cpaId: id })) as readonly Terms[];
  const mixed = terms.filter(isMixed);
  if (mixed.length === 0) return undefined;
  const said = mixed.map(({ retries, retryIntervalMs }) => `${retries} × ${retryIntervalMs} ms`);
  return `! CPA ${id} gemengd: ${said.join(', ')}`;
}
