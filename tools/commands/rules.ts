// `dk rules`: every rule and case of the catalogue, where it is enforced, and which test shows it; fails on a gap.
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { markBad, print, printJson, printTable, WrongUse } from '../output.ts';
import { LIFECYCLE } from '../rules/lifecycle.ts';
import { type RuleRow, type Scan, scanRules } from '../rules/scan.ts';

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
  const scan = scanRules(process.cwd());
  if (flags.json === true) printJson({ rules: scan.rows, lifecycle: LIFECYCLE, cases: scan.cases, gaps: scan.gaps });
  else {
    if (flags.check !== true) printTables(scan);
    for (const gap of scan.gaps) print(`✗ ${gap}`);
    const idle = scan.rows.filter((row) => row.notApplicable !== undefined).length;
    const cases = scan.rows.filter((row) => row.isCase === true).length;
    print(
      `${scan.rows.length - cases} regels en ${cases} gevallen, waarvan ${idle} niet van toepassing, ${scan.gaps.length} gaten`,
    );
  }
  if (scan.gaps.length > 0) markBad();
}

function printTables({ rows, cases }: Scan): void {
  printTable(['regel', 'niveau', 'wat', 'waar', 'tests', 'test'], rows.map(cells));
  print();
  printTable(
    ['richting', 'van', 'gebeurtenis', 'naar', 'regel', 'test'],
    LIFECYCLE.map(({ direction, from, event, to, rule }) => [
      direction === 'out' ? 'uit' : 'in',
      from.join(', '),
      event,
      to ?? '(zelfde)',
      rule,
      (rows.find(({ id }) => id === rule)?.tests[0] ?? '').slice(0, MAX_TEST),
    ]),
  );
  print();
  for (const { list, last, named } of cases) print(`${list}1–${last}: ${named} door een test genoemd`);
}

function cells({ id, level, title, notApplicable, where, tests }: RuleRow): string[] {
  if (notApplicable !== undefined) return [id, level.toUpperCase(), title, `niet van toepassing: ${notApplicable}`];
  return [id, level.toUpperCase(), title, where[0] ?? '', String(tests.length), (tests[0] ?? '').slice(0, MAX_TEST)];
}
