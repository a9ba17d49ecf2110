// Agreements: CPA documents to typed agreements (parse, check), messages to exchanges (resolve), party data to a CPA (create).
export { type CpaPolicy, checkCpa, cpaExists } from './check.ts';
export { type CpaExchange, type CpaInput, type CreatableProfile, createCpa, type PartyData } from './create.ts';
export { judgeCreated } from './create-judge.ts';
export {
  endpointOf,
  persistUntil,
  profileOf,
  reliabilityOf,
  retryIntervalMs,
  signalExchange,
  timeToLive,
} from './exchange.ts';
export { type AgreementIndex, indexAgreements } from './lookup.ts';
export { MAX_CPA_BYTES, type ParsedCpa, parseCpa, rereadCpa } from './parse.ts';
export { type ExchangeQuery, resolveExchange, resolveParties } from './resolve.ts';
export type * from './types.ts';
export { daysLeft, WARNING_DAYS } from './warnings.ts';
