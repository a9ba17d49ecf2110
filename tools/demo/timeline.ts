// Turns the gateways' events into Dutch lines with a time, a place and an id.
import type { GatewayEvent } from './processes.ts';

const WORDS: Readonly<Record<string, (event: GatewayEvent) => string>> = {
  'message.submitted': () => 'bericht aangenomen van de eigen applicatie',
  'message.accepted': () => 'bericht ontvangen, gecontroleerd en vastgelegd',
  'message.acknowledged': () => 'Acknowledgment ontvangen',
  'message.forwarded': (event) => `inhoud klopt, doorgezonden (${event.functie ?? 'Fo01'})`,
  'message.delivered': () => 'overgedragen',
  'message.duplicate': () => 'kopie ontvangen; dezelfde Acknowledgment gaat nog eens',
  'message.refused': (event) => `geweigerd: ${event.detail ?? ''}`,
  'message.rejected': (event) => `door de partner geweigerd: ${event.detail ?? ''}`,
  'content.refused': (event) => `inhoud geweigerd, Fo01 terug: ${event.detail ?? ''}`,
  'content.warning': (event) => `let op: ${event.detail ?? ''}`,
  'transmit.failed': (event) => `poging mislukt, wordt herhaald: ${event.detail ?? ''}`,
  'message.failed': (event) => `bezorging opgegeven: ${event.detail ?? ''}`,
  'signal.unknown': (event) => `signaal over onbekend bericht: ${event.detail ?? ''}`,
};

/** Undefined for what the reader of a timeline need not see. */
export function lineFor(event: GatewayEvent): string | undefined {
  const words = WORDS[event.event];
  if (words === undefined) return undefined;
  return `  ${event.at.slice(11, 23)}  ${event.gateway.padEnd(9)} ${words(event)}${idsOf(event)}`;
}

/** A signal's own id says nothing to whoever follows a message: which message it is about is told beside it. */
function idsOf({ event, messageId, refToMessageId }: GatewayEvent): string {
  const own = messageId === undefined ? '' : `  ${short(messageId)}`;
  const between = ABOUT[event];
  return between === undefined || refToMessageId === undefined ? own : `${own} ${between} ${short(refToMessageId)}`;
}

const ABOUT: Readonly<Record<string, string>> = {
  'message.acknowledged': 'over bericht',
  'message.rejected': 'over bericht',
  'signal.unknown': 'over bericht',
  'message.forwarded': 'van ontvangen bericht',
};

const short = (id: string): string => `${id.slice(0, 8)}…`;
