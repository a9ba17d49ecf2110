// Lets large documents go one after the other, so that memory does not grow with how many arrive together.

export interface Turns {
  /** Runs the work when it fits beside what runs already, in the order of asking; alone, any size fits. */
  run<T>(bytes: number, work: () => Promise<T>): Promise<T>;
}

/** `mostBytes`: how much may be in hand at once. Sizes up to `freeBytes` do not wait and are not counted. */
export function createTurns({ mostBytes, freeBytes }: { mostBytes: number; freeBytes: number }): Turns {
  const waiting: { readonly bytes: number; readonly go: () => void }[] = [];
  let inHand = 0;
  const next = (): void => {
    for (let [first] = waiting; first !== undefined; [first] = waiting) {
      if (inHand > 0 && inHand + first.bytes > mostBytes) return;
      waiting.shift();
      inHand += first.bytes;
      first.go();
    }
  };
  return {
    async run(bytes, work) {
      if (bytes <= freeBytes) return work();
      await new Promise<void>((go) => {
        waiting.push({ bytes, go });
        next();
      });
      try {
        return await work();
      } finally {
        inHand -= bytes;
        next();
      }
    },
  };
}
