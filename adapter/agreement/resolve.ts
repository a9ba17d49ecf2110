// From the header fields of a message to the exchange that the CPA prescribes for it (cpa2 section 4).
import { fail, type Instant, type Issue, MSH_SERVICE, ok, type Result } from '../base/index.ts';
import type { PartyId, PartyRef, Service } from '../ebms/types.ts';
import { defined } from './channel.ts';
import { endpointOf, mshExchange, profileOf } from './exchange.ts';
import { type AgreementIndex, partyKey } from './lookup.ts';
import { isAbsoluteUri } from './simple-types.ts';
import type { ActionBinding, Agreement, AgreementParty, Between, Exchange } from './types.ts';

export interface ExchangeQuery {
  readonly cpaId: string;
  readonly from: PartyRef;
  readonly to: PartyRef;
  readonly service: Service;
  readonly action: string;
  readonly now: Instant;
  /** True for a message that answers another: an endpoint of type response goes first (C20). */
  readonly response?: boolean;
}

type Resolved<T> = Result<T, readonly Issue[]>;

const HEADER = '//Header/MessageHeader';

/**
 * Resolves a message, ours or the partner's, against its CPA. Constant work: CPAId, then party, then service and action.
 * MSH signals ignore roles and run over the MSH channels (C27, C28). Codes: ValueNotRecognized for an unknown CPAId, role, service
 * or action (R29, R32, T41, T42, T46-T48), Inconsistent for the rest (C5, C6, C8, R25, R31).
 */
export function resolveExchange(agreements: AgreementIndex | Agreement, query: ExchangeQuery): Resolved<Exchange> {
  const agreement = inForce(agreements, query);
  if (!agreement.ok) return agreement;
  const parties = partiesIn(agreement.value, query);
  const untyped = untypedService(query.service);
  if (!parties.ok || untyped !== undefined) {
    return fail([...(parties.ok ? [] : parties.error), ...(untyped === undefined ? [] : [untyped])]);
  }
  const { from, to } = parties.value;
  return query.service.value === MSH_SERVICE
    ? resolveSignal(agreement.value, from, to, query)
    : resolveBusiness(agreement.value, from, to, query);
}

/**
 * Between whom a message goes, when its CPA is in force and names both: what the CPA says about answering it does not depend
 * on its Service, Action or Roles (R76). Undefined when it is nobody's.
 */
export function resolveParties(agreements: AgreementIndex | Agreement, query: ExchangeQuery): Between | undefined {
  const agreement = inForce(agreements, query);
  if (!agreement.ok) return undefined;
  const parties = partiesIn(agreement.value, query);
  return parties.ok ? { agreement: agreement.value, cpaId: agreement.value.cpaId, ...parties.value } : undefined;
}

function inForce(agreements: AgreementIndex | Agreement, query: ExchangeQuery): Resolved<Agreement> {
  const agreement = 'parties' in agreements ? sameId(agreements, query.cpaId) : agreements.byCpaId(query.cpaId);
  if (agreement === undefined) return fail([unknownCpa('parties' in agreements ? undefined : agreements, query)]);
  const unusable = usability(agreement, query.now);
  return unusable === undefined ? ok(agreement) : fail([unusable]);
}

function partiesIn(agreement: Agreement, query: ExchangeQuery): Resolved<Pick<Between, 'from' | 'to'>> {
  const from = findParty(agreement, query.from.partyIds, 'From');
  const to = findParty(agreement, query.to.partyIds, 'To');
  if (!from.ok || !to.ok) return fail([...(from.ok ? [] : from.error), ...(to.ok ? [] : to.error)]);
  return from.value === to.value
    ? fail([inconsistent(`${HEADER}/To/PartyId`, 'From and To are the same party', 'C8')])
    : ok({ from: from.value, to: to.value });
}

/** A message belongs to the CPA that it names and to no other (C4, DK-110). */
function sameId(agreement: Agreement, cpaId: string): Agreement | undefined {
  return agreement.cpaId === cpaId ? agreement : undefined;
}

function unknownCpa(index: AgreementIndex | undefined, query: ExchangeQuery): Issue {
  const where = `${HEADER}/CPAId`;
  const issue = {
    code: 'ValueNotRecognized',
    severity: 'Error',
    where,
    detail: 'CPAId is not known here',
    rule: 'R29',
  } as const;
  return { ...issue, hint: `CPA niet geïmporteerd${didYouMean(index, query)}` };
}

/** Candidates by spelling, then those of the same two parties: both are look-ups, however many CPAs there are. */
function didYouMean(index: AgreementIndex | undefined, query: ExchangeQuery): string {
  const [from, to] = [query.from.partyIds[0], query.to.partyIds[0]];
  if (index === undefined) return '';
  const alike = index.lookAlikes(query.cpaId);
  const names = alike.length > 0 || from === undefined || to === undefined ? alike : sharedCpas(index, from, to);
  return names.length === 0 ? '' : `; bedoelde de partner ${names.join(' of ')}?`;
}

/** How many of a partner's agreements are looked through for a hint. */
const HINT_SCAN = 50;

function sharedCpas(index: AgreementIndex, from: PartyId, to: PartyId): readonly string[] {
  const key = partyKey(to);
  return index
    .byPartner(from)
    .slice(0, HINT_SCAN)
    .filter((agreement) => agreement.parties.some((party) => party.partyIds.some((id) => partyKey(id) === key)))
    .slice(0, 3)
    .map((agreement) => agreement.cpaId);
}

/** Why the CPA may not be used now: status (C5), not started or ended (C6); row 61. */
function usability(agreement: Agreement, now: Instant): Issue | undefined {
  const where = `${HEADER}/CPAId`;
  if (agreement.status === 'proposed') return inconsistent(where, 'the CPA is proposed, not agreed', 'C5');
  if (now < agreement.start) return inconsistent(where, 'the CPA has not started yet', 'C6');
  if (now > agreement.end) return inconsistent(where, 'the CPA has expired', 'C6');
  return undefined;
}

/** The PartyInfo that holds every PartyId of the header (C8, R24, T35-T39). */
function findParty(agreement: Agreement, ids: readonly PartyId[], side: 'From' | 'To'): Resolved<AgreementParty> {
  const where = `${HEADER}/${side}/PartyId`;
  if (ids.some((id) => id.type === undefined && !isAbsoluteUri(id.value))) {
    return fail([inconsistent(where, 'a PartyId without type must be a URI', 'R25')]);
  }
  const party = agreement.parties.find((one) => ids.length > 0 && ids.every((id) => hasId(one, id)));
  return party === undefined ? fail([inconsistent(where, 'the party is not in this CPA', 'C8')]) : ok(party);
}

function hasId(party: AgreementParty, id: PartyId): boolean {
  return party.partyIds.some((one) => one.value === id.value && one.type === id.type);
}

function untypedService(service: Service): Issue | undefined {
  if (service.type !== undefined || isAbsoluteUri(service.value)) return undefined;
  return inconsistent(`${HEADER}/Service`, 'a Service without type must be a URI', 'R31');
}

function resolveSignal(
  agreement: Agreement,
  from: AgreementParty,
  to: AgreementParty,
  query: ExchangeQuery,
): Resolved<Exchange> {
  const exchange = mshExchange({ agreement, cpaId: agreement.cpaId }, from, to, query.action);
  return exchange === undefined ? fail([noEndpoint()]) : ok(exchange);
}

function resolveBusiness(
  agreement: Agreement,
  from: AgreementParty,
  to: AgreementParty,
  query: ExchangeQuery,
): Resolved<Exchange> {
  const sending = pickBinding(from, 'send', query, query.from.role);
  if (!sending.ok) return sending;
  const receiving = counterpart(sending.value, to, query);
  if (!receiving.ok) return receiving;
  const url = endpointOf(receiving.value.channel, query.response === true ? 'response' : 'request');
  return url === undefined
    ? fail([noEndpoint()])
    : ok(makeExchange(agreement, { from, to }, { sending: sending.value, receiving: receiving.value }, url));
}

/** The counterpart that the CPA links (C12), else the one with the same service and action. */
function counterpart(sending: ActionBinding, to: AgreementParty, query: ExchangeQuery): Resolved<ActionBinding> {
  const linked = sending.otherId === undefined ? undefined : to.bindings.find((one) => one.id === sending.otherId);
  const roleFits = query.to.role === undefined || linked?.role === query.to.role;
  if (linked !== undefined && roleFits && linked.direction === 'receive' && offers(linked, query)) return ok(linked);
  return pickBinding(to, 'receive', query, query.to.role);
}

function pickBinding(
  party: AgreementParty,
  direction: ActionBinding['direction'],
  query: ExchangeQuery,
  role: string | undefined,
): Resolved<ActionBinding> {
  const side = direction === 'send' ? 'From' : 'To';
  const ways = party.bindings.filter(
    (binding) => binding.direction === direction && sameService(binding.service, query.service),
  );
  if (ways.length === 0)
    return fail([notRecognized(`${HEADER}/Service`, 'Service is not in this CPA for this direction', 'R32')]);
  const acting = ways.filter((binding) => binding.action === query.action);
  if (acting.length === 0)
    return fail([notRecognized(`${HEADER}/Action`, 'Action is not in this CPA for this direction', 'R32')]);
  const fitting = role === undefined ? acting : acting.filter((binding) => binding.role === role);
  const [first] = fitting;
  if (first === undefined)
    return fail([notRecognized(`${HEADER}/${side}/Role`, 'Role is not in this CPA for this action', 'C10')]);
  // Without a Role the message is accepted only when there is nothing to choose (R26, T40).
  const roles = new Set(fitting.map((binding) => binding.role));
  return roles.size === 1
    ? ok(first)
    : fail([inconsistent(`${HEADER}/${side}/Role`, 'Role is missing and ambiguous', 'C10')]);
}

function offers(binding: ActionBinding, query: ExchangeQuery): boolean {
  return binding.action === query.action && sameService(binding.service, query.service);
}

/** Value and type are both compared; an absent type equals only an absent type (C11, DK-035). */
export function sameService(a: Service, b: Service): boolean {
  return a.value === b.value && a.type === b.type;
}

function makeExchange(
  agreement: Agreement,
  { from, to }: Pick<Between, 'from' | 'to'>,
  { sending, receiving }: { readonly sending: ActionBinding; readonly receiving: ActionBinding },
  url: string,
): Exchange {
  const signing = sending.nonRepudiation ? sending.channel.senderNonRepudiation : undefined;
  return {
    cpaId: agreement.cpaId,
    agreement,
    from,
    to,
    fromRole: sending.role,
    toRole: receiving.role,
    service: sending.service,
    action: sending.action,
    sendChannel: sending.channel,
    receiveChannel: receiving.channel,
    url,
    ...defined('signing', signing),
    encrypted: sending.confidentialPersistent && receiving.channel.receiverEnvelope !== undefined,
    profile: profileOf(sending, sending.channel),
  };
}

function inconsistent(where: string, detail: string, rule: string): Issue {
  return { code: 'Inconsistent', severity: 'Error', where, detail, rule };
}

function notRecognized(where: string, detail: string, rule: string): Issue {
  return { code: 'ValueNotRecognized', severity: 'Error', where, detail, rule };
}

function noEndpoint(): Issue {
  return {
    code: 'Unknown',
    severity: 'Error',
    where: `${HEADER}/CPAId`,
    detail: 'the CPA names no endpoint',
    rule: 'V11',
  };
}
