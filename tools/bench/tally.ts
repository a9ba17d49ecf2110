// What became of the messages of one load: counted by their identity at both ends, with the bars that allow no exception.
import type { EndReport } from './end.ts';
import { atLeast, atMost, type Figure } from './figure.ts';
import { ONE_IN, type SignatureCount } from './sampled.ts';

export interface Tally extends SignatureCount {
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

type Sent = Pick<EndReport, 'acknowledged' | 'givenUp' | 'refused' | keyof SignatureCount>;
type Received = Pick<EndReport, 'received' | 'copies' | keyof SignatureCount>;

/** A message that was given up and arrives after all does not make up for one that was lost. */
export function tally(sent: Sent, { received, copies, ...atReceiver }: Received): Tally {
  const { acknowledged, givenUp, refused } = sent;
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
    checked: sent.checked + atReceiver.checked,
    wrongSignatures: sent.wrongSignatures + atReceiver.wrongSignatures,
  };
}

type Wrong = Pick<Tally, 'messages' | 'refused' | 'missing' | 'doubled' | keyof SignatureCount>;

/** Of all loads that a part rests on; `of` says which, before the names. */
export function wrongFigures(loads: readonly Wrong[], of = ''): Figure[] {
  const sum = (count: (load: Wrong) => number): number => loads.reduce((total, load) => total + count(load), 0);
  const none = { unit: '', bar: atMost(0) };
  const checked = sum((load) => load.checked);
  return [
    ...countFigures(loads, of),
    { name: `${of}geweigerd`, value: sum(({ refused }) => refused), ...none },
    {
      name: `${of}verkeerd getekend`,
      value: sum(({ wrongSignatures }) => wrongSignatures),
      ...none,
      basis: true,
      note: `één op ${ONE_IN} handtekeningen van de hub nagerekend: ${checked}`,
    },
  ];
}

/** Where no end of the bench itself looks at signatures. */
export function countFigures(loads: readonly Pick<Tally, 'messages' | 'missing' | 'doubled'>[], of = ''): Figure[] {
  const messages = loads.reduce((total, load) => total + load.messages, 0);
  const wrong = loads.reduce((total, { missing, doubled }) => total + missing + doubled, 0);
  return [
    {
      name: `${of}aangekomen`,
      value: messages,
      unit: '',
      bar: atLeast(1),
      basis: true,
      note: 'geteld bij de ontvanger',
    },
    { name: `${of}kwijt of dubbel`, value: wrong, unit: '', bar: atMost(0), basis: true },
  ];
}
