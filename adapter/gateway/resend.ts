// Use case: an operator sends the content of a message that ended without acknowledgment as a new message (OPS-8, row 43).
import { fail, type Issue, ok, type Result } from '../base/index.ts';
import type { MessageState, RecordId } from '../msh/index.ts';
import type { GatewayContext } from './context.ts';
import { derivedUuid, type Submitted, submitMessage } from './submit.ts';

/** Ends after which nobody is still trying, and after which the partner has not said that it has the message. */
export const RESENDABLE: readonly MessageState[] = ['failed', 'expired', 'rejected', 'cancelled'];

const MAX_NOTES = 5;
const RESENT = 'resent';

/**
 * The new message: its own MessageId, times and signature under the CPA as it is now; conversation, parties and parts of
 * the old one, which it names in `resendOf`. Asking twice gives the same new message (`created` false). A partner that had
 * received the old one after all sees two messages: that is what distinguishes this from `retry`. Issues say why it cannot
 * be done (unknown, another state, not allowed by the CPA). Rejects with StoreUnavailable.
 */
export async function resendMessage(
  id: RecordId,
  operator: string,
  context: GatewayContext,
): Promise<Result<Submitted, readonly Issue[]>> {
  const [record] = await context.store.load([id]);
  if (record === undefined) return refuse('NotFound', 'id', 'no message has this id');
  if (record.direction !== 'out') return refuse('NotPossible', 'direction', 'found in, expected out');
  if (!RESENDABLE.includes(record.state))
    return refuse('NotPossible', 'state', `found ${record.state}, expected one of ${RESENDABLE.join(', ')}`);
  const submitted = await submitMessage(
    {
      cpaId: record.cpaId,
      from: record.from,
      to: record.to,
      service: record.service,
      action: record.action,
      uuid: derivedUuid(`resend|${record.id}`),
      conversationId: record.conversationId,
      ...(record.refToMessageId === undefined ? {} : { refToMessageId: record.refToMessageId }),
      contents: record.parts.map((part) => ({ ...part, content: part.blob })),
      ...(record.business === undefined ? {} : { business: record.business }),
      ...(record.originId === undefined ? {} : { originId: record.originId }),
      ...(record.submittedBy === undefined ? {} : { submittedBy: record.submittedBy }),
      resendOf: record.id,
    },
    context,
  );
  if (!submitted.ok) return submitted;
  const { record: fresh, created } = submitted.value;
  await noteOnOld(record.id, `operator ${operator}: resend as ${fresh.messageId}`, context);
  if (created) {
    const { messageId, cpaId } = fresh;
    context.observer.emit('message.resent', { messageId, cpaId, detail: `in place of ${record.messageId}` });
  }
  return ok(submitted.value);
}

/** The journal of the old message says where it went on; asked again after a crash in between, it is written then. */
async function noteOnOld(id: RecordId, detail: string, context: GatewayContext): Promise<void> {
  for (let attempt = 0; attempt < MAX_NOTES; attempt += 1) {
    const [[record], journal] = await Promise.all([context.store.load([id]), context.store.journal(id)]);
    if (record === undefined || journal.some(({ event }) => event === RESENT)) return;
    const entry = { at: context.clock.now(), event: RESENT, state: record.state, detail, rules: ['OPS-8'] };
    const change = { expect: record.version, message: record, journal: [entry], blobs: [] };
    if ((await context.store.commit(change)) === 'ok') return;
  }
}

const refuse = (code: string, where: string, detail: string): Result<never, readonly Issue[]> =>
  fail([{ code, severity: 'Error', where, detail, rule: 'OPS-8' }]);
