// What follows from an exchange: endpoints, times, profile, and the channel of the answer (cpa2 section 4 steps 6, 7, 9).
import { addDuration, type Duration, type Instant, MSH_SERVICE } from '../base/index.ts';
import { defined } from './channel.ts';
import type {
  ActionBinding,
  AgreementParty,
  Between,
  DeliveryChannel,
  Endpoint,
  Exchange,
  Profile,
  ReliableMessaging,
} from './types.ts';

/** Actions of the MSH service. The first four answer a message, the last two ask something in the direction of the exchange. */
export type SignalKind = 'Acknowledgment' | 'MessageError' | 'Pong' | 'StatusResponse' | 'Ping' | 'StatusRequest';

const ASKING: readonly SignalKind[] = ['Ping', 'StatusRequest'];
const MARGIN_MS = 1_000;
/** What DK-098 and DK-099 prescribe when the parties agreed on nothing. */
const FALLBACK_PERSIST_MS = 5 * 24 * 3_600_000;

/** URL of a receiving channel: the endpoint of that type, else allPurpose, else the first (C20). Undefined when there is none (V11). */
export function endpointOf(channel: DeliveryChannel, purpose: Endpoint['type']): string | undefined {
  const ofType = (type: Endpoint['type']) => channel.endpoints.find((endpoint) => endpoint.type === type);
  return (ofType(purpose) ?? ofType('allPurpose') ?? channel.endpoints[0])?.uri;
}

/** The Digikoppeling profile that a binding and its channel amount to (DK 0.1, C15). */
export function profileOf(
  binding: Pick<ActionBinding, 'nonRepudiation' | 'confidentialPersistent'>,
  channel: DeliveryChannel,
): Profile {
  const reliable = channel.ackRequested === 'never' ? 'osb-be' : 'osb-rm';
  if (binding.confidentialPersistent) return `${reliable}-e`;
  return binding.nonRepudiation ? `${reliable}-s` : reliable;
}

/**
 * The exchange of a signal that belongs to a message. An answer runs from the message's receiver to its sender, over the default
 * or overriding MSH channels (C27, C28, T212, T213), and an error prefers an endpoint of type error. Ping and StatusRequest run
 * with the message. `signing` is what the channel offers; whether a signal is signed is the MSH's decision (DK-077).
 */
export function signalExchange(between: Between, kind: SignalKind): Exchange {
  const asking = ASKING.includes(kind);
  const [from, to] = asking ? [between.from, between.to] : [between.to, between.from];
  const signal = mshExchange(between, from, to, kind);
  if (signal === undefined)
    throw new Error(`CPA ${between.cpaId} has no endpoint for signals; the import check refuses that (V11)`);
  return signal;
}

/** An exchange over the MSH channels; undefined when the receiver has no endpoint. */
export function mshExchange(
  base: Pick<Between, 'agreement' | 'cpaId'>,
  from: AgreementParty,
  to: AgreementParty,
  action: string,
): Exchange | undefined {
  const sendChannel = from.overrides.get(action) ?? from.defaultChannel;
  const receiveChannel = to.overrides.get(action) ?? to.defaultChannel;
  const url = endpointOf(receiveChannel, action === 'MessageError' ? 'error' : 'allPurpose');
  if (url === undefined) return undefined;
  const signing = sendChannel.senderNonRepudiation;
  return {
    cpaId: base.cpaId,
    agreement: base.agreement,
    from,
    to,
    service: { value: MSH_SERVICE },
    action,
    sendChannel,
    receiveChannel,
    url,
    ...defined('signing', signing),
    encrypted: false,
    profile: signing === undefined ? 'osb-be' : 'osb-be-s',
  };
}

/** Retries and interval that govern this message: the sender's (cpa2 section 7), or undefined when nothing is acknowledged. */
export function reliabilityOf(exchange: Exchange): ReliableMessaging | undefined {
  const channel = exchange.sendChannel;
  return channel.ackRequested === 'never' ? undefined : channel.senderReliability;
}

/** TimeToLive: Timestamp + (Retries + 1) × RetryInterval + 1 s, so that it is strictly greater (R97). Undefined without reliable messaging. */
export function timeToLive(exchange: Exchange, timestamp: Instant): Instant | undefined {
  const reliability = reliabilityOf(exchange);
  return reliability === undefined ? undefined : addDuration(timestamp, totalOf(reliability)) + MARGIN_MS;
}

/**
 * Until when ids of this message are kept: the receiver's PersistDuration, never shorter than the TimeToLive (R98, DK-097), and
 * five days when a reliable channel says nothing (DK-099). Without either it is `at`.
 */
export function persistUntil(exchange: Exchange, at: Instant): Instant {
  const agreed = exchange.receiveChannel.receiverPersistDuration ?? exchange.sendChannel.senderPersistDuration;
  const window = timeToLive(exchange, at) ?? at;
  if (agreed !== undefined) return Math.max(addDuration(at, agreed), window);
  return exchange.sendChannel.ackRequested === 'never' ? window : Math.max(window, at + FALLBACK_PERSIST_MS);
}

/** RetryInterval in milliseconds from `at`; months and years are counted on the calendar (cpa2 section 4 step 9). */
export function retryIntervalMs(exchange: Exchange, at: Instant): number | undefined {
  const reliability = reliabilityOf(exchange);
  return reliability === undefined ? undefined : addDuration(at, reliability.retryInterval) - at;
}

/** (Retries + 1) × RetryInterval (DK-097). */
export function totalOf(reliability: ReliableMessaging): Duration {
  const times = reliability.retries + 1;
  return { months: reliability.retryInterval.months * times, ms: reliability.retryInterval.ms * times };
}
