// Ctrl-C and SIGTERM, heard by a tool that ends in order; the same signal a second time ends the process as the system does.
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
export const exitCodeOf = (signal: EndSignal): number => 128 + constants.signals[signal];
