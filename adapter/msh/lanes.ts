// Which work a peer has only a share of: what waits for its server, and what came from it and is to be handed over.
import type { JobKind } from './change.ts';

export type Lane = 'post' | 'handOver';
export const LANES: readonly Lane[] = ['post', 'handOver'];

/** Work of a kind without a lane needs a free place and nothing else. */
export const LANE_OF: Readonly<Record<JobKind, Lane | undefined>> = {
  transmit: 'post',
  answer: 'post',
  deliver: 'handOver',
  collect: undefined,
  notify: undefined,
};
