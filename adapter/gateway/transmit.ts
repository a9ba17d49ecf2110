// Use case: a due `transmit` job: count the attempt, POST the stored bytes, read what came back, commit the outcome.
import type { EbmsMessage, MessageKind } from '../ebms/index.ts';
import { beginTransmit, endTransmit, type MessageRecord, type TransmitOutcome } from '../msh/index.ts';
import { BlobDamaged } from '../store/index.ts';
import type { PostOutcome } from '../transport/index.ts';
import type { GatewayContext } from './context.ts';
import { wakeFor } from './direct.ts';
import { type Intake, takeIn } from './intake.ts';
import { kept, readOutcome, signalIn } from './outcome.ts';
import { receiveMessage } from './receive.ts';
import { EBXML_ACTION, packMessage } from './seal.ts';
import { tell } from './tell.ts';

/** Carries out one attempt for a claimed record. A crash anywhere leaves a job that falls due when the lease ends. */
export async function transmit(claimed: MessageRecord, context: GatewayContext): Promise<void> {
  const now = context.clock.now();
  const start = beginTransmit({ now, record: claimed, leaseUntil: now + context.leaseMs });
  if (start.kind === 'nothing') return;
  const committed = await context.store.commit(start.change);
  if (committed !== 'ok') return;
  tell(start.happenings, { record: start.change.message }, context);
  if (start.kind === 'end') {
    wakeFor(start.change.message, context);
    return;
  }
  await carryOutTransmit({ ...start.change.message, version: claimed.version + 1 }, context);
}

/** The attempt itself, of a record whose attempt is counted and committed. */
export async function carryOutTransmit(record: MessageRecord, context: GatewayContext): Promise<void> {
  const startedAt = context.clock.now();
  const packed = await packMessage(record, context).catch(blocked);
  if ('kind' in packed) return settle(record, packed, context);
  const response = await context.client.post({ url: record.terms.url, peerOin: record.terms.peerOin }, packed);
  context.observer.observeTransmit(context.clock.now() - startedAt);
  // A signal in the response is received like any other; everything else is the outcome of the attempt.
  const signalled = await receiveSignal(record, response, context);
  const due = record.terms.syncReply && record.terms.ackRequested;
  await settle(record, signalled ?? readOutcome(response, context, due), context);
}

/** Damaged octets are not sent, however often that is tried (row 23). */
function blocked(error: unknown): Extract<TransmitOutcome, { kind: 'refused' }> {
  if (error instanceof BlobDamaged) return { kind: 'refused', detail: error.message };
  throw error;
}

/**
 * The acknowledgment may overtake the HTTP response (architecture 3.6): decided on the fresh record, again after a lost race.
 * Nothing when the lease ran out and another attempt is under way: what comes of that is not for this one to say (row 12).
 */
async function settle(record: MessageRecord, outcome: TransmitOutcome, context: GatewayContext): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [fresh] = await context.store.load([record.id]);
    if (fresh === undefined || dueOf(fresh) !== dueOf(record)) return;
    const decided = endTransmit({ now: context.clock.now(), record: fresh, outcome });
    if (decided.change === undefined || (await context.store.commit(decided.change)) === 'ok') {
      if (decided.change !== undefined) wakeFor(decided.change.message, context);
      tell(decided.happenings, { record: decided.change?.message ?? fresh }, context);
      return;
    }
  }
}

/** What a partner may say in its response: a business message comes by a request of its own (DK-002). */
const ANSWERS: ReadonlySet<MessageKind> = new Set(['acknowledgment', 'error']);

/**
 * Reads a SOAP envelope in a 2xx response and takes it through the front door. `accepted` when it was a signal about this
 * message; undefined when the response holds no envelope and its status decides.
 */
async function receiveSignal(
  record: MessageRecord,
  outcome: PostOutcome,
  context: GatewayContext,
): Promise<TransmitOutcome | undefined> {
  const response = signalIn(outcome, context);
  if (response === undefined) return undefined;
  const entity = {
    contentType: response.headers['content-type'] ?? 'text/xml',
    soapAction: EBXML_ACTION,
    body: once(response.body),
  };
  const intake = await takeIn(entity, context.blobs, context.limits);
  if (!intake.ok)
    return { kind: 'retryable', detail: `unreadable response: ${intake.error.fault.detail}`, ...kept(response) };
  const wrong = whyNotTaken(intake.value, record);
  if (wrong !== undefined) {
    await intake.value.dropParts();
    return { kind: 'retryable', detail: wrong, ...kept(response) };
  }
  // Over a connection that we opened to the agreed url with server authentication, the peer is the partner we called.
  const peer = { oin: record.terms.peerOin, subject: '', fingerprint: '', serial: '', validTo: 0 };
  await receiveMessage({ intake: intake.value, peer, cid: context.ids.uuid() }, context);
  return { kind: 'accepted' };
}

function whyNotTaken({ kind, message }: Intake, record: MessageRecord): string | undefined {
  if (!ANSWERS.has(kind))
    return `the response holds a message of kind ${kind}, expected an Acknowledgment or MessageError`;
  return concerns(message, record) ? undefined : 'the response holds a signal about another message';
}

const concerns = (message: EbmsMessage, record: MessageRecord): boolean =>
  (message.acknowledgment?.refToMessageId ?? message.header.refToMessageId) === record.messageId;

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

const dueOf = ({ jobs }: MessageRecord): number | undefined => jobs.find(({ kind }) => kind === 'transmit')?.runAt;
