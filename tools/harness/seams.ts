// The seams of a gateway under test: they watch what it writes, posts and reads, and end the process at the armed point.
import { ServerResponse, STATUS_CODES } from 'node:http';
import type { Gateway } from '../../adapter/gateway/index.ts';
import type { Change } from '../../adapter/msh/index.ts';
import type { Seams } from '../../adapter/program.ts';
import type { BlobWriter, Store } from '../../adapter/store/index.ts';
import type { PostBody, ReloadableClient } from '../../adapter/transport/index.ts';
import type { FailPoint } from './fail-point.ts';

/** What the orders of the harness turn, besides the fail point. */
export interface Knobs {
  readonly fail: FailPoint;
  /** Before each call of the store. */
  slowMs: number;
  posts: number;
  lateRefused: number;
  busyAnswers: number;
  mostAtOnce: number;
  /** Each n-th business message is posted twice; 0: none. */
  copyEvery: number;
  /** Runs after each write that the store said to be durable. */
  readonly onDurable: () => void;
}

export interface Opened {
  store?: Store;
}

export function seamsFor(knobs: Knobs, opened: Opened, below: (store: Store) => Store): Required<Seams> {
  watchAnswers(knobs);
  return {
    store: (store) => {
      opened.store = storeSeam(below(store), knobs);
      return opened.store;
    },
    client: (client) => clientSeam(client, knobs),
    gateway: (gateway) => gatewaySeam(gateway, knobs),
  };
}

/** After a transaction of one statement has ended, on a disk that is not slow. */
const UNDER_WAY_MS = 3;

const acknowledges = ({ expect, message, journal }: Change): boolean =>
  expect !== 'new' && message.direction === 'out' && journal.some((entry) => entry.event === 'acknowledged');

function storeSeam(store: Store, knobs: Knobs): Store {
  const { fail } = knobs;
  const slowly = async <T>(call: () => Promise<T>): Promise<T> => {
    if (knobs.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, knobs.slowMs));
    return call();
  };
  const durable = async <T>(call: () => Promise<T>): Promise<T> => {
    const value = await slowly(call);
    knobs.onDurable();
    return value;
  };
  return {
    ...store,
    load: (ids) => slowly(() => store.load(ids)),
    commit: async (change) => {
      if (acknowledges(change)) await fail.at('ackNotCommitted');
      const late = fail.isLateWrite();
      const result = await durable(() => store.commit(change));
      if (late && result === 'conflict') knobs.lateRefused += 1;
      if (result === 'ok' && change.expect === 'new') await afterInsert(change, fail);
      return result;
    },
    claim: (kinds, now, leaseMs, max) => durable(() => store.claim(kinds, now, leaseMs, max)),
    note: (entry) => durable(() => store.note(entry)),
    agreements: {
      ...store.agreements,
      put: async (cpa, replace) => {
        await fail.at('cpaActivation');
        const write = durable(() => store.agreements.put(cpa, replace));
        // One that takes longer than one transaction is met half done.
        await Promise.race([write, new Promise((resolve) => setTimeout(resolve, UNDER_WAY_MS))]);
        await fail.at('cpaActivation');
        const result = await write;
        await fail.at('cpaActivation');
        return result;
      },
    },
    blobs: { ...store.blobs, writer: () => writerSeam(store.blobs.writer(), fail) },
  };
}

async function afterInsert({ message }: Change, fail: FailPoint): Promise<void> {
  if (message.direction === 'out' && message.originId !== undefined) await fail.at('forwardedNotSettled');
  else await fail.at('committedNotAnswered');
}

function writerSeam(writer: BlobWriter, fail: FailPoint): BlobWriter {
  return {
    write: (chunk) => writer.write(chunk),
    finish: async () => {
      const blob = await writer.finish();
      if (blob.inline === undefined) await fail.at('blobWritten');
      return blob;
    },
    abort: () => writer.abort(),
  };
}

function clientSeam(client: ReloadableClient, knobs: Knobs): ReloadableClient {
  const { fail } = knobs;
  return {
    post: async (target, body) => {
      await fail.at('claimedNotPosted');
      knobs.posts += 1;
      if (knobs.copyEvery > 0 && knobs.posts % knobs.copyEvery === 0 && !isSignal(body))
        await client.post(target, body);
      const half = isSignal(body) && fail.due('answerHalf') ? halfOf(body, fail) : body;
      const outcome = await client.post(target, half);
      await fail.at('postedNotCommitted');
      return outcome;
    },
    close: () => client.close(),
    reload: (tls) => client.reload(tls),
    pools: () => client.pools(),
  };
}

/** Business messages have a payload and so are multipart. */
const isSignal = ({ headers }: PostBody): boolean => !(headers['content-type'] ?? '').startsWith('multipart/');

/** An answer posted on its own (asynchronous): half of it goes out. */
function halfOf(body: PostBody, fail: FailPoint): PostBody {
  async function* half(): AsyncIterable<Uint8Array> {
    const { body: source } = body;
    for await (const chunk of source instanceof Uint8Array ? [source] : source()) {
      yield chunk.subarray(0, Math.ceil(chunk.length / 2));
      await new Promise((resolve) => setTimeout(resolve, 5));
      await fail.die('answerHalf');
    }
  }
  return { ...body, body: half };
}

function gatewaySeam(gateway: Gateway, knobs: Knobs): Gateway {
  const { fail } = knobs;
  let atOnce = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    atOnce += 1;
    knobs.mostAtOnce = Math.max(knobs.mostAtOnce, atOnce);
    return work.finally(() => {
      atOnce -= 1;
    });
  };
  return {
    ...gateway,
    receive: (request) => {
      if (!fail.due('bodyHalf')) return counted(gateway.receive(request));
      const length = Number(request.headers['content-length'] ?? 0);
      return gateway.receive({ ...request, body: firstHalf(request.body, length / 2, fail) });
    },
  };
}

async function* firstHalf(body: AsyncIterable<Uint8Array>, most: number, fail: FailPoint): AsyncIterable<Uint8Array> {
  let done = 0;
  for await (const chunk of body) {
    yield chunk.subarray(0, Math.max(0, Math.ceil(most) - done));
    done += chunk.length;
    if (done >= most) await fail.die('bodyHalf');
  }
}

/** Counts the answers that ask for patience. Answers over HTTP, of the ebMS and the REST door: half of the octets are on the wire when the process ends. */
function watchAnswers(knobs: Knobs): void {
  const { fail } = knobs;
  const { end } = ServerResponse.prototype;
  const cutting = function (this: ServerResponse, ...args: unknown[]): ServerResponse {
    if (this.statusCode === 503) knobs.busyAnswers += 1;
    if (this.req.method !== 'POST' || !fail.isArmed('answerHalf') || !fail.due('answerHalf')) {
      return Reflect.apply(end, this, args) as ServerResponse;
    }
    const [chunk] = args;
    const body =
      typeof chunk === 'string' || chunk instanceof Uint8Array ? Buffer.from(chunk as string) : Buffer.alloc(0);
    const head = `HTTP/1.1 ${this.statusCode} ${STATUS_CODES[this.statusCode] ?? ''}\r\ncontent-length: ${body.length}\r\n\r\n`;
    const whole = Buffer.concat([Buffer.from(head), body]);
    this.socket?.write(whole.subarray(0, Math.ceil(whole.length / 2)), () => void fail.die('answerHalf'));
    return this;
  };
  ServerResponse.prototype.end = cutting as typeof end;
}
