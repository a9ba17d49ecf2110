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

/** Reads every pair; names each file that is missing, unreadable, or whose key does not fit its certificate (row 100). */
export function loadSigningKeys(files: readonly KeyFiles[]): Result<SigningKeys, readonly Issue[]> {
  const keys = new Map<string, SigningKey>();
  const issues: Issue[] = [];
  for (const pair of files) {
    try {
      const certificate = new X509Certificate(readFileSync(pair.certFile));
      const privateKey = createPrivateKey(readFileSync(pair.keyFile));
      if (!certificate.checkPrivateKey(privateKey)) {
        issues.push(problem(pair.keyFile, `does not belong to the certificate in ${pair.certFile}`));
        continue;
      }
      const fingerprint = createHash('sha256').update(certificate.raw).digest('hex');
      keys.set(fingerprint, { privateKey, certificateDer: certificate.raw });
    } catch (error) {
      issues.push(problem(`${pair.keyFile}, ${pair.certFile}`, error instanceof Error ? error.message : 'unreadable'));
    }
  }
  return issues.length === 0 ? ok(keys) : fail(issues);
}

const problem = (where: string, detail: string): Issue => ({ code: 'KeyFile', severity: 'Error', where, detail });
