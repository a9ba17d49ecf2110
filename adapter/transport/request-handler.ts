// One request from its head to its reply: guard, identify, find a place, ask the door, answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Capacity } from './capacity.ts';
import { addressOf } from './connections.ts';
import type { Identifier } from './identity.ts';
import { sendReply } from './reply.ts';
import { BodyAborted, readBody, SenderWait } from './request-body.ts';
import { type GuardLimits, guardRequest, pathOf, type Refusal } from './request-guard.ts';
import type { ServerLimits, ServerOptions, TransportEvent } from './server-options.ts';
import type { EbmsDoor, HttpReply, InboundRequest, Peer } from './types.ts';

export interface HandlerContext {
  readonly options: ServerOptions;
  readonly limits: ServerLimits;
  readonly guard: GuardLimits;
  readonly identifier: Identifier;
  readonly capacity: Capacity;
  readonly door: EbmsDoor;
  readonly emit: (event: TransportEvent) => void;
  /** True when connections must not take another request: we are shutting down. */
  mustClose(): boolean;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The sender waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
}

const REASON_BUSY = 'alle plaatsen bezet';

/** Handles one exchange to its end; never rejects. */
export async function handleExchange(exchange: Exchange, context: HandlerContext): Promise<void> {
  const { request } = exchange;
  const refusal = guardRequest(headOf(request), context.guard);
  if (refusal !== undefined) return refuse(exchange, refusal, context);
  const identity = context.identifier.identify(request, context.options.clock.now());
  if (!identity.ok) {
    context.emit({ kind: 'peer.refused', remoteAddress: addressOf(request.socket), reason: identity.error });
    return refuse(exchange, { status: 403, reason: identity.error }, context);
  }
  const { peer } = identity.value;
  const release = context.capacity.take({
    key: peer?.oin ?? peer?.fingerprint ?? '',
    stranger: peer !== undefined && context.options.isPartner?.(peer) === false,
  });
  if (release === undefined) return refuse(exchange, { ...busy(context), reason: REASON_BUSY }, context);
  await answer(exchange, peer, context, release);
}

function headOf(request: IncomingMessage) {
  const { method = '', url = '', httpVersion, headers, rawHeaders } = request;
  return { method, url, httpVersion, headers, headerLines: rawHeaders.length / 2 };
}

function busy({ limits }: HandlerContext): HttpReply {
  return { status: 503, headers: { 'retry-after': String(limits.retryAfterSeconds) } };
}

function refuse({ request, response }: Exchange, refusal: Refusal, context: HandlerContext): void {
  const { status, reason, headers = {} } = refusal;
  context.emit({ kind: 'request.refused', remoteAddress: addressOf(request.socket), status, reason });
  sendReply(request, response, { status, headers }, { close: status === 400 || status === 403 || context.mustClose() });
}

/** The place is held until the door is done, even when the reply had to go out before. */
async function answer(
  exchange: Exchange,
  peer: Peer | undefined,
  context: HandlerContext,
  release: () => void,
): Promise<void> {
  const { request, response } = exchange;
  const wait = new SenderWait();
  const inbound = toInbound(exchange, { peer, wait }, context);
  const work = askDoor(inbound, context).finally(release);
  const reply = await withinTime(work, wait, context);
  if (reply === undefined) request.destroy();
  else sendSafely(exchange, reply, inbound.cid, context);
  if (reply === undefined && !response.destroyed) response.destroy();
}

function toInbound(
  exchange: Exchange,
  { peer, wait }: { readonly peer: Peer | undefined; readonly wait: SenderWait },
  { options, limits }: HandlerContext,
): InboundRequest {
  const { request, response, expectsContinue } = exchange;
  const { method = '', url = '', headers } = request;
  const onStart = (): void => {
    if (expectsContinue && !response.headersSent) response.writeContinue();
  };
  return {
    cid: options.ids.uuid(),
    peer,
    remoteAddress: addressOf(request.socket),
    method,
    path: pathOf(url),
    headers,
    body: readBody(request, limits, wait, onStart),
  };
}

const ABORT_STATUS = { timeout: 408, tooLarge: 413 } as const;

/** Undefined: nobody is there to be answered. A throw of the door tells the outside nothing (architecture 3.8). */
async function askDoor(inbound: InboundRequest, { door, emit }: HandlerContext): Promise<HttpReply | undefined> {
  try {
    return await door(inbound);
  } catch (error) {
    if (!(error instanceof BodyAborted)) {
      emit({ kind: 'door.failed', cid: inbound.cid, error });
      return { status: 500, headers: {} };
    }
    const { remoteAddress } = inbound;
    if (error.reason === 'connection') return undefined;
    const status = ABORT_STATUS[error.reason];
    emit({ kind: 'request.refused', remoteAddress, status, reason: error.message });
    return { status, headers: {} };
  }
}

/** Time in which the sender was waited for is not the door's: its body has limits of its own (row 97). */
function withinTime(
  work: Promise<HttpReply | undefined>,
  wait: SenderWait,
  context: HandlerContext,
): Promise<HttpReply | undefined> {
  const { replyTimeoutMs } = context.limits;
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    const look = (): void => {
      const leftMs = replyTimeoutMs + wait.ms - (performance.now() - startedAt);
      if (leftMs < 1) resolve(busy(context));
      else timer = setTimeout(look, leftMs);
    };
    look();
    void work.then((reply) => {
      clearTimeout(timer);
      resolve(reply);
    });
  });
}

/** A reply that cannot be written (bad header value) is a bug of the door: a blank 500. */
function sendSafely({ request, response }: Exchange, reply: HttpReply, cid: string, context: HandlerContext): void {
  const options = { close: context.mustClose() };
  try {
    sendReply(request, response, reply, options);
  } catch (error) {
    context.emit({ kind: 'door.failed', cid, error });
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    sendReply(request, response, { status: 500, headers: {} }, { close: true });
  }
}
