// The harness's own bookkeeping: a line per round, written at once, so that a run can be resumed after anything.
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readJsonLines } from '../harness/json-lines.ts';
import type { Broken } from '../harness/orders.ts';
import type { RoundResult } from './round.ts';

export interface RunHead {
  readonly seed: string;
  readonly startedAt: string;
  /** Absent: the gateway as it is. */
  readonly broken?: Broken;
  /** Digests of the compiled gateways that were killed, more than one after a resumption with another. */
  readonly products?: readonly string[];
}

/** Rounds of another gateway do not belong in this run. */
export class OtherRun extends Error {}

export interface Journal {
  readonly head: RunHead;
  readonly results: readonly RoundResult[];
  has(point: string, round: number): boolean;
  add(result: RoundResult): void;
}

type Line = { readonly head: RunHead } | { readonly result: RoundResult };

/** Begins anew unless `resume` finds a run; then its seed holds. A last line that was cut is ignored. */
export function openJournal(file: string, head: RunHead, resume: boolean): Journal {
  const lines = resume && existsSync(file) ? readJsonLines<Line>(file) : [];
  const found = lines.flatMap((line) => ('head' in line ? [line.head] : []))[0];
  if (found !== undefined) refuseOther(found, head);
  const results = lines.flatMap((line) => ('result' in line ? [line.result] : []));
  const done = new Set(results.map(({ plan }) => `${plan.point}|${plan.round}`));
  const kept = found === undefined ? head : { ...found, ...productsOf(found, head) };
  const text = [{ head: kept }, ...results.map((result) => ({ result }))].map((line) => `${JSON.stringify(line)}\n`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text.join(''));
  return {
    head: kept,
    results,
    has: (point, round) => done.has(`${point}|${round}`),
    add: (result) => {
      appendFileSync(file, `${JSON.stringify({ result })}\n`);
      results.push(result);
      done.add(`${result.plan.point}|${result.plan.round}`);
    },
  };
}

const UNKNOWN = 'onbekend';

/** A journal from before the digest was kept has rounds of a gateway that nobody knows. */
function productsOf(found: RunHead, { products = [] }: RunHead): Pick<RunHead, 'products'> {
  if (found.products === undefined && products.length === 0) return {};
  return { products: [...new Set([...(found.products ?? [UNKNOWN]), ...products])] };
}

function refuseOther(found: RunHead, head: RunHead): void {
  if (found.broken === head.broken) return;
  const said = ({ broken }: RunHead): string => (broken === undefined ? 'zonder --broken' : `met --broken ${broken}`);
  throw new OtherRun(`die run is ${said(found)} begonnen, deze is ${said(head)}`);
}
