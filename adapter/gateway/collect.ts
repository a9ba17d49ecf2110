// Use case: an application pulls received messages under a lease and confirms them (DAI 3.2.2, rows 7, 56).
import { businessData } from '../ggk/index.ts';
import { confirmCollect, type MessageRecord, type RecordId } from '../msh/index.ts';
import type { GatewayContext } from './context.ts';
import { tell } from './tell.ts';

/** Offers up to `max` messages; each is offered again, under the same id, when it is not confirmed within the lease. */
export async function offerMessages(
  max: number,
  leaseMs: number,
  context: GatewayContext,
): Promise<readonly MessageRecord[]> {
  const claimed = await context.store.claim(['collect'], context.clock.now(), leaseMs, max);
  return Promise.all(claimed.map((record) => withBusiness(record, context)));
}

/** The stuurgegevens of a StUF payload, read when somebody wants them: the acknowledgment did not wait for it. */
async function withBusiness(record: MessageRecord, context: GatewayContext): Promise<MessageRecord> {
  const [part] = record.parts;
  if (record.business !== undefined || part === undefined) return record;
  const read = await context.turns.run(part.blob.bytes, async () =>
    context.validator.readStuf(await context.blobs.read(part.blob)),
  );
  return read.ok ? { ...record, business: businessData(read.value) } : record;
}

export type Confirmation = 'confirmed' | 'already' | 'unknown' | 'busy';

/** The application has it: the message is delivered. A second confirm changes nothing. */
export async function confirmMessage(id: RecordId, context: GatewayContext): Promise<Confirmation> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [record] = await context.store.load([id]);
    if (record === undefined || record.direction !== 'in') return 'unknown';
    const decided = confirmCollect({ now: context.clock.now(), record: await withBusiness(record, context) });
    if (decided.change === undefined) return 'already';
    if ((await context.store.commit(decided.change)) === 'ok') {
      tell(decided.happenings, { record: decided.change.message }, context);
      return 'confirmed';
    }
  }
  return 'busy';
}
