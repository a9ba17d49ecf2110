// Which gateway a proof was made with: a digest of its compiled files.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIST } from './processes.ts';

const SHOWN = 12;

/** Of the gateway that the tools start. */
export const productDigest = (): string => digestOf(join(DIST, 'adapter'));

export function digestOf(folder: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  for (const name of names.sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, SHOWN);
}
