// Which kinds of job wait for a peer's server.
import type { JobKind } from './change.ts';

export const POSTS: readonly JobKind[] = ['transmit', 'answer'];
