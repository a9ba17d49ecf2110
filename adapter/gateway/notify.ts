// Use case: a due `notify` job: tell that a message of ours has come to its end.
import { endNotify, type MessageRecord } from '../msh/index.ts';
import type { GatewayContext } from './context.ts';
import { tell } from './tell.ts';

/** The end is told as a typed event (log, metric, alert); applications read it from the message's status. */
export async function notify(record: MessageRecord, context: GatewayContext): Promise<void> {
  const decided = endNotify({ now: context.clock.now(), record, outcome: { kind: 'told' } });
  if (decided.change === undefined) return;
  if ((await context.store.commit(decided.change)) === 'ok') tell(decided.happenings, { record }, context);
}
