// Decides whether an operator's command fits a message: retry, cancel, redeliver, discard (OPS-2, OPS-3, OPS-5).
import { fail, type Issue, ok, type Result } from '../base/index.ts';
import type { Change, MessageRecord } from './change.ts';
import type { Effect, OperateFacts, OperatorCommand } from './decision.ts';
import { effectOf } from './effect.ts';
import { type LifecycleEvent, rowFor, STATES } from './lifecycle.ts';
import { isExpired } from './transmit.ts';

const EVENTS: Readonly<Record<OperatorCommand, LifecycleEvent>> = {
  retry: 'retry',
  cancel: 'cancel',
  redeliver: 'redeliver',
  discard: 'discard',
};

/** The effect, or why the command does not fit the state; a failed message whose TimeToLive has passed cannot be sent again. */
export function operate({
  now,
  record,
  command,
  operator,
}: OperateFacts): Result<Effect & { readonly change: Change }, readonly Issue[]> {
  const event = EVENTS[command];
  if (rowFor(record, event) === undefined) return fail([otherState(record, event)]);
  if (command === 'retry' && record.resentAs !== undefined)
    return fail([
      refusal('de inhoud is als nieuw bericht verdergegaan (resentAs); verwacht een commando op dat bericht'),
    ]);
  if (command === 'retry' && isExpired(record, now))
    return fail([
      refusal('TimeToLive is voorbij, de partner zou het bericht weigeren; resend stuurt de inhoud als nieuw bericht'),
    ]);
  const effect = effectOf(record, {
    now,
    event,
    detail: `operator${operator === undefined ? '' : ` ${operator}`}: ${command}`,
  });
  return effect.change === undefined
    ? fail([refusal('er is niets te doen')])
    : ok({ ...effect, change: effect.change });
}

function otherState({ direction, state }: MessageRecord, event: LifecycleEvent): Issue {
  const expected = STATES.filter((candidate) => rowFor({ direction, state: candidate }, event) !== undefined);
  if (expected.length > 0) return refusal(`gevonden ${state}; verwacht ${expected.join(' of ')}`);
  return { ...refusal(`gevonden ${direction}; verwacht ${direction === 'in' ? 'out' : 'in'}`), where: 'direction' };
}

/** For an operator, who reads Dutch. */
const refusal = (detail: string): Issue => ({
  code: 'NotPossible',
  severity: 'Error',
  where: 'state',
  detail,
  rule: 'OPS-2',
});
