// `dk schemas`: which schemas there are, and whether files obey theirs; the code that the gateway runs.
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { openSchemas } from '../../adapter/xsd/index.ts';
import { markBad, print, printJson, printTable, readInputs } from '../output.ts';
import { type Checked, checkBytes, NOTHING_KNOWN } from './schemas-check.ts';

interface CheckResult extends Checked {
  readonly file: string;
}

/** From dist/tools/commands as from tools/commands, the schemas lie at the root of the project. */
function schemasFolder(): string {
  const here = fileURLToPath(import.meta.url);
  return fileURLToPath(new URL(/[\\/]dist[\\/]/.test(here) ? '../../../schemas' : '../../schemas', import.meta.url));
}

export function schemasCommand(): Command {
  const schemas = new Command('schemas').description('schema’s van ebMS, CPA, StUF en de iStandaarden');
  schemas
    .command('list')
    .description('de schema’s met herkomst en zekerheid')
    .option('--json', 'als JSON')
    .action(list);
  schemas
    .command('check <bestand...>')
    .description('wat een bestand is, en of het aan zijn schema voldoet; een StUF-bericht ook aan de regels van de hub')
    .option('--json', 'één JSON-object per regel')
    .addHelpText('after', JUDGED)
    .action(check);
  return schemas;
}

const JUDGED = `
Beoordeeld wordt:
  - elk bestand naar het schema van zijn begin-element: ebMS, CPA, SOAP, StUF en de iStandaarden;
  - van een StUF-bericht ook de inhoud, naar het schema van functie en versie, en wat elke hub van het bericht vraagt:
    tijdstip, zender, ontvanger, functie, richting, en of inhoud en envelop hetzelfde zeggen. De hub stopt bij de eerste
    regel die niet klopt, en dit ook. Dat is een waarschuwing: „geldig” gaat over de schema’s. Een waarschuwing is ook wat
    de envelop draagt als het leeg is, of geen bericht van een standaard: daarover gaat geen schema. Er staat bij of een
    hub het weigert.
Niet beoordeeld wordt wat van een gateway afhangt (routes en CPA’s, wie namens wie mag zenden, rustende functies, andere
richtingen, eerdere berichten), en niet wat bedrijfsregels van de iStandaarden vragen.
Een waarschuwing (severity Warning in JSON) maakt een bestand niet ongeldig.
`;

async function list(flags: { json?: boolean }): Promise<void> {
  const schemas = await openSchemas(schemasFolder());
  try {
    if (flags.json === true) return printJson(schemas.entries);
    printTable(
      ['id', 'standaard', 'versie', 'bericht', 'zekerheid', 'herkomst'],
      schemas.entries.map((entry) => [
        entry.id,
        entry.standard,
        entry.version,
        entry.message ?? '',
        entry.grade,
        entry.origin,
      ]),
    );
  } finally {
    await schemas.close();
  }
}

async function check(files: readonly string[], flags: { json?: boolean }): Promise<void> {
  const schemas = await openSchemas(schemasFolder());
  const json = flags.json === true;
  try {
    for await (const { file, bytes } of readInputs(files, { json, nothing: { ...NOTHING_KNOWN, issues: [] } })) {
      const result: CheckResult = { file, ...(await checkBytes(bytes, schemas)) };
      if (!result.valid) markBad();
      if (json) printJson(result);
      else show(result);
    }
  } finally {
    await schemas.close();
  }
}

function show(result: CheckResult): void {
  const what = [result.standard, result.message, result.version].filter((part) => part !== null).join(' ');
  const grade = result.grade === null || result.grade === 'strict' ? '' : ` [voorlopig schema: ${result.grade}]`;
  print(`${result.valid ? '✓' : '✗'} ${result.file}: ${result.kind}${what === '' ? '' : ` ${what}`}${grade}`);
  for (const { line, path, code, message, severity } of result.issues)
    print(`    regel ${line}  ${path}  ${code}: ${message}${severity === undefined ? '' : ' (waarschuwing)'}`);
}
