// Everything that the gateway tells about itself: one map of events; log line, metric and alert are views of it. What no
// partner can be told of any more is an alert here (R114).

/** Fields that any event may carry; identifiers and plain words only, never payload or personal data (row 159). */
export interface EventFields {
  readonly cid?: string;
  readonly cpaId?: string;
  readonly messageId?: string;
  readonly conversationId?: string;
  readonly refToMessageId?: string;
  readonly direction?: 'in' | 'out';
  readonly state?: string;
  readonly attempt?: number;
  readonly peerOin?: string;
  readonly remoteAddress?: string;
  readonly durationMs?: number;
  readonly rule?: string;
  readonly code?: string;
  readonly functie?: string;
  readonly referentienummer?: string;
  readonly job?: string;
  readonly detail?: string;
}

/** Every field there is: what is not in this list never reaches a line, whoever passes it (row 159). */
export const FIELDS = [
  'cid',
  'cpaId',
  'messageId',
  'conversationId',
  'refToMessageId',
  'direction',
  'state',
  'attempt',
  'peerOin',
  'remoteAddress',
  'durationMs',
  'rule',
  'code',
  'functie',
  'referentienummer',
  'job',
  'detail',
] as const satisfies readonly (keyof EventFields)[];

export type Level = 'error' | 'warn' | 'info' | 'debug';

export interface EventView {
  readonly level: Level;
  /** True: an operator must look at it. */
  readonly alert?: true;
  readonly meaning: string;
}

/** error: an operator must act; warn: a partner or the environment misbehaves; info: a state changed; debug: the rest. */
export const EVENTS = {
  'gateway.started': { level: 'info', meaning: 'the doors are open' },
  'gateway.stopping': { level: 'info', meaning: 'no new work is taken' },
  'process.warning': { level: 'warn', meaning: 'Node warns of something in the program itself' },
  'gateway.crashed': {
    level: 'error',
    alert: true,
    meaning: 'a fault that nothing caught: the process ends and its supervisor starts it again',
  },
  'gateway.stopped': { level: 'info', meaning: 'everything is closed' },
  'config.warning': { level: 'warn', meaning: 'a setting that is allowed in development only' },
  'http.refused': { level: 'warn', meaning: 'a request that could not be read as a message' },
  'api.busy': {
    level: 'warn',
    meaning: 'the body of a request was not read: too much is in hand, of its key or in all; it got 503 (row 18)',
  },
  'api.stalled': { level: 'warn', meaning: 'the body of a request did not come, or too slowly; it got 408 (row 18)' },
  'peer.refused': { level: 'warn', meaning: 'a connection or certificate that was refused' },
  'proxy.spoofed': {
    level: 'error',
    alert: true,
    meaning: 'a certificate header from an address that is no listed proxy (row 94)',
  },
  'message.received': { level: 'debug', meaning: 'a message was read' },
  'message.accepted': { level: 'info', meaning: 'a message is ours now' },
  'message.refused': { level: 'warn', meaning: 'a message was refused with an ebMS error' },
  'message.duplicate': { level: 'info', meaning: 'a copy arrived; the stored answer goes again' },
  'message.reuse': { level: 'error', alert: true, meaning: 'a known MessageId with other content (row 47)' },
  'message.submitted': { level: 'info', meaning: 'a message of ours is stored and will be sent' },
  'message.sent': { level: 'info', meaning: 'transmitted without an acknowledgment being asked' },
  'message.awaitingAck': { level: 'debug', meaning: 'transmitted, the acknowledgment is awaited' },
  'message.acknowledged': { level: 'info', meaning: 'the partner has it' },
  'message.rejected': { level: 'error', alert: true, meaning: 'the partner refused it with an ebMS error' },
  'message.failed': { level: 'error', alert: true, meaning: 'delivery failed; the message is kept (DeliveryFailure)' },
  'message.expired': { level: 'error', alert: true, meaning: 'TimeToLive passed before an acknowledgment came' },
  'message.corrected': { level: 'warn', meaning: 'a late acknowledgment after the message was given up' },
  'message.cancelled': { level: 'info', meaning: 'an operator cancelled it' },
  'message.ended': { level: 'debug', meaning: 'the submitting side was told' },
  'message.delivered': { level: 'info', meaning: 'handed over' },
  'message.forwarded': { level: 'info', meaning: 'sent on under the CPA of the other side' },
  'message.parked': { level: 'error', alert: true, meaning: 'hand-over given up; an operator decides' },
  'message.discarded': { level: 'warn', meaning: 'an operator discarded it' },
  'message.resent': { level: 'info', meaning: 'an operator sent the content again as a new message' },
  'message.operated': { level: 'info', meaning: 'an operator moved it' },
  'transmit.attempt': { level: 'debug', meaning: 'an attempt is counted and begins' },
  'transmit.failed': { level: 'warn', meaning: 'an attempt failed; it will be tried again' },
  'deliver.failed': { level: 'warn', meaning: 'a hand-over failed; it will be tried again' },
  'content.refused': {
    level: 'warn',
    meaning: 'content refused; a Fo01 goes back, unless it is an answer itself or cannot be read',
  },
  'content.warning': { level: 'warn', meaning: 'content is not as it should be; and it is not refused for that' },
  'answer.sent': { level: 'debug', meaning: 'a signal was posted' },
  'answer.failed': { level: 'warn', meaning: 'a signal could not be posted' },
  'signal.unknown': { level: 'warn', meaning: 'a signal about a message we do not know (row 32)' },
  'signal.refused': {
    level: 'error',
    alert: true,
    meaning: 'a signal that does not prove what it says (rows 33, 35, 36)',
  },
  'signal.ignored': { level: 'info', meaning: 'a signal that changes nothing any more (row 31)' },
  'signal.conflict': {
    level: 'error',
    alert: true,
    meaning: 'an acknowledgment and an error about one message (row 34)',
  },
  'cpa.imported': { level: 'info', meaning: 'a CPA was stored' },
  'cpa.removed': { level: 'info', meaning: 'a CPA was removed' },
  'cpa.damaged': {
    level: 'error',
    alert: true,
    meaning: 'a stored CPA is not what was imported: what is sent under it waits, the others go on',
  },
  'cpa.expiring': { level: 'warn', meaning: 'a CPA ends soon' },
  'certificate.reloaded': { level: 'info', meaning: 'changed key, certificate or revocation files are in use' },
  'certificate.refused': { level: 'error', alert: true, meaning: 'changed files cannot be used; the old ones stay' },
  'certificate.expiring': { level: 'warn', meaning: 'our certificate ends soon (row 88)' },
  'certificate.weak': { level: 'warn', meaning: 'our certificate has a key shorter than is advised (TLSCIPH001)' },
  'certificate.unfit': {
    level: 'error',
    alert: true,
    meaning: 'our certificate or a revocation list is not as partners ask; production does not start with it',
  },
  'key.missing': {
    level: 'error',
    alert: true,
    meaning: 'a CPA asks a signature whose key this gateway does not hold',
  },
  'store.unavailable': { level: 'error', alert: true, meaning: 'the store cannot be written; nothing is taken' },
  'disk.filling': {
    level: 'error',
    alert: true,
    meaning: 'the disk of the store fills up; everything goes on (row 22)',
  },
  'disk.full': {
    level: 'error',
    alert: true,
    meaning: 'the disk is so full that nothing new is taken; what we have goes on (row 22)',
  },
  'disk.recovered': { level: 'info', meaning: 'the disk of the store has room again' },
  'clock.jumped': { level: 'warn', meaning: 'the clock of this machine was set by more than 30 seconds (row 29)' },
  'clock.drift': { level: 'warn', meaning: 'our clock and that of a partner differ by more than 30 seconds (row 29)' },
  'store.recovered': { level: 'info', meaning: 'the store takes writes again' },
  'commit.conflict': { level: 'debug', meaning: 'a race was lost; decided again' },
  'evidence.dropped': {
    level: 'warn',
    meaning: 'nothing or less than usual is kept of what was refused or ignored: its sender has used up its share',
  },
  'job.released': { level: 'error', alert: true, meaning: 'a job failed unexpectedly and falls due again' },
  bug: { level: 'error', alert: true, meaning: 'a fault in the program' },
} as const satisfies Record<string, EventView>;

export type EventName = keyof typeof EVENTS;

export function isEventName(name: string): name is EventName {
  return Object.hasOwn(EVENTS, name);
}
