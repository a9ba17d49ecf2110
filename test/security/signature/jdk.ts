// The JDK's signature validation as another opinion on signed messages, all of them in one JVM.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SignedMessage, Verdict } from './opinion.ts';

const SOURCE = fileURLToPath(new URL('./Verify.java', import.meta.url));
/** A source file is run as it is from Java 11 on; records need 16. */
const version = /version "(\d+)/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? '')?.[1];
export const jdkInstalled = Number(version ?? 0) >= 16;

/** A verdict for each of them, in their order, or it throws. */
export function jdkVerdicts(messages: readonly SignedMessage[], folder: string): readonly Verdict[] {
  for (const [number, message] of messages.entries()) write(join(folder, nameOf(number)), message);
  const run = spawnSync('java', [SOURCE, folder], {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  if (run.error !== undefined) throw run.error;
  if (run.status !== 0) throw new Error(run.stderr);
  const said = new Map([...run.stdout.matchAll(/^(\d{4}) (takes|refuses)$/gm)].map(([, name, word]) => [name, word]));
  return messages.map((_message, number) => {
    const word = said.get(nameOf(number));
    if (word !== 'takes' && word !== 'refuses') throw new Error(`the JDK gives no verdict on ${nameOf(number)}`);
    return word;
  });
}

const nameOf = (number: number): string => String(number).padStart(4, '0');

function write(place: string, { envelope, parts, certificatePem }: SignedMessage): void {
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'envelope.xml'), envelope);
  writeFileSync(join(place, 'certificate.pem'), certificatePem);
  const lines = parts.map(({ contentId, bytes }, at) => {
    writeFileSync(join(place, `part-${at}`), bytes);
    return `part-${at} cid:${contentId}`;
  });
  writeFileSync(join(place, 'parts'), lines.join('\n'));
}
