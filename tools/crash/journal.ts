// The harness's own bookkeeping: a line per round, written at once, so that a run can be resumed after anything.
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readJsonLines } from '../harness/json-lines.ts';
import type { RoundResult } from './round.ts';

export interface RunHead {
  readonly seed: string;
  readonly startedAt: string;
}

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
  const results = lines.flatMap((line) => ('result' in line ? [line.result] : []));
  const done = new Set(results.map(({ plan }) => `${plan.point}|${plan.round}`));
  const text = [{ head: found ?? head }, ...results.map((result) => ({ result }))].map(
    (line) => `${JSON.stringify(line)}\n`,
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text.join(''));
  return {
    head: found ?? head,
    results,
    has: (point, round) => done.has(`${point}|${round}`),
    add: (result) => {
      appendFileSync(file, `${JSON.stringify({ result })}\n`);
      results.push(result);
      done.add(`${result.plan.point}|${result.plan.round}`);
    },
  };
}
