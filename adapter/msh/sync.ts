// Whether a signal goes back on the connection of its message (R82, C26).
import type { ReceiveFacts } from './decision.ts';

const SYNC = new Set(['mshSignalsOnly', 'signalsOnly', 'signalsAndResponse']);

/** By the sending party's channel; `none` and `responseOnly` mean a POST of its own. */
export function isSync({ exchange }: Pick<ReceiveFacts, 'exchange'>): boolean {
  return exchange.ok && SYNC.has(exchange.value.sendChannel.syncReplyMode);
}
