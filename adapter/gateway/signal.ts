// Posts signals: stored answers as jobs of the message they answer, Pong and StatusResponse once.
import { type AnswerPlan, endAnswer, type MessageRecord, type TransmitOutcome } from '../msh/index.ts';
import type { PostBody, PostTarget } from '../transport/index.ts';
import type { GatewayContext } from './context.ts';
import { readOutcome } from './outcome.ts';
import { EBXML_ACTION, XML_CONTENT_TYPE } from './seal.ts';
import { tell } from './tell.ts';

/** Carries out the `answer` job of a claimed record: POST the stored bytes, then commit what came of it. */
export async function postAnswer(record: MessageRecord, context: GatewayContext): Promise<void> {
  const { answer } = record;
  if (answer === undefined) throw new Error(`record ${record.id} has an answer job and no answer`);
  const bytes = await context.blobs.read(answer.body);
  const target = { url: answer.url, peerOin: record.terms.peerOin };
  const outcome = await post(target, bytes, answer.contentType, context);
  const decided = endAnswer({ now: context.clock.now(), record, outcome });
  // A lost race is fine here: a newer copy made the job due again, or an operator moved the record.
  if (decided.change !== undefined) await context.store.commit(decided.change);
  tell(decided.happenings, { record }, context);
}

/** Posts a signal that leaves no record; a failure is told and forgotten, the partner asks again (R125). */
export async function postSignal(plan: AnswerPlan, bytes: Uint8Array, context: GatewayContext): Promise<void> {
  try {
    const outcome = await post(plan, bytes, XML_CONTENT_TYPE, context);
    if (outcome.kind !== 'accepted') {
      context.observer.emit('answer.failed', { messageId: plan.message.header.messageId, detail: outcome.detail });
    }
  } catch (error) {
    context.observer.emit('answer.failed', {
      messageId: plan.message.header.messageId,
      detail: error instanceof Error ? error.message : 'unknown failure',
    });
  }
}

async function post(
  target: PostTarget,
  bytes: Uint8Array,
  contentType: string,
  context: GatewayContext,
): Promise<TransmitOutcome> {
  const body: PostBody = {
    headers: { 'content-type': contentType, soapaction: EBXML_ACTION },
    bytes: bytes.length,
    body: bytes,
  };
  return readOutcome(await context.client.post({ url: target.url, peerOin: target.peerOin }, body), context);
}
