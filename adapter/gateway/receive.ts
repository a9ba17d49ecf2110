// Use case: an ebMS message arrives. Read, gather facts, decide, seal, commit, and only then answer (house rules 1–4).
import { Octets, OIN_TYPE } from '../base/index.ts';
import {
  type Decision,
  receive as decide,
  fingerprintSource,
  inboundId,
  isReuse,
  type ReceiveFacts,
  referencedId,
  refusedId,
} from '../msh/index.ts';
import { StoreUnavailable } from '../store/index.ts';
import type { HttpReply, InboundRequest, Peer } from '../transport/index.ts';
import { type Files, openFiles, sha256Hex, stage } from './blob.ts';
import type { GatewayContext } from './context.ts';
import { commitAndCarryOn } from './direct.ts';
import type { EvidenceShare } from './evidence-share.ts';
import { gatherFacts, type StaticFacts } from './facts.ts';
import { entityOf, type Intake, takeIn } from './intake.ts';
import { emptyReply, faultReply, signalReply, unavailableReply } from './reply.ts';
import { type SealedAnswer, SigningKeyMissing, sealAnswer } from './seal.ts';
import type { Serial } from './serial.ts';
import { postSignal, postStored } from './signal.ts';
import { type About, tell, tellRefusedRequest } from './tell.ts';
import { withinShare } from './within-share.ts';

/** How often a decision is taken again after a lost race before the partner is told to come back (architecture 3.7). */
const MAX_TRIES = 5;
/** How much of an unreadable request is kept as evidence (OPS-7). */
const EVIDENCE_BYTES = 64 * 1024;

export interface Received {
  readonly intake: Intake;
  readonly peer: Peer | undefined;
  readonly cid: string;
}

/** Answers one HTTP request of a partner. Never rejects for what the partner sent; 503 when the store cannot be written. */
export async function receiveRequest(
  request: InboundRequest,
  context: GatewayContext,
  serial: Serial,
): Promise<HttpReply> {
  const evidence = new EvidenceTap(request.body, EVIDENCE_BYTES);
  const entity = { ...entityOf(request), body: evidence.stream() };
  try {
    const intake = await takeIn(entity, context.blobs, context.limits);
    if (!intake.ok) {
      await noteUnreadable(intake.error.fault.detail, evidence, request, context);
      return faultReply(intake.error.fault, intake.error.status);
    }
    const received = { intake: intake.value, peer: request.peer, cid: request.cid };
    const key = inboundId(intake.value.message.header.from, intake.value.message.header.messageId);
    return await serial.run(key, () => receiveMessage(received, context));
  } catch (error) {
    // What we cannot do now is temporary for the partner and an alert for us (house rule 8).
    if (error instanceof StoreUnavailable)
      context.observer.emit('store.unavailable', { cid: request.cid, detail: error.message });
    else if (error instanceof SigningKeyMissing)
      context.observer.emit('key.missing', { cid: request.cid, detail: error.message });
    else throw error;
    return unavailableReply;
  }
}

/** Takes a read message through decision, sealing and commit; at most five times when others change the same records. */
export async function receiveMessage(received: Received, context: GatewayContext): Promise<HttpReply> {
  const files = openFiles(context.blobs);
  try {
    return await carryThrough(received, files, context);
  } finally {
    // However it ended: what a record names stays.
    await Promise.all([files.drop(), received.intake.dropParts()]);
  }
}

async function carryThrough(received: Received, files: Files, context: GatewayContext): Promise<HttpReply> {
  const { intake, peer } = received;
  if (intake.unstored !== undefined) await mustBeCopy(intake, intake.unstored, context);
  const known = await gatherFacts(intake, peer, context);
  const written = await decideAndWrite(known, received, files, context);
  if (written === undefined) return unavailableReply;
  const { decision, sealed } = written;
  if (isAccepted(decision)) context.heardTime(peer?.oin ?? '', known.message.header.timestamp.instant);
  for (const bundled of decision.bundled ?? []) await takeBundled({ ...known, ...bundled }, received, files, context);
  return replyTo(decision, sealed, context);
}

/**
 * A change of its own, after that of the message that carried it, whose reply stands. When an Acknowledgment cannot be written
 * our message waits on and goes again, and the partner's answer to that comes here once more (DK-093).
 */
async function takeBundled(
  known: StaticFacts,
  received: Received,
  files: Files,
  context: GatewayContext,
): Promise<void> {
  try {
    await decideAndWrite(known, received, files, context);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    context.observer.emit('store.unavailable', { cid: received.cid, detail: error.message });
  }
}

interface Written {
  readonly decision: Decision;
  readonly sealed: SealedAnswer | undefined;
}

/** Undefined when every try lost the race against others. */
async function decideAndWrite(
  known: StaticFacts,
  { intake, peer, cid }: Received,
  files: Files,
  context: GatewayContext,
): Promise<Written | undefined> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const facts = await loadFacts(known, intake, context);
    const decided = decide(facts);
    if (intake.unstored !== undefined && decided.copy !== true) throw intake.unstored;
    const sealed = decided.answer === undefined ? undefined : await sealAnswer(decided.answer, context);
    const { decision, giveBack } = withinShare(withAnswer(decided, sealed), facts, context);
    const about = { cid, header: facts.message.header, peer };
    let written = false;
    try {
      written = await commitOrRepeat(decision, { ...about, earlier: facts.earlier, files }, context);
    } finally {
      if (!written) giveBack();
    }
    if (written) {
      tell(decision.happenings, about, context);
      observeWait(decision, context);
      return { decision, sealed };
    }
    context.observer.emit('commit.conflict', { cid, messageId: facts.message.header.messageId });
  }
  return undefined;
}

/** How long our message waited, from its acceptance, when this was the word that it waited for. */
function observeWait({ happenings, change }: Decision, { observer, clock }: GatewayContext): void {
  if (change === undefined || !happenings.some(({ event }) => event === 'message.acknowledged')) return;
  observer.observeAckWait(clock.now() - change.message.acceptedAt);
}

/** Octets that are not in the store can only be those of a message that is: nothing else is looked at any further. */
async function mustBeCopy(intake: Intake, why: StoreUnavailable, context: GatewayContext): Promise<void> {
  const { from, messageId } = intake.message.header;
  const [earlier] = await context.store.load([inboundId(from, messageId)]);
  if (earlier === undefined || isReuse(earlier, { fingerprint: fingerprintOf(intake) })) throw why;
}

const fingerprintOf = ({ message, parts }: Intake): string => sha256Hex(fingerprintSource(message, parts));

const isAccepted = ({ happenings }: Decision): boolean => happenings.some(({ event }) => event === 'message.accepted');

/** One consistent read of the two records a decision may turn on. */
async function loadFacts(known: StaticFacts, intake: Intake, context: GatewayContext): Promise<ReceiveFacts> {
  const recordId = inboundId(intake.message.header.from, intake.message.header.messageId);
  const about = referencedId(known.message, known.kind);
  const [earlier, referenced] = await context.store.load(about === undefined ? [recordId] : [recordId, about]);
  return {
    ...known,
    now: context.clock.now(),
    answerMessageId: `${context.ids.uuid()}@${context.messageIdDomain}`,
    evidenceId: refusedId(context.ids.uuid()),
    recordId,
    envelope: intake.envelope,
    fingerprint: fingerprintOf(intake),
    earlier,
    referenced,
  };
}

/** A copy of what we have is acknowledged again also while nothing can be written: only its count is not (row 24). */
async function commitOrRepeat(
  decision: Decision,
  { earlier, files, ...about }: About & Pick<ReceiveFacts, 'earlier'> & { readonly files: Files },
  context: GatewayContext,
): Promise<boolean> {
  try {
    if (decision.copy === true && decision.change === undefined) answerBeside(earlier, context);
    return await commitDecision(decision, { ...about, files }, context);
  } catch (error) {
    if (decision.copy !== true || !(error instanceof StoreUnavailable)) throw error;
    context.observer.emit('store.unavailable', { cid: about.cid ?? '', detail: error.message });
    answerBeside(earlier, context);
    return true;
  }
}

/** In the response it goes by itself; beside it there is no job that could carry it. */
function answerBeside(earlier: ReceiveFacts['earlier'], context: GatewayContext): void {
  if (earlier !== undefined && !earlier.terms.syncReply) void postStored(earlier, context);
}

/** True when the decision is durable (or has nothing to write); false when a race was lost and facts must be loaded anew. */
async function commitDecision(
  decision: Decision,
  { files, ...about }: About & { readonly files: Files },
  context: GatewayContext,
): Promise<boolean> {
  if (decision.note !== undefined) await context.store.note({ at: context.clock.now(), ...decision.note });
  if (decision.change === undefined) return true;
  return (await commitAndCarryOn(await files.durable(decision.change), about, context)) === 'ok';
}

/** The answer is committed with what it answers. */
function withAnswer(decision: Decision, sealed: SealedAnswer | undefined): Decision {
  const { change } = decision;
  if (change === undefined || sealed === undefined) return decision;
  const message = { ...change.message, answer: sealed.stored };
  return { ...decision, change: { ...change, message, blobs: [...change.blobs, stage(sealed.bytes)] } };
}

async function replyTo(
  decision: Decision,
  sealed: SealedAnswer | undefined,
  context: GatewayContext,
): Promise<HttpReply> {
  const { reply } = decision;
  if (reply.kind === 'fault') return faultReply(reply.fault, reply.status);
  if (reply.kind === 'stored')
    return signalReply(await context.blobs.read(reply.answer.body), reply.answer.contentType);
  if (reply.kind === 'sealed' && sealed !== undefined) return signalReply(sealed.bytes);
  if (decision.answer !== undefined && decision.change === undefined && sealed !== undefined) {
    // An asynchronous Pong or StatusResponse leaves no record: it is posted once, beside the reply (row 59).
    void postSignal(decision.answer, sealed.bytes, context);
  }
  return emptyReply;
}

async function noteUnreadable(
  detail: string,
  evidence: EvidenceTap,
  request: InboundRequest,
  context: GatewayContext,
): Promise<void> {
  tellRefusedRequest(detail, request, context);
  const now = context.clock.now();
  const bytes = evidence.bytes();
  const share = await shareOfPeer(request.peer, context);
  if (!share.take(bytes.length, now)) return;
  const peer = request.peer?.oin ?? request.remoteAddress;
  await context.store.note({
    at: now,
    event: 'http.refused',
    detail: `${detail} (from ${peer})`,
    evidence: stage(bytes),
  });
}

/** That of a partner when the certificate is of a party that an agreement names, else that of all strangers. */
async function shareOfPeer(peer: Peer | undefined, { agreements, evidence }: GatewayContext): Promise<EvidenceShare> {
  const value = peer?.oin;
  if (value === undefined) return evidence.strangers;
  const known = (await agreements.current()).byPartner({ value, type: OIN_TYPE });
  return known.length === 0 ? evidence.strangers : evidence.partner(value);
}

/** Passes a body on and remembers its beginning. */
class EvidenceTap {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #limit: number;
  readonly #kept = new Octets();

  constructor(source: AsyncIterable<Uint8Array>, limit: number) {
    this.#source = source;
    this.#limit = limit;
  }

  async *stream(): AsyncIterable<Uint8Array> {
    for await (const chunk of this.#source) {
      const room = this.#limit - this.#kept.length;
      if (room > 0) this.#kept.add(chunk.subarray(0, room));
      yield chunk;
    }
  }

  bytes(): Uint8Array {
    return this.#kept.bytes();
  }
}
