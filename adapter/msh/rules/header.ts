// Checks of the MessageHeader itself: version, identifiers, times.
import { type Issue, MSH_SERVICE } from '../../base/index.ts';
import { finding, warning } from '../errors.ts';
import type { Check } from './rule.ts';

const HEADER = '//Header/MessageHeader';
export const MAX_ID = 255;
const FUTURE_MS = 24 * 3_600_000;
/** Neither in an identifier: control characters, and what XML has no character for. */
const FORBIDDEN = /[\u0000-\u001f\u007f\ufffe\uffff]|\p{Cs}/u;

/** R33: what a MessageId, RefToMessageId or ConversationId may be. */
export const fitsId = (value: string): boolean => value.length <= MAX_ID && !FORBIDDEN.test(value);

/** Every extension element that carries a version, with its place. */
export const versions: Check = ({ message }) => {
  const found: readonly (readonly [string, string | undefined])[] = [
    [HEADER, message.header.version],
    ['//Header/SyncReply', message.syncReply === false ? undefined : message.syncReply.version],
    ...message.ackRequested.map((ack) => ['//Header/AckRequested', ack.version] as const),
    ['//Header/Acknowledgment', message.acknowledgment?.version],
    ['//Header/ErrorList', message.errorList?.version],
    ['//Header/MessageOrder', message.messageOrder?.version],
    ['//Body/Manifest', message.manifest?.version],
    ['//Body/StatusRequest', message.statusRequest?.version],
  ];
  return found
    .filter(([, version]) => version !== undefined && version !== '2.0')
    .map(([where]) => finding('Inconsistent', `${where}/@version`, 'expected version 2.0', 'R19'));
};

export const messageIdForm: Check = ({ message }) => {
  const { messageId, conversationId, refToMessageId } = message.header;
  const at = (name: string, value: string | undefined): Issue[] =>
    value !== undefined && !fitsId(value)
      ? [
          finding(
            'ValueNotRecognized',
            `${HEADER}/${name}`,
            `expected at most ${MAX_ID} characters without control characters`,
            'R33',
          ),
        ]
      : [];
  return [
    ...at('MessageData/MessageId', messageId),
    ...at('MessageData/RefToMessageId', refToMessageId),
    ...at('ConversationId', conversationId),
  ];
};

/** A clock that is far ahead is told, not refused (row 71). */
export const timestampPlausible: Check = ({ message, now }) =>
  message.header.timestamp.instant > now + FUTURE_MS
    ? warning('Inconsistent', `${HEADER}/MessageData/Timestamp`, 'lies more than a day in the future', 'R34')
    : undefined;

export const notExpired: Check = ({ message, now, policy }) => {
  const { timeToLive, timestamp } = message.header;
  if (timeToLive === undefined) return undefined;
  const past = now - policy.clockToleranceMs > timeToLive.instant;
  return past || timeToLive.instant <= timestamp.instant
    ? finding('TimeToLiveExpired', `${HEADER}/MessageData/TimeToLive`, 'the message has expired', 'R36')
    : undefined;
};

/** We route for nobody else (row 63, DK-112). */
export const toIsUs: Check = ({ message, policy }) =>
  policy.ownParties.size > 0 && !message.header.to.partyIds.some((id) => policy.ownParties.has(id.value))
    ? finding('Inconsistent', `${HEADER}/To/PartyId`, 'the message is not addressed to this party', 'C8')
    : undefined;

export const knownSignal: Check = ({ message, kind }) =>
  kind === 'unknownSignal' && message.header.service.value === MSH_SERVICE
    ? finding(
        'ValueNotRecognized',
        `${HEADER}/Action`,
        'is no action of the MSH service, or its element is missing',
        'R32',
      )
    : undefined;
