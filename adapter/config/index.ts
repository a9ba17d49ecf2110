// Configuration: one frozen value, or every problem at once; nothing else reads the environment or the file.
import { fail, type Issue, ok, type Result } from '../base/index.ts';
import { type Config, configSchema } from './schema.ts';

export type { Config } from './schema.ts';
export { type ConfigRow, configTable, renderConfigTable } from './table.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a configuration from the text of a JSON file; without one it is development mode with the embedded store.
 * `DK_STORE`, `DK_LOG_LEVEL` and `DK_MODE` in the environment go before the file.
 */
export function readConfig(
  env: Environment,
  fileText?: string,
  fileName = 'gateway.json',
): Result<Config, readonly Issue[]> {
  const raw = parseJson(fileText, fileName);
  if (!raw.ok) return raw;
  const parsed = configSchema.safeParse({ ...raw.value, ...fromEnvironment(env) });
  if (!parsed.success)
    return fail(parsed.error.issues.map((found) => configIssue(found.path.map(String).join('.'), found.message)));
  const issues = [...contradictions(parsed.data), ...(parsed.data.mode === 'production' ? unsafe(parsed.data) : [])];
  return issues.length > 0 ? fail(issues) : ok(deepFreeze(parsed.data));
}

function parseJson(text: string | undefined, fileName: string): Result<Record<string, unknown>, readonly Issue[]> {
  if (text === undefined) return ok({});
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return ok(value as Record<string, unknown>);
    return fail([configIssue(fileName, 'verwacht één JSON-object')]);
  } catch (error) {
    return fail([
      configIssue(
        fileName,
        `geen geldige JSON: ${error instanceof Error ? error.message.replace(/"[^"]*"/g, '…') : ''}`,
      ),
    ]);
  }
}

function fromEnvironment(env: Environment): Record<string, string> {
  const names = { DK_STORE: 'store', DK_LOG_LEVEL: 'logLevel', DK_MODE: 'mode' } as const;
  return Object.fromEntries(
    Object.entries(names).flatMap(([variable, name]) => (env[variable] ? [[name, env[variable]]] : [])),
  );
}

const configIssue = (where: string, detail: string): Issue => ({
  code: 'Configuration',
  severity: 'Error',
  where,
  detail: detail.replace(/^Invalid input: expected (\w+), received (\w+)$/, 'gevonden $2, verwacht $1'),
});

/** What cannot work in any mode. */
function contradictions(config: Config): Issue[] {
  const issues: Issue[] = [];
  const { endpoint, client } = config;
  if ((endpoint.keyFile === undefined) !== (endpoint.certFile === undefined)) {
    issues.push(configIssue('endpoint.keyFile', 'keyFile en certFile horen bij elkaar; één van beide ontbreekt'));
  }
  if ((client.keyFile === undefined) !== (client.certFile === undefined)) {
    issues.push(configIssue('client.keyFile', 'keyFile en certFile horen bij elkaar; één van beide ontbreekt'));
  }
  if (!/^sqlite:/.test(config.store)) {
    issues.push(
      configIssue('store', 'verwacht sqlite:<map> of sqlite::memory:; andere opslag is er in deze versie niet'),
    );
  }
  return issues;
}

/** What a production gateway refuses to start with (architecture 3.12). */
function unsafe(config: Config): Issue[] {
  const { endpoint, client, policy, signing } = config;
  const named = [
    endpoint.keyFile,
    endpoint.certFile,
    client.keyFile,
    client.certFile,
    ...endpoint.caFiles,
    ...client.caFiles,
  ];
  const all = [...named, ...signing.flatMap((pair) => [pair.keyFile, pair.certFile])].filter(
    (file) => file !== undefined,
  );
  const issues = all
    .filter((file) => /(^|[\\/])(certs-dev|\.demo)([\\/]|$)/.test(file))
    .map((file) => configIssue(file, 'een ontwikkelcertificaat mag niet in productie'));
  if (config.parties.length === 0) issues.push(configIssue('parties', 'geen eigen OIN opgegeven'));
  if (config.parties.some((party) => party.includes('_')))
    issues.push(configIssue('parties', 'een PartyId met omgevingsachtervoegsel hoort niet in productie'));
  if (endpoint.certFile === undefined && endpoint.trustedProxies.length === 0) {
    issues.push(
      configIssue(
        'endpoint.certFile',
        'zonder servercertificaat is er geen TLS; verwacht certFile en keyFile, of trustedProxies',
      ),
    );
  }
  if (endpoint.crlFiles.length === 0)
    issues.push(configIssue('endpoint.crlFiles', 'geen intrekkingslijst opgegeven (PKI003)'));
  if (client.crlFiles.length === 0)
    issues.push(configIssue('client.crlFiles', 'geen intrekkingslijst opgegeven (PKI003)'));
  if (endpoint.plainHttpPort !== undefined)
    issues.push(configIssue('endpoint.plainHttpPort', 'alleen in ontwikkeling'));
  for (const name of ['allowSha1', 'allowHttp', 'allowLocalhost'] as const) {
    if (policy[name]) issues.push(configIssue(`policy.${name}`, 'alleen in ontwikkeling'));
  }
  return issues;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
