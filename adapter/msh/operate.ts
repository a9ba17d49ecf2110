// Decides whether an operator's command fits a message: retry, cancel, redeliver, discard (OPS-2, OPS-3, OPS-5).
import { fail, type Issue, ok, type Result } from '../base/index.ts';
import type { Change } from './change.ts';
import type { Effect, OperateFacts, OperatorCommand } from './decision.ts';
import { effectOf } from './effect.ts';
import { type LifecycleEvent, rowFor } from './lifecycle.ts';
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
  if (rowFor(record, event) === undefined)
    return fail([refusal(`a message in state ${record.state} cannot be moved by ${command}`)]);
  if (command === 'retry' && record.resentAs !== undefined)
    return fail([refusal('its content goes on as a new message (resentAs)')]);
  if (command === 'retry' && isExpired(record, now))
    return fail([refusal('TimeToLive has passed: the partner would refuse it')]);
  const effect = effectOf(record, {
    now,
    event,
    detail: `operator${operator === undefined ? '' : ` ${operator}`}: ${command}`,
  });
  return effect.change === undefined ? fail([refusal('nothing to do')]) : ok({ ...effect, change: effect.change });
}

const refusal = (detail: string): Issue => ({
  code: 'NotPossible',
  severity: 'Error',
  where: 'state',
  detail,
  rule: 'OPS-2',
});
