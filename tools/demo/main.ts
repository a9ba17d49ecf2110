// `npm run demo`: sets up a municipality, the hub and two partners, lets messages travel, and counts what arrived.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { endWithChildren } from '../ending.ts';
import { print, printJson, printTable, runTool, WrongUse } from '../output.ts';
import { claimFolder } from './claim.ts';
import { Observatory } from './counts.ts';
import { type NextStep, nextSteps } from './next.ts';
import { type Processes, startAll } from './processes.ts';
import { type DemoLayout, layOut } from './setup.ts';
import { playSteps, type StepResult } from './steps.ts';
import { lineFor } from './timeline.ts';

const FOLDER = resolve('.demo');
const HELP = `npm run demo -- [--json] [--keep]

  --json   de tabel als één JSON-document, zonder tijdlijn
  --keep   laat alles draaien, met adressen en opdrachten om te proberen; Ctrl-C ruimt op

Einde met   0  alles ging zoals verwacht
            1  niet alles ging zoals verwacht
            2  verkeerd gebruik, of er draait al een demo in deze map
          130  afgebroken met Ctrl-C; 143: met SIGTERM`;
const json = process.argv.includes('--json');
const keep = process.argv.includes('--keep');
const say = (line = ''): void => {
  if (!json) print(line);
};

async function run(): Promise<boolean> {
  const giveBack = claimFolder(FOLDER);
  // Ended half-way, the demo takes along what it started.
  const letSignalsBe = endWithChildren(giveBack);
  try {
    return await runIn(FOLDER, letSignalsBe);
  } finally {
    giveBack();
  }
}

/** `letSignalsBe`: a demo that stays hears itself when it must end. */
async function runIn(folder: string, letSignalsBe: () => void): Promise<boolean> {
  const startedAt = Date.now();
  say('Certificaten, CPA’s en configuraties worden gemaakt in .demo …');
  const layout = await layOut(folder);
  say('Gemeente, knooppunt, VECOZO en CAK worden gestart …');
  const processes = await startAll(layout);
  try {
    const results = await play(layout, processes);
    const good = results.every((one) => one.good);
    const next = keep ? await nextSteps(layout) : undefined;
    report(results, good, { ms: Date.now() - startedAt, next });
    if (next !== undefined) {
      letSignalsBe();
      await stay(next);
    }
    return good;
  } finally {
    await processes.stop();
  }
}

async function play(layout: DemoLayout, processes: Processes): Promise<StepResult[]> {
  processes.onEvent((event) => {
    const line = lineFor(event);
    if (line !== undefined) say(line);
  });
  const eyes = new Observatory(layout);
  for (const cpa of layout.cpas) {
    for (const gateway of ['hub', 'gemeente'] as const) {
      if (cpa.parties.includes(gateway)) await eyes.importCpa(gateway, readFileSync(cpa.file));
    }
  }
  return playSteps({ layout, eyes, inbox: [] }, (done) => {
    say(`${done.good ? '✓' : '✗'} ${done.title}: ${done.says}`);
    say();
  });
}

const total = (
  results: readonly StepResult[],
  name: 'sent' | 'delivered' | 'refused' | 'retried' | 'duplicates',
): number => results.reduce((sum, one) => sum + one[name], 0);

interface Ending {
  readonly ms: number;
  readonly next: readonly NextStep[] | undefined;
}

function report(results: readonly StepResult[], good: boolean, { ms, next }: Ending): void {
  const totals = {
    sent: total(results, 'sent'),
    delivered: total(results, 'delivered'),
    refused: total(results, 'refused'),
    retried: total(results, 'retried'),
    duplicates: total(results, 'duplicates'),
  };
  if (json) {
    printJson({
      good,
      seconds: Math.round(ms / 100) / 10,
      totals,
      steps: results,
      ...(next === undefined ? {} : { next }),
    });
    return;
  }
  const cells = (one: Omit<StepResult, 'good' | 'says' | 'title'>): string[] =>
    [one.sent, one.delivered, one.refused, one.retried, one.duplicates].map(String);
  printTable(
    ['', 'stap', 'verzonden', 'bezorgd', 'geweigerd', 'herhaald', 'dubbel'],
    [...results.map((one) => [one.good ? '✓' : '✗', one.title, ...cells(one)]), ['', 'totaal', ...cells(totals)]],
  );
  say(
    '\nverzonden = bezorgd + geweigerd: geteld bij wie verzond en bij wie ontving. Een antwoord is een eigen bericht;',
  );
  say('herhaald zijn pogingen zonder antwoord, dubbel zijn kopieën die niet nog eens zijn bezorgd.');
  say(
    `\n${good ? 'Alles ging zoals verwacht' : 'Niet alles ging zoals verwacht'}; ${(ms / 1000).toFixed(1)} seconden.`,
  );
}

/** Leaves everything running until Ctrl-C, with commands to try. */
async function stay(next: readonly NextStep[]): Promise<void> {
  say('\nAlles blijft draaien; stop met Ctrl-C. Probeer bijvoorbeeld, in een tweede venster in deze map:');
  for (const { title, commands } of next) {
    say(`\n# ${title}`);
    for (const command of commands) say(command);
  }
  await new Promise<void>((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
}

await runTool(async () => {
  const given = process.argv.slice(2);
  if (given.some((argument) => argument === '--help' || argument === '-h')) {
    print(HELP);
    return true;
  }
  const unknown = given.filter((argument) => argument !== '--json' && argument !== '--keep');
  if (unknown.length > 0) {
    throw new WrongUse(`${unknown.join(' ')}: bestaat niet; verwacht --keep of --json, of geen van beide`);
  }
  return run();
});
