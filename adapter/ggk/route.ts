// Which agreement carries a message: the most specific route that fits its functie and ontvanger.
import type { Issue } from '../base/index.ts';
import type { StufMessage } from '../stuf/index.ts';
import { messageType } from './message-types.ts';
import { partyKind } from './parties.ts';
import type { Product } from './types.ts';

export interface Route {
  /** Message types it is for; every one when absent. */
  readonly functies?: readonly string[];
  readonly product?: Product;
  /** An exact code, a kind (`gemeente`, `aanbieder`), or `*`; every one when absent. */
  readonly ontvanger?: string;
  readonly cpaId: string;
  readonly fromPartyId: string;
  readonly toPartyId: string;
  readonly service: string;
  readonly serviceType?: string;
  /** Default by the kind of document, see `actionFor`. */
  readonly action?: string;
  readonly fromRole?: string;
  readonly toRole?: string;
}

export interface RouteFacts {
  readonly kind: StufMessage['kind'];
  readonly functie?: string;
  readonly ontvanger: string;
}

/** Action per kind of document; the names are not published, so a route may give another (section 8.2). */
export function actionFor(kind: StufMessage['kind']): string {
  return kind === 'Di01' || kind === 'Du01' ? `ggk_${kind}` : kind;
}

/** The route that says most about this message; of equals the first. Undefined when none fits. */
export function chooseRoute(routes: readonly Route[], facts: RouteFacts): Route | undefined {
  let best: { route: Route; score: number } | undefined;
  for (const route of routes) {
    const score = scoreOf(route, facts);
    if (score !== undefined && (best === undefined || score > best.score)) best = { route, score };
  }
  return best?.route;
}

/** Exact code before kind before any; then functie before product before any. */
function scoreOf(route: Route, facts: RouteFacts): number | undefined {
  const where = ontvangerScore(route.ontvanger ?? '*', facts.ontvanger);
  const what = functieScore(route, facts);
  return where === undefined || what === undefined ? undefined : where * 10 + what;
}

function ontvangerScore(wanted: string, ontvanger: string): number | undefined {
  if (wanted === ontvanger) return 2;
  if (wanted === partyKind(ontvanger)) return 1;
  return wanted === '*' ? 0 : undefined;
}

function functieScore(route: Route, { functie }: RouteFacts): number | undefined {
  if (route.functies !== undefined && route.functies.length > 0)
    return functie !== undefined && route.functies.includes(functie) ? 2 : undefined;
  if (route.product === undefined) return 0;
  return functie !== undefined && messageType(functie)?.products.includes(route.product) === true ? 1 : undefined;
}

/** Two routes that say equally much about the same messages: which one counts would be chance. */
export function checkRoutes(routes: readonly Route[]): readonly Issue[] {
  const seen = new Map<string, number>();
  return routes.flatMap((route, index): Issue[] => {
    const key = JSON.stringify([route.ontvanger ?? '*', [...(route.functies ?? [])].sort(), route.product ?? '']);
    const earlier = seen.get(key);
    seen.set(key, earlier ?? index);
    if (earlier === undefined) return [];
    const detail = `geldt voor precies dezelfde berichten als routes[${earlier}]`;
    return [{ code: 'AmbiguousRoute', severity: 'Error', where: `routes[${index}]`, detail, rule: 'STUF-3' }];
  });
}
