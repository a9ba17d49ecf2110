// npm run bench: measures the gateway beside what the machine can do, and says which bars it meets.
import { mkdirSync } from 'node:fs';
import { endWithChildren } from '../ending.ts';
import { productDigest } from '../harness/product.ts';
import { print, printJson, printTable, runTool } from '../output.ts';
import { isSound, meets, rowOf } from './figure.ts';
import { measureCpas, measureStored } from './filled.ts';
import { measureHalf } from './half.ts';
import { measureLarge } from './large.ts';
import { type Machine, measureMachine } from './machine.ts';
import { type BenchOptions, HELP, PARTS, type PartName, readOptions } from './options.ts';
import { measurePair } from './pair.ts';
import type { Part, PartOutput } from './part.ts';
import { measureParts } from './parts.ts';
import { measureStart } from './ready.ts';
import { measureWhole } from './whole.ts';

const MEASURE: Readonly<Record<PartName, Part>> = {
  whole: measureWhole,
  parts: measureParts,
  stored: measureStored,
  cpas: measureCpas,
  large: measureLarge,
  start: measureStart,
  half: measureHalf,
  pair: measurePair,
};

type Outputs = Partial<Record<PartName, PartOutput>>;

/** What is done is put into `outputs` at once. */
async function measure(options: BenchOptions, { machine }: Run, outputs: Outputs): Promise<void> {
  for (const name of options.only) {
    const { dir, seconds, profile } = options;
    outputs[name] = await MEASURE[name]({ dir, seconds, machine, ...(profile === undefined ? {} : { profile }) });
    if (!options.json) tell(name, outputs[name]);
  }
}

function tell(name: PartName, { figures, wrote }: PartOutput): void {
  print(`\n${name}: ${PARTS[name]}\n`);
  printTable(['', 'gemeten', 'lat', '', 'grens of toelichting'], figures.map(rowOf));
  if (wrote !== undefined) print(`\ngeschreven: ${wrote}`);
}

/** What was measured, when, and how long each measurement under load took. */
interface Run {
  readonly startedAt: string;
  readonly seconds: number;
  /** Digest of the gateway's compiled files. */
  readonly product: string;
  readonly machine: Machine;
}

function tellHead({ startedAt, seconds, product, machine }: Run): void {
  print(
    `Begonnen ${startedAt}, ${seconds} s per meting onder belasting. Gateway, naar de inhoud van zijn bestanden: ${product}`,
  );
  const { signPerSecond, verifyPerSecond, fsyncPerSecond } = machine;
  const rates = [signPerSecond, verifyPerSecond, fsyncPerSecond].map(Math.round);
  print(`${machine.model}, ${machine.cores} kernen, Node ${machine.node}`);
  print(`RSA-2048 per kern: ${rates[0]} × tekenen/s, ${rates[1]} × verifiëren/s; fsync ${rates[2]}/s`);
}

/** `ratio` first: the one figure to follow. */
function documentOf(run: Run, outputs: Outputs, interrupted: boolean): object {
  const whole = (outputs.whole?.data ?? {}) as { ratio?: number; ratioPerCore?: number };
  const parts = Object.entries(outputs).map(([name, { data }]) => [name, data]);
  const { ratio = null, ratioPerCore = null } = whole;
  return {
    ratio,
    ratioPerCore,
    ...run,
    sound: isMeasured(outputs),
    interrupted,
    bars: barsOf(outputs),
    ...Object.fromEntries(parts),
  };
}

/** Every bar of every part, and whether it was met. */
function barsOf(outputs: Outputs): object[] {
  return Object.entries(outputs).flatMap(([part, { figures }]) =>
    figures.flatMap((figure) => {
      const { name, value, unit, bar } = figure;
      return bar === undefined ? [] : [{ part, name, value: value ?? null, unit, bar, met: meets(figure) }];
    }),
  );
}

/** What was lost, doubled or signed wrongly is no measurement of a gateway; a bar that is missed is one. */
const isMeasured = (outputs: Outputs): boolean =>
  Object.values(outputs).length > 0 && Object.values(outputs).every(({ figures }) => isSound(figures));

/** Tables were told as they came. */
function tellCut(options: BenchOptions, run: Run, outputs: Outputs): void {
  const undone = options.only.filter((name) => outputs[name] === undefined);
  process.stderr.write(`afgebroken; niet gemeten: ${undone.join(', ')}\n`);
  if (options.json) printJson(documentOf(run, outputs, true));
}

async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    print(HELP);
    return true;
  }
  mkdirSync(options.dir, { recursive: true });
  const startedAt = new Date().toISOString();
  const { dir, seconds } = options;
  const run = { startedAt, seconds, product: productDigest(), machine: measureMachine(dir) };
  if (!options.json) tellHead(run);
  const outputs: Outputs = {};
  endWithChildren(() => tellCut(options, run, outputs));
  await measure(options, run, outputs);
  if (options.json) printJson(documentOf(run, outputs, false));
  return isMeasured(outputs);
}

await runTool(main);
