// What became of the messages of one load: counted by their identity at both ends, with the bars that allow no exception.
import type { EndReport } from './end.ts';
import { atMost, type Figure } from './figure.ts';

export interface Tally {
  /** Different messages of this load that arrived. */
  readonly messages: number;
  /** Attempts that the hub did not acknowledge. */
  readonly refused: number;
  /** Messages that were never acknowledged, and those of them that arrived after all. */
  readonly givenUp: number;
  readonly givenUpArrived: number;
  /** Messages acknowledged to the sender that the receiver never got: must be 0. */
  readonly missing: number;
  readonly doubled: number;
}

type Sent = Pick<EndReport, 'acknowledged' | 'givenUp' | 'refused'>;
type Received = Pick<EndReport, 'received' | 'copies'>;

/** A message that was given up and arrives after all does not make up for one that was lost. */
export function tally({ acknowledged, givenUp, refused }: Sent, { received, copies }: Received): Tally {
  const arrived = new Set(received);
  const thatArrived = (references: readonly string[]): number => references.filter((one) => arrived.has(one)).length;
  const givenUpArrived = thatArrived(givenUp);
  const acknowledgedArrived = thatArrived(acknowledged);
  return {
    messages: acknowledgedArrived + givenUpArrived,
    refused,
    givenUp: givenUp.length,
    givenUpArrived,
    missing: acknowledged.length - acknowledgedArrived,
    doubled: copies,
  };
}

type Wrong = Pick<Tally, 'refused' | 'missing' | 'doubled'>;

/** Of all loads that a part rests on; `of` says which, before the names. */
export function wrongFigures(loads: readonly Wrong[], of = ''): Figure[] {
  const sum = (count: (load: Wrong) => number): number => loads.reduce((total, load) => total + count(load), 0);
  return [
    { name: `${of}geweigerd`, value: sum(({ refused }) => refused), unit: '', bar: atMost(0) },
    { name: `${of}kwijt of dubbel`, value: sum(({ missing, doubled }) => missing + doubled), unit: '', bar: atMost(0) },
  ];
}
