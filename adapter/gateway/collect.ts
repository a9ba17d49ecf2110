// Use case: an application pulls received messages under a lease and confirms them (DAI 3.2.2, rows 7, 56).
import { confirmCollect, type MessageRecord, type RecordId } from '../msh/index.ts';
import type { GatewayContext } from './context.ts';
import { tell } from './tell.ts';

/** Offers up to `max` messages; each is offered again, under the same id, when it is not confirmed within the lease. */
export function offerMessages(
  max: number,
  leaseMs: number,
  context: GatewayContext,
): Promise<readonly MessageRecord[]> {
  return context.store.claim(['collect'], context.clock.now(), leaseMs, max);
}

export type Confirmation = 'confirmed' | 'already' | 'unknown' | 'busy';

/** The application has it: the message is delivered. A second confirm changes nothing. */
export async function confirmMessage(id: RecordId, context: GatewayContext): Promise<Confirmation> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [record] = await context.store.load([id]);
    if (record === undefined || record.direction !== 'in') return 'unknown';
    const decided = confirmCollect({ now: context.clock.now(), record });
    if (decided.change === undefined) return 'already';
    if ((await context.store.commit(decided.change)) === 'ok') {
      tell(decided.happenings, { record: decided.change.message }, context);
      return 'confirmed';
    }
  }
  return 'busy';
}
