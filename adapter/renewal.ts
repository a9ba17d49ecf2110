// Takes over what changes in the configured files while the gateway runs: keys, certificates, authorities and lists.
import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';
import { fail, type Issue, ok, type Result } from './base/index.ts';
import type { Config } from './config/index.ts';
import { Refused, read, tlsMaterial, trustMaterial } from './files.ts';
import { createSignerTrust, type KeyRing, type SignerTrust } from './gateway/index.ts';
import { loadSigningKeys } from './keys/index.ts';
import { developmentCertificates } from './material-check.ts';
import type { Observer } from './observe/index.ts';
import type { EbmsServer, ReloadableClient } from './transport/index.ts';

/** Revocation lists are published within four hours: files are looked at far more often than that (security sheet 2.6). */
const CERTIFICATES_MS = 60_000;

type Taken = Result<void, readonly Issue[]>;

/** A question that files answer. `renew` reads them anew, as a whole; when that fails, the answers stay as they were. */
export interface Renewable<A extends unknown[], R> {
  readonly ask: (...asked: A) => R;
  renew(): Taken;
}

function renewable<A extends unknown[], R>(make: () => Result<(...asked: A) => R, readonly Issue[]>): Renewable<A, R> {
  const first = make();
  if (!first.ok) throw new Refused(first.error);
  let current = first.value;
  return {
    ask: (...asked) => current(...asked),
    renew: () => {
      const made = attempt(make);
      const next = made.ok ? made.value : made;
      if (!next.ok) return next;
      current = next.value;
      return ok(undefined);
    },
  };
}

type Signers = Renewable<Parameters<SignerTrust>, ReturnType<SignerTrust>>;
type Keys = Renewable<Parameters<KeyRing>, ReturnType<KeyRing>>;

/**
 * Without any authority (a development gateway without TLS) a signer is trusted because the CPA names it. Verdicts belong to
 * the lists they were reached by: with new lists they are reached again.
 */
export function signerTrust(config: Config): Signers {
  const named = config.mode === 'development' && config.endpoint.caFiles.length === 0;
  return renewable(() =>
    named ? ok(() => undefined) : createSignerTrust(trustMaterial(config.endpoint, config.mode)),
  );
}

export function signingKeys(config: Config): Keys {
  return renewable(() => {
    const keys = loadSigningKeys(config.signing);
    return keys.ok ? ok((fingerprint) => keys.value.get(fingerprint)) : keys;
  });
}

export interface Watched {
  readonly config: Config;
  readonly endpoint: EbmsServer | undefined;
  readonly client: ReloadableClient;
  readonly signers: Signers;
  readonly keys: Keys;
  readonly observer: Observer;
}

/** New keys, authorities and lists count without a restart: whoever rests on a file that changed takes what is there now. */
export function watchCertificates(watched: Watched, everyMs = CERTIFICATES_MS): NodeJS.Timeout {
  const { observer } = watched;
  const users = usersOf(watched);
  const look = async (): Promise<void> => {
    const outcomes = await Promise.all(users.map(async ({ name, look }) => ({ name, taken: await look() })));
    const renewed: string[] = [];
    for (const { name, taken } of outcomes) {
      if (taken === undefined) continue;
      if (taken.ok) renewed.push(name);
      else
        for (const { where, detail } of taken.error)
          observer.emit('certificate.refused', { detail: `${name}: ${where}: ${detail}` });
    }
    if (renewed.length > 0) observer.emit('certificate.reloaded', { detail: renewed.join(', ') });
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => {
      observer.emit('certificate.refused', { detail: error instanceof Error ? error.message : 'unreadable file' });
    });
  }, everyMs);
  timer.unref();
  return timer;
}

type Side = 'endpoint' | 'client' | 'signing';

interface User {
  readonly name: string;
  /** Undefined when the files are as they were. */
  look(): Promise<Taken | undefined>;
}

/** Each by itself: what one cannot use does not keep the others on old lists. */
function usersOf({ config, endpoint, client, signers, keys }: Watched): readonly User[] {
  const { mode, endpoint: at, signing } = config;
  const user = <T>(name: string, side: Side, material: () => T, take: Take<T>): User => ({
    name,
    look: lookAt(() => {
      refuseDevelopment(config, side);
      return material();
    }, take),
  });
  return [
    ...(endpoint === undefined
      ? []
      : [
          user(
            'endpoint',
            'endpoint',
            () => doorMaterial(config),
            (fresh) => endpoint.reload(fresh),
          ),
        ]),
    user(
      'client',
      'client',
      () => tlsMaterial(config.client, mode),
      (fresh) => (fresh === undefined ? ok(undefined) : client.reload(fresh)),
    ),
    user(
      'ondertekenaars',
      'endpoint',
      () => trustMaterial(at, mode),
      () => signers.renew(),
    ),
    user(
      'signing',
      'signing',
      () => signing.map(({ keyFile, certFile }) => [read(keyFile), read(certFile)]),
      () => keys.renew(),
    ),
  ];
}

/** Behind a proxy the lists count for the certificates in its header, also where the hop itself has no TLS (row 94). */
function doorMaterial({ endpoint, mode }: Config): Parameters<EbmsServer['reload']>[0] {
  const tls = tlsMaterial(endpoint, mode);
  return {
    ...(tls === undefined ? {} : { tls }),
    ...(endpoint.trustedProxies.length === 0 ? {} : { trust: trustMaterial(endpoint, mode) }),
  };
}

type Take<T> = (fresh: T) => Taken | Promise<Taken>;

/** Gives undefined when the files are as they were at the look before. */
function lookAt<T>(material: () => T, take: Take<T>): User['look'] {
  let known = glance(material).digest;
  return async () => {
    const { seen, digest } = glance(material);
    if (digest === known) return undefined;
    known = digest;
    return seen.ok ? take(seen.value) : seen;
  };
}

/** What production does not start with, it does not take over either. */
function refuseDevelopment(config: Config, side: Side): void {
  const issues = developmentCertificates(config).filter(({ where }) => where.startsWith(`${side}.`));
  if (issues.length > 0) throw new Refused(issues);
}

interface Glance<T> {
  readonly seen: Result<T, readonly Issue[]>;
  readonly digest: string;
}

/** A file that cannot be read is a finding like any other: told when it comes, not at every look. */
function glance<T>(material: () => T): Glance<T> {
  const seen = attempt(material);
  return { seen, digest: createHash('sha256').update(serialize(seen)).digest('hex') };
}

function attempt<T>(material: () => T): Result<T, readonly Issue[]> {
  try {
    return ok(material());
  } catch (error) {
    if (error instanceof Refused) return fail(error.issues);
    throw error;
  }
}
