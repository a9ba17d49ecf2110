// Use case: the content of a message that ended without acknowledgment goes on as a new message (OPS-8, row 43).
import { fail, type Issue, ok, type Result } from '../base/index.ts';
import { type MessageRecord, type MessageState, outboundId, type RecordId, type SubmittedBy } from '../msh/index.ts';
import type { RouteExchange } from './carry.ts';
import type { GatewayContext } from './context.ts';
import { derivedUuid, hearsOf, type Submitted, submitMessage } from './submit.ts';

/** Ends after which nobody is still trying, and after which the partner has not said that it has the message. */
const RESENDABLE: readonly MessageState[] = ['failed', 'expired', 'rejected', 'cancelled'];

export const isResendable = ({ direction, state }: MessageRecord): boolean =>
  direction === 'out' && RESENDABLE.includes(state);

/** A chain of new messages that is longer than this is no way to reach a partner. */
const MAX_CHAIN = 100;
const MAX_TRIES = 5;

export interface Resend {
  readonly by: string;
  /** That of the old message when absent. */
  readonly exchange?: RouteExchange;
}

/**
 * The new message: its own MessageId, times and signature under the CPA as it is now; conversation, parties and parts of
 * the old one, which it names in `resendOf`. Asked again it gives the same new message (`created` false) while that one is
 * under way or acknowledged, and another one when that has ended unacknowledged too. A partner that had received the old
 * one after all sees two messages: that is what distinguishes this from `retry`. Issues say why it cannot be done (unknown,
 * another state, not allowed by the CPA). Rejects with StoreUnavailable. `by` is who asks, for the journal; `exchange` is that
 * of the route as it is now, for a message that was forwarded.
 */
export async function resendMessage(
  id: RecordId,
  { by, exchange }: Resend,
  context: GatewayContext,
): Promise<Result<Submitted, readonly Issue[]>> {
  const [record] = await context.store.load([id]);
  if (record === undefined) return refuse('NotFound', 'id', 'er is geen bericht met dit id');
  if (record.direction !== 'out') return refuse('NotPossible', 'direction', 'gevonden in; verwacht out');
  if (!isResendable(record))
    return refuse('NotPossible', 'state', `gevonden ${record.state}; verwacht ${RESENDABLE.join(' of ')}`);
  const { last, next } = await endOfChain(record, context);
  const submitted =
    next === undefined ? await submitAgain(last, exchange ?? last, context) : ok({ record: next, created: false });
  if (!submitted.ok) return submitted;
  const { record: fresh, created } = submitted.value;
  if (!(await nameOnOld(last.id, { fresh, by }, context)))
    return refuse('Busy', 'id', 'het bericht wordt nu verwerkt; probeer het opnieuw');
  if (created) {
    const { messageId, cpaId } = fresh;
    context.observer.emit('message.resent', { messageId, cpaId, detail: `in place of ${last.messageId}` });
  }
  return ok(submitted.value);
}

const successor = (record: MessageRecord): string => derivedUuid(`resend|${record.id}`);

/** The last of the chain that has ended, and what carries its content already. */
async function endOfChain(
  record: MessageRecord,
  context: GatewayContext,
): Promise<{ readonly last: MessageRecord; readonly next: MessageRecord | undefined }> {
  let last = record;
  for (let length = 0; length < MAX_CHAIN; length += 1) {
    const [next] = await context.store.load([outboundId(`${successor(last)}@${context.messageIdDomain}`)]);
    if (next === undefined || !isResendable(next)) return { last, next };
    last = next;
  }
  throw new Error(`the content of ${record.id} went ${MAX_CHAIN} times`);
}

const submitAgain = (
  record: MessageRecord,
  { cpaId, from, to, service, action }: RouteExchange,
  context: GatewayContext,
) =>
  submitMessage(
    {
      ...{ cpaId, from, to, service, action },
      uuid: successor(record),
      conversationId: record.conversationId,
      ...(record.refToMessageId === undefined ? {} : { refToMessageId: record.refToMessageId }),
      contents: record.parts.map((part) => ({ ...part, content: part.blob })),
      ...(record.business === undefined ? {} : { business: record.business }),
      ...(record.originId === undefined ? {} : { originId: record.originId }),
      ...(record.submittedBy === undefined ? {} : { submittedBy: submittedNow(record.submittedBy, context) }),
      resendOf: record.id,
    },
    context,
  );

/** The same application, which hears of the new message as it does now. */
const submittedNow = ({ client, requestSha256 }: SubmittedBy, context: GatewayContext): SubmittedBy => ({
  client,
  requestSha256,
  ...hearsOf(context),
});

/** The old message says where its content went on, also when a crash came between: then it is written when asked again. */
async function nameOnOld(
  id: RecordId,
  { fresh, by }: { readonly fresh: MessageRecord; readonly by: string },
  context: GatewayContext,
): Promise<boolean> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const [record] = await context.store.load([id]);
    if (record === undefined || record.resentAs !== undefined) return true;
    const detail = `${by}: resend as ${fresh.messageId}`;
    const entry = { at: context.clock.now(), event: 'resent', state: record.state, detail, rules: ['OPS-8'] };
    const message = { ...record, resentAs: fresh.id };
    if ((await context.store.commit({ expect: record.version, message, journal: [entry], blobs: [] })) === 'ok')
      return true;
  }
  return false;
}

const refuse = (code: string, where: string, detail: string): Result<never, readonly Issue[]> =>
  fail([{ code, severity: 'Error', where, detail, rule: 'OPS-8' }]);
