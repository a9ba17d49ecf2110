// Files that the configuration names: keys, certificates and lists, read when needed.

import { readFileSync } from 'node:fs';
import type { Issue } from './base/index.ts';
import { type Config, overallTimeoutMs } from './config/index.ts';
import { createPartnerClient, type ReloadableClient, type TlsMaterial, type TrustMaterial } from './transport/index.ts';

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
      overallTimeoutMs: overallTimeoutMs(config),
      connectionsPerPartner: client.connectionsPerPartner,
    },
  });
}
