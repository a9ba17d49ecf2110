// What a well-formed configuration is still refused for: contradictions in any mode, unsafe settings in production.
import type { Issue } from '../base/index.ts';
import { mostPostMs } from './post-time.ts';
import type { Config } from './schema.ts';

/** A finding at an option; texts are Dutch, for whoever installs the gateway, and never repeat a value that may be secret. */
export const configIssue = (where: string, detail: string): Issue => ({
  code: 'Configuration',
  severity: 'Error',
  where,
  detail,
});

/**
 * Every refusal at once; each concerns one top-level option, the first word of its `where`. What is said of two options is
 * left out when one of them is malformed.
 */
export function refusals(config: Config, malformed: ReadonlySet<string | undefined> = new Set()): readonly Issue[] {
  return [
    ...contradictions(config),
    ...(malformed.has('worker') ? [] : postBeyondLease(config)),
    ...(config.mode === 'production' ? unsafe(config) : []),
  ];
}

/** A message whose POST outlasts the lease is claimed again, and goes out twice at a time. */
function postBeyondLease(config: Config): Issue[] {
  const { overallTimeout } = config.client;
  const most = mostPostMs(config);
  if (overallTimeout === undefined || overallTimeout <= most) return [];
  const detail = `client.overallTimeout is ${overallTimeout}ms en worker.lease ${config.worker.lease}ms; verwacht een overallTimeout van ten hoogste driekwart van de lease (${most}ms), of een langere lease: anders wordt een bericht opnieuw verzonden terwijl de vorige poging nog loopt`;
  return [configIssue('client.overallTimeout', detail)];
}

/** What cannot work in any mode. */
function contradictions(config: Config): Issue[] {
  const issues: Issue[] = [];
  for (const name of ['endpoint', 'client'] as const) {
    const { keyFile, certFile } = config[name];
    if ((keyFile === undefined) !== (certFile === undefined)) {
      issues.push(configIssue(`${name}.keyFile`, 'keyFile en certFile horen bij elkaar; één van beide ontbreekt'));
    }
  }
  if (!/^sqlite:./.test(config.store)) {
    issues.push(
      configIssue('store', 'verwacht sqlite:<map> of sqlite::memory:; andere opslag is er in deze versie niet'),
    );
  }
  if (config.disk.warnPercent > config.disk.stopPercent) {
    issues.push(configIssue('disk.warnPercent', 'verwacht ten hoogste de waarde van disk.stopPercent'));
  }
  return issues;
}

/** What a production gateway refuses to start with (architecture 3.12). */
function unsafe(config: Config): Issue[] {
  return [...developmentFiles(config), ...unsafeParties(config), ...unsafeEndpoint(config), ...unsafeSettings(config)];
}

const DEVELOPMENT = /(^|[\\/])(certs-dev|\.demo)([\\/]|$)/;

function developmentFiles({ endpoint, client, signing }: Config): Issue[] {
  const issues: Issue[] = [];
  const check = (where: string, file: string | undefined): void => {
    if (file === undefined || !DEVELOPMENT.test(file)) return;
    issues.push(configIssue(where, `een ontwikkelcertificaat mag niet in productie: ${file}`));
  };
  for (const [name, side] of Object.entries({ endpoint, client })) {
    check(`${name}.keyFile`, side.keyFile);
    check(`${name}.certFile`, side.certFile);
    for (const [i, file] of side.caFiles.entries()) check(`${name}.caFiles.${i}`, file);
    for (const [i, file] of side.crlFiles.entries()) check(`${name}.crlFiles.${i}`, file);
  }
  for (const [i, pair] of signing.entries()) {
    check(`signing.${i}.keyFile`, pair.keyFile);
    check(`signing.${i}.certFile`, pair.certFile);
  }
  return issues;
}

function unsafeParties({ parties }: Config): Issue[] {
  if (parties.length === 0) return [configIssue('parties', 'geen eigen OIN opgegeven')];
  return parties.flatMap((party, i) =>
    party.includes('_')
      ? [configIssue(`parties.${i}`, 'een PartyId met omgevingsachtervoegsel hoort niet in productie')]
      : [],
  );
}

function unsafeEndpoint({ endpoint, client }: Config): Issue[] {
  const issues: Issue[] = [];
  if (endpoint.certFile === undefined && endpoint.trustedProxies.length === 0) {
    issues.push(
      configIssue(
        'endpoint.certFile',
        'zonder servercertificaat is er geen TLS; verwacht certFile en keyFile, of trustedProxies',
      ),
    );
  }
  for (const [name, { crlFiles }] of Object.entries({ endpoint, client })) {
    if (crlFiles.length === 0) issues.push(configIssue(`${name}.crlFiles`, 'geen intrekkingslijst opgegeven (PKI003)'));
  }
  if (endpoint.plainHttpPort !== undefined) {
    issues.push(configIssue('endpoint.plainHttpPort', 'alleen in ontwikkeling'));
  }
  return issues;
}

/** The key of README's example, which everybody can read. */
const EXAMPLE_KEY = '4b5b64178fb64cff01ebbd15b1a72a063f9bcffd9732ccd7f6d78a42dd2af065';

function unsafeSettings({ policy, store, api }: Config): Issue[] {
  const names = ['allowSha1', 'allowHttp', 'allowLocalhost'] as const;
  const issues = names
    .filter((name) => policy[name])
    .map((name) => configIssue(`policy.${name}`, 'alleen in ontwikkeling'));
  for (const [i, { sha256 }] of api.keys.entries()) {
    if (sha256 === EXAMPLE_KEY) issues.push(configIssue(`api.keys.${i}`, 'dit is de voorbeeldsleutel uit README'));
  }
  if (store === 'sqlite::memory:') {
    // House rule 1: what was acknowledged must outlive the process.
    issues.push(configIssue('store', 'opslag in het geheugen is na een herstart weg; alleen in ontwikkeling'));
  }
  return issues;
}
