// Simulated partners: real ebMS over real TLS, and named misbehaviour.
export { BEHAVIOURS, type Behaviour, type BehaviourName, parseBehaviour } from './behaviours.ts';
export { type PartnerJson, readBehaviour, readPartner } from './configuration.ts';
export { type Control, createControl } from './control.ts';
export type { DispatchJson } from './dispatch-json.ts';
export type { PartnerLog, SeenMessage, SentMessage } from './log.ts';
export { createPartner, type Partner, type PartnerOptions } from './partner.ts';
export type { Dispatch } from './send.ts';
export { post, type TlsIdentity, type WireAnswer } from './wire.ts';
