// Example files beside the checkout as further seeds; none when they are not there.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAX_INPUT_BYTES } from './target.ts';

const ROOT = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
/** Larger ones make every run slow and lead nowhere that small ones do not. */
const MAX_SAMPLE_BYTES = MAX_INPUT_BYTES / 2;

/** Files under a folder of the reference data whose names match. */
export function samples(folder: string, name: RegExp): Buffer[] {
  const path = join(ROOT, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(file))
    .map((file) => join(path, file))
    .filter((file) => statSync(file).isFile() && statSync(file).size <= MAX_SAMPLE_BYTES)
    .sort()
    .map((file) => readFileSync(file));
}
