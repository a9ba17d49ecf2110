// Looks at what the configuration says of routes, message types and proxies before it is used: names that exist, a Service
// that is free, no two routes alike, and addresses that are some.
import { type Issue, isReserved } from './base/index.ts';
import type { Config } from './config/index.ts';
import { checkRoutes, messageType } from './ggk/index.ts';
import { routesOf } from './settings.ts';
import { PROXIES_EXPECTED, parseAddressList } from './transport/index.ts';

/** Every fault: a slip in a name would let messages pass, or go another way, without a word. */
export function routingFaults(config: Config): readonly Issue[] {
  const { routes, hub } = config;
  const named: readonly (readonly [string, string])[] = [
    ...routes.flatMap(({ functies = [] }, at) =>
      functies.map((functie) => [`routes[${at}].functies`, functie] as const),
    ),
    ...(hub?.inactive ?? []).map((functie) => ['hub.inactive', functie] as const),
    ...(hub?.directions ?? []).map(({ functie }, at) => [`hub.directions[${at}].functie`, functie] as const),
  ];
  const unknown = named.flatMap(([where, functie]) => unknownFunctie(where, functie));
  const proxies = config.endpoint.trustedProxies.flatMap(noAddress);
  return [...checkRoutes(routesOf(config)), ...routes.flatMap(reservedService), ...unknown, ...proxies];
}

/** Row 94: who is believed must be certain. */
function noAddress(entry: string, at: number): Issue[] {
  if (parseAddressList([entry]) !== undefined) return [];
  const detail = `gevonden ${entry}; verwacht ${PROXIES_EXPECTED}`;
  return [{ code: 'NoAddress', severity: 'Error', where: `endpoint.trustedProxies[${at}]`, detail, rule: 'row 94' }];
}

/** By such a route no message of ours can go. */
function reservedService({ service }: Config['routes'][number], at: number): Issue[] {
  if (!isReserved(service)) return [];
  const detail = `${service} is voorbehouden aan de ebMS-laag zelf; verwacht de service van de berichten, zoals die in de CPA staat`;
  return [{ code: 'ReservedService', severity: 'Error', where: `routes[${at}].service`, detail, rule: 'R31' }];
}

function unknownFunctie(where: string, functie: string): Issue[] {
  if (messageType(functie) !== undefined) return [];
  const detail = `${functie} is geen functie die dit programma kent; verwacht een naam zoals WMO301 of JW305`;
  return [{ code: 'UnknownFunctie', severity: 'Error', where, detail, rule: 'STUF-3' }];
}
