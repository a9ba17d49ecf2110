// REST: pull received messages under a lease, and confirm them (rows 7, 56).
import type { Router } from 'express';
import type { Gateway } from '../gateway/index.ts';
import { leasedRouter } from './leased.ts';
import { messageView, toRecordId } from './views.ts';

export function inboxRouter(gateway: Gateway): Router {
  return leasedRouter('/inbox', {
    async offer(max, leaseMs) {
      const offered = await gateway.offer(max, leaseMs);
      const messages = offered.map((record) => {
        const view = messageView(record);
        return { ...view, confirm: `/api/v1/inbox/${view.id}/confirm` };
      });
      return { messages };
    },
    confirm: (id) => gateway.confirm(toRecordId(id)),
  });
}
