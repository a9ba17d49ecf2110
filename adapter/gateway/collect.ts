// Use case: an application pulls received messages under a lease and confirms them (DAI 3.2.2, rows 7, 56).
import { businessData } from '../ggk/index.ts';
import { confirmCollect, endDeliver, type MessageRecord, type RecordId } from '../msh/index.ts';
import { BlobDamaged, StoreUnavailable } from '../store/index.ts';
import type { GatewayContext } from './context.ts';
import { judgedBytes } from './direct.ts';
import { tell, wordsOf } from './tell.ts';

/** Offers up to `max` messages; each is offered again, under the same id, when it is not confirmed within the lease. */
export async function offerMessages(
  max: number,
  leaseMs: number,
  context: GatewayContext,
): Promise<readonly MessageRecord[]> {
  const claimed = await context.store.claim(['collect'], context.clock.now(), leaseMs, max);
  const offered = await Promise.all(claimed.map((record) => offerOne(record, leaseMs, context)));
  return offered.filter((record) => record !== undefined);
}

/** Of the lease that an offer may take of it. */
const SHARE_OF_LEASE = 0.25;

/** Each message for itself: what is wrong with one keeps no other from the application (row 7). */
async function offerOne(
  record: MessageRecord,
  leaseMs: number,
  context: GatewayContext,
): Promise<MessageRecord | undefined> {
  const { messageId } = record;
  try {
    return await inTime(record, leaseMs, context).catch((error: unknown) => {
      if (error instanceof BlobDamaged) return park(record, error.message, context);
      if (error instanceof StoreUnavailable) throw error;
      // The application can read the document itself; what it says of itself is for finding it by.
      const detail = `the stuurgegevens cannot be read: ${wordsOf(error)}`;
      context.observer.emit('content.warning', { messageId, detail });
      return record;
    });
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    // Not now: it is offered again when the lease ends.
    context.observer.emit('store.unavailable', { messageId, detail: error.message });
    return undefined;
  }
}

/** A large document that many others are read before is offered without its stuurgegevens: the lease is for the application. */
async function inTime(record: MessageRecord, leaseMs: number, context: GatewayContext): Promise<MessageRecord> {
  const reading = withBusiness(record, context);
  if (!context.turns.waits(judgedBytes(record))) return reading;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<MessageRecord>((resolve) => {
    timer = setTimeout(resolve, leaseMs * SHARE_OF_LEASE, record);
  });
  const kept = reading.then((read) => keepBusiness(read, record, context));
  kept.catch(() => undefined);
  return Promise.race([kept, late]).finally(() => clearTimeout(timer));
}

/** Read once: the next offer, and the confirmation, need not. The lease stays, for the job is not moved (row 7). */
async function keepBusiness(
  read: MessageRecord,
  { version }: MessageRecord,
  context: GatewayContext,
): Promise<MessageRecord> {
  if (read.business === undefined) return read;
  const kept = await context.store.commit({ expect: version, message: read, journal: [], blobs: [] });
  return kept === 'ok' ? { ...read, version: version + 1 } : read;
}

/** Damaged octets are never offered: the message waits for an operator, who is told (row 23). */
async function park(record: MessageRecord, detail: string, context: GatewayContext): Promise<undefined> {
  const ended = endDeliver({ now: context.clock.now(), record, outcome: { kind: 'blocked', detail } });
  if (ended.change !== undefined && (await context.store.commit(ended.change)) === 'ok')
    tell(ended.happenings, { record: ended.change.message }, context);
}

/** The stuurgegevens of a StUF payload, read when somebody wants them: the acknowledgment did not wait for it. */
async function withBusiness(record: MessageRecord, context: GatewayContext): Promise<MessageRecord> {
  const [part] = record.parts;
  if (record.business !== undefined || part === undefined) return record;
  const read = await context.turns.run({ bytes: part.blob.bytes, owner: record.terms.peerOin }, async () =>
    context.validator.readStuf(await context.blobs.read(part.blob), 'last'),
  );
  return read.ok ? { ...record, business: businessData(read.value) } : record;
}

export type Confirmation = 'confirmed' | 'already' | 'unknown' | 'busy';

/** The application has it: the message is delivered. A second confirm changes nothing. */
export async function confirmMessage(id: RecordId, context: GatewayContext): Promise<Confirmation> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [record] = await context.store.load([id]);
    if (record === undefined || record.direction !== 'in' || record.handover !== 'collect') return 'unknown';
    // The application has it: whether we can read it once more is no matter, and nobody waits for that.
    const waits = context.turns.waits(judgedBytes(record));
    const read = waits ? record : await withBusiness(record, context).catch(() => record);
    const decided = confirmCollect({ now: context.clock.now(), record: read });
    if (decided.change === undefined) return 'already';
    if ((await context.store.commit(decided.change)) === 'ok') {
      tell(decided.happenings, { record: decided.change.message }, context);
      return 'confirmed';
    }
  }
  return 'busy';
}
