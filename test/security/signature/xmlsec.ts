// xmlsec1 as another opinion on a signed message. What is neither OK nor a failed verification is a fault of the test, no refusal.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NS } from '../../../adapter/base/index.ts';
import type { SignedMessage, Verdict } from './opinion.ts';

export const xmlsecInstalled = spawnSync('xmlsec1', ['--version']).status === 0;

const TIMEOUT_MS = 60_000;

/** On the envelope, with the parts at hand under their cid: and eb:MessageHeader/@Id declared to be an id. */
export function xmlsecVerdict(message: SignedMessage, folder: string): Verdict {
  const file = (name: string, content: Buffer | string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const parts = message.parts.flatMap(({ contentId, bytes }, number) => [
    `--url-map:cid:${contentId}`,
    file(`part-${number}`, bytes),
  ]);
  const key = ['--pubkey-cert-pem', file('cert.pem', message.certificatePem)];
  return runXmlsec([
    ...key,
    '--id-attr:Id',
    `${NS.eb}:MessageHeader`,
    ...parts,
    file('envelope.xml', message.envelope),
  ]);
}

export function runXmlsec(options: readonly string[], timeout = TIMEOUT_MS): Verdict {
  const run = spawnSync('xmlsec1', ['--verify', ...options], { encoding: 'utf8', timeout });
  if (run.error !== undefined) throw run.error;
  return verdictIn(run.status, run.stderr);
}

/** xmlsec1 ends with 1 for everything that is wrong, its own options included: only its words tell what it was. */
export function verdictIn(status: number | null, words: string): Verdict {
  if (status === 0 && /^OK$/m.test(words)) return 'takes';
  if (status === 1 && /^Error: failed to verify file /m.test(words) && !/^Usage: /m.test(words)) return 'refuses';
  throw new Error(`xmlsec1 gives no verdict (${status}): ${words.slice(-400)}`);
}
