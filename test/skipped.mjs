// A reporter of the test run: says at its end what was not there, so that tests which compare with it were skipped.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SHARED = fileURLToPath(new URL('../../shared', import.meta.url));
const ENGINES = ['xmlsec1', 'xmllint', 'java'];

const missing = () => [
  ...(existsSync(SHARED) ? [] : ['../shared']),
  ...ENGINES.filter((engine) => spawnSync(engine, ['--version']).error !== undefined),
];

export default class SkippedReporter {
  onRunComplete(_contexts, { numPendingTests }) {
    const absent = missing();
    if (numPendingTests === 0 || absent.length === 0) return;
    process.stderr.write(`\n${numPendingTests} skipped: what they compare with is not there (${absent.join(', ')})\n`);
  }
}
