// The harness's own bookkeeping: a line per round, written at once, so that a run can be resumed after anything.
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
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

/** What is there is no run that can be resumed in this way: rounds of another gateway or seed do not belong together. */
export class OtherRun extends Error {}

export interface Journal {
  readonly head: RunHead;
  readonly results: readonly RoundResult[];
  has(point: string, round: number): boolean;
  add(result: RoundResult): void;
}

type Line = { readonly head: RunHead } | { readonly result: RoundResult };

export function beginJournal(file: string, head: RunHead): Journal {
  return keep(file, head, []);
}

/** What is asked of a run that is resumed; its own seed holds, and another is refused. */
export type ResumedHead = Omit<RunHead, 'seed'> & Partial<Pick<RunHead, 'seed'>>;

/** A last line that was cut is ignored. */
export function resumeJournal(file: string, head: ResumedHead): Journal {
  const lines = existsSync(file) ? readJsonLines<Line>(file) : [];
  const [found] = lines.flatMap((line) => ('head' in line ? [line.head] : []));
  if (found === undefined)
    throw new OtherRun(`in ${dirname(file)} is geen run; verwacht ${basename(file)} van een run`);
  refuseOther(found, head);
  const results = lines.flatMap((line) => ('result' in line ? [line.result] : []));
  return keep(file, { ...found, ...productsOf(found, head) }, results);
}

function keep(file: string, head: RunHead, results: RoundResult[]): Journal {
  const done = new Set(results.map(({ plan }) => `${plan.point}|${plan.round}`));
  const text = [{ head }, ...results.map((result) => ({ result }))].map((line) => `${JSON.stringify(line)}\n`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text.join(''));
  return {
    head,
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
function productsOf(found: RunHead, { products = [] }: ResumedHead): Pick<RunHead, 'products'> {
  if (found.products === undefined && products.length === 0) return {};
  return { products: [...new Set([...(found.products ?? [UNKNOWN]), ...products])] };
}

function refuseOther(found: RunHead, { broken, seed = found.seed }: ResumedHead): void {
  const said = (one: Broken | undefined): string => (one === undefined ? 'zonder --broken' : `met --broken ${one}`);
  if (found.broken !== broken) throw new OtherRun(`die run is ${said(found.broken)} begonnen, deze is ${said(broken)}`);
  if (found.seed !== seed) {
    throw new OtherRun(`die run heeft --seed ${found.seed}; verwacht dezelfde of geen, gevonden --seed ${seed}`);
  }
}
