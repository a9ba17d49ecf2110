// Runs kept inputs through a target again, in children, so that one that hangs cannot stop the others.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure } from './failure.ts';
import { minimise } from './minimise.ts';
import { watchChild } from './watch.ts';

export interface Replayed {
  readonly file: string;
  readonly failure?: Failure;
}

/** Every file's outcome; what fails must do so `times` times in a row. */
export async function replayFiles(target: string, files: readonly string[], times = 1): Promise<Replayed[]> {
  const outcomes: Replayed[] = [];
  while (outcomes.length < files.length) {
    const left = files.slice(outcomes.length);
    const { failure } = await watchChild({ target, replay: { files: left, times } }, (report) => {
      if (report.kind !== 'replayed') return;
      const { kind: _, ...outcome } = report;
      outcomes.push(outcome);
    });
    const next = files[outcomes.length];
    if (failure !== undefined && next !== undefined) outcomes.push({ file: next, failure });
    else if (next !== undefined) throw new Error('the child ended before its work was done');
  }
  return outcomes;
}

/** The failure of one input in a new child; undefined when it does not show again. */
export async function failsAgain(target: string, input: Buffer, times: number): Promise<Failure | undefined> {
  const dir = mkdtempSync(join(tmpdir(), 'dk-fuzz-'));
  const file = join(dir, 'input');
  try {
    writeFileSync(file, input);
    return (await replayFiles(target, [file], times))[0]?.failure;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Each try costs a child, and with a hang its whole time. */
const MAX_CHILDREN = 6;

export function minimiseInChildren(target: string, input: Buffer, failure: Failure): Promise<Buffer> {
  const same = async (candidate: Buffer): Promise<boolean> =>
    (await failsAgain(target, candidate, 1))?.kind === failure.kind;
  return minimise(input, same, MAX_CHILDREN);
}
