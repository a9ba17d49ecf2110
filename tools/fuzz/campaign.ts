// Fuzzes one target for its time, over as many children as that takes, and keeps what fails.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildReport } from './child-orders.ts';
import { nameOf } from './corpus.ts';
import type { Failure } from './failure.ts';
import type { Progress } from './loop.ts';
import { failsAgain, minimiseInChildren } from './replay.ts';
import { type Ending, watchChild } from './watch.ts';

export interface CampaignOptions {
  readonly target: string;
  readonly ms: number;
  readonly seed: string;
  /** Corpus and findings lie here. */
  readonly dir: string;
  /** End with the first finding. */
  readonly stop: boolean;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

export interface Finding {
  readonly kind: Failure['kind'];
  readonly message: string;
  readonly bytes: number;
  readonly file: string;
}

export interface CampaignResult {
  readonly target: string;
  readonly runs: number;
  readonly runsPerSecond: number;
  readonly seconds: number;
  readonly corpus: number;
  readonly covered: number;
  readonly total: number;
  readonly findings: readonly Finding[];
  /** Children that had to be ended, but whose input did no harm when it was tried again. */
  readonly notRepeated: number;
}

/** More deaths than this end the campaign: each costs seconds, and the next would mostly be the same again. */
const MAX_DEATHS = 5;
const TIMES = 3;
/** How often one that stops at the first finding looks whether there is one; the corpus goes on from child to child. */
const SLICE_MS = 5_000;

export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { target, ms, seed, dir, stop, signal } = options;
  const findings = createFindings(options);
  const startedAt = performance.now();
  let progress: Progress = { runs: 0, corpus: 0, covered: 0, total: 0 };
  let runs = 0;
  let notRepeated = 0;
  let deaths = 0;
  for (let round = 0; deaths <= MAX_DEATHS; round += 1) {
    const left = ms - (performance.now() - startedAt);
    if (round > 0 && (left < 1000 || signal.aborted)) break;
    const reports: Extract<ChildReport, { kind: 'found' }>[] = [];
    const fuzz = {
      seed: `${seed} ${round}`,
      ms: stop ? Math.min(left, SLICE_MS) : left,
      corpus: join(dir, 'corpus', target),
    };
    const hear = (report: ChildReport): void => {
      if (report.kind === 'progress') progress = report.progress;
      if (report.kind === 'found') reports.push(report);
    };
    const ending = await watchChild({ target, fuzz }, hear, signal);
    runs += ending.runs;
    for (const report of reports)
      notRepeated += await findings.take(report.failure, Buffer.from(report.input, 'base64'));
    if (signal.aborted || (ending.failure === undefined && !stop)) break;
    if (ending.failure !== undefined) {
      deaths += 1;
      notRepeated += await takeDeath(findings, ending);
    }
    if (stop && findings.all.length > 0) break;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    ...{ target, runs, runsPerSecond: Math.round(runs / seconds), corpus: progress.corpus },
    seconds: Math.round(seconds * 10) / 10,
    ...{ covered: progress.covered, total: progress.total, findings: findings.all, notRepeated },
  };
}

/** A child that dies between two inputs is a fault of the harness or a leak; either has to be looked at. */
function takeDeath(findings: ReturnType<typeof createFindings>, { failure, input }: Ending): Promise<number> {
  if (failure === undefined) return Promise.resolve(0);
  if (input === undefined) throw new Error(`fuzzing stopped between two inputs: ${failure.message}`);
  return findings.takeDeadly(input);
}

/** Failures told apart by their key, checked again in a new child, minimised, and written down. */
function createFindings({ target, dir }: CampaignOptions) {
  const all: Finding[] = [];
  const keys = new Set<string>();
  const keep = (failure: Failure, input: Buffer): void => {
    const folder = join(dir, 'findings', target);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${failure.kind}-${nameOf(input)}`);
    writeFileSync(file, input);
    all.push({ kind: failure.kind, message: failure.message, bytes: input.length, file });
  };
  return {
    all,
    async take(failure: Failure, input: Buffer): Promise<number> {
      if (keys.has(failure.key)) return 0;
      keys.add(failure.key);
      // An invariant that broke once is a finding even when it hangs on what ran before it; time on a busy machine is not.
      if (failure.kind !== 'error' && (await failsAgain(target, input, TIMES)) === undefined) return 1;
      keep(failure, input);
      return 0;
    },
    async takeDeadly(input: Buffer): Promise<number> {
      const again = await failsAgain(target, input, 1);
      if (again === undefined) return 1;
      if (keys.has(again.key)) return 0;
      keys.add(again.key);
      keep(again, await minimiseInChildren(target, input, again));
      return 0;
    },
  };
}
