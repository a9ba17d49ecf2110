// REST: what is read under a lease and confirmed, offered again when it is not: the form of the inbox and of the events.
import { type Request, type Response, Router } from 'express';
import { fail, ok, type Result } from '../base/index.ts';
import type { Confirmation } from '../gateway/index.ts';
import { closeOtherMethods, notAllowed } from './methods.ts';
import { badRequest, notFound, sendProblem } from './problem.ts';
import { unknownParameter, wholeNumber } from './query.ts';

const MAX_ITEMS = 100;
const LEASE = { least: 5, most: 3600, otherwise: 60, what: 'aantal seconden' };

export interface Leased {
  /** What is offered, under its own name in the answer. */
  offer(max: number, leaseMs: number): Promise<object>;
  /** `id` as it stands in the path. */
  confirm(id: string): Promise<Confirmation>;
}

export function leasedRouter(path: string, { offer, confirm }: Leased): Router {
  const router = Router();
  // Its answer has no body: what it would take under a lease nobody would see.
  router.head(path, notAllowed(['GET']));
  router.get(path, async (request, response) => {
    const asked = readAsked(request.query);
    if (!asked.ok) return sendProblem(response, badRequest(asked.error));
    const { max, lease } = asked.value;
    response.json({ leaseSeconds: lease, ...(await offer(max, lease * 1000)) });
  });
  router.post(`${path}/:id/confirm`, async (request, response) => {
    sendConfirmation(await confirm(String(request.params.id)), response);
  });
  return closeOtherMethods(router);
}

function readAsked(query: Request['query']): Result<{ max: number; lease: number }, string> {
  const unknown = unknownParameter(query, ['max', 'lease']);
  if (unknown !== undefined) return fail(unknown);
  const max = wholeNumber(query, 'max', { least: 1, most: MAX_ITEMS, otherwise: 10 });
  const lease = wholeNumber(query, 'lease', LEASE);
  if (!max.ok) return max;
  return lease.ok ? ok({ max: max.value, lease: lease.value }) : lease;
}

function sendConfirmation(outcome: Confirmation, response: Response): void {
  if (outcome === 'unknown') sendProblem(response, notFound);
  else if (outcome === 'busy')
    sendProblem(response, { status: 503, code: 'busy', title: 'Bericht is in bewerking, probeer het opnieuw' });
  else response.json({ confirmed: true, already: outcome === 'already' });
}
