// `npm run demo`: sets up a municipality, the hub and two partners, lets messages travel, and counts what arrived.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { print, printJson, printTable } from '../output.ts';
import { Observatory } from './counts.ts';
import { PARTIES } from './parties.ts';
import { type Processes, startAll } from './processes.ts';
import { type DemoLayout, layOut } from './setup.ts';
import { STEPS, type StepResult } from './steps.ts';
import { lineFor } from './timeline.ts';

const json = process.argv.includes('--json');
const keep = process.argv.includes('--keep');
const say = (line = ''): void => {
  if (!json) print(line);
};

async function run(): Promise<boolean> {
  const startedAt = Date.now();
  say('Certificaten, CPA’s en configuraties worden gemaakt in .demo …');
  const layout = await layOut(resolve('.demo'));
  say('Gemeente, knooppunt, VECOZO en CAK worden gestart …');
  const processes = await startAll(layout);
  try {
    const results = await play(layout, processes);
    const good = results.every((one) => one.good);
    report(results, good, Date.now() - startedAt);
    if (keep) await stay(layout);
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
  const stage = { layout, eyes, inbox: [] };
  const results: StepResult[] = [];
  for (const step of STEPS) {
    const done = await step(stage);
    results.push(done);
    say(`${done.good ? '✓' : '✗'} ${done.title}: ${done.says}`);
    say();
  }
  return results;
}

const total = (
  results: readonly StepResult[],
  name: 'sent' | 'delivered' | 'refused' | 'retried' | 'duplicates',
): number => results.reduce((sum, one) => sum + one[name], 0);

function report(results: readonly StepResult[], good: boolean, ms: number): void {
  const totals = {
    sent: total(results, 'sent'),
    delivered: total(results, 'delivered'),
    refused: total(results, 'refused'),
    retried: total(results, 'retried'),
    duplicates: total(results, 'duplicates'),
  };
  if (json) {
    printJson({ good, seconds: Math.round(ms / 100) / 10, totals, steps: results });
    return;
  }
  const cells = (one: Omit<StepResult, 'good' | 'says' | 'title'>): string[] =>
    [one.sent, one.delivered, one.refused, one.retried, one.duplicates].map(String);
  printTable(
    ['', 'stap', 'verzonden', 'bezorgd', 'geweigerd', 'herhaald', 'dubbel'],
    [...results.map((one) => [one.good ? '✓' : '✗', one.title, ...cells(one)]), ['', 'totaal', ...cells(totals)]],
  );
  say(
    `\n${good ? 'Alles ging zoals verwacht' : 'Niet alles ging zoals verwacht'}; ${(ms / 1000).toFixed(1)} seconden.`,
  );
}

/** Leaves everything running until Ctrl-C, with commands to try. */
async function stay(layout: DemoLayout): Promise<void> {
  say('\nAlles blijft draaien; stop met Ctrl-C. Probeer bijvoorbeeld:\n');
  for (const [name, port] of Object.entries(layout.api)) {
    say(`# ${name}: http://127.0.0.1:${port}/health/ready  http://127.0.0.1:${port}/metrics`);
    say(`npx dk message list --url http://127.0.0.1:${port} --key ${layout.key}`);
    say(`npx dk cpa list --url http://127.0.0.1:${port} --key ${layout.key}`);
  }
  for (const [name, port] of Object.entries(layout.control)) {
    say(`# ${PARTIES[name as 'vecozo' | 'cak'].title}: wat is er aangekomen, en: zwijg bij de volgende twee berichten`);
    say(`curl http://127.0.0.1:${port}/log`);
    say(`curl -X POST 'http://127.0.0.1:${port}/misbehave?what=noAnswer:2'`);
  }
  await new Promise<void>((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
}

process.exitCode = (await run()) ? 0 : 1;
