// ggk: the hub's rules about content, pure: message types, who may send what to whom, fault codes, routes.
export { businessData, type FaultFacts, fo01For } from './answer.ts';
export { checkEnvelope } from './check.ts';
export { otherEncoding } from './encoding.ts';
export { FAULTS, faultCode, GEMEENTE_FAULT } from './fault-codes.ts';
export { messageType, messageTypes } from './message-types.ts';
export { partyKind } from './parties.ts';
export { actionFor, checkRoutes, chooseRoute, type Route, type RouteFacts } from './route.ts';
export type * from './types.ts';
