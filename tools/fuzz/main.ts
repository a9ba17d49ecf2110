// npm run fuzz: changes inputs for as long as asked, follows coverage, and keeps every input that something fails on.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { hearEnding } from '../ending.ts';
import { print, printJson, printTable, runTool, WrongUse } from '../output.ts';
import { type CampaignResult, runCampaign } from './campaign.ts';
import { replayFiles } from './replay.ts';
import { TARGETS, targetNamed } from './targets/index.ts';
import { PLANTED } from './targets/planted.ts';

const NAMES = TARGETS.map(({ name }) => name);

const HELP = `npm run fuzz -- [opties]

  --target NAAM   ${NAMES.join(', ')}, meer met komma's, of all (standaard)
  --minutes N     tijd per doel (standaard 1)
  --seconds N     in plaats daarvan
  --seed S        andere keuzes; anders willekeurig
  --jobs N        zoveel doelen tegelijk (standaard 1)
  --stop          stop bij het eerste wat gevonden wordt
  --replay FILE   alleen deze invoer, nog eens door het doel
  --dir MAP       waar corpus en bevindingen komen (standaard .fuzz)
  --json          uitkomst als JSON

Zeven doelen duren samen zeven keer --minutes, gedeeld door --jobs.

Uitgang 1: er is iets gevonden, of de run is afgebroken. ${TARGETS.map(({ name, about }) => `${name}: ${about}`).join('; ')}.
Fouten met opzet, om de fuzzer zelf te beproeven: ${PLANTED.map(({ name }) => name).join(', ')}.`;

interface Options {
  readonly targets: readonly string[];
  readonly ms: number;
  readonly seed: string;
  readonly jobs: number;
  readonly replay: string | undefined;
  readonly dir: string;
  readonly stop: boolean;
  readonly json: boolean;
}

function readOptions(): Options {
  const values = parse();
  if (values.help === true) {
    print(HELP);
    process.exit(0);
  }
  if (values.minutes !== undefined && values.seconds !== undefined)
    throw new WrongUse('--minutes en --seconds: verwacht een van beide');
  const targets = readTargets(values.target ?? 'all');
  const { replay } = values;
  if (replay !== undefined && !existsSync(replay)) throw new WrongUse(`--replay ${replay}: dit bestand is er niet`);
  if (replay !== undefined && targets.length !== 1)
    throw new WrongUse(`--replay: verwacht --target met een van ${NAMES.join(', ')}`);
  const seconds = values.seconds === undefined ? undefined : readNumber('--seconds', values.seconds, 1);
  return {
    targets,
    ms: (seconds ?? readNumber('--minutes', values.minutes ?? '1', 0) * 60) * 1000,
    seed: values.seed ?? randomBytes(4).toString('hex'),
    jobs: readWhole('--jobs', values.jobs ?? '1'),
    replay,
    dir: values.dir ?? '.fuzz',
    stop: values.stop === true,
    json: values.json === true,
  };
}

function parse() {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const named = { target: text, minutes: text, seconds: text, seed: text, jobs: text, replay: text, dir: text };
  try {
    return parseArgs({ options: { ...named, stop: flag, json: flag, help: { ...flag, short: 'h' } } }).values;
  } catch (error) {
    throw new WrongUse(`${error instanceof Error ? error.message : 'verkeerd gebruik'}\n\n${HELP}`);
  }
}

function readTargets(text: string): string[] {
  if (text === 'all') return NAMES;
  const names = text.split(',');
  const unknown = names.find((name) => targetNamed(name) === undefined);
  if (unknown !== undefined) throw new WrongUse(`--target ${unknown}: verwacht een van ${NAMES.join(', ')} of all`);
  return names;
}

function readNumber(option: string, text: string, least: number): number {
  const found = Number(text);
  if (text.trim() === '' || !(found >= least) || found <= 0 || !Number.isFinite(found))
    throw new WrongUse(`${option} ${text}: verwacht een getal ${least > 0 ? `vanaf ${least}` : 'groter dan 0'}`);
  return found;
}

function readWhole(option: string, text: string): number {
  const found = Number(text);
  if (!/^\d+$/.test(text) || found < 1) throw new WrongUse(`${option} ${text}: verwacht een geheel getal vanaf 1`);
  return found;
}

/** The targets in order, `jobs` of them at a time; each is told when it is done. After the signal none is begun any more. */
async function runAll({ targets, jobs, ...options }: Options, signal: AbortSignal): Promise<CampaignResult[]> {
  const results: CampaignResult[] = [];
  const waiting = [...targets];
  const work = async (): Promise<void> => {
    for (let target = waiting.shift(); target !== undefined && !signal.aborted; target = waiting.shift()) {
      const result = await runCampaign({ ...options, target, signal });
      results.push(result);
      if (!options.json) process.stderr.write(`${target}: ${result.runs} keer, ${result.findings.length} gevonden\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, targets.length) }, work));
  return targets.flatMap((target) => results.filter((result) => result.target === target));
}

const commandFor = (target: string, file: string): string => `npm run fuzz -- --target ${target} --replay ${file}`;

function tell(options: Options, results: readonly CampaignResult[], interrupted: boolean): boolean {
  const found = results.flatMap(({ target, findings }) =>
    findings.map((finding) => ({ target, ...finding, replay: commandFor(target, finding.file) })),
  );
  const good = found.length === 0 && !interrupted;
  if (options.json) {
    printJson({ seed: options.seed, good, interrupted, targets: results, findings: found });
    return good;
  }
  const header = ['doel', 'keer', 'per seconde', 'corpus', 'takken', 'geraakt', 'gevonden', 'niet herhaald'];
  const rows = results.map((one) => {
    const share = `${one.total === 0 ? 0 : Math.round((one.covered / one.total) * 100)}%`;
    const cells = [one.target, one.runs, one.runsPerSecond, one.corpus, one.total, share, one.findings.length];
    return [...cells, one.notRepeated].map(String);
  });
  printTable(header, rows);
  print(
    `seed ${options.seed}: ${interrupted ? 'afgebroken; ' : ''}${found.length === 0 ? 'niets gevonden' : `${found.length} gevonden`}`,
  );
  for (const { target, kind, message, bytes, replay } of found) {
    print(`${target} ${kind} (${bytes} bytes): ${message}`);
    print(`  ${replay}`);
  }
  return good;
}

async function replayOne(options: Options, target: string, file: string): Promise<boolean> {
  const [outcome] = await replayFiles(target, [file]);
  const failure = outcome?.failure;
  if (options.json)
    printJson({ target, file, good: failure === undefined, ...(failure === undefined ? {} : { failure }) });
  else print(failure === undefined ? `${file}: in orde` : `${file}: ${failure.kind}: ${failure.message}`);
  return failure === undefined;
}

async function main(): Promise<boolean> {
  const options = readOptions();
  const [target] = options.targets;
  if (options.replay !== undefined && target !== undefined) return replayOne(options, target, options.replay);
  const ending = hearEnding();
  const cut = new AbortController();
  void ending.signal.then(() => cut.abort());
  const results = await runAll(options, cut.signal);
  return tell(options, results, cut.signal.aborted);
}

await runTool(main);
