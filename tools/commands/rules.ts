// `dk rules`: every rule of the catalogue, where it is enforced, and which test shows it; fails on a gap.
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { markBad, print, printJson, printTable, WrongUse } from '../output.ts';
import { type RuleRow, scanRules } from '../rules/scan.ts';

export function rulesCommand(): Command {
  return new Command('rules')
    .description('de regelcatalogus: niveau, plaats in de code en test van elke regel')
    .option('--check', 'alleen de gaten')
    .option('--json', 'als JSON')
    .action(run);
}

const MAX_TEST = 90;

async function run(flags: { check?: boolean; json?: boolean }): Promise<void> {
  if (!existsSync('adapter') || !existsSync('test'))
    throw new WrongUse('hier staan geen mappen adapter en test; verwacht wordt de map van het project zelf');
  const { rows, gaps } = scanRules(process.cwd());
  if (flags.json === true) printJson({ rules: rows, gaps });
  else {
    if (flags.check !== true) printTable(['regel', 'niveau', 'wat', 'waar', 'tests', 'test'], rows.map(cells));
    for (const gap of gaps) print(`✗ ${gap}`);
    const idle = rows.filter((row) => row.notApplicable !== undefined).length;
    print(`${rows.length} regels, waarvan ${idle} niet van toepassing, ${gaps.length} gaten`);
  }
  if (gaps.length > 0) markBad();
}

function cells({ id, level, title, notApplicable, where, tests }: RuleRow): string[] {
  if (notApplicable !== undefined) return [id, level.toUpperCase(), title, `niet van toepassing: ${notApplicable}`];
  return [id, level.toUpperCase(), title, where[0] ?? '', String(tests.length), (tests[0] ?? '').slice(0, MAX_TEST)];
}
