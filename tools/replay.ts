// Gives a recorded request to the endpoint itself, without a port: its parser, its guard, its limits (rows 97, 98, 110–112).
import { Duplex } from 'node:stream';
import { createEbmsServer, type EbmsDoor } from '../adapter/transport/index.ts';

/** After the last byte of a recording nothing comes, so there is no need to wait as long as the endpoint does. */
const SILENCE_MS = 500;
const NEVER_ENDED = 408;
const FINAL_STATUS = /^HTTP\/1\.1 ([2-5]\d\d) /m;

export interface ReplayOptions {
  readonly path: string;
  readonly maxBodyBytes: number;
}

/** What the sender would see. */
export interface Seen {
  /** Undefined when the connection ends without an answer. */
  readonly status: number | undefined;
  /** The door gave this answer, rather than the endpoint in front of it. */
  readonly fromDoor: boolean;
}

export async function replay(
  request: Uint8Array,
  { path, maxBodyBytes }: ReplayOptions,
  door: EbmsDoor,
): Promise<Seen> {
  const sender = new Sender(request);
  const server = createEbmsServer(
    {
      host: '',
      port: 0,
      path,
      listener: { kind: 'plain' },
      clock: { now: () => Date.now() },
      ids: { uuid: () => '' },
      limits: { maxBodyBytes, bodyIdleMs: SILENCE_MS },
    },
    async (inbound) => {
      sender.headIsRead();
      const reply = await door(inbound);
      sender.doorReplied();
      return reply;
    },
  );
  server.adopt(sender);
  try {
    return await sender.seen;
  } finally {
    sender.destroy();
    await server.close(0);
  }
}

/** The other end of the connection: it says all it has to say at once, and then listens. */
class Sender extends Duplex {
  readonly seen: Promise<Seen>;
  #see: (status: number | undefined) => void = () => undefined;
  readonly #silence: NodeJS.Timeout;
  #fromDoor = false;

  constructor(request: Uint8Array) {
    super();
    this.seen = new Promise((resolve) => {
      this.#see = (status) => resolve({ status, fromDoor: this.#fromDoor });
    });
    this.push(request);
    // The endpoint's own watch over heads that do not end goes with its port.
    this.#silence = setTimeout(() => this.#see(NEVER_ENDED), SILENCE_MS);
  }

  headIsRead(): void {
    clearTimeout(this.#silence);
  }

  doorReplied(): void {
    this.#fromDoor = true;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const status = FINAL_STATUS.exec(chunk.toString('latin1'))?.[1];
    if (status !== undefined) this.#see(Number(status));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#silence);
    this.#see(undefined);
    done(error);
  }
}
