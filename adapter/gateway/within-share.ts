// What a decision would keep as evidence, weighed as it will lie on the disk, and kept as long as its sender's share lasts (OPS-7).
import { type Change, type Decision, isStranger, type ReceiveFacts } from '../msh/index.ts';
import type { GatewayContext } from './context.ts';

/** What is left of a decision, and how its share gets back what was taken for it, should it not be written. */
export interface Shared {
  readonly decision: Decision;
  giveBack(): void;
}

const nothingTaken = (): void => undefined;

/**
 * Of a partner's refused message first the parts go, then all. The answer is the same without it, and what changes something is
 * always written. Its answer must be in `decision.change` already: it is kept too.
 */
export function withinShare(decision: Decision, facts: ReceiveFacts, context: GatewayContext): Shared {
  const { evidence, change, note, ...rest } = decision;
  if (evidence !== true) return { decision, giveBack: nothingTaken };
  const { header } = facts.message;
  const share = isStranger(facts)
    ? context.evidence.strangers
    : context.evidence.partner(header.from.partyIds[0]?.value ?? '');
  const told = note === undefined ? 0 : octetsOf(note);
  const weight = (one: Change | undefined): number => told + (one === undefined ? 0 : storedBytes(one));
  const whole = weight(change);
  if (share.take(whole, facts.now)) return { decision, giveBack: () => share.giveBack(whole) };
  context.observer.emit('evidence.dropped', { cpaId: header.cpaId, messageId: header.messageId });
  const lean = change === undefined ? undefined : withoutParts(change);
  const leanBytes = weight(lean);
  if (lean === undefined || !share.take(leanBytes, facts.now)) return { decision: rest, giveBack: nothingTaken };
  return {
    decision: { ...rest, change: lean, ...(note === undefined ? {} : { note }) },
    giveBack: () => share.giveBack(leanBytes),
  };
}

/** Undefined when it has no parts of its own to leave out. */
function withoutParts(change: Change): Change | undefined {
  const { message, blobs } = change;
  if (change.expect !== 'new' || message.parts.length === 0) return undefined;
  const kept = new Set([message.envelope.sha256, message.answer?.body.sha256]);
  return { ...change, message: { ...message, parts: [] }, blobs: blobs.filter(({ sha256 }) => kept.has(sha256)) };
}

/**
 * What a change adds to the disk: a partner chooses the headers of its parts, and ids that come back in the record, its columns
 * and the answer. A record that is there already is written over.
 */
function storedBytes({ expect, message, journal, blobs }: Change): number {
  const isNew = expect === 'new';
  const named = isNew ? [message.envelope, ...message.parts.map(({ blob }) => blob)] : [];
  const files = new Map([...blobs, ...named].map(({ sha256, bytes }) => [sha256, bytes]));
  const octets = [...files.values()].reduce((sum, bytes) => sum + bytes, octetsOf(journal));
  return isNew ? octets + octetsOf(message) + octetsOf(lookedUp(message)) : octets;
}

/** The store repeats these in columns, and all but the CPAId in an index of each. */
const lookedUp = ({ cpaId, messageId, conversationId }: Change['message']): readonly string[] => [
  cpaId,
  messageId,
  messageId,
  conversationId,
  conversationId,
];

const octetsOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
