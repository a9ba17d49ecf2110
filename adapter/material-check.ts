// Looks at the certificates and lists that the configuration names before they are used: fit for partners, and not for development.
import { join } from 'node:path';
import type { Instant, Issue, Result } from './base/index.ts';
import type { Config } from './config/index.ts';
import { bytesIfThere, Refused, tlsMaterial, trustMaterial } from './files.ts';
import { loadSigningKeys } from './keys/index.ts';
import type { EventName, Observer } from './observe/index.ts';
import { createTrustStore, holdsDevelopment, prepareTls, reportMaterial } from './transport/index.ts';

const DAY_MS = 86_400_000;

/**
 * Looks at our own certificates and lists before they are used: production starts neither with what has ended nor with
 * anything from `dk certs dev`; what ends soon is told (rows 88, 91). Throws Refused with every fault, `others` first: those
 * that were found in the configuration itself.
 */
export function checkMaterial(config: Config, observer: Observer, others: readonly Issue[] = []): void {
  const unreadable = unreadableFiles(config);
  const errors: Issue[] = [...others, ...unreadable, ...developmentCertificates(config)];
  if (unreadable.length > 0) throw new Refused(errors);
  const unusable = unusableFiles(config);
  if (unusable.length > 0) throw new Refused([...errors, ...unusable]);
  for (const { side, issues } of lookAt(config, observer, Date.now())) {
    for (const issue of issues) tell(side, issue, observer);
    if (config.mode !== 'production') continue;
    const unfit = issues.filter(({ severity }) => severity === 'Error');
    errors.push(...unfit.map((issue) => atOption(side, issue)));
  }
  if (errors.length > 0) throw new Refused(errors);
}

/**
 * A gateway runs for longer than its certificates and lists last. The look says again, once a day, what ends soon or has
 * ended since; how strong a key is was told at the start. The days that are left go to the metric at every look.
 */
export function createEndsWatch(config: Config, observer: Observer, startedAt = Date.now()): (now: Instant) => void {
  const told = new Map<string, Instant>();
  const isDue = (side: Side, issue: Issue, now: Instant): boolean => {
    const name = `${side} ${issue.rule} ${issue.where}`;
    if (eventOf(issue) === 'certificate.weak' || now - (told.get(name) ?? Number.NEGATIVE_INFINITY) < DAY_MS)
      return false;
    told.set(name, now);
    return true;
  };
  const due = (now: Instant) =>
    lookAt(config, observer, now).flatMap(({ side, issues }) =>
      issues.filter((issue) => isDue(side, issue, now)).map((issue) => ({ side, issue })),
    );
  due(startedAt); // checkMaterial has told these
  return (now) => {
    for (const { side, issue } of due(now)) tell(side, issue, observer);
  };
}

type Side = 'endpoint' | 'client';

/** What there is to say of each side that has a certificate, at this instant; its days go to the metric. */
function lookAt(config: Config, observer: Observer, now: Instant): { side: Side; issues: readonly Issue[] }[] {
  return (['endpoint', 'client'] as const).flatMap((side) => {
    const material = tlsMaterial(config[side], config.mode);
    if (material === undefined) return [];
    const prepared = prepareTls(material);
    if (!prepared.ok) throw new Refused(prepared.error);
    const { issues, ownNotAfter } = reportMaterial(prepared.value, now);
    observer.setCertificateDays(side, Math.floor((ownNotAfter - now) / DAY_MS));
    return [{ side, issues }];
  });
}

function tell(side: Side, issue: Issue, observer: Observer): void {
  observer.emit(eventOf(issue), {
    detail: `${side}: ${issue.detail}`,
    ...(issue.rule === undefined ? {} : { rule: issue.rule }),
  });
}

/** What ends soon and what is weak are warnings of their own; everything else stops a production start. */
function eventOf({ rule, severity }: Issue): EventName {
  if (severity === 'Error') return 'certificate.unfit';
  return rule === 'TLSCIPH001' ? 'certificate.weak' : 'certificate.expiring';
}

/**
 * What `dk certs dev` made, wherever it was copied to, each at its option (architecture 3.12); none in development. What cannot
 * be read is told by whoever needs it.
 */
export function developmentCertificates(config: Config): readonly Issue[] {
  if (config.mode !== 'production') return [];
  return filesOf(config).flatMap(([where, file]) => {
    const isCertificate = /\.(?:certFile|caFiles)/.test(where);
    const bytes = file === undefined || !isCertificate ? undefined : bytesIfThere(file);
    if (bytes === undefined || !holdsDevelopment(bytes)) return [];
    return [
      { code: 'Development', severity: 'Error', where, detail: 'een ontwikkelcertificaat mag niet in productie' },
    ];
  });
}

/** Each at its option; directories and the like as well. */
function unreadableFiles(config: Config): Issue[] {
  const { schemasDir } = config;
  const catalogue: Named = ['schemasDir', schemasDir === undefined ? undefined : join(schemasDir, 'catalogue.json')];
  return [...filesOf(config), catalogue].flatMap(([where, file]): Issue[] =>
    file === undefined || bytesIfThere(file) !== undefined
      ? []
      : [{ code: 'File', severity: 'Error', where, detail: `${file}: kan niet worden gelezen` }],
  );
}

/** What can be read and is not what its option asks for, each at its option (row 100). */
function unusableFiles(config: Config): readonly Issue[] {
  const sides = (['endpoint', 'client'] as const).flatMap((side) => {
    const prepared = prepare(config, side);
    return prepared === undefined || prepared.ok ? [] : prepared.error.map((issue) => atOption(side, issue));
  });
  const keys = loadSigningKeys(config.signing);
  const signing = keys.ok ? [] : keys.error.map((issue) => ({ ...issue, where: `signing.${issue.where}` }));
  return [...sides, ...signing];
}

/** Without a key of its own the endpoint still needs authorities: for the certificates that a proxy names, and for signers. */
function prepare(config: Config, side: Side): Result<unknown, readonly Issue[]> | undefined {
  const { mode } = config;
  const material = tlsMaterial(config[side], mode);
  if (material !== undefined) return prepareTls(material);
  const { trustedProxies, caFiles } = config.endpoint;
  const asks = side === 'endpoint' && (mode === 'production' || trustedProxies.length > 0 || caFiles.length > 0);
  return asks ? createTrustStore(trustMaterial(config.endpoint, mode)) : undefined;
}

const OPTIONS: Readonly<Record<string, string>> = { key: 'keyFile', cert: 'certFile', ca: 'caFiles', crl: 'crlFiles' };

/** Transport names a place in its material, as `ca[1]`; who reads this wrote `endpoint.caFiles`. */
function atOption(side: Side, issue: Issue): Issue {
  const [name = '', at] = issue.where.split(/[[\]]/);
  return { ...issue, where: [side, OPTIONS[name] ?? name, ...(at === undefined ? [] : [at])].join('.') };
}

type Named = readonly [where: string, file: string | undefined];

/** Keys, certificates and lists that the configuration names, each with its option. */
function filesOf({ endpoint, client, signing }: Config): readonly Named[] {
  const many = (where: string, files: readonly string[]): readonly Named[] =>
    files.map((file, i): Named => [`${where}.${i}`, file]);
  const sides = Object.entries({ endpoint, client }).flatMap(([side, files]): readonly Named[] => [
    [`${side}.keyFile`, files.keyFile],
    [`${side}.certFile`, files.certFile],
    ...many(`${side}.caFiles`, files.caFiles),
    ...many(`${side}.crlFiles`, files.crlFiles),
  ]);
  const pairs = signing.flatMap(({ keyFile, certFile }, i): readonly Named[] => [
    [`signing.${i}.keyFile`, keyFile],
    [`signing.${i}.certFile`, certFile],
  ]);
  return [...sides, ...pairs];
}
