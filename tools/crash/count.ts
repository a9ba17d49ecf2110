// Counts at both ends after a round: what the application got, what the partner got, what the sender believes.
import type { Given } from '../harness/applications.ts';
import { add, type Counts, ENDS, judge, NOTHING } from '../harness/count.ts';
import type { Letter } from '../harness/letter.ts';
import type { Look } from '../harness/orders.ts';
import { GATEWAYS } from '../harness/points.ts';
import type { Stage } from './round.ts';

export interface Sent {
  readonly letter: Letter;
  readonly given: Given | undefined;
}

export async function countRound(sent: readonly Sent[], stage: Stage): Promise<Counts> {
  const conversations = sent.flatMap(({ given }) => (given === undefined ? [] : [given.messageId]));
  const references = new Set(sent.map(({ letter }) => letter.referentienummer));
  let counts: Counts = { ...NOTHING, twice: stage.offers.strays(references) };
  for (const one of sent) counts = add(counts, await countOne(one, stage));
  for (const name of GATEWAYS) {
    const look = await stage.scene.look(name, name === 'hub' ? conversations : []);
    counts = add(counts, { ...NOTHING, endless: openAt(look) });
  }
  return counts;
}

function openAt(look: Look | undefined): number {
  if (look === undefined) return 1;
  return look.open + look.records.filter((record) => !ENDS.has(record.state)).length;
}

async function countOne({ letter, given }: Sent, { applications, offers }: Stage): Promise<Counts> {
  const { referentienummer, valid } = letter;
  return judge({
    letter,
    accepted: given !== undefined,
    state: given === undefined ? undefined : await applications.stateOf('gemeente', given),
    offers: offers.of(valid ? 'aanbieder' : 'gemeente', referentienummer),
    elsewhere: offers.of(valid ? 'gemeente' : 'aanbieder', referentienummer).length,
  });
}
