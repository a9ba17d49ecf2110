// Keeps a delivery that waits for its turn or takes long under its lease, so that nobody begins it a second time meanwhile.
import type { Instant } from '../base/index.ts';
import { type Change, holdDeliver, type Job, type MessageRecord } from '../msh/index.ts';
import type { GatewayContext } from './context.ts';

/** A claimed message as its holder last wrote it, and when the job was due then. */
export interface Held {
  readonly record: MessageRecord;
  readonly due: Instant;
}

interface Decided {
  readonly change: Change;
}

export interface Written<D extends Decided> {
  readonly record: MessageRecord;
  readonly decided: D;
}

export interface Hold {
  /** Writes what is decided on the message as it stands; undefined when nothing is, or when the job is somebody else's by now. */
  write<D extends Decided>(decide: (held: Held) => D | undefined): Promise<Written<D> | undefined>;
  /** The lease goes on for its whole length from now; nothing when the job is somebody else's by now. */
  prolong(): Promise<void>;
  /** The lease ends now: the job is due at once, for whoever claims it. */
  giveBack(): Promise<void>;
  /** The lease is prolonged no more; resolves when none is being prolonged. */
  end(): Promise<void>;
}

const MAX_TRIES = 5;
/** What never ends, such as a read of a disk that hangs, gives its message up to another attempt in the end. */
const LONGEST_MS = 3_600_000;

export function holdDelivery(claimed: MessageRecord, { kind, key, runAt }: Job, context: GatewayContext): Hold {
  let held: Held = { record: claimed, due: runAt };
  let last: Promise<unknown> = Promise.resolve();
  const dueIn = ({ jobs }: MessageRecord): Instant | undefined =>
    jobs.find((job) => job.kind === kind && job.key === key)?.runAt;

  const attempt = async <D extends Decided>(decide: (held: Held) => D | undefined): Promise<Written<D> | undefined> => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const decided = decide(held);
      if (decided === undefined) return undefined;
      if ((await context.store.commit(decided.change)) === 'ok') {
        const record = { ...decided.change.message, version: held.record.version + 1 };
        held = { record, due: dueIn(record) ?? held.due };
        return { record, decided };
      }
      // A copy may have been counted meanwhile; whoever else took the job has set another time for it.
      const [fresh] = await context.store.load([claimed.id]);
      if (fresh === undefined || dueIn(fresh) !== held.due) return undefined;
      held = { record: fresh, due: held.due };
    }
    return undefined;
  };
  const write: Hold['write'] = (decide) => {
    const written = last.then(() => attempt(decide));
    last = written.catch(() => undefined);
    return written;
  };
  const leaseFor = async (ms: number): Promise<void> => {
    await write(({ record, due }) => {
      const change = holdDeliver({ record, key, held: due, leaseUntil: context.clock.now() + ms });
      return change === undefined ? undefined : { change };
    });
  };
  const prolong = (): Promise<void> => leaseFor(context.leaseMs);
  // When that fails the lease runs out, and whoever claims the message then is the one who begins it.
  const until = performance.now() + LONGEST_MS;
  const timer = setInterval(() => {
    if (performance.now() < until) void prolong().catch(() => undefined);
  }, context.leaseMs / 2);
  timer.unref();
  return {
    write,
    prolong,
    giveBack: () => leaseFor(0),
    async end() {
      clearInterval(timer);
      await last;
    },
  };
}
