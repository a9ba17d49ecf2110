// msh: the rules of ebMS and the life of a message, as pure functions from facts to decisions.
export { type BegunInsert, beginInsert, dueToBegin } from './begin.ts';
export type * from './change.ts';
export { isReuse } from './copy.ts';
export type * from './decision.ts';
export { beginDeliver, confirmCollect, endAnswer, endDeliver, endNotify, holdDeliver, isSuspect } from './deliver.ts';
export { ERROR_TABLE, type ErrorCode, errorListOf } from './errors.ts';
export { fingerprintSource, inboundId, outboundId, referencedId, refusedId } from './ids.ts';
export { LANE_OF, LANES, type Lane } from './lanes.ts';
export { INBOUND, type LifecycleEvent, OUTBOUND, rowFor, STATES, step } from './lifecycle.ts';
export { type Notice, type NoticeEvent, noticeOf } from './notice.ts';
export { operate } from './operate.ts';
export { receive } from './receive.ts';
export { type Column, fitsId, isStranger, judge, MAX_ID, RULES, type Rule, withoutSuffix } from './rules/index.ts';
export { cannotCarry, submit } from './submit.ts';
export { beginTransmit, endTransmit } from './transmit.ts';
