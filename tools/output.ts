// How every dk command speaks: Dutch lines for people, JSON for machines, and exit codes that mean one thing.
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** The command was used wrongly: no such file, a missing option. Exit code 2. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
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
    throw new WrongUse(`${file}: kan niet worden gelezen${code === '' ? '' : ` (${code})`}`);
  }
}

/** The file, or a refusal that names it and the system's code. */
export function writeOutput(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new WrongUse(`${file}: kan niet worden geschreven${code}`);
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
