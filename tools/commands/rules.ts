// `dk rules`: every rule that the code enforces, where, and which test shows it; fails on a gap.
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { markBad, print, printJson, printTable, WrongUse } from '../output.ts';
import { scanRules } from '../rules/scan.ts';

export function rulesCommand(): Command {
  return new Command('rules')
    .description('de regels die de code handhaaft, met plaats en test')
    .option('--check', 'alleen de gaten')
    .option('--json', 'als JSON')
    .action(run);
}

async function run(flags: { check?: boolean; json?: boolean }): Promise<void> {
  if (!existsSync('adapter') || !existsSync('test'))
    throw new WrongUse('hier staan geen mappen adapter en test; verwacht wordt de map van het project zelf');
  const { rows, gaps } = scanRules(process.cwd());
  if (flags.json === true) printJson({ rules: rows, gaps });
  else {
    if (flags.check !== true) {
      printTable(
        ['regel', 'niveau', 'waar', 'tests', 'test'],
        rows.map((row) => [row.id, row.level, row.where[0] ?? '', String(row.tests.length), row.tests[0] ?? '']),
      );
    }
    for (const gap of gaps) print(`✗ ${gap}`);
    print(`${rows.length} regels, ${gaps.length} gaten`);
  }
  if (gaps.length > 0) markBad();
}
