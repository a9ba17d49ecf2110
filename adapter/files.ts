// Files that the configuration names: keys, certificates and lists, read when needed and looked at before they are used.

import { readFileSync } from 'node:fs';
import type { Issue } from './base/index.ts';
import type { Config } from './config/index.ts';
import type { EventName, Observer } from './observe/index.ts';
import {
  createPartnerClient,
  prepareTls,
  type ReloadableClient,
  reportMaterial,
  type TlsMaterial,
  type TrustMaterial,
} from './transport/index.ts';

const DAY_MS = 86_400_000;

/** A configuration or key that cannot work; told in full, then the process ends with 2. */
export class Refused extends Error {
  readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[]) {
    super('refused');
    this.issues = issues;
  }
}

export function bytesIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

export const readIfThere = (file: string): string | undefined => bytesIfThere(file)?.toString('utf8');

export const read = (file: string): string => readBytes(file).toString('utf8');

function readBytes(file: string): Buffer {
  const bytes = bytesIfThere(file);
  if (bytes === undefined)
    throw new Refused([{ code: 'File', severity: 'Error', where: file, detail: 'kan niet worden gelezen' }]);
  return bytes;
}

/** Key, certificate, authorities and lists of one side; undefined without a key. Development may go without lists. */
export function tlsMaterial(
  files: Config['client'] | Config['endpoint'],
  mode: Config['mode'],
): TlsMaterial | undefined {
  if (files.keyFile === undefined || files.certFile === undefined) return undefined;
  return { key: read(files.keyFile), cert: read(files.certFile), ...trustMaterial(files, mode) };
}

/**
 * Looks at our own certificates and lists before they are used: production starts neither with what has ended nor with
 * anything from `dk certs dev`; what ends soon is told (rows 88, 91).
 */
export function checkMaterial(config: Config, observer: Observer): void {
  for (const side of ['endpoint', 'client'] as const) {
    const material = tlsMaterial(config[side], config.mode);
    if (material === undefined) continue;
    const prepared = prepareTls(material);
    if (!prepared.ok) throw new Refused(prepared.error);
    const now = Date.now();
    const report = reportMaterial(prepared.value, now);
    observer.setDays('certificate', side, Math.floor((report.ownNotAfter - now) / DAY_MS));
    for (const issue of report.issues)
      observer.emit(eventOf(issue), {
        detail: `${side}: ${issue.detail}`,
        ...(issue.rule === undefined ? {} : { rule: issue.rule }),
      });
    if (config.mode !== 'production') continue;
    const development: Issue = {
      code: 'Development',
      severity: 'Error',
      where: `${side}.certFile`,
      detail: 'een ontwikkelcertificaat mag niet in productie',
    };
    const errors = [
      ...report.issues.filter((issue) => issue.severity === 'Error'),
      ...(report.development ? [development] : []),
    ];
    if (errors.length > 0) throw new Refused(errors);
  }
}

/** What ends soon and what is weak are warnings of their own; everything else stops a production start. */
function eventOf({ rule, severity }: Issue): EventName {
  if (severity === 'Error') return 'certificate.unfit';
  return rule === 'TLSCIPH001' ? 'certificate.weak' : 'certificate.expiring';
}

/** As they stand on disk: authorities publish lists as DER, others bundle them as PEM. */
export function trustMaterial(files: Config['client'] | Config['endpoint'], mode: Config['mode']): TrustMaterial {
  const lists = { ca: files.caFiles.map(readBytes), crl: files.crlFiles.map(readBytes) };
  return mode === 'development' && files.crlFiles.length === 0 ? { ...lists, revocation: 'none' } : lists;
}

export function partnerClient(config: Config): ReloadableClient {
  const { client } = config;
  const tls = tlsMaterial(client, config.mode);
  return createPartnerClient({
    ...(tls === undefined ? {} : { tls }),
    allowPlainHttp: config.policy.allowHttp,
    limits: {
      connectTimeoutMs: client.connectTimeout,
      responseTimeoutMs: client.responseTimeout,
      connectionsPerPartner: client.connectionsPerPartner,
    },
  });
}
