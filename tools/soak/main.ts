// npm run soak: mixed traffic at a share of what the chain takes, with a fault a minute; counted at all ends.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hearEnding } from '../ending.ts';
import { print, printJson, printTable, runTool } from '../output.ts';
import { readOptions } from './options.ts';
import { tablesOf, verdictOf, writeReport } from './report.ts';
import { type SoakResult, soak } from './run.ts';

const REPORT = join('adapter', 'reports', 'soak.md');

async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2));
  const { heard } = hearEnding();
  const result = await soak(options, {
    progress: (line) => process.stderr.write(`${line}\n`),
    interrupted: () => heard() !== undefined,
  });
  if (options.json) printJson(result);
  else {
    for (const { title, header, rows } of tablesOf(result)) {
      print(`${title}:`);
      printTable(header, rows);
      print();
    }
    for (const trouble of result.troubles) print(`storing mislukt: ${trouble}`);
    print(verdictOf(result));
  }
  if (options.report) report(result);
  return result.good;
}

/** The report that is there stays until there is one of a soak that lasted as long as was asked. */
function report(result: SoakResult): void {
  if (result.interrupted) {
    process.stderr.write(`${REPORT} is niet geschreven: de proef is afgebroken\n`);
    return;
  }
  mkdirSync(dirname(REPORT), { recursive: true });
  writeFileSync(REPORT, writeReport(result));
}

await runTool(main);
// Connections of the gateways that were killed may still be open.
process.exit();
