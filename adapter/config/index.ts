// Configuration: one frozen value, or every problem at once; nothing else reads the environment or the file.
import type { z } from 'zod';
import { fail, type Issue, ok, type Result } from '../base/index.ts';
import { DUTCH } from './dutch.ts';
import { configIssue, refusals } from './refusals.ts';
import { type Config, configSchema } from './schema.ts';

export { DUTCH, expecting } from './dutch.ts';
export { overallTimeoutMs } from './post-time.ts';
export type { Config } from './schema.ts';
export { type ConfigRow, configTable, renderConfigTable } from './table.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Options = Readonly<Record<string, unknown>>;

/**
 * Reads a configuration from the text of a JSON file; without one it is development mode with the embedded store.
 * `DK_STORE`, `DK_LOG_LEVEL` and `DK_MODE` in the environment go before the file; empty ones count as absent.
 * Issues name the option in `where`; values are not repeated, as they may be secret.
 */
export function readConfig(
  env: Environment,
  fileText?: string,
  fileName = 'gateway.json',
): Result<Config, readonly Issue[]> {
  const raw = parseJson(fileText, fileName);
  if (!raw.ok) return raw;
  const given = { ...raw.value, ...fromEnvironment(env) };
  const parsed = configSchema.safeParse(given, DUTCH);
  if (!parsed.success) return fail(allIssues(given, parsed.error.issues));
  const issues = refusals(parsed.data);
  return issues.length > 0 ? fail(issues) : ok(deepFreeze(parsed.data));
}

/** What is malformed, and what the well-formed top-level options are refused for, so that one round is enough. */
function allIssues(given: Options, found: readonly z.core.$ZodIssue[]): readonly Issue[] {
  const malformed = found.flatMap(schemaIssues);
  const sections: ReadonlySet<string | undefined> = new Set(malformed.map(({ where }) => where.split('.')[0]));
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !sections.has(name)));
  const parsed = configSchema.safeParse(rest, DUTCH);
  // A malformed option stands at its default here, so what would be said about it is not true.
  const more = parsed.success ? refusals(parsed.data, sections) : [];
  return [...malformed, ...more.filter(({ where }) => !sections.has(where.split('.')[0]))];
}

function schemaIssues(found: z.core.$ZodIssue): readonly Issue[] {
  const path = found.path.map(String);
  if (found.code !== 'unrecognized_keys') return [configIssue(path.join('.'), found.message)];
  return found.keys.map((key) => configIssue([...path, key].join('.'), 'deze optie bestaat niet'));
}

function parseJson(text: string | undefined, fileName: string): Result<Options, readonly Issue[]> {
  if (text === undefined) return ok({});
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return ok(value as Options);
    return fail([configIssue(fileName, 'verwacht één JSON-object')]);
  } catch (error) {
    // The engine's own message quotes the text around the fault, which may be a secret; only the place is told.
    const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const line = position === undefined ? undefined : text.slice(0, Number(position)).split('\n').length;
    return fail([
      {
        ...configIssue(fileName, `geen geldige JSON${line === undefined ? '' : ` (regel ${line})`}`),
        ...(line === undefined ? {} : { line }),
      },
    ]);
  }
}

function fromEnvironment(env: Environment): Record<string, string> {
  const names = { DK_STORE: 'store', DK_LOG_LEVEL: 'logLevel', DK_MODE: 'mode' } as const;
  return Object.fromEntries(
    Object.entries(names).flatMap(([variable, name]) => (env[variable] ? [[name, env[variable]]] : [])),
  );
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
