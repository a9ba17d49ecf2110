// How every dk command speaks: Dutch lines for people, JSON for machines, and exit codes that mean one thing.
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Why a command came to no verdict, for people and for machines. Exit code 2. */
export class NoVerdict extends Error {
  override readonly name: string = 'NoVerdict';
  /** `unreachable`, `refused` or `wrongUse`; stable, scripts may depend on it. */
  readonly kind: string;
  /** What a machine may want beside the words: the HTTP status, the problem as the gateway told it. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(kind: string, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.kind = kind;
    this.facts = facts;
  }
}

/** The command was used wrongly: no such file, a missing option. */
export class WrongUse extends NoVerdict {
  override readonly name = 'WrongUse';

  constructor(message: string) {
    super('wrongUse', message);
  }
}

/** Tells on standard error why there is no verdict; with `--json` standard output gets one document as well. */
export function tellNoVerdict(error: unknown, { json, said }: { json: boolean; said?: string }): void {
  const message = said ?? (error instanceof Error ? error.message : String(error));
  if (said === undefined) process.stderr.write(`${message}\n`);
  if (json) printJson({ error: problemOf(error, message) });
  process.exitCode = 2;
}

/** What `error` holds in every JSON output: the kind, what a machine may want, and the words for people. */
export function problemOf(error: unknown, message: string) {
  const about = error instanceof NoVerdict ? { kind: error.kind, ...error.facts } : { kind: 'failed' };
  return { ...about, message: message.trim() };
}

/** Runs a tool to its end: exit code 0 or 1 by its verdict, 2 with the reason, as `tellNoVerdict` tells it, when it was used wrongly. */
export async function runTool(main: () => Promise<boolean>): Promise<void> {
  try {
    process.exitCode = (await main()) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof WrongUse)) throw error;
    tellNoVerdict(error, { json: process.argv.includes('--json') });
  }
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** `dk … | head` closes our output early: that is no failure, and there is nobody to tell. */
export function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode);
  });
}

/** What was checked is bad: exit code 1, after all output is written. */
export function markBad(): void {
  process.exitCode = 1;
}

export async function readInput(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EISDIR') throw new WrongUse(`${file}: is een map; verwacht een bestand`);
    throw new WrongUse(`${file}: kan niet worden gelezen${code === '' ? '' : ` (${code})`}`);
  }
}

/**
 * Files that are judged one by one. One that cannot be read is told by itself, in JSON as `nothing` with its file and the error;
 * the others go on, and the exit code is 2 in the end.
 */
export async function* readInputs(
  files: readonly string[],
  { json, nothing }: { readonly json: boolean; readonly nothing: object },
): AsyncGenerator<{ readonly file: string; readonly bytes: Buffer }> {
  let missing = false;
  for (const file of files) {
    const bytes = await readInput(file).catch(asWrongUse);
    if (bytes instanceof WrongUse) {
      process.stderr.write(`${bytes.message}\n`);
      if (json) printJson({ file, ...nothing, error: problemOf(bytes, bytes.message) });
      missing = true;
    } else yield { file, bytes };
  }
  if (missing) process.exitCode = 2;
}

function asWrongUse(error: unknown): WrongUse {
  if (!(error instanceof WrongUse)) throw error;
  return error;
}

/** The file, or a refusal that names it and the system's code; what is there already is replaced only with `force`. */
export function writeOutput(file: string, text: string, { force }: { force: boolean }): void {
  try {
    writeFileSync(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST') throw new WrongUse(`${file} bestaat al. Gebruik --force om het te vervangen.`);
    throw new WrongUse(`${file}: kan niet worden geschreven${code === '' ? '' : ` (${code})`}`);
  }
}

/** Rows as aligned columns; the header is underlined. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  print(line(header));
  print(widths.map((width) => '─'.repeat(width)).join('  '));
  for (const row of rows) print(line(row));
}
