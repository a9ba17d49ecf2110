// Where log lines go by default: lines that are lost on a full disk take no other with them.
import { fstatSync, writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;

/** A file on a full disk throws, a pipe that nobody reads tells of it later: either way the line is lost and nothing else. */
export function toStandardOutput(): (line: string) => void {
  if (fstatSync(STANDARD_OUTPUT).isFile()) return toFile;
  let isWatched = false;
  return (line) => {
    if (!isWatched) process.stdout.on('error', () => undefined);
    isWatched = true;
    process.stdout.write(`${line}\n`);
  };
}

/**
 * Behind a line that was cut off the next one begins on a line of its own, so that it can be read. `write` gives the number of
 * octets that it wrote, or throws when it wrote none.
 */
export function wholeLines(write: (octets: Uint8Array) => number): (line: string) => void {
  let isCut = false;
  return (line) => {
    const octets = Buffer.from(`${isCut ? '\n' : ''}${line}\n`);
    const written = write(octets);
    if (written > 0) isCut = written < octets.length;
  };
}

/** One for all observers: the last words of a process, which have an observer of their own, stand behind the same cut line. */
const toFile = wholeLines((octets) => writeSync(STANDARD_OUTPUT, octets));
