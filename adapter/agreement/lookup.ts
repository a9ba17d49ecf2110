// All live agreements with constant-time ways in: by CPAId and by partner (no per-message work grows with their number).
import type { PartyId } from '../ebms/types.ts';
import type { Agreement } from './types.ts';

export interface AgreementIndex {
  readonly size: number;
  byCpaId(cpaId: string): Agreement | undefined;
  /** The agreements in which this party takes part; by value and type. */
  byPartner(party: PartyId): readonly Agreement[];
  all(): Iterable<Agreement>;
  /** CPAIds that look like the given one but for case and punctuation; at most three (row 60). */
  lookAlikes(cpaId: string): readonly string[];
}

const MAX_HINTS = 3;

/** Builds the index once; it never changes. Of two agreements with one CPAId the last counts, as a replaced CPA (V2) would. */
export function indexAgreements(agreements: Iterable<Agreement>): AgreementIndex {
  const byId = new Map<string, Agreement>();
  for (const agreement of agreements) byId.set(agreement.cpaId, agreement);
  const byParty = new Map<string, Agreement[]>();
  const byShape = new Map<string, string[]>();
  for (const agreement of byId.values()) {
    for (const key of new Set(agreement.parties.flatMap((party) => party.partyIds.map(partyKey))))
      add(byParty, key, agreement);
    add(byShape, shape(agreement.cpaId), agreement.cpaId);
  }
  return {
    size: byId.size,
    byCpaId: (cpaId) => byId.get(cpaId),
    byPartner: (party) => byParty.get(partyKey(party)) ?? [],
    all: () => byId.values(),
    lookAlikes: (cpaId) => (byShape.get(shape(cpaId)) ?? []).slice(0, MAX_HINTS),
  };
}

/** Identity of a PartyId: value and type together (C8). */
export function partyKey(party: PartyId): string {
  return `${party.type ?? ''}\n${party.value}`;
}

function shape(cpaId: string): string {
  return cpaId.toLowerCase().replace(/[^a-z0-9]+/g, '');
}

function add<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
