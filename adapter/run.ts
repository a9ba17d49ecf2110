// Runs the program in this process: reads the configuration, starts the gateway, ends it on a signal. The only file that
// reads the environment.
import { CLOCK_EXPECTED, readArguments, refused, USAGE } from './arguments.ts';
import type { Instant } from './base/index.ts';
import { type Config, readConfig } from './config/index.ts';
import { Refused, readIfThere } from './files.ts';
import { firstRun, firstRunText } from './first-run.ts';
import { type Seams, startProgram } from './program.ts';
import { endOnUncaught } from './uncaught.ts';

/** Starts the gateway that the arguments and the environment describe; what cannot work is told and ends with code 2. */
export async function runProgram(given: readonly string[], seams: Seams = {}): Promise<void> {
  let name = 'gateway';
  const endOfStart = endOnUncaught(() => name);
  try {
    const found = readArguments(given);
    if (found.help) {
      process.stdout.write(USAGE);
      return;
    }
    const { config: read, file } = configuration(found.config);
    name = read.name;
    const first = file === undefined ? firstRun(read) : undefined;
    const config = first?.config ?? read;
    const running = await startProgram({ config, file, startAt: startOf(found.clock, config) }, seams);
    // Standard output is the log; the key is for whoever sits at the console.
    if (first !== undefined) process.stderr.write(firstRunText(first.key, running.doors));
    let stopping = false;
    const stop = (): void => {
      // A second signal cuts what the first one lets finish.
      if (stopping) process.exit(1);
      stopping = true;
      void running.stop().then(() => process.exit(0));
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  } catch (error) {
    if (!(error instanceof Refused)) return endOfStart(error);
    for (const issue of error.issues) process.stderr.write(`${issue.where}: ${issue.detail}\n`);
    // A door may stand open already, and keeps nobody here.
    process.exit(2);
  }
}

function configuration(asked: string | undefined): { config: Config; file: string | undefined } {
  const name = asked ?? 'gateway.json';
  const text = readIfThere(name);
  if (text === undefined && asked !== undefined) throw refused('--config', `${asked}: kan niet worden gelezen`);
  const result = readConfig(process.env, text, name);
  if (!result.ok) throw new Refused(result.error);
  return { config: result.value, file: text === undefined ? undefined : name };
}

function startOf(clock: Instant | undefined, { mode }: Config): Instant | undefined {
  if (clock !== undefined && mode === 'production') throw refused('--clock', CLOCK_EXPECTED);
  return clock;
}
