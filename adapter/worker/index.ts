// The door through which time enters: claims due messages under a lease and runs one job of each, with bounded concurrency.
import type { Share } from '../base/index.ts';
import type { GatewayContext, Room } from '../gateway/index.ts';
import { runBegunJob, runJob, tellBrokenOff } from '../gateway/index.ts';
import type { Job, JobKind, MessageRecord } from '../msh/index.ts';
import { createPlaces, type Places, type Use } from './places.ts';
import { createWaiting, type Waiting } from './waiting.ts';

export { shareOf } from './places.ts';

export interface WorkerOptions {
  readonly kinds: readonly JobKind[];
  readonly concurrency: number;
  /** How many of those one peer may have in a lane; that part of what the others leave when they have some. */
  readonly perPeer: number;
  /** How long to wait when nothing is due; a commit in this process wakes the worker sooner. */
  readonly pollMs: number;
}

export interface Worker {
  start(): void;
  /** Something may be due now. */
  wake(): void;
  /** Room for one job of each kind of a message to `peer`, taken until it has run or is released; undefined when there is none. */
  reserve(kinds: readonly JobKind[], peer: string): Room | undefined;
  /** The same, and when there is none waits a moment for one, so that no more is taken in than goes on. */
  admit(kinds: readonly JobKind[], peer: string): Promise<Room | undefined>;
  /** Takes no new work and resolves when what runs has ended, or after `drainMs`. */
  stop(drainMs: number): Promise<void>;
}

/** A message is claimed with all its jobs; the answer goes before the delivery, a partner is waiting for it. */
const ORDER: readonly JobKind[] = ['answer', 'transmit', 'deliver', 'notify', 'collect'];

/** Longer than a message takes, and too short for whoever waits to notice. */
const PATIENCE_MS = 100;

export function createWorker(context: GatewayContext, options: WorkerOptions): Worker {
  return new ClaimingWorker(context, options);
}

class ClaimingWorker implements Worker {
  readonly #context: GatewayContext;
  /**
   * For work that has a place itself: it waits when the peer that it asks for has its share, and not when no place is free at
   * all, or all that have one might wait for each other.
   */
  readonly #inside: GatewayContext;
  readonly #options: WorkerOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #share: Share;
  readonly #places: Places;
  readonly #waiting: Waiting;
  /** Peers of which something may be due that no claim had room for: it goes before whoever waits at the door. */
  readonly #passedOver = new Set<string>();
  #stopped = true;
  #polling = false;
  /** Something may be due that this worker has not claimed. */
  #more = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: GatewayContext, options: WorkerOptions) {
    this.#context = context;
    this.#inside = {
      ...context,
      reserve: async (kinds, peer) => (this.#places.free() > 0 ? context.reserve(kinds, peer) : undefined),
    };
    this.#options = options;
    this.#share = { most: options.perPeer, of: options.concurrency };
    this.#places = createPlaces(options.concurrency, this.#share);
    this.#waiting = createWaiting((kinds, peer) => this.reserve(kinds, peer), PATIENCE_MS);
  }

  start(): void {
    this.#stopped = false;
    this.wake();
  }

  wake(): void {
    this.#more = true;
    this.#carryOn();
  }

  reserve(kinds: readonly JobKind[], peer: string): Room | undefined {
    const use: Use = { peer, kinds };
    if (!this.#takes(kinds) || !this.#places.fits(use)) return undefined;
    this.#places.take(use);
    let open = true;
    const close = (): boolean => {
      const wasOpen = open;
      open = false;
      return wasOpen;
    };
    return {
      release: () => {
        if (close()) this.#giveBack(use);
      },
      run: (record, jobs) => {
        if (!close()) return;
        // The jobs take the places over.
        this.#places.giveBack(use);
        // After the reply has gone out: the partner waits, the work does not.
        for (const job of jobs)
          this.#track(
            afterReply().then(() => runBegunJob(record, job, this.#inside)),
            record,
            job,
          );
      },
    };
  }

  async admit(kinds: readonly JobKind[], peer: string): Promise<Room | undefined> {
    // More places than there are never come free.
    if (!this.#takes(kinds) || kinds.length > this.#options.concurrency) return undefined;
    return this.#waiting.turn(kinds, peer);
  }

  #takes(kinds: readonly JobKind[]): boolean {
    return !this.#stopped && kinds.every((kind) => this.#options.kinds.includes(kind));
  }

  /** To what was passed over first, then to whoever waits. */
  #giveBack(use: Use): void {
    const freed = this.#places.giveBack(use);
    this.#waiting.moved(use.kinds, use.peer);
    this.#more ||= freed.some((peer) => this.#passedOver.has(peer));
    if (this.#more) this.#carryOn();
    else this.#waiting.admit();
  }

  async stop(drainMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const drained = Promise.allSettled([...this.#running]);
    await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, drainMs).unref())]);
  }

  /** Looks at once when something may be due and there is room for it, else after the pause. */
  #carryOn(): void {
    if (this.#stopped || this.#polling) return;
    clearTimeout(this.#timer);
    const ms = this.#more && this.#places.free() > 0 ? 0 : this.#options.pollMs;
    this.#timer = setTimeout(() => void this.#poll(), ms);
  }

  async #poll(): Promise<void> {
    const free = this.#places.free();
    this.#polling = true;
    this.#more = free <= 0;
    try {
      if (free > 0) await this.#claim(free);
    } catch (error) {
      tellBrokenOff(error, {}, this.#context);
    } finally {
      this.#polling = false;
      this.#waiting.admit();
      this.#carryOn();
    }
  }

  async #claim(free: number): Promise<void> {
    const { store, clock, leaseMs } = this.#context;
    const room = { max: free, share: this.#share, lanes: this.#places.lanes() };
    this.#passedOver.clear();
    for (const peer of this.#places.full()) this.#passedOver.add(peer);
    const claimed = await store.claim(this.#options.kinds, clock.now(), leaseMs, room);
    this.#more ||= claimed.length === free;
    // What is claimed leaves a smaller share to whoever had places already.
    const others = claimed.length === 0 ? [] : Object.values(room.lanes).flatMap(({ taken }) => [...taken.keys()]);
    for (const peer of others) this.#passedOver.add(peer);
    for (const record of claimed) {
      // Of a peer that had something there may be more.
      this.#passedOver.add(record.terms.peerOin);
      this.#runClaimed(record);
    }
  }

  /** One job per claim: what else is due falls due again at once, with the version that this job's commit made. */
  #runClaimed(record: MessageRecord): void {
    const now = this.#context.clock.now();
    const due = record.jobs.filter((job) => this.#options.kinds.includes(job.kind) && job.runAt <= now);
    const job = ORDER.flatMap((kind) => due.filter((candidate) => candidate.kind === kind)).find((candidate) =>
      this.#places.fits(useOf(record, candidate)),
    );
    if (job === undefined) {
      if (due.length > 0) void this.#putBack(record);
      return;
    }
    this.#track(
      runJob(record, job, this.#inside).finally(() => {
        this.#more ||= due.length > 1;
      }),
      record,
      job,
    );
  }

  /**
   * Its place, or its peer's last one, was reserved while the claim was under way: as it stands, without an attempt, it falls
   * due again at once (D1), and is claimed when a place comes free.
   */
  async #putBack(message: MessageRecord): Promise<void> {
    const change = { expect: message.version, message, journal: [], blobs: [] };
    // When that fails the lease runs out.
    await this.#context.store.commit(change).catch(() => undefined);
    this.wake();
  }

  #track(started: Promise<void>, record: MessageRecord, job: Job): void {
    const use = useOf(record, job);
    this.#places.take(use);
    const work = started
      .catch((error: unknown) => {
        // The lease runs out and the job falls due again: a failure here delays, it never loses (house rule 8).
        tellBrokenOff(error, { messageId: record.messageId, job: job.kind }, this.#context);
      })
      .finally(() => {
        this.#running.delete(work);
        this.#giveBack(use);
      });
    this.#running.add(work);
  }
}

const useOf = ({ terms }: MessageRecord, { kind }: Job): Use => ({ peer: terms.peerOin, kinds: [kind] });

const afterReply = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
