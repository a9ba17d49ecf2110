// Runs the program in this process: reads the configuration, starts the gateway, ends it on a signal. The only file that
// reads the environment.
import { parseDateTime } from './base/index.ts';
import { type Config, readConfig } from './config/index.ts';
import { Refused, readIfThere } from './files.ts';
import { firstRun, firstRunText } from './first-run.ts';
import { type Seams, startProgram } from './program.ts';
import { endOnUncaught } from './uncaught.ts';

/** Starts the gateway that the arguments and the environment describe; what cannot work is told and ends with code 2. */
export async function runProgram(seams: Seams = {}): Promise<void> {
  let name = 'gateway';
  const endOfStart = endOnUncaught(() => name);
  try {
    const { config: read, file } = configuration();
    name = read.name;
    const first = file === undefined ? firstRun(read) : undefined;
    const config = first?.config ?? read;
    const running = await startProgram({ config, file, startAt: clockFlag(config) }, seams);
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
    process.exitCode = 2;
  }
}

function configuration(): { config: Config; file: string | undefined } {
  const flag = process.argv.indexOf('--config');
  const file = flag > 0 ? process.argv[flag + 1] : 'gateway.json';
  const text = readIfThere(file ?? 'gateway.json');
  if (text === undefined && flag > 0) {
    throw new Refused([
      { code: 'Configuration', severity: 'Error', where: '--config', detail: `${file}: kan niet worden gelezen` },
    ]);
  }
  const result = readConfig(process.env, text, file);
  if (!result.ok) throw new Refused(result.error);
  return { config: result.value, file: text === undefined ? undefined : file };
}

/** `--clock 2030-01-31T12:00:00Z` lets a development gateway live at another time, to judge recorded messages. */
function clockFlag(config: Config): number | undefined {
  const flag = process.argv.indexOf('--clock');
  if (flag < 0) return undefined;
  const start = parseDateTime(process.argv[flag + 1] ?? '')?.instant;
  if (start === undefined || config.mode === 'production') {
    const detail = 'verwacht een tijdstip zoals 2030-01-31T12:00:00Z, en alleen in ontwikkeling';
    throw new Refused([{ code: 'Configuration', severity: 'Error', where: '--clock', detail }]);
  }
  return start;
}
