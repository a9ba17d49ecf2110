// The REST door: applications submit and collect, operators manage, monitoring reads health and metrics.
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Gateway } from '../gateway/index.ts';
import { faultOf, type Observer } from '../observe/index.ts';
import { InvalidCursor, StoreUnavailable } from '../store/index.ts';
import { type ApiKey, guardsFor } from './auth.ts';
import { bodyReader, REQUEST_TIMEOUT_MS } from './bodies.ts';
import { type EventsMode, eventsRouter } from './events.ts';
import { inboxRouter } from './inbox.ts';
import { messagesRouter } from './messages.ts';
import { operationsRouter } from './operations.ts';
import { badRequest, notFound, sendProblem, unavailable } from './problem.ts';

export type { ApiKey, ApiRole } from './auth.ts';
export type { EventsMode } from './events.ts';

export interface ApiOptions {
  readonly host: string;
  readonly port: number;
  readonly keys: readonly ApiKey[];
  readonly observer: Observer;
  /** `log` when absent. */
  readonly events?: EventsMode;
}

export interface ApiServer {
  listen(): Promise<{ port: number }>;
  close(): Promise<void>;
}

export function createApi(gateway: Gateway, options: ApiOptions): ApiServer {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  monitoring(app, gateway, options.observer);
  const guards = guardsFor(options.keys);
  const { application, operator, either } = guards;
  app.use('/api/v1/inbox', application);
  app.use('/api/v1/events', application);
  app.use('/api/v1/cpas', operator);
  app.use('/api/v1/notes', operator);
  app.use('/api/v1/messages', either);
  const withBody = bodyReader(options.observer);
  app.use('/api/v1', messagesRouter(gateway, guards, withBody), inboxRouter(gateway));
  app.use('/api/v1', operationsRouter(gateway, guards, withBody));
  app.use('/api/v1', eventsRouter(gateway, options.events ?? 'log'));
  app.use((_request, response) => sendProblem(response, notFound));
  app.use(errorBoundary(options.observer));
  return serverOf(createServer(app), options);
}

/** Liveness says that the process runs; readiness that it can take responsibility: the store takes writes (row 16). */
function monitoring(app: Express, gateway: Gateway, observer: Observer): void {
  app.get('/health/live', (_request, response) => {
    response.json({ status: 'up' });
  });
  app.get('/health/ready', async (_request, response) => {
    const problem = await gateway.readiness();
    response.status(problem === undefined ? 200 : 503);
    response.json(problem === undefined ? { status: 'ready' } : { status: 'not ready', detail: problem });
  });
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain; version=0.0.4').send(await observer.metricsText());
  });
}

/** The one place where this door turns a failure into words: ours stay inside, the caller learns what to do. */
function errorBoundary(observer: Observer): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const cid = randomUUID();
    if (response.headersSent) {
      // Cut short, so that the caller does not take it for whole.
      if (error instanceof StoreUnavailable) observer.emit('store.unavailable', { cid });
      else observer.emit('bug', { cid, ...faultOf(error) });
      response.destroy();
      return;
    }
    if (error instanceof StoreUnavailable) {
      response.setHeader('Retry-After', '30');
      sendProblem(response, unavailable);
      return;
    }
    if (error instanceof InvalidCursor) {
      sendProblem(response, badRequest('cursor: verwacht de waarde van `next` van de vorige bladzijde.'));
      return;
    }
    const status = statusOf(error);
    if (status !== undefined) {
      sendProblem(response, { ...badRequest(unreadable(error)), status });
      return;
    }
    observer.emit('bug', { cid, ...faultOf(error) });
    sendProblem(response, { status: 500, code: 'internal', title: 'Onverwachte fout', detail: `Kenmerk ${cid}` });
  };
}

/** Why Express could not read a request: what is wrong with it, never its words. */
function unreadable(error: unknown): string {
  const { type, code, limit } = error as { readonly type?: unknown; readonly code?: unknown; readonly limit?: unknown };
  if (type === 'entity.too.large') return `De aanvraag is te groot; verwacht ten hoogste ${String(limit)} bytes.`;
  if (type === 'encoding.unsupported') return 'Content-Encoding: verwacht gzip, deflate, br, of geen.';
  if (/^(?:Z_|ERR__ERROR_)/.test(String(code))) return 'De inhoud is niet wat Content-Encoding zegt.';
  if (type === 'request.size.invalid') return 'De inhoud is niet zo lang als Content-Length zegt.';
  if (error instanceof URIError) return 'Het pad: verwacht bij een % twee hexadecimale cijfers.';
  return 'De aanvraag kon niet worden gelezen.';
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function serverOf(server: Server, options: ApiOptions): ApiServer {
  server.headersTimeout = 15_000;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, () => resolve({ port: (server.address() as AddressInfo).port }));
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
      }),
  };
}
