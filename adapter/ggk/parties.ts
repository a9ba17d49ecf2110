// Which kind of party an organisatie code names (stuf-ggk section 4).
import type { Direction, PartyKind } from './types.ts';

const NAMED: ReadonlyMap<string, PartyKind> = new Map<string, PartyKind>([
  ['SVB', 'SVB'],
  ['CAK', 'CAK'],
  ['CBS', 'CBS'],
  ['UWV', 'UWV'],
  ['VWS', 'VWS'],
  ['VECOZO', 'VECOZO'],
  ['IB', 'IB'],
  // The operator's present name; whether it is in use as a constant is not known (section 1).
  ['BIDN', 'IB'],
  ['RINIS', 'RINIS'],
]);
const GEMEENTE = /^[0-9]{4}$/;
const AGB = /^[0-9]{8}$/;

/** CBS code of four digits, AGB code of eight, or one of the fixed names; anything else is `onbekend`. */
export function partyKind(organisatie: string | undefined): PartyKind {
  if (organisatie === undefined) return 'onbekend';
  if (GEMEENTE.test(organisatie)) return 'gemeente';
  if (AGB.test(organisatie)) return 'aanbieder';
  return NAMED.get(organisatie) ?? 'onbekend';
}

/** Whether zender and ontvanger are of the kinds that the direction asks; VECOZO may answer for an aanbieder (flow A, step 4). */
export function fits(direction: Direction, zender: PartyKind, ontvanger: PartyKind, retour: boolean): boolean {
  const forAanbieder = retour && direction.from === 'aanbieder' && zender === 'VECOZO';
  return (zender === direction.from || forAanbieder) && ontvanger === direction.to;
}

/** For a text that others read: a code when it is evidently that of an organisation, else nothing (row 159). */
export function speakable(organisatie: string | undefined): string {
  return partyKind(organisatie) === 'onbekend' ? '' : ` Organisatie ${organisatie}.`;
}
