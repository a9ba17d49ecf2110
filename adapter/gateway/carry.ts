// What carries a StUF message to its ontvanger: the exchange of its route, and whether its agreement allows it at this moment.
import { type Exchange, type ExchangeQuery, resolveExchange } from '../agreement/index.ts';
import { fail, type Issue, OIN_TYPE, type Result } from '../base/index.ts';
import { actionFor, type Route } from '../ggk/index.ts';
import { cannotCarry } from '../msh/index.ts';
import type { StufMessage } from '../stuf/index.ts';
import type { GatewayContext } from './context.ts';

/** The parts of a header that say under which exchange of which CPA a message goes. */
export type RouteExchange = Pick<ExchangeQuery, 'cpaId' | 'from' | 'to' | 'service' | 'action'>;

/** What a message by this route says in its header. */
export function exchangeOf(route: Route, kind: StufMessage['kind']): RouteExchange {
  const party = (value: string, role: string | undefined) => ({
    partyIds: [{ value, type: OIN_TYPE }],
    ...(role === undefined ? {} : { role }),
  });
  return {
    cpaId: route.cpaId,
    from: party(route.fromPartyId, route.fromRole),
    to: party(route.toPartyId, route.toRole),
    service: { value: route.service, ...(route.serviceType === undefined ? {} : { type: route.serviceType }) },
    action: route.action ?? actionFor(kind),
  };
}

/**
 * The exchange by the agreements as they are now, when it can carry messages of ours. Before it is said that none does, the
 * store is read again: another process may have imported one a moment ago.
 */
export async function findExchange(
  query: Omit<ExchangeQuery, 'now'>,
  { agreements, clock }: Pick<GatewayContext, 'agreements' | 'clock'>,
): Promise<Result<Exchange, readonly Issue[]>> {
  const found = carrying(resolveExchange(await agreements.current(), { ...query, now: clock.now() }));
  return found.ok ? found : carrying(resolveExchange(await agreements.refresh(), { ...query, now: clock.now() }));
}

function carrying(found: Result<Exchange, readonly Issue[]>): Result<Exchange, readonly Issue[]> {
  const unfit = found.ok ? cannotCarry(found.value) : undefined;
  return unfit === undefined ? found : fail([unfit]);
}

/** Why the agreement of this route does not carry such a message now, for an operator; undefined when it does. */
export async function whyNotCarried(
  route: Route,
  kind: StufMessage['kind'],
  context: GatewayContext,
): Promise<string | undefined> {
  const exchange = await findExchange(exchangeOf(route, kind), context);
  if (exchange.ok) return undefined;
  return `CPA ${route.cpaId}: ${exchange.error.map(({ detail }) => detail).join('; ')}`;
}
