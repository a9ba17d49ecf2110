// REST: pull received messages under a lease, and confirm them (rows 7, 56).
import { Router } from 'express';
import type { Gateway } from '../gateway/index.ts';
import { badRequest, notFound, sendProblem } from './problem.ts';
import { messageView, toRecordId } from './views.ts';

const MAX_MESSAGES = 100;
const MIN_LEASE_S = 5;
const MAX_LEASE_S = 3600;

export function inboxRouter(gateway: Gateway): Router {
  const router = Router();
  router.get('/inbox', async (request, response) => {
    const max = Number(request.query.max ?? 10);
    const lease = Number(request.query.lease ?? 60);
    if (!Number.isInteger(max) || max < 1 || max > MAX_MESSAGES) {
      return sendProblem(response, badRequest(`max: verwacht een geheel getal van 1 tot en met ${MAX_MESSAGES}.`));
    }
    if (!Number.isInteger(lease) || lease < MIN_LEASE_S || lease > MAX_LEASE_S) {
      const detail = `lease: verwacht een aantal seconden van ${MIN_LEASE_S} tot en met ${MAX_LEASE_S}.`;
      return sendProblem(response, badRequest(detail));
    }
    const offered = await gateway.offer(max, lease * 1000);
    const messages = offered.map((record) => {
      const view = messageView(record);
      return { ...view, confirm: `/api/v1/inbox/${view.id}/confirm` };
    });
    response.json({ leaseSeconds: lease, messages });
  });
  router.post('/inbox/:id/confirm', async (request, response) => {
    const outcome = await gateway.confirm(toRecordId(request.params.id));
    if (outcome === 'unknown') return sendProblem(response, notFound);
    if (outcome === 'busy') {
      return sendProblem(response, {
        status: 503,
        code: 'busy',
        title: 'Bericht is in bewerking, probeer het opnieuw',
      });
    }
    response.json({ confirmed: true, already: outcome === 'already' });
  });
  return router;
}
