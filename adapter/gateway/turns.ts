// Lets large documents go a few at a time, so that memory does not grow with how many arrive together, nor one sender go first.

export interface Turn {
  readonly bytes: number;
  /** Whose document it is: who has least in hand is next, and of one owner what asked first. */
  readonly owner: string;
  /** No other that waits for turns runs beside it. */
  readonly alone?: boolean;
}

export interface Turns {
  /** Whether something of this size waits when others are in hand. */
  waits(bytes: number): boolean;
  /** Runs the work when it fits beside what runs already; alone, any size fits. Rejects with TurnsClosed for what has to wait. */
  run<T>(turn: Turn, work: () => Promise<T>): Promise<T>;
  /** Nobody who waits, now or later, has a turn any more; what is in hand goes on. */
  close(): void;
}

/** The gateway stops: what waits has not begun. */
export class TurnsClosed extends Error {
  override readonly name = 'TurnsClosed';
}

export interface TurnLimits {
  /** How much may be in hand at once. */
  readonly mostBytes: number;
  /** How many may be in hand at once. */
  readonly most: number;
  /** Sizes up to this do not wait and are not counted. */
  readonly freeBytes: number;
}

interface Waiting {
  readonly owner: string;
  readonly bytes: number;
  readonly go: () => void;
  readonly close: () => void;
}

export function createTurns({ mostBytes, most, freeBytes }: TurnLimits): Turns {
  const waiting = new Set<Waiting>();
  const inHand = new Set<Waiting>();
  let closed = false;
  const bytesOf = (all: Iterable<Waiting>): number => [...all].reduce((sum, { bytes }) => sum + bytes, 0);
  const fits = ({ bytes }: Waiting): boolean =>
    inHand.size === 0 || (inHand.size < most && bytesOf(inHand) + bytes <= mostBytes);
  /** It is next also when it does not fit yet: what is smaller does not pass it by for ever. */
  const nextOne = (): Waiting | undefined => {
    const has = (owner: string): number => bytesOf([...inHand].filter((one) => one.owner === owner));
    return [...waiting].reduce<Waiting | undefined>(
      (best, one) => (best === undefined || has(one.owner) < has(best.owner) ? one : best),
      undefined,
    );
  };
  const next = (): void => {
    for (let one = nextOne(); one !== undefined && fits(one); one = nextOne()) {
      waiting.delete(one);
      inHand.add(one);
      one.go();
    }
  };
  const waits = (bytes: number): boolean => bytes > freeBytes;
  return {
    waits,
    async run({ bytes, owner, alone = false }, work) {
      if (!alone && !waits(bytes)) return work();
      const mine = await new Promise<Waiting>((resolve, reject) => {
        const close = (): void => reject(new TurnsClosed('no turns any more'));
        if (closed) return close();
        const one: Waiting = { owner, bytes: alone ? mostBytes : bytes, go: () => resolve(one), close };
        waiting.add(one);
        next();
      });
      try {
        return await work();
      } finally {
        inHand.delete(mine);
        next();
      }
    },
    close() {
      closed = true;
      const all = [...waiting];
      waiting.clear();
      for (const one of all) one.close();
    },
  };
}
