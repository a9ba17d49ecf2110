// How long one POST to a partner may last, so that it ends before another worker may take its message.
import type { Config } from './schema.ts';

/** When nothing else is said; a partner that needs longer for one message is not there. */
const MOST_MS = 300_000;
/** Of the lease; the rest is for reading the message before the POST and writing down what came of it. */
const SHARE_OF_LEASE = 0.75;

export const mostPostMs = ({ worker }: Config): number => Math.floor(worker.lease * SHARE_OF_LEASE);

/** The limit for a whole exchange with a partner. */
export const overallTimeoutMs = (config: Config): number =>
  config.client.overallTimeout ?? Math.min(MOST_MS, mostPostMs(config));
