// Bodies that are read whole: how much of them is in memory at once, in all and per key, and how long one may take (row 18).
import { type Request, type RequestHandler, type Response, raw } from 'express';
import { type BodyPace, Octets, patienceMs } from '../base/index.ts';
import type { EventFields, EventName, Observer } from '../observe/index.ts';
import type { Caller } from './auth.ts';
import { type Problem, sendProblem } from './problem.ts';

export interface BodyLimits extends BodyPace {
  /** Of one body. */
  readonly mostBytes: number;
  /** Of all large bodies together, and half of it of one key. */
  readonly largeInHand: number;
  /** A body up to this is small: it has a room of its own, so that large ones do not keep it out. */
  readonly smallBytes: number;
  /** Of all small bodies together, and half of it of one key. */
  readonly smallInHand: number;
  /** How long a body may take from its head to its end, however fast it comes. */
  readonly wholeMs: number;
}

const MB = 1024 * 1024;

/** How long Node waits for a whole request. */
export const REQUEST_TIMEOUT_MS = 120_000;

const BODY_LIMITS: BodyLimits = {
  // One StUF envelope of 25 MB as base64 in JSON, with room for the fields around it.
  mostBytes: 37 * MB,
  // Four of the largest, two of one key. A document is there a few times over while it is judged.
  largeInHand: 150 * MB,
  // What is small for the turns of the gateway too.
  smallBytes: 256 * 1024,
  // Thousands of usual messages, 256 of the largest that are small.
  smallInHand: 64 * MB,
  // As `endpoint.bodyTimeout` and the rate at the door of the partners.
  bodyIdleMs: 30_000,
  bodyGraceMs: 30_000,
  minBodyBytesPerSecond: 1024,
  // Before Node ends the request itself, which nobody would be told of.
  wholeMs: REQUEST_TIMEOUT_MS - 10_000,
};

/** A large document is judged within seconds. */
const RETRY_AFTER_SECONDS = 5;

/** Why a body is not read: what its sender is told, and what operators are. */
interface Refusal {
  readonly event: EventName;
  readonly problem: Problem;
}

const busy: Refusal = {
  event: 'api.busy',
  problem: {
    status: 503,
    code: 'busy',
    title: 'Te veel tegelijk',
    detail: `Er zijn te veel berichten tegelijk in behandeling, van deze sleutel of in totaal; er is niets opgeslagen. Probeer het over ${RETRY_AFTER_SECONDS} seconden opnieuw.`,
  },
};
const stalled: Refusal = {
  event: 'api.stalled',
  problem: {
    status: 408,
    code: 'request-timeout',
    title: 'De aanvraag viel stil',
    detail: 'Van de inhoud kwam te lang niets of te weinig binnen; er is niets opgeslagen. Probeer het opnieuw.',
  },
};

/**
 * Reads the body into `request.body` when there is room for it, and hands the request on; `mostBytes` is for bodies that are
 * smaller than others. The room is given back when the work is done, also when the caller went away before: until then the
 * document is in memory.
 */
export type WithBody = (
  handle: (request: Request, response: Response) => Promise<void>,
  mostBytes?: number,
) => RequestHandler;

/** All handlers of one reader share its rooms. */
export function bodyReader(observer: Pick<Observer, 'emit'>, bounds: BodyLimits = BODY_LIMITS): WithBody {
  const roomOf = createRooms(bounds);
  return (handle, mostBytes = bounds.mostBytes) => {
    const limits = { ...bounds, mostBytes };
    const inflate = raw({ type: () => true, limit: mostBytes });
    const parse: RequestHandler = (request, ...rest) =>
      isEncoded(request) ? inflate(request, ...rest) : gather(request, mostBytes, rest[1]);
    return async (request, response) => {
      const room = roomOf(callerOf(response));
      try {
        const fits = room.resize(octetsAhead(request, limits));
        const end = fits ? await read({ request, response, parse, room, limits }) : busy;
        if (end === 'whole') await handle(request, response);
        else if (end !== 'gone') {
          observer.emit(end.event, whoAsks(request, response));
          refuse(response, end);
        }
      } finally {
        room.resize(0);
      }
    };
  };
}

function refuse(response: Response, refusal: Refusal): void {
  if (refusal === busy) response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
  // Who is still sending can read the answer only when the connection stays; of who stalls there is nothing to wait for.
  if (refusal === stalled) response.setHeader('Connection', 'close');
  sendProblem(response, refusal.problem);
}

/** By the name of the key, as in the journal; without the query. */
function whoAsks({ method, baseUrl, path, socket }: Request, response: Response): EventFields {
  const { remoteAddress } = socket;
  return {
    detail: `${method} ${baseUrl}${path} with key ${callerOf(response)}`,
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  };
}

const callerOf = (response: Response): string => (response.locals.caller as Caller).name;

/** What a body will take, as far as its head tells. */
function octetsAhead(request: Request, limits: BodyLimits): number {
  return isEncoded(request) ? limits.mostBytes : octetsKept(Number(request.headers['content-length'] ?? 0), limits);
}

/** How large it is comes out when it is decoded. */
const isEncoded = ({ headers }: Request): boolean => (headers['content-encoding'] ?? 'identity') !== 'identity';

/** Of a body that is too large the parser keeps nothing: it answers 413. */
const octetsKept = (bytes: number, { mostBytes }: BodyLimits): number => (bytes > mostBytes ? 0 : bytes);

interface Reading {
  readonly request: Request;
  readonly response: Response;
  readonly parse: RequestHandler;
  readonly room: Room;
  readonly limits: BodyLimits;
}

type ReadEnd = 'whole' | 'gone' | Refusal;

function read({ request, response, parse, room, limits }: Reading): Promise<ReadEnd> {
  const grows = request.headers['transfer-encoding'] !== undefined && !isEncoded(request);
  const startedAt = performance.now();
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const wait = (): NodeJS.Timeout => {
      const waitedMs = performance.now() - startedAt;
      const patience = Math.min(patienceMs({ bytes, waitedMs }, limits), limits.wholeMs - waitedMs);
      return setTimeout(() => end(stalled), patience);
    };
    let timer = wait();
    const end = (how: ReadEnd): void => {
      clearTimeout(timer);
      request.off('data', arrives);
      resolve(how);
    };
    const arrives = (chunk: Buffer): void => {
      bytes += chunk.length;
      clearTimeout(timer);
      timer = wait();
      if (!grows || room.resize(octetsKept(bytes, limits))) return;
      end(busy);
      // The parser lets go of what it has and passes over the rest.
      request.emit('error', new Error('no room for the body'));
    };
    request.on('data', arrives);
    response.once('close', () => end('gone'));
    parse(request, response, (error?: unknown) => {
      if (error !== undefined) reject(error);
      end('whole');
    });
  });
}

/**
 * As Express does it for an encoded body, but pieces do not keep a Buffer each: the sender decides how small they are. Of what
 * is too large nothing is kept, and the rest is passed over before it is told, so that the sender can hear it.
 */
function gather(request: Request, limit: number, done: (error?: unknown) => void): void {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    done();
    return;
  }
  let kept: Octets | undefined = new Octets();
  const take = (chunk: Buffer): void => {
    if (kept !== undefined && kept.length + chunk.length > limit) kept = undefined;
    kept?.add(chunk);
  };
  request.on('data', take);
  request.once('error', (error) => {
    request.off('data', take);
    request.resume();
    done(error);
  });
  request.once('end', () => {
    if (kept !== undefined) request.body = asBuffer(kept.bytes());
    done(kept === undefined ? tooLarge(limit) : undefined);
  });
}

/** The words of Express for it. */
const tooLarge = (limit: number): Error =>
  Object.assign(new Error('request entity too large'), { status: 413, type: 'entity.too.large', limit });

const asBuffer = ({ buffer, byteOffset, length }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, length);

/** What one body holds of the rooms. */
interface Room {
  /** False when it does not fit; it holds nothing then. */
  resize(bytes: number): boolean;
}

function createRooms({ smallBytes, smallInHand, largeInHand }: BodyLimits): (owner: string) => Room {
  const small = createCount(smallInHand);
  const large = createCount(largeInHand);
  const countFor = (bytes: number): Count => (bytes <= smallBytes ? small : large);
  return (owner) => {
    let held = 0;
    return {
      resize(bytes) {
        countFor(held).giveBack(owner, held);
        const fits = countFor(bytes).take(owner, bytes);
        held = fits ? bytes : 0;
        return fits;
      },
    };
  };
}

interface Count {
  take(owner: string, bytes: number): boolean;
  giveBack(owner: string, bytes: number): void;
}

/** Octets in hand, of which no owner has more than half. */
function createCount(most: number): Count {
  const perOwner = new Map<string, number>();
  let inHand = 0;
  const add = (owner: string, bytes: number): void => {
    const own = (perOwner.get(owner) ?? 0) + bytes;
    inHand += bytes;
    if (own > 0) perOwner.set(owner, own);
    else perOwner.delete(owner);
  };
  return {
    take(owner, bytes) {
      if (inHand + bytes > most || (perOwner.get(owner) ?? 0) + bytes > most / 2) return false;
      add(owner, bytes);
      return true;
    },
    giveBack: (owner, bytes) => add(owner, -bytes),
  };
}
