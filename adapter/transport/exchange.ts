// One POST over a pool and the whole of its answer, within a time and a size; undici's handler interface, no streams.
import type { Dispatcher, Pool } from 'undici';
import { Octets } from '../base/index.ts';
import type { PostOutcome } from './types.ts';

export interface ExchangeLimits {
  readonly overallTimeoutMs: number;
  readonly maxResponseBytes: number;
}

/** Resolves with the response, or `tooLarge`; rejects with undici's, node's or OpenSSL's error, or a `TimeoutError`. */
export function exchange(
  pool: Pool,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<PostOutcome> {
  return new Promise((resolve, reject) => {
    pool.dispatch(request, new Collector(limits, resolve, reject));
  });
}

/** RFC 9110 sets no bound; who sends more is not about to answer, and each costs us as much as an answer (row 97). */
const MAX_INTERIM = 20;

class Collector implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #resolve: (outcome: PostOutcome) => void;
  readonly #reject: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #body = new Octets();
  #bytes = 0;
  #interim = 0;
  #status = 0;
  #headers: Record<string, string> = {};
  #controller: Dispatcher.DispatchController | undefined;
  #cut: Error | undefined;

  constructor(limits: ExchangeLimits, resolve: (outcome: PostOutcome) => void, reject: (error: unknown) => void) {
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#abort(namedError('TimeoutError')), limits.overallTimeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The time was up while the post still waited for a connection: it must not be sent after all.
    if (this.#cut !== undefined) controller.abort(this.#cut);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Parameters<typeof plainHeaders>[0]): void {
    if (status < 200) {
      this.#interim += 1;
      if (this.#interim > MAX_INTERIM)
        this.#refuse('protocol', `meer dan ${MAX_INTERIM} voorlopige antwoorden (1xx) van de partner`);
      return;
    }
    this.#status = status;
    this.#headers = plainHeaders(headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    const { maxResponseBytes } = this.#limits;
    if (this.#bytes <= maxResponseBytes) {
      this.#body.add(chunk);
      return;
    }
    this.#refuse('tooLarge', `antwoord van de partner is groter dan ${maxResponseBytes} bytes`);
  }

  #refuse(reason: 'tooLarge' | 'protocol', detail: string): void {
    this.#resolve({ kind: 'failed', reason, detail });
    this.#abort(namedError('Refused'));
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    this.#resolve({ kind: 'response', status: this.#status, headers: this.#headers, body: this.#body.bytes() });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer);
    this.#reject(error);
  }

  #abort(reason: Error): void {
    clearTimeout(this.#timer);
    this.#cut = reason;
    this.#controller?.abort(reason);
    this.#reject(reason);
  }
}

function namedError(name: string): Error {
  return Object.assign(new Error(name), { name });
}

/** Lower-case names; values that came more than once are joined with commas. */
function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}
