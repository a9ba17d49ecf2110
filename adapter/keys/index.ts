// Private keys and certificates from PEM files, found again by the fingerprint of the certificate that a CPA names.
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fail, type Issue, ok, type Result } from '../base/index.ts';
import type { SigningKey } from '../dsig/index.ts';

export interface KeyFiles {
  readonly keyFile: string;
  readonly certFile: string;
}

/** Signing keys by lower-case hex SHA-256 of the certificate's DER. */
export type SigningKeys = ReadonlyMap<string, SigningKey>;

/** Reads every pair; each file that cannot be used is named by its place, as `0.keyFile` (row 100). */
export function loadSigningKeys(files: readonly KeyFiles[]): Result<SigningKeys, readonly Issue[]> {
  const keys = new Map<string, SigningKey>();
  const issues: Issue[] = [];
  for (const [i, { keyFile, certFile }] of files.entries()) {
    const certificate = attempt(() => new X509Certificate(readFileSync(certFile)));
    const privateKey = attempt(() => createPrivateKey(readFileSync(keyFile)));
    if (privateKey === undefined)
      issues.push(problem(`${i}.keyFile`, `${keyFile}: geen leesbare private sleutel (PEM)`));
    if (certificate === undefined)
      issues.push(problem(`${i}.certFile`, `${certFile}: geen leesbaar certificaat (PEM)`));
    if (privateKey === undefined || certificate === undefined) continue;
    if (certificate.checkPrivateKey(privateKey)) {
      const fingerprint = createHash('sha256').update(certificate.raw).digest('hex');
      keys.set(fingerprint, { privateKey, certificateDer: certificate.raw });
    } else issues.push(problem(`${i}.keyFile`, `${keyFile}: hoort niet bij het certificaat in ${certFile}`));
  }
  return issues.length === 0 ? ok(keys) : fail(issues);
}

/** OpenSSL's words for what it cannot read say nothing to who wrote the configuration. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const problem = (where: string, detail: string): Issue => ({ code: 'KeyFile', severity: 'Error', where, detail });
