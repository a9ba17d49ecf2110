// Where log lines go by default: lines that are lost on a full disk take no other with them.
import { fstatSync, writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;
/** A turn that tells more than this writes in between. */
const MOST_TOGETHER = 100;

let sink: ((line: string) => void) | undefined;

/**
 * One for all observers: the last words of a process, which have an observer of their own, stand behind what was told before.
 * A file on a full disk throws, a pipe that nobody reads tells of it later: either way those lines are lost and nothing else.
 */
export function toStandardOutput(): (line: string) => void {
  sink ??= together(fstatSync(STANDARD_OUTPUT).isFile() ? toFile : toPipe());
  return sink;
}

/**
 * Lines of one turn of the event loop go in one write: for each its own would cost as much as to make the line. An exit writes
 * them first, as far as a pipe takes them; a kill takes those of its turn with it, and what they told of a message is in its
 * journal.
 */
export function together(write: (lines: string) => void): (line: string) => void {
  let waiting: string[] = [];
  const flush = (): void => {
    const lines = waiting.join('\n');
    waiting = [];
    if (lines === '') return;
    try {
      write(lines);
    } catch {
      // They are lost, and nobody can be told.
    }
  };
  process.on('exit', flush);
  return (line) => {
    if (waiting.push(line) === 1) setImmediate(flush);
    if (waiting.length >= MOST_TOGETHER) flush();
  };
}

/**
 * Behind a line that was cut off the next one begins on a line of its own, so that it can be read, and those behind it are
 * tried again. `write` gives the number of octets that it wrote, or throws when it wrote none.
 */
export function wholeLines(write: (octets: Uint8Array) => number): (lines: string) => void {
  let isCut = false;
  return (lines) => {
    let rest = Buffer.from(`${lines}\n`);
    while (rest.length > 0) {
      const octets = isCut ? Buffer.concat([LINE_END, rest]) : rest;
      const written = write(octets);
      if (written === 0) return;
      isCut = octets[written - 1] !== LINE_END[0];
      rest = octets.subarray(isCut ? endOfLine(octets, written) : written);
    }
  };
}

const LINE_END = Buffer.from('\n');

const endOfLine = (octets: Buffer, from: number): number => octets.indexOf(LINE_END, from) + 1;

const toFile = wholeLines((octets) => writeSync(STANDARD_OUTPUT, octets));

function toPipe(): (lines: string) => void {
  let isWatched = false;
  return (lines) => {
    if (!isWatched) process.stdout.on('error', () => undefined);
    isWatched = true;
    process.stdout.write(`${lines}\n`);
  };
}
