// REST: submit a message, see what became of it, fetch its parts (rows 57, 157).
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { Router } from 'express';
import { documentFromJson, type Gateway, type SubmitDocument } from '../gateway/index.ts';
import { STATES } from '../msh/index.ts';
import type { Caller, Guards } from './auth.ts';
import type { WithBody } from './bodies.ts';
import { closeOtherMethods } from './methods.ts';
import { badRequest, notFound, sendProblem } from './problem.ts';
import { quoted, unknownParameter, wholeNumber } from './query.ts';
import { journalView, messageView, toRecordId } from './views.ts';

const PART = '/messages/:id/parts/:index';

export function messagesRouter(gateway: Gateway, { application }: Guards, withBody: WithBody): Router {
  const router = Router();
  router.post(
    '/messages',
    application,
    withBody((request, response) => submit(gateway, request, response)),
  );
  router.get('/messages', (request, response) => list(gateway, request, response));
  router.get('/messages/:id', async (request, response) => {
    const record = await gateway.message(toRecordId(request.params.id));
    if (record === undefined) return sendProblem(response, notFound);
    response.json(messageView(record));
  });
  router.get('/messages/:id/journal', async (request, response) => {
    const entries = await gateway.journal(toRecordId(request.params.id));
    if (entries.length === 0) return sendProblem(response, notFound);
    response.json({ entries: entries.map(journalView) });
  });
  router.get(PART, application);
  router.get(PART, (request, response) => part(gateway, request, response));
  return closeOtherMethods(router);
}

const MAX_KEY = 255;

async function submit(gateway: Gateway, request: Request, response: Response): Promise<void> {
  const document = readBody(request);
  if ('detail' in document) {
    sendProblem(response, badRequest(document.detail));
    return;
  }
  const caller = response.locals.caller as Caller;
  const key = request.get('idempotency-key');
  // An empty one is a variable that the caller forgot to fill: every message would bear it.
  if (key !== undefined && (key === '' || key.length > MAX_KEY)) {
    sendProblem(
      response,
      badRequest(`Idempotency-Key: gevonden ${key.length} tekens; verwacht 1 tot en met ${MAX_KEY}.`),
    );
    return;
  }
  const result = await gateway.submitDocument(document, {
    client: caller.name,
    ...(key === undefined ? {} : { key }),
  });
  if (result.kind === 'conflict') {
    const detail = 'Deze Idempotency-Key is al gebruikt voor een ander bericht.';
    sendProblem(response, { status: 409, code: 'idempotency-conflict', title: 'Sleutel al gebruikt', detail });
    return;
  }
  if (result.kind === 'refused') {
    const title = 'Het bericht is niet aangenomen en wordt niet verzonden';
    sendProblem(response, { status: 422, code: result.code, title, issues: result.issues });
    return;
  }
  const view = messageView(result.record);
  if (!result.created) response.setHeader('Idempotency-Replayed', 'true');
  response.status(202).location(view.href).json(view);
}

function readBody(request: Request): SubmitDocument | { detail: string } {
  const bytes = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
  if (bytes.length === 0) return { detail: 'De aanvraag heeft geen inhoud; verwacht wordt een StUF-bericht of JSON.' };
  if (request.is('json')) return documentFromJson(bytes);
  if (request.is('xml') || request.is('text/xml')) return { stuf: bytes };
  return { detail: 'Content-Type: verwacht application/xml (StUF-bericht) of application/json.' };
}

const FILTERS = ['direction', 'cpaId', 'messageId', 'conversationId', 'referentienummer', 'functie'] as const;

async function list(gateway: Gateway, request: Request, response: Response): Promise<void> {
  const limit = wholeNumber(request.query, 'limit', { least: 1, most: 1000, otherwise: 50 });
  if (!limit.ok) return sendProblem(response, badRequest(limit.error));
  const fault = filterFault(request.query);
  if (fault !== undefined) return sendProblem(response, badRequest(fault));
  const text = (name: string): string | undefined => {
    const value = request.query[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const filter = Object.fromEntries(FILTERS.flatMap((name) => (text(name) === undefined ? [] : [[name, text(name)]])));
  const states = text('state')?.split(',');
  const cursor = text('cursor');
  const found = await gateway.search(
    { ...filter, ...(states === undefined ? {} : { states }) },
    { limit: limit.value, ...(cursor === undefined ? {} : { cursor }) },
  );
  response.json({
    messages: found.messages.map(messageView),
    ...(found.next === undefined ? {} : { next: found.next }),
  });
}

const DIRECTIONS = ['in', 'out'];

/** A filter that cannot be meant would find nothing, or everything: it is named instead, with what it may hold. */
function filterFault(query: Request['query']): string | undefined {
  const unknown = unknownParameter(query, [...FILTERS, 'state', 'limit', 'cursor']);
  if (unknown !== undefined) return unknown;
  const twice = [...FILTERS, 'state', 'cursor'].find((name) => typeof (query[name] ?? '') !== 'string');
  if (twice !== undefined) return `${twice}: staat er meer dan één keer; verwacht één waarde.`;
  return strange('state', query.state, STATES) ?? strange('direction', query.direction, DIRECTIONS);
}

function strange(name: string, given: unknown, allowed: readonly string[]): string | undefined {
  if (typeof given !== 'string' || given === '') return undefined;
  const values = name === 'state' ? given.split(',') : [given];
  const found = values.find((value) => !allowed.includes(value));
  const many = name === 'state' ? 'een of meer van ' : '';
  return found === undefined ? undefined : `${name}: ${quoted(found)} gevonden; verwacht ${many}${allowed.join(', ')}.`;
}

async function part(
  gateway: Gateway,
  request: Request<{ id: string; index: string }>,
  response: Response,
): Promise<void> {
  const record = await gateway.message(toRecordId(request.params.id));
  const found = record?.parts[Number(request.params.index)];
  if (found === undefined) {
    sendProblem(response, notFound);
    return;
  }
  response.setHeader('Content-Type', 'application/octet-stream');
  response.setHeader('Content-Disposition', 'attachment');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Part-Content-Type', found.contentType.replace(/[^\x20-\x7e]/g, ''));
  response.setHeader('Content-Length', String(found.blob.bytes));
  // However it ends, the reader's file is closed.
  await pipeline(gateway.blob(found.blob), response).catch((error: unknown) => {
    if (!isClosedEarly(error)) throw error;
  });
}

/** The caller went away: nobody is there to be told. A reader's own faults have other codes. */
const isClosedEarly = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  /^(ERR_STREAM_|ECONNRESET$|EPIPE$)/.test(String(error.code));
