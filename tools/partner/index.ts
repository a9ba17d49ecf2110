// Simulated partners: real ebMS over real TLS, and named misbehaviour.
export { BEHAVIOURS, type Behaviour, type BehaviourName, parseBehaviour } from './behaviours.ts';
export { type PartnerJson, readPartner } from './configuration.ts';
export { type Control, type DispatchJson, createControl } from './control.ts';
export type { PartnerLog, SeenMessage, SentMessage } from './log.ts';
export { type Partner, type PartnerOptions, createPartner } from './partner.ts';
export type { Dispatch } from './send.ts';
export { type TlsIdentity, type WireAnswer, post } from './wire.ts';
