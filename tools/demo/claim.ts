// One demo at a time in a folder: a file with the process's number, looked at before anything is deleted.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { WrongUse } from '../output.ts';

const PID_FILE = 'demo.pid';

/** Takes the folder for this process and empties it; wrong use when a demo that still runs has it. Gives it back when called. */
export function claimFolder(dir: string): () => void {
  const file = join(dir, PID_FILE);
  mkdirSync(dir, { recursive: true });
  if (!writeOwn(file)) {
    const pid = Number(readFileSync(file, 'utf8'));
    if (isAlive(pid)) throw new WrongUse(inUse(file, pid));
    rmSync(file, { force: true });
    if (!writeOwn(file)) throw new WrongUse(inUse(file, Number(readFileSync(file, 'utf8'))));
  }
  for (const name of readdirSync(dir)) {
    if (name !== PID_FILE) rmSync(join(dir, name), { recursive: true, force: true });
  }
  return () => rmSync(file, { force: true });
}

/** False when the file is there already: only one of two that start together makes it. */
function writeOwn(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** A process that may not be signalled is alive all the same. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const inUse = (file: string, pid: number): string =>
  `er draait al een demo in deze map (proces ${pid}); stop die eerst, met Ctrl-C in het venster waarin die draait. ` +
  `Is proces ${pid} geen demo, verwijder dan ${relative(process.cwd(), file)}`;
