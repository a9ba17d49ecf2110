// Ctrl-C and SIGTERM, heard by a tool: either it ends in order, and the same signal a second time ends it as the system does; or
// it ends at once, and takes along the processes that it started.
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
export type EndSignal = (typeof SIGNALS)[number];

export interface Ending {
  /** The first signal; undefined when there was none yet. */
  heard(): EndSignal | undefined;
  /** Never settles without a signal. */
  readonly signal: Promise<EndSignal>;
}

export function hearEnding(): Ending {
  let first: EndSignal | undefined;
  const signal = new Promise<EndSignal>((resolve) => {
    for (const name of SIGNALS) {
      process.once(name, () => {
        first ??= name;
        resolve(name);
      });
    }
  });
  return { heard: () => first, signal };
}

/** What a shell tells of a process that ended by the signal. */
const exitCodeOf = (signal: EndSignal): number => 128 + constants.signals[signal];

/** Children that have not ended. */
const running = new Set<ChildProcess>();

/** Ends with this process when it is cut off. */
export function withUs<T extends ChildProcess>(child: T): T {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/**
 * For a tool whose children have nothing worth keeping: on a signal they are killed, `lastly` tells or clears away what there
 * is, and the process ends; all in one turn, so that nothing is started meanwhile. Returns how to let signals be again.
 */
export function endWithChildren(lastly: () => void): () => void {
  const cut = (signal: NodeJS.Signals): void => {
    for (const child of running) child.kill('SIGKILL');
    lastly();
    process.exit(exitCodeOf(signal as EndSignal));
  };
  for (const name of SIGNALS) process.once(name, cut);
  return () => {
    for (const name of SIGNALS) process.off(name, cut);
  };
}
