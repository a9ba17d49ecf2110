// The named fail points of a gateway under test: what each means and in which gateways it can be reached.

export const GATEWAYS = ['gemeente', 'hub', 'aanbieder'] as const;
export type GatewayName = (typeof GATEWAYS)[number];
export type Mode = 'async' | 'sync';

export interface Point {
  /** For people. */
  readonly title: string;
  readonly victims: Readonly<Record<Mode, readonly GatewayName[]>>;
  /** A message above the size that is written in the commit itself. */
  readonly large?: boolean;
  /** Reached once a round at most. */
  readonly once?: boolean;
}

const all = { async: GATEWAYS, sync: ['gemeente', 'hub', 'aanbieder'] } as const;
const receivers = { async: GATEWAYS, sync: ['hub', 'aanbieder'] } as const;
const senders = { async: ['gemeente', 'hub'], sync: ['gemeente', 'hub'] } as const;
const posters = { async: GATEWAYS, sync: ['gemeente', 'hub'] } as const;
const hub = { async: ['hub'], sync: ['hub'] } as const;

/** Each is defined by what is written or sent, not by counting commits. */
export const POINTS = {
  bodyHalf: { title: 'inhoud half gelezen', victims: receivers },
  blobWritten: { title: 'blob geschreven, niet vastgelegd', victims: all, large: true, once: true },
  committedNotAnswered: { title: 'vastgelegd, antwoord niet verzonden', victims: all },
  answerHalf: { title: 'antwoord half verzonden', victims: all },
  claimedNotPosted: { title: 'opgepakt, niet verzonden', victims: posters },
  postedNotCommitted: { title: 'verzonden, uitkomst niet vastgelegd', victims: posters },
  ackNotCommitted: { title: 'ontvangstbevestiging ontvangen, niet vastgelegd', victims: senders },
  forwardedNotSettled: { title: 'doorzending ingevoegd, oorsprong niet afgerond', victims: hub },
  cpaActivation: { title: 'tijdens het activeren van een CPA', victims: all, once: true },
  random: { title: 'op een willekeurig moment', victims: all },
} as const satisfies Readonly<Record<string, Point>>;

export type PointName = keyof typeof POINTS;
export const POINT_NAMES = Object.keys(POINTS) as readonly PointName[];

export const isPoint = (name: string): name is PointName => Object.hasOwn(POINTS, name);
