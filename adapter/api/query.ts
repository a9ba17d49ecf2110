// Query parameters: what cannot be meant is named, with what was found and what it may hold.
import type { Request } from 'express';
import { fail, ok, type Result } from '../base/index.ts';
import { redact } from '../observe/index.ts';

type Query = Request['query'];

/** As much of a strange value as helps to find the slip. */
const MAX_QUOTED = 40;

/** Of a caller's text for an answer, without what could be a BSN. */
export const quoted = (text: string): string => JSON.stringify(redact(text).slice(0, MAX_QUOTED));

export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly otherwise: number;
  /** What is counted. */
  readonly what?: string;
}

/** A whole number between bounds, or the fault in words. */
export function wholeNumber(
  query: Query,
  name: string,
  { least, most, otherwise, what = 'geheel getal' }: Bounds,
): Result<number, string> {
  const given = query[name];
  if (given === undefined) return ok(otherwise);
  const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (Number.isInteger(number) && number >= least && number <= most) return ok(number);
  const found = typeof given === 'string' ? quoted(given) : 'meer dan één waarde';
  return fail(`${name}: gevonden ${found}; verwacht een ${what} van ${least} tot en met ${most}.`);
}

/** A filter that is not applied would find everything: one that does not exist is a fault in words. */
export function unknownParameter(query: Query, known: readonly string[]): string | undefined {
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  return unknown === undefined
    ? undefined
    : `${quoted(unknown)}: onbekend; verwacht een of meer van ${known.join(', ')}.`;
}
