// What the CPA says about a message: that it exists, and which elements the channel demands or forbids (C25, R100).

import type { Presence } from '../../agreement/index.ts';
import { ACTOR } from '../../base/index.ts';
import { finding } from '../errors.ts';
import type { Check } from './rule.ts';

/** The findings of the agreement itself: unknown CPAId, expired, party, role, service, action (R27–R32, C5–C12). */
export const agreed: Check = ({ exchange }) => (exchange.ok ? [] : exchange.error);

const breaks = (presence: Presence, present: boolean): boolean =>
  (presence === 'always' && !present) || (presence === 'never' && present);

const words = (presence: Presence, name: string): string =>
  presence === 'always' ? `the CPA demands ${name} on every message` : `the CPA forbids ${name}`;

export const duplicateEliminationAgreed: Check = ({ exchange, message }) => {
  if (!exchange.ok) return undefined;
  const presence = exchange.value.sendChannel.duplicateElimination;
  return breaks(presence, message.header.duplicateElimination)
    ? finding(
        'Inconsistent',
        '//Header/MessageHeader/DuplicateElimination',
        words(presence, 'DuplicateElimination'),
        'R37',
      )
    : undefined;
};

export const ackAgreed: Check = ({ exchange, message }) => {
  if (!exchange.ok) return undefined;
  const presence = exchange.value.sendChannel.ackRequested;
  return breaks(presence, message.ackRequested.length > 0)
    ? finding('Inconsistent', '//Header/AckRequested', words(presence, 'AckRequested'), 'R100')
    : undefined;
};

export const ackSignatureAgreed: Check = ({ exchange, message, back }) => {
  if (!exchange.ok || message.ackRequested.length === 0) return undefined;
  const presence = exchange.value.sendChannel.ackSignatureRequested;
  const signed = message.ackRequested.some((ack) => ack.signed);
  if (breaks(presence, signed))
    return finding('Inconsistent', '//Header/AckRequested/@signed', words(presence, 'a signed Acknowledgment'), 'C25');
  return signed && back?.answer.signing === undefined
    ? finding(
        'Inconsistent',
        '//Header/AckRequested/@signed',
        'the CPA gives no certificate to sign an Acknowledgment with',
        'R86',
      )
    : undefined;
};

/** nextMSH is not supported by an end point; any other actor but toPartyMSH means nothing (R84, T142). */
export const ackActors: Check = ({ message }) => {
  const actors = message.ackRequested.map((ack) => ack.actor ?? ACTOR.toPartyMsh);
  if (actors.includes(ACTOR.nextMsh))
    return finding('NotSupported', '//Header/AckRequested/@actor', 'nextMSH acknowledgments are not supported', 'R84');
  if (actors.some((actor) => actor !== ACTOR.toPartyMsh))
    return finding('Inconsistent', '//Header/AckRequested/@actor', 'expected toPartyMSH', 'R84');
  return actors.length > 1
    ? finding('Inconsistent', '//Header/AckRequested', 'found twice for one actor', 'R83')
    : undefined;
};

export const syncReplyAgreed: Check = ({ exchange, message }) => {
  if (!exchange.ok) return undefined;
  const sync = exchange.value.sendChannel.syncReplyMode !== 'none';
  if (sync === (message.syncReply !== false)) return undefined;
  return finding(
    'Inconsistent',
    '//Header/SyncReply',
    sync ? 'the CPA demands SyncReply' : 'the CPA has syncReplyMode none',
    'R81',
  );
};

/** It speaks to whoever holds the connection, and to nobody else (T179). */
export const syncReplyActor: Check = ({ message }) =>
  message.syncReply === false || message.syncReply.actor === ACTOR.next
    ? undefined
    : finding('Inconsistent', '//Header/SyncReply/@actor', `expected ${ACTOR.next}`, 'R81');

/** A module that is not there says so (R1, R75). */
export const noMessageOrder: Check = ({ message }) =>
  message.messageOrder === undefined
    ? undefined
    : finding('NotSupported', '//Header/MessageOrder', 'the message order module is not supported', 'R134');
