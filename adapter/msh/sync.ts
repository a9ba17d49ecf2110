// Whether a signal goes back on the connection of its message (R82, C26).
import type { ReceiveFacts } from './decision.ts';

const SYNC = new Set(['mshSignalsOnly', 'signalsOnly', 'signalsAndResponse']);

/**
 * By the sending party's channel; `none` and `responseOnly` mean a POST of its own. A message that no channel is agreed for is
 * taken by its word: with SyncReply its sender waits for the answer (R81).
 */
export function isSync({ exchange, message }: Pick<ReceiveFacts, 'exchange' | 'message'>): boolean {
  return exchange.ok ? SYNC.has(exchange.value.sendChannel.syncReplyMode) : message.syncReply !== false;
}
