// REST: pull what became of submitted messages under a lease, and confirm that it is known (row 43, decision 0009).
import { Router } from 'express';
import type { Gateway } from '../gateway/index.ts';
import { leasedRouter } from './leased.ts';
import { notFound, sendProblem } from './problem.ts';
import { eventView, fromPublic } from './views.ts';

/** How an application learns what became of its messages: by asking for their state, or here. */
export type EventsMode = 'log' | 'pull';

export function eventsRouter(gateway: Gateway, mode: EventsMode): Router {
  if (mode === 'log') return withoutEvents();
  return leasedRouter('/events', {
    async offer(max, leaseMs) {
      return { events: (await gateway.offerNotices(max, leaseMs)).map(eventView) };
    },
    confirm: (id) => gateway.confirmNotice(fromPublic(id)),
  });
}

function withoutEvents(): Router {
  const router = Router();
  router.use('/events', (_request, response) => {
    const detail =
      'Gebeurtenissen worden hier niet aangeboden: daarvoor moet de optie application.events op "pull" staan.';
    sendProblem(response, { ...notFound, detail });
  });
  return router;
}
