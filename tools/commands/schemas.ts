// `dk schemas`: which schemas there are, and whether files obey theirs; the code that the gateway runs.
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { messageType, otherEncoding } from '../../adapter/ggk/index.ts';
import { readStuf, type StufEnvelope } from '../../adapter/stuf/index.ts';
import {
  type Identified,
  openSchemas,
  type SchemaEntry,
  type SchemaIssue,
  type Schemas,
  type SchemaVerdict,
} from '../../adapter/xsd/index.ts';
import { isRecording } from '../http-file.ts';
import { markBad, print, printJson, printTable, problemOf, readInput, WrongUse } from '../output.ts';

/** `severity` is there when the file is valid in spite of it. */
interface CheckIssue extends SchemaIssue {
  readonly severity?: 'Warning';
}

interface CheckResult {
  readonly file: string;
  readonly kind: string;
  readonly standard: string | null;
  readonly message: string | null;
  readonly version: string | null;
  readonly grade: string | null;
  readonly valid: boolean;
  readonly issues: readonly CheckIssue[];
  /** Why there is no verdict, as every command says it; then `valid` is false and there are no issues. */
  readonly error?: ReturnType<typeof problemOf>;
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
    .description('wat een bestand is, en of het aan zijn schema voldoet')
    .option('--json', 'één JSON-object per regel')
    .action(check);
  return schemas;
}

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
  let missing = false;
  try {
    for (const file of files) {
      const bytes = await readInput(file).catch(asWrongUse);
      if (bytes instanceof WrongUse) {
        process.stderr.write(`${bytes.message}\n`);
        if (flags.json === true) printJson(unread(file, bytes));
        missing = true;
        continue;
      }
      const result: CheckResult = { file, ...(await checkBytes(bytes, schemas)) };
      if (!result.valid) markBad();
      if (flags.json === true) printJson(result);
      else show(result);
    }
  } finally {
    await schemas.close();
  }
  if (missing) process.exitCode = 2;
}

function asWrongUse(error: unknown): WrongUse {
  if (!(error instanceof WrongUse)) throw error;
  return error;
}

const NOTHING_KNOWN = { kind: 'unknown', standard: null, message: null, version: null, grade: null, valid: false };

const unread = (file: string, why: WrongUse): CheckResult => ({
  file,
  ...NOTHING_KNOWN,
  issues: [],
  error: problemOf(why, why.message),
});

async function checkBytes(bytes: Uint8Array, schemas: Schemas): Promise<Omit<CheckResult, 'file'>> {
  const identified = schemas.identify(bytes);
  if (identified?.schema === undefined) return unknown(identified, bytes, schemas);
  const verdict = await schemas.validate(bytes, identified.schema.id);
  if (identified.kind === 'stuf' && verdict.valid) return checkStuf(bytes, identified.schema, schemas);
  const warnings = identified.kind === 'istandaarden' ? encodingWarning(verdict, '/') : [];
  return {
    ...about(identified.kind, identified.schema),
    valid: verdict.valid,
    issues: [...warnings, ...verdict.issues],
  };
}

/** Of an iStandaarden message, alone or in its envelope. */
function encodingWarning({ encoding }: SchemaVerdict, path: string): CheckIssue[] {
  const message = encoding === undefined ? undefined : otherEncoding(encoding);
  return message === undefined ? [] : [{ line: 1, path, code: 'notUtf8', message, severity: 'Warning' }];
}

const about = (kind: string, entry: SchemaEntry) => ({
  kind,
  standard: entry.standard,
  message: entry.message ?? null,
  version: entry.version,
  grade: entry.grade,
});

const RECORDING: SchemaIssue = {
  line: 1,
  path: '/',
  code: 'recording',
  message: 'dit lijkt een opgenomen HTTP- of MIME-bericht, geen XML-document; `dk message inspect` leest het',
};

/** A root that no schema knows is not valid; when it is no XML at all, that is said. */
async function unknown(
  identified: Identified | undefined,
  bytes: Uint8Array,
  schemas: Schemas,
): Promise<Omit<CheckResult, 'file'>> {
  const wellFormed = await schemas.validate(bytes, 'pgb-1.0/tkb');
  const root: SchemaIssue = {
    line: 1,
    path: identified === undefined ? '/' : `/${identified.rootName}`,
    code: 'root',
    message: 'geen schema bekend voor dit begin-element in deze naamruimte',
  };
  const issues = wellFormed.valid ? [root] : [...(isRecording(bytes) ? [RECORDING] : []), ...wellFormed.issues];
  return { ...NOTHING_KNOWN, kind: identified?.kind ?? NOTHING_KNOWN.kind, issues };
}

/** The envelope is valid; then the payload inside it, by the functie and version that the envelope names. */
async function checkStuf(bytes: Uint8Array, entry: SchemaEntry, schemas: Schemas): Promise<Omit<CheckResult, 'file'>> {
  const envelope = about('stuf', entry);
  const read = readStuf(bytes);
  if (!read.ok) {
    const { where, detail, kind, line } = read.error;
    return { ...envelope, valid: false, issues: [{ line: line ?? 1, path: where, code: kind, message: detail }] };
  }
  if (!('payload' in read.value) || read.value.payload.kind !== 'xmlBestand')
    return { ...envelope, valid: true, issues: [] };
  return checkPayload(read.value, envelope, schemas);
}

async function checkPayload(
  message: StufEnvelope,
  envelope: ReturnType<typeof about>,
  schemas: Schemas,
): Promise<Omit<CheckResult, 'file'>> {
  const { functie = '' } = message.stuurgegevens;
  const { functieVersie, functieSubversie } = message.parameters;
  const entry = schemas.forFunctie(functie, functieVersie, functieSubversie);
  if (entry === undefined) {
    const text = `geen schema bekend voor deze functie en versie; de inhoud is niet gecontroleerd${refusedFor(functie)}`;
    return {
      ...envelope,
      message: functie,
      valid: true,
      issues: [{ line: 1, path: PAYLOAD, code: 'noSchema', message: text, severity: 'Warning' }],
    };
  }
  const verdict = await schemas.validate(message.payload.bytes, entry.id);
  const issues = verdict.issues.map((issue) => ({ ...issue, path: `${PAYLOAD}${issue.path}` }));
  return { ...about('stuf', entry), valid: verdict.valid, issues: [...encodingWarning(verdict, PAYLOAD), ...issues] };
}

/** The verdict here is on the schemas; the gateway has more to say. */
const refusedFor = (functie: string): string =>
  (messageType(functie)?.grade ?? 'strict') !== 'strict'
    ? ''
    : ', en een gateway die de inhoud controleert weigert dit bericht';

const PAYLOAD = '/bericht/xmlBestand';

function show(result: CheckResult): void {
  const what = [result.standard, result.message, result.version].filter((part) => part !== null).join(' ');
  const grade = result.grade === null || result.grade === 'strict' ? '' : ` [voorlopig schema: ${result.grade}]`;
  print(`${result.valid ? '✓' : '✗'} ${result.file}: ${result.kind}${what === '' ? '' : ` ${what}`}${grade}`);
  for (const { line, path, code, message, severity } of result.issues)
    print(`    regel ${line}  ${path}  ${code}: ${message}${severity === undefined ? '' : ' (waarschuwing)'}`);
}
