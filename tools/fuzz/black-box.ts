// The input in hand, in a file that outlives its process: after a hang or a crash the parent reads what did it.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { MAX_INPUT_BYTES } from './target.ts';

const HEAD = 16;

export interface BlackBoxWriter {
  /** Before a run: its number, from 1, and its input. */
  note(run: number, input: Uint8Array): void;
  /** Nothing is under way. */
  rest(run: number): void;
}

export function writeBlackBox(file: string): BlackBoxWriter {
  const fd = openSync(file, 'r+');
  const octets = Buffer.alloc(HEAD + MAX_INPUT_BYTES);
  return {
    note(run, input) {
      octets.writeDoubleBE(run, 0);
      octets.writeInt32BE(input.length, 8);
      octets.set(input.subarray(0, MAX_INPUT_BYTES), HEAD);
      writeSync(fd, octets, 0, HEAD + Math.min(input.length, MAX_INPUT_BYTES), 0);
    },
    rest(run) {
      octets.writeDoubleBE(run, 0);
      octets.writeInt32BE(-1, 8);
      writeSync(fd, octets, 0, HEAD, 0);
    },
  };
}

export interface BlackBoxReader {
  /** Number of the last run begun, and whether it is under way. */
  look(): { readonly run: number; readonly busy: boolean };
  input(): Buffer;
  close(): void;
}

/** Makes the file anew. */
export function readBlackBox(file: string): BlackBoxReader {
  const fd = openSync(file, 'w+');
  const head = Buffer.alloc(HEAD);
  head.writeInt32BE(-1, 8);
  writeSync(fd, head, 0, HEAD, 0);
  const read = (): void => void readSync(fd, head, 0, HEAD, 0);
  return {
    look() {
      read();
      return { run: head.readDoubleBE(0), busy: head.readInt32BE(8) >= 0 };
    },
    input() {
      read();
      const input = Buffer.alloc(Math.max(0, Math.min(head.readInt32BE(8), MAX_INPUT_BYTES)));
      readSync(fd, input, 0, input.length, HEAD);
      return input;
    },
    close: () => closeSync(fd),
  };
}
