// The fuzzing loop of one child: draw, change, run, and keep what takes a new way.
import { sample } from 'fast-check';
import type { BlackBoxWriter } from './black-box.ts';
import type { Corpus } from './corpus.ts';
import type { Coverage } from './coverage.ts';
import { type Failure, failureOf, hang } from './failure.ts';
import { minimise } from './minimise.ts';
import { mutate } from './mutate/index.ts';
import type { Random } from './random.ts';
import { MAX_INPUT_BYTES, MAX_RUN_MS, type Prepared, type Target } from './target.ts';

export interface Found {
  readonly failure: Failure;
  readonly input: Buffer;
}

export interface LoopSetup {
  readonly target: Target;
  readonly prepared: Prepared;
  readonly coverage: Coverage;
  readonly corpus: Corpus;
  readonly random: Random;
  readonly box: BlackBoxWriter;
  /** Inputs to begin with: seeds and what earlier runs kept. */
  readonly first: readonly Buffer[];
  /** Instant of `performance.now` at which to stop. */
  readonly until: number;
  readonly onFound: (found: Found) => void;
  readonly onProgress: (progress: Progress) => void;
}

export interface Progress {
  readonly runs: number;
  readonly corpus: number;
  readonly covered: number;
  readonly total: number;
}

const PROGRESS_MS = 400;
const SAMPLES = 64;
/** Inputs that only repeat known ways more often are kept while they are small. */
const SMALL_BYTES = 8 * 1024;
const MAX_MINIMISE_RUNS = 1500;
const MAX_FOUND = 5;
const SLOW_MS = 20;

/** Runs until the time is up or enough different failures were found. */
export async function fuzz(setup: LoopSetup): Promise<void> {
  const { corpus, onProgress, coverage } = setup;
  const session = createSession(setup);
  const next = createSource(setup);
  let toldAt = performance.now();
  const tell = (): void => onProgress({ runs: session.runs(), corpus: corpus.size, ...coverage.counts() });
  for (const input of setup.first) await session.take(input.subarray(0, MAX_INPUT_BYTES));
  tell();
  while (performance.now() < setup.until && session.found() < MAX_FOUND) {
    await session.take(next());
    if (performance.now() - toldAt < PROGRESS_MS) continue;
    tell();
    // Without a breath the messages to the parent would wait until the end.
    await new Promise((resolve) => setImmediate(resolve));
    toldAt = performance.now();
  }
  tell();
}

function createSession({ prepared, coverage, corpus, box, onFound }: LoopSetup) {
  const keys = new Set<string>();
  let runs = 0;
  let slowest = SLOW_MS;
  const run = async (input: Buffer): Promise<{ failure: Failure | undefined; ms: number }> => {
    runs += 1;
    box.note(runs, input);
    coverage.clear();
    const outcome = await runOnce(prepared, input);
    box.rest(runs);
    return outcome;
  };
  const tellFound = async (failure: Failure, input: Buffer): Promise<void> => {
    if (keys.has(failure.key)) return;
    keys.add(failure.key);
    const same = async (candidate: Buffer): Promise<boolean> => (await run(candidate)).failure?.key === failure.key;
    onFound({ failure, input: failure.kind === 'error' ? await minimise(input, same, MAX_MINIMISE_RUNS) : input });
  };
  return {
    runs: () => runs,
    found: () => keys.size,
    async take(input: Buffer): Promise<void> {
      const { failure, ms } = await run(input);
      const { branches, steps } = coverage.news();
      if (failure !== undefined) return tellFound(failure, input);
      const slower = ms > slowest * 1.5;
      if (slower) slowest = ms;
      if (branches > 0 || slower || (steps > 0 && input.length <= SMALL_BYTES)) corpus.add(input);
    },
  };
}

/** One run with its time; what takes too long has failed, even when it ends. */
export async function runOnce(
  prepared: Prepared,
  input: Buffer,
): Promise<{ failure: Failure | undefined; ms: number }> {
  const startedAt = performance.now();
  let failure: Failure | undefined;
  try {
    const waiting = prepared.run(input);
    if (waiting !== undefined) await waiting;
  } catch (error) {
    failure = failureOf(error);
  }
  const ms = performance.now() - startedAt;
  return { failure: failure ?? (ms > MAX_RUN_MS ? hang(MAX_RUN_MS) : undefined), ms };
}

/** Nine times in ten a changed input of the corpus, else one made from the structure. */
function createSource({ target, corpus, random, coverage }: LoopSetup): () => Buffer {
  const words = new Set([...target.dictionary, ...coverage.words]);
  const tools = {
    random,
    dictionary: [...words].map((word) => Buffer.from(word)),
    other: () => corpus.pick(),
  };
  const arbitrary = target.arbitrary?.();
  let made: Uint8Array[] = [];
  const fresh = (): Buffer | undefined => {
    if (arbitrary === undefined) return undefined;
    if (made.length === 0) made = sample(arbitrary, { seed: random.below(0x7fffffff), numRuns: SAMPLES });
    const one = made.pop();
    return one === undefined ? undefined : Buffer.from(one);
  };
  return () => {
    const base = random.chance(0.1) ? (fresh() ?? corpus.pick()) : corpus.pick();
    return mutate(base, target.mutators, tools);
  };
}
