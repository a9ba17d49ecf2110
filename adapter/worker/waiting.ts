// Those who wait for a place of a worker: let in when one comes free, in turn, and nobody waits long.
import type { Room } from '../gateway/index.ts';
import { type JobKind, LANE_OF } from '../msh/index.ts';

/** At one peer; who comes after them does not wait. */
const MOST_WAITING = 64;

export interface Waiting {
  /**
   * A room when it is this one's turn, at once when there is one and nobody waits; undefined when its patience ends, or when
   * another one's did since the peer last moved.
   */
  turn(kinds: readonly JobKind[], peer: string): Promise<Room | undefined>;
  /** A place of this peer came free, for such work. */
  moved(kinds: readonly JobKind[], peer: string): void;
  /** Lets in everybody for whom there is room now. */
  admit(): void;
}

interface Queue {
  readonly peer: string;
  readonly kinds: readonly JobKind[];
  /** In the order in which they came; each is told of its room, or of none. */
  readonly waiters: Set<(room: Room | undefined) => void>;
  /** One of them waited in vain, and no place for such work has come free since. */
  inVain: boolean;
}

export function createWaiting(
  reserve: (kinds: readonly JobKind[], peer: string) => Room | undefined,
  patienceMs: number,
): Waiting {
  const queues = new Map<string, Queue>();
  const queueOf = (kinds: readonly JobKind[], peer: string): Queue => {
    const key = [peer, ...kinds].join(' ');
    const queue = queues.get(key) ?? { peer, kinds, waiters: new Set(), inVain: false };
    queues.set(key, queue);
    return queue;
  };
  return {
    turn(kinds, peer) {
      const queue = queueOf(kinds, peer);
      const { waiters } = queue;
      const room = waiters.size === 0 ? reserve(kinds, peer) : undefined;
      if (room !== undefined || queue.inVain || waiters.size >= MOST_WAITING) return Promise.resolve(room);
      return new Promise((resolve) => {
        const told = (given: Room | undefined): void => {
          clearTimeout(timer);
          waiters.delete(told);
          resolve(given);
        };
        const timer = setTimeout(() => {
          queue.inVain = true;
          told(undefined);
        }, patienceMs);
        waiters.add(told);
      });
    },
    moved(kinds, peer) {
      // That a peer sends says nothing of its server: only a lane that moves is waited for again.
      const lanes = new Set(kinds.map((kind) => LANE_OF[kind]));
      for (const queue of queues.values())
        if (queue.peer === peer && queue.kinds.some((kind) => lanes.has(LANE_OF[kind]))) queue.inVain = false;
    },
    admit() {
      for (const [key, { peer, kinds, waiters, inVain }] of queues) {
        for (const told of waiters) {
          const room = reserve(kinds, peer);
          if (room === undefined) break;
          told(room);
        }
        if (waiters.size === 0 && !inVain) queues.delete(key);
      }
    },
  };
}
