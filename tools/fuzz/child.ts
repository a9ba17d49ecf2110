// A fuzzing child: everything that may hang, run out of memory or crash happens here.
import { readFileSync } from 'node:fs';
import { type BlackBoxWriter, writeBlackBox } from './black-box.ts';
import type { ChildOrders, ChildReport } from './child-orders.ts';
import { createCorpus, readCorpus } from './corpus.ts';
import { startCoverage } from './coverage.ts';
import type { Failure } from './failure.ts';
import { fuzz, runOnce } from './loop.ts';
import { createRandom } from './random.ts';
import type { Prepared, Target } from './target.ts';
import { COVERED_MODULES } from './targets/modules.ts';

const orders = JSON.parse(process.argv[2] ?? '{}') as ChildOrders;
const say = (report: ChildReport): void => void process.send?.(report);

async function loadTarget(): Promise<Target> {
  const { targetNamed } = await import('./targets/index.ts');
  const target = targetNamed(orders.target);
  if (target === undefined) throw new Error(`no target ${orders.target}`);
  return target;
}

async function fuzzAway(box: BlackBoxWriter, { seed, ms, corpus }: NonNullable<ChildOrders['fuzz']>): Promise<void> {
  const until = performance.now() + ms;
  // Before the target is loaded, because only what is loaded afterwards is counted.
  const coverage = startCoverage(COVERED_MODULES[orders.target] ?? []);
  const target = await loadTarget();
  const prepared = await target.prepare();
  const random = createRandom(seed);
  const kept = readCorpus(corpus);
  await fuzz({
    target,
    prepared,
    coverage,
    random,
    box,
    until,
    corpus: createCorpus(random, corpus),
    first: [...prepared.seeds, ...kept],
    onFound: ({ failure, input }) =>
      say({ kind: 'found', failure, input: (prepared.keep?.(input) ?? input).toString('base64') }),
    onProgress: (progress) => say({ kind: 'progress', progress }),
  });
}

/** A failure must show every time to count: a machine that is busy makes anything slow once. */
async function replay(box: BlackBoxWriter, { files, times }: NonNullable<ChildOrders['replay']>): Promise<void> {
  const prepared = await (await loadTarget()).prepare();
  for (const [index, file] of files.entries()) {
    const failure = await replayOne(prepared, readFileSync(file), times, (input) => box.note(index + 1, input));
    box.rest(index + 1);
    say({ kind: 'replayed', file, ...(failure === undefined ? {} : { failure }) });
  }
}

async function replayOne(
  prepared: Prepared,
  input: Buffer,
  times: number,
  note: (input: Buffer) => void,
): Promise<Failure | undefined> {
  let failure: Failure | undefined;
  for (let i = 0; i < times; i += 1) {
    note(input);
    ({ failure } = await runOnce(prepared, input));
    if (failure === undefined) return undefined;
  }
  return failure;
}

process.on('disconnect', () => process.exit(0));
const box = writeBlackBox(orders.blackBox);
if (orders.fuzz !== undefined) await fuzzAway(box, orders.fuzz);
if (orders.replay !== undefined) await replay(box, orders.replay);
process.send?.({ kind: 'done' } satisfies ChildReport, () => process.exit(0));
