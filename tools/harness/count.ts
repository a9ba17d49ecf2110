// What is counted at both ends, and the verdict on one message: what the applications got against what the sender believes.
import type { Letter } from './letter.ts';

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

export const ENDS: ReadonlySet<string> = new Set([
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

/** One message offered to an application; the same one may be offered again until it is confirmed. */
export interface Offer {
  readonly sha256: string;
  /** Offered again after a confirmation that was answered. */
  readonly again: number;
}

/** Everything known about one message that was submitted. */
export interface Facts {
  readonly letter: Pick<Letter, 'valid' | 'sha256'>;
  /** Whether its submission was answered with 202. */
  readonly accepted: boolean;
  /** At its sender; undefined when that does not know it. */
  readonly state: string | undefined;
  /** To whom it is for: the message itself at the receiver, the Fo01 at the sender. */
  readonly offers: readonly Offer[];
  /** An invalid message at its receiver, who must never see it; a Fo01 at the sender of a valid one. */
  readonly elsewhere: number;
}

export function judge({ letter, accepted, state, offers, elsewhere }: Facts): Counts {
  if (!accepted) return { ...NOTHING, unanswered: 1 };
  const got = offers.length > 0;
  // What is still under way is not lost: it has no end.
  const open = state !== undefined && !ENDS.has(state);
  const whole = offers.every((offer) => !letter.valid || offer.sha256 === letter.sha256);
  return {
    accepted: 1,
    delivered: letter.valid && got ? 1 : 0,
    faults: !letter.valid && got ? 1 : 0,
    lost: (letter.valid && !got && !open) || !whole ? 1 : 0,
    twice: Math.max(0, offers.length - 1) + offers.reduce((sum, offer) => sum + offer.again, 0),
    endless: open ? 1 : 0,
    unanswered: !letter.valid && !got && !open ? 1 : 0,
    // An invalid message is acknowledged as well: it arrived, and a Fo01 says what is wrong with it.
    misbelieved: state === undefined || (got && state !== 'acknowledged') || elsewhere > 0 ? 1 : 0,
  };
}
