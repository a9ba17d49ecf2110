// Use case: an operator moves a message: send again, cancel, deliver again, discard (OPS-1 … OPS-5).
import { fail, type Issue, ok, type Result } from '../base/index.ts';
import { operate as decide, type MessageRecord, type OperatorCommand, type RecordId } from '../msh/index.ts';
import type { GatewayContext } from './context.ts';
import { tell } from './tell.ts';

const unknown: readonly Issue[] = [
  { code: 'NotFound', severity: 'Error', where: 'id', detail: 'er is geen bericht met dit id', rule: 'OPS-2' },
];

/** The record after the command, or why the command does not fit its state. */
export async function operateMessage(
  id: RecordId,
  { command, operator }: { readonly command: OperatorCommand; readonly operator?: string },
  context: GatewayContext,
): Promise<Result<MessageRecord, readonly Issue[]>> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [record] = await context.store.load([id]);
    if (record === undefined) return fail(unknown);
    const decided = decide({
      now: context.clock.now(),
      record,
      command,
      ...(operator === undefined ? {} : { operator }),
    });
    if (!decided.ok) return decided;
    if ((await context.store.commit(decided.value.change)) === 'ok') {
      tell(decided.value.happenings, { record: decided.value.change.message }, context);
      context.wake();
      return ok(decided.value.change.message);
    }
  }
  return fail([
    { code: 'Busy', severity: 'Error', where: 'id', detail: 'het bericht wordt nu verwerkt; probeer het opnieuw' },
  ]);
}
