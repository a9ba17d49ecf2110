// The body of a request, chunked or not (R150), as a stream that cannot be too long (DK-058), too slow or silently cut.
import type { IncomingMessage } from 'node:http';
import { type BodyPace, patienceMs } from '../base/index.ts';

export type BodyAbortReason = 'connection' | 'timeout' | 'tooLarge';

/** The body did not come in whole. A door lets it pass; the server then answers 408 or 413, or nothing when nobody is there. */
export class BodyAborted extends Error {
  override readonly name = 'BodyAborted';
  readonly reason: BodyAbortReason;
  constructor(reason: BodyAbortReason) {
    super(`request body aborted: ${reason}`);
    this.reason = reason;
  }
}

export interface BodyLimits extends BodyPace {
  readonly maxBodyBytes: number;
}

/** How long a sender has been waited for. The rest of the time of a request is ours. */
export class SenderWait {
  #pastMs = 0;
  #since: number | undefined;

  get ms(): number {
    return this.#pastMs + (this.#since === undefined ? 0 : performance.now() - this.#since);
  }

  begin(): void {
    this.#since = performance.now();
  }

  end(): void {
    this.#pastMs = this.ms;
    this.#since = undefined;
  }
}

/** Only time spent waiting for the sender counts: a slow store is not the partner's fault. */
export async function* readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  wait: SenderWait,
  onStart: () => void,
): AsyncGenerator<Uint8Array> {
  const signal = new WakeUp(request);
  let bytes = 0;
  onStart();
  for (;;) {
    const chunk: Buffer | null = request.read();
    if (chunk !== null) {
      bytes += chunk.length;
      if (bytes > limits.maxBodyBytes) throw new BodyAborted('tooLarge');
      yield chunk;
      continue;
    }
    if (request.readableEnded) return;
    if (request.destroyed) throw new BodyAborted('connection');
    const patience = patienceMs({ bytes, waitedMs: wait.ms }, limits);
    if (patience <= 0) throw new BodyAborted('timeout');
    wait.begin();
    const woken = await signal.wait(patience);
    wait.end();
    if (!woken) throw new BodyAborted('timeout');
  }
}

/** Wakes one waiter when the request has something to say: data, its end or its death. */
class WakeUp {
  #pending = false;
  #wake: (() => void) | undefined;

  constructor(request: IncomingMessage) {
    const wake = (): void => {
      this.#pending = true;
      this.#wake?.();
    };
    request.on('readable', wake).on('end', wake).on('close', wake).on('error', wake);
  }

  /** False after `ms` without a sign. */
  wait(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (woken: boolean): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        this.#pending = false;
        resolve(woken);
      };
      const timer = setTimeout(done, ms, false);
      this.#wake = () => done(true);
      if (this.#pending) done(true);
    });
  }
}
