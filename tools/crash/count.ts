// Counts at both ends after a round: what the application got, what the partner got, what the sender believes.
import type { Applications, Given, Letter } from './application.ts';
import type { Look } from './orders.ts';
import { GATEWAYS } from './points.ts';
import type { Scene } from './scene.ts';

export interface Counts {
  /** Submitted and answered with 202. */
  readonly accepted: number;
  /** Valid messages that the partner's application got, and Fo01 that the sender's got. */
  readonly delivered: number;
  readonly faults: number;
  /** Accepted and valid, and the partner's application never got it; or it got other octets. */
  readonly lost: number;
  readonly twice: number;
  /** No end state at the sender or the hub, or work that stays open. */
  readonly endless: number;
  /** The application got no answer to its submission, or no Fo01 to an invalid message. */
  readonly unanswered: number;
  /** The sender's state says otherwise than what happened. */
  readonly misbelieved: number;
}

export const NOTHING: Counts = {
  accepted: 0,
  delivered: 0,
  faults: 0,
  lost: 0,
  twice: 0,
  endless: 0,
  unanswered: 0,
  misbelieved: 0,
};

export const BAD = ['lost', 'twice', 'endless', 'unanswered', 'misbelieved'] as const;
export const isGood = (counts: Counts): boolean => BAD.every((name) => counts[name] === 0);

export function add(a: Counts, b: Counts): Counts {
  const sum = { ...a };
  for (const name of Object.keys(NOTHING) as (keyof Counts)[]) Object.assign(sum, { [name]: a[name] + b[name] });
  return sum;
}

const ENDS = new Set([
  'acknowledged',
  'sent',
  'failed',
  'expired',
  'rejected',
  'cancelled',
  'delivered',
  'refused',
  'discarded',
]);

export interface Sent {
  readonly letter: Letter;
  readonly given: Given | undefined;
}

export async function countRound(sent: readonly Sent[], scene: Scene, applications: Applications): Promise<Counts> {
  const conversations = sent.flatMap(({ given }) => (given === undefined ? [] : [given.messageId]));
  const references = new Set(sent.map(({ letter }) => letter.referentienummer));
  let counts: Counts = { ...NOTHING, twice: applications.strays(references) };
  for (const one of sent) counts = add(counts, await countOne(one, applications));
  for (const name of GATEWAYS) {
    const look = await scene.look(name, name === 'hub' ? conversations : []);
    counts = add(counts, { ...NOTHING, endless: openAt(look) });
  }
  return counts;
}

function openAt(look: Look | undefined): number {
  if (look === undefined) return 1;
  return look.open + look.records.filter((record) => !ENDS.has(record.state)).length;
}

async function countOne({ letter, given }: Sent, applications: Applications): Promise<Counts> {
  if (given === undefined) return { ...NOTHING, unanswered: 1 };
  const state = await applications.stateOf(given);
  const place = letter.valid ? 'aanbieder' : 'gemeente';
  const offers = applications.offersOf(place, letter.referentienummer);
  const got = offers.length > 0;
  // What is still under way is not lost: it has no end.
  const open = state !== undefined && !ENDS.has(state);
  const whole = offers.every((offer) => !letter.valid || offer.sha256 === letter.sha256);
  const elsewhere = letter.valid ? [] : applications.offersOf('aanbieder', letter.referentienummer);
  return {
    accepted: 1,
    delivered: letter.valid && got ? 1 : 0,
    faults: !letter.valid && got ? 1 : 0,
    lost: (letter.valid && !got && !open) || !whole ? 1 : 0,
    twice: Math.max(0, offers.length - 1) + offers.reduce((sum, offer) => sum + offer.again, 0),
    endless: open ? 1 : 0,
    unanswered: !letter.valid && !got && !open ? 1 : 0,
    // An invalid message is acknowledged as well: it arrived, and a Fo01 says what is wrong with it.
    misbelieved: state === undefined || (got && state !== 'acknowledged') || elsewhere.length > 0 ? 1 : 0,
  };
}
