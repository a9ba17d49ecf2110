// npm run crash: kills gateways at named points, counts at both ends, and writes the crash report.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { hearEnding } from '../ending.ts';
import { Applications } from '../harness/applications.ts';
import { BAD } from '../harness/count.ts';
import { dataOf } from '../harness/layout.ts';
import { BROKEN, type Broken } from '../harness/orders.ts';
import { isPoint, POINT_NAMES, type PointName } from '../harness/points.ts';
import { productDigest } from '../harness/product.ts';
import { Scene } from '../harness/scene.ts';
import { print, printJson, printTable, runTool, WrongUse } from '../output.ts';
import { isSpecial, SPECIAL_NAMES, type SpecialName, titleOf } from './circumstances.ts';
import { beginJournal, type Journal, OtherRun, resumeJournal } from './journal.ts';
import { OfferBook } from './offers.ts';
import { planRound } from './plan.ts';
import { createProgress, type Progress } from './progress.ts';
import { badLine, isGoodRound, isGoodRun, missedLines, summarise, writeReport } from './report.ts';
import { type RoundResult, runRound, type Stage } from './round.ts';
import { planSpecial, runSpecial, takeAwayDisk } from './special.ts';

const HELP = `npm run crash -- [opties]

  --rounds N      rondes per punt (standaard 30; bijzondere omstandigheden: één per honderd, ten minste 1)
  --point P,Q     alleen deze; anders alle punten en omstandigheden
  --seed S        dezelfde rondes nog eens; anders willekeurig
  --resume        ga door met de run in --dir, met zijn seed
  --report        schrijf adapter/reports/crash.md, als alle rondes gedaan zijn
  --dir MAP       werkmap (standaard in de tijdelijke map)
  --broken WAT    een gateway die met opzet fout is: ${BROKEN.join(', ')}
  --stop          stop bij de eerste ronde die niet goed is
  --json          uitkomst als JSON

Een ronde duurt op een rustige machine zo'n seconde: --rounds 300 over alle punten een klein uur. Met --resume mag dat in delen.

punten: ${POINT_NAMES.join(', ')}
omstandigheden: ${SPECIAL_NAMES.join(', ')}`;

const REPORT = join('adapter', 'reports', 'crash.md');

interface Options {
  readonly rounds: number;
  readonly points: readonly (PointName | SpecialName)[];
  /** Undefined: that of the run that is resumed, or any. */
  readonly seed?: string;
  readonly resume: boolean;
  readonly report: boolean;
  readonly dir: string;
  readonly broken?: Broken;
  readonly stop: boolean;
  readonly json: boolean;
}

function readOptions(): Options {
  const { values } = parse();
  if (values.help === true) {
    print(HELP);
    process.exit(0);
  }
  const rounds = Number(values.rounds ?? 30);
  if (!Number.isInteger(rounds) || rounds < 1) throw new WrongUse('--rounds: verwacht een geheel getal vanaf 1');
  const broken = BROKEN.find((known) => known === values.broken);
  if (values.broken !== undefined && broken === undefined) {
    throw new WrongUse(`--broken ${values.broken}: verwacht een van ${BROKEN.join(', ')}`);
  }
  return {
    rounds,
    points: values.point === undefined ? [...POINT_NAMES, ...SPECIAL_NAMES] : values.point.split(',').map(readPoint),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
    resume: values.resume === true,
    report: values.report === true,
    dir: values.dir ?? join(tmpdir(), 'dk-crash'),
    ...(broken === undefined ? {} : { broken }),
    stop: values.stop === true,
    json: values.json === true,
  };
}

function parse() {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const named = { rounds: text, point: text, seed: text, dir: text, broken: text };
  try {
    return parseArgs({
      options: { ...named, resume: flag, report: flag, stop: flag, json: flag, help: { ...flag, short: 'h' } },
    });
  } catch (error) {
    throw new WrongUse(`${error instanceof Error ? error.message : 'verkeerd gebruik'}\n\n${HELP}`);
  }
}

function readPoint(name: string): PointName | SpecialName {
  if (isPoint(name) || isSpecial(name)) return name;
  throw new WrongUse(`--point ${name}: verwacht een van ${[...POINT_NAMES, ...SPECIAL_NAMES].join(', ')}`);
}

interface Task {
  readonly point: PointName | SpecialName;
  readonly round: number;
}

/** Special scenarios take up to half a minute each: one for every hundred rounds. */
function tasksOf({ points, rounds }: Options): Task[] {
  return points.flatMap((point) => {
    const count = isPoint(point) ? rounds : Math.max(1, Math.round(rounds / 100));
    return Array.from({ length: count }, (_, round) => ({ point, round }));
  });
}

class Runner {
  readonly #options: Options;
  readonly #seed: string;
  readonly #run = randomBytes(8).toString('hex');
  #stage: Stage | undefined;

  constructor(options: Options, seed: string) {
    this.#options = options;
    this.#seed = seed;
  }

  /** A round that the harness itself cannot finish counts as one without an end, and the next begins with new gateways. */
  async round({ point, round }: Task): Promise<RoundResult> {
    const startedAt = performance.now();
    const args = [round, this.#seed, this.#run] as const;
    const plan = isPoint(point) ? planRound(point, ...args) : planSpecial(point, ...args);
    try {
      const stage = await this.#open();
      const drawn = this.#options.broken?.startsWith('doesNotSync') === true ? { ...plan, powerCut: true } : plan;
      const result = await (isPoint(point) ? runRound(drawn, stage) : runSpecial(plan, stage));
      // What a bad round left behind must not be counted in the next.
      if (!isGoodRound(result)) await this.close();
      return result;
    } catch (error) {
      await this.close();
      const { letters: _, ...kept } = plan;
      const none = { accepted: 0, delivered: 0, faults: 0, lost: 0, twice: 0, unanswered: 0, misbelieved: 0 };
      const note = `! ${error instanceof Error ? error.message : 'ronde mislukt'}`;
      const ms = Math.round(performance.now() - startedAt);
      return {
        plan: kept,
        counts: { ...none, endless: 1 },
        struck: false,
        powerCut: false,
        ms,
        droppedBytes: 0,
        fell: 0,
        note,
      };
    }
  }

  async #open(): Promise<Stage> {
    if (this.#stage === undefined) {
      const { dir, broken } = this.#options;
      takeAwayDisk(dataOf(join(dir, 'gateways'), 'hub'));
      const scene = await Scene.open({
        dir: join(dir, 'gateways'),
        ...(broken === undefined ? {} : { broken }),
      });
      const offers = new OfferBook();
      this.#stage = { scene, applications: new Applications(scene, offers), offers };
    }
    return this.#stage;
  }

  async close(): Promise<void> {
    const stage = this.#stage;
    this.#stage = undefined;
    await stage?.scene.close();
  }
}

/** Returns how many rounds were not done. */
async function runAll(options: Options, journal: Journal, progress: Progress): Promise<number> {
  const tasks = tasksOf(options).filter(({ point, round }) => !journal.has(point, round));
  const runner = new Runner(options, journal.head.seed);
  const ending = hearEnding();
  let left = tasks.length;
  progress.begin(tasks.length);
  for (const task of tasks) {
    if (ending.heard() !== undefined) break;
    const result = await runner.round(task);
    // A gateway that dies of the same signal may be heard before the signal is.
    await new Promise((resolve) => setImmediate(resolve));
    // What ends the harness may end the gateways too: a round that is not good is then done again, and is nobody's fault.
    if (ending.heard() !== undefined && !isGoodRound(result)) break;
    progress.step(titleOf(task.point), isGoodRound(result) ? undefined : badLine(result));
    journal.add(result);
    left -= 1;
    if (options.stop && !isGoodRound(result)) break;
  }
  progress.end();
  await runner.close();
  return left;
}

function tell(options: Options, journal: Journal, left: number): boolean {
  const summaries = summarise(journal.results);
  const bad = journal.results.filter((result) => !isGoodRound(result));
  const good = left === 0 && isGoodRun(journal.results);
  if (options.json) {
    printJson({ ...journal.head, good, left, points: summaries, bad });
    return good;
  }
  const header = [
    'punt',
    'rondes',
    'geraakt',
    'kan niet',
    'berichten',
    'bezorgd',
    'verloren',
    'dubbel',
    'zonder einde',
    'onbeantwoord',
    'verkeerd',
    'zonder naam',
    'gem. ms',
  ];
  const rows = summaries.map(({ title, rounds, struck, skipped, counts, nameless, meanMs }) => {
    const wrong = [...BAD.map((name) => counts[name]), nameless];
    return [title, rounds, struck, skipped, counts.accepted, counts.delivered, ...wrong, meanMs].map(String);
  });
  printTable(header, rows);
  const dropped = summaries.reduce((sum, one) => sum + one.droppedBytes, 0);
  print(`weggegooid bij stroomuitval: ${dropped} bytes`);
  for (const line of missedLines(summaries)) print(line);
  for (const { notes, title, skipped } of summaries) if (skipped > 0) print(`${title}: ${notes.join('; ')}`);
  for (const result of bad.slice(0, 20)) print(badLine(result));
  const wrong = bad.length > 0 ? `${bad.length} rondes niet goed` : 'niet goed';
  const undone = left === 0 ? '' : `, ${left} rondes niet gedaan (verder met --resume)`;
  print(`seed ${journal.head.seed}: ${good ? 'alle rondes goed' : `${wrong}${undone}`}`);
  return good;
}

function open({ dir, resume, seed, broken }: Options): Journal {
  const now = { startedAt: new Date().toISOString(), products: [productDigest()] };
  const head = { ...now, ...(broken === undefined ? {} : { broken }) };
  const file = join(dir, 'journaal.jsonl');
  try {
    if (resume) return resumeJournal(file, { ...head, ...(seed === undefined ? {} : { seed }) });
    return beginJournal(file, { ...head, seed: seed ?? randomBytes(4).toString('hex') });
  } catch (error) {
    throw error instanceof OtherRun ? new WrongUse(`--resume: ${error.message}`) : error;
  }
}

async function main(): Promise<boolean> {
  const options = readOptions();
  const journal = open(options);
  const left = await runAll(options, journal, createProgress());
  const good = tell(options, journal, left);
  if (options.report) report(options, journal, left);
  return good;
}

/** The report that is there stays until there is one of a run that was finished. */
function report({ rounds, points }: Options, { head, results }: Journal, left: number): void {
  if (left > 0) {
    process.stderr.write(`${REPORT} is niet geschreven: nog ${left} rondes te gaan; --resume gaat verder\n`);
    return;
  }
  mkdirSync(dirname(REPORT), { recursive: true });
  writeFileSync(REPORT, writeReport(head, results, { rounds, points, left }));
}

await runTool(main);
// Connections of the gateways that were killed may still be open.
process.exit();
