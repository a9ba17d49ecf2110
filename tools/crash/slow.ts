// Row 18, a slow store, both ways: calls that wait while the event loop is free, and a COMMIT that holds the loop.
import type { Look } from '../harness/orders.ts';
import { callApi } from '../harness/processes.ts';
import { MOST_AT_ONCE, type Scene } from '../harness/scene.ts';
import type { Trouble } from './round.ts';

const SLOW_MS = 5_000;
/** A loop that answers later than this stood still. */
const STILL_MS = SLOW_MS * 0.8;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const slowStore: Trouble = async ({ scene }) => {
  await scene.ask('hub', { do: 'slow', ms: SLOW_MS, where: 'calls' });
  await pause(SLOW_MS + 1_500);
  await scene.ask('hub', { do: 'slow', ms: 0, where: 'calls' });
  const refused = await attemptsRefused(scene);
  const { mostAtOnce } = await lookAtHub(scene);
  if (mostAtOnce > MOST_AT_ONCE) return tooMany(mostAtOnce);
  return refused > 0
    ? `boven de grens van ${MOST_AT_ONCE} berichten tegelijk krijgen pogingen 503`
    : `niet geraakt: geen poging kreeg 503`;
};

/** Nobody is served while the loop stands still; what waited is then taken up to the bound, and the rest told to wait. */
export const slowCommit: Trouble = async ({ scene }) => {
  await scene.ask('hub', { do: 'slow', ms: SLOW_MS, where: 'commit' });
  const until = performance.now() + SLOW_MS + 1_500;
  let longest = 0;
  while (performance.now() < until) {
    const askedAt = performance.now();
    await lookAtHub(scene);
    longest = Math.max(longest, performance.now() - askedAt);
    await pause(20);
  }
  await scene.ask('hub', { do: 'slow', ms: 0, where: 'commit' });
  const { mostAtOnce, busyAnswers } = await lookAtHub(scene);
  if (mostAtOnce > MOST_AT_ONCE) return tooMany(mostAtOnce);
  const seen = `het knooppunt stond ${Math.round(longest)} ms stil, nam ten hoogste ${mostAtOnce} berichten tegelijk aan (grens ${MOST_AT_ONCE}) en antwoordde ${busyAnswers} keer 503`;
  return longest >= STILL_MS ? seen : `niet geraakt: ${seen}`;
};

const tooMany = (most: number): string => `! ${most} berichten tegelijk aangenomen, de grens is ${MOST_AT_ONCE}`;

async function lookAtHub(scene: Scene): Promise<Look> {
  return (await scene.ask('hub', { do: 'look', conversations: [] })) as Look;
}

/** How many attempts of the sender's newest messages were answered with 503. */
async function attemptsRefused(scene: Scene): Promise<number> {
  const get = async (path: string): Promise<unknown> => (await callApi(scene.layout, 'gemeente', path)).json();
  const { messages } = (await get('/api/v1/messages?direction=out&limit=8')) as { messages: { href: string }[] };
  const journals = await Promise.all(messages.map(({ href }) => get(`${href}/journal`)));
  const entries = journals.flatMap((journal) => (journal as { entries: { detail?: string }[] }).entries);
  return entries.filter(({ detail }) => detail?.includes('503') === true).length;
}
