// Makes a failing input smaller for as long as it fails in the same way.

/** Tries to leave out ever smaller pieces; `fails` is asked at most `tries` times. */
export async function minimise(
  input: Buffer,
  fails: (candidate: Buffer) => Promise<boolean>,
  tries: number,
): Promise<Buffer> {
  let best = input;
  let left = tries;
  for (let size = Math.ceil(best.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && left > 0; ) {
      const candidate = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      left -= 1;
      if (await fails(candidate)) best = candidate;
      else at += size;
    }
  }
  return best;
}
