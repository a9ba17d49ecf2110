// Posts signals: stored answers as jobs of the message they answer, Pong and StatusResponse once.
import { type AnswerPlan, endAnswer, type Job, type MessageRecord, type TransmitOutcome } from '../msh/index.ts';
import { BlobDamaged } from '../store/index.ts';
import type { PostBody, PostTarget } from '../transport/index.ts';
import type { GatewayContext } from './context.ts';
import { readOutcome } from './outcome.ts';
import { EBXML_ACTION, XML_CONTENT_TYPE } from './seal.ts';
import type { SidePosts } from './side-posts.ts';
import { tell, wordsOf } from './tell.ts';

/** Carries out the `answer` job of a claimed record: POST the stored bytes, then commit what came of it. */
export async function postAnswer(record: MessageRecord, job: Job, context: GatewayContext): Promise<void> {
  const { answer } = record;
  if (answer === undefined) throw new Error(`record ${record.id} has an answer job and no answer`);
  const target = { url: answer.url, peerOin: record.terms.peerOin };
  const outcome = await context.blobs.read(answer.body).then(
    (bytes) => post(target, bytes, answer.contentType, context),
    (error: unknown): TransmitOutcome => {
      // Damaged octets are not sent, however often that is tried (row 23).
      if (error instanceof BlobDamaged) return { kind: 'refused', detail: error.message };
      throw error;
    },
  );
  await settle(record, job, outcome, context);
}

/** Commits the outcome unless a copy has made the job anew meanwhile: then the answer goes once more (row 46). */
async function settle(
  claimed: MessageRecord,
  job: Job,
  outcome: TransmitOutcome,
  context: GatewayContext,
): Promise<void> {
  let record: MessageRecord | undefined = claimed;
  for (let attempt = 0; attempt < 5 && record !== undefined; attempt += 1) {
    const open = record.jobs.find((one) => one.kind === 'answer');
    if (open === undefined || open.runAt !== job.runAt) return;
    const decided = endAnswer({ now: context.clock.now(), record, outcome });
    if (decided.change === undefined) return;
    if ((await context.store.commit(decided.change)) === 'ok') {
      tell(decided.happenings, { record }, context);
      return;
    }
    [record] = await context.store.load([claimed.id]);
  }
}

/** Posts a signal that leaves no record; a failure is told and forgotten, the partner asks again (R125). */
export function postSignal(plan: AnswerPlan, bytes: Uint8Array, context: GatewayContext): Promise<void> {
  const signal = { partner: plan.peerOin, id: plan.message.header.messageId };
  return postOnce(signal, () => post(plan, bytes, XML_CONTENT_TYPE, context), context);
}

/** Posts a stored answer without a trace, for when nothing can be written (row 24); fails as `postSignal` does. */
export async function postStored({ answer, terms }: MessageRecord, context: GatewayContext): Promise<void> {
  if (answer === undefined) return;
  const target = { url: answer.url, peerOin: terms.peerOin };
  await postOnce(
    { partner: terms.peerOin, id: answer.messageId },
    async () => post(target, await context.blobs.read(answer.body), answer.contentType, context),
    context,
  );
}

/** A partner that does not take its signals gets no more of them than it has on their way (`SidePosts`). */
async function postOnce(
  signal: Parameters<SidePosts['run']>[0],
  attempt: () => Promise<TransmitOutcome>,
  context: GatewayContext,
): Promise<void> {
  const failed = (detail: string): void =>
    context.observer.emit('answer.failed', { messageId: signal.id, peerOin: signal.partner, detail });
  const attempted = async (): Promise<void> => {
    try {
      const outcome = await attempt();
      if (outcome.kind !== 'accepted') failed(outcome.detail);
    } catch (error) {
      failed(wordsOf(error));
    }
  };
  const full = (): void => failed('not posted, nor are others: as many as may be are on their way to this partner');
  await context.sidePosts.run(signal, attempted, full);
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
