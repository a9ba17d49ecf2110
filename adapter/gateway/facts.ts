// Gathers what a decision about an inbound message turns on and what does not change while it is retried.
import { type Between, type Exchange, resolveExchange, resolveParties, signalExchange } from '../agreement/index.ts';
import { type DigestReference, hasError, type Issue, type Result } from '../base/index.ts';
import { computeReferences, type SignatureVerdict, verifySignature } from '../dsig/index.ts';
import type { MessageKind } from '../ebms/types.ts';
import type { ReceiveFacts, SignalRoute } from '../msh/index.ts';
import type { Peer } from '../transport/index.ts';
import { signedPart } from './blob.ts';
import type { JudgeContext } from './context.ts';
import type { Intake } from './intake.ts';

export type StaticFacts = Omit<
  ReceiveFacts,
  'now' | 'answerMessageId' | 'evidenceId' | 'recordId' | 'envelope' | 'fingerprint' | 'earlier' | 'referenced'
>;

export async function gatherFacts(intake: Intake, peer: Peer | undefined, context: JudgeContext): Promise<StaticFacts> {
  const { header } = intake.message;
  const index = await context.agreements.current();
  const query = { ...header, now: context.clock.now() };
  const exchange = resolveExchange(index, query);
  const between = exchange.ok ? exchange.value : resolveParties(index, query);
  const signature = await judgeSignature(intake, exchange, context);
  return {
    message: intake.message,
    kind: intake.kind,
    warnings: intake.warnings,
    peer: peer === undefined ? undefined : { oin: peer.oin, fingerprint: peer.fingerprint },
    exchange,
    back: between === undefined ? undefined : routesBack(between, intake.kind),
    signature,
    digestReferences: await acknowledgedReferences(intake, exchange, signature, context),
    parts: intake.parts,
    mimeIssues: intake.mimeIssues,
    policy: context.policy,
  };
}

/** What a message of this kind is answered with; every other is acknowledged, if anything. */
const ANSWERS: Readonly<Partial<Record<MessageKind, 'Pong' | 'StatusResponse'>>> = {
  ping: 'Pong',
  statusRequest: 'StatusResponse',
};

/** Each signal has a channel of its own where the CPA names one (C27). */
function routesBack(between: Between, kind: MessageKind): NonNullable<ReceiveFacts['back']> {
  return {
    answer: routeOf(signalExchange(between, ANSWERS[kind] ?? 'Acknowledgment')),
    error: routeOf(signalExchange(between, 'MessageError')),
  };
}

function routeOf(exchange: Exchange): SignalRoute {
  const peerOin = exchange.to.partyIds[0]?.value ?? '';
  return { url: exchange.url, peerOin, ...(exchange.signing === undefined ? {} : { signing: exchange.signing }) };
}

/**
 * The verdict over the signature, with the certificate that the CPA gives for the sender's channel (R63, row 147). Without
 * such a certificate a signature cannot be checked and is refused, never passed (house rule 8, row 127).
 */
async function judgeSignature(
  intake: Intake,
  exchange: Result<Exchange, readonly Issue[]>,
  context: JudgeContext,
): Promise<SignatureVerdict> {
  if (intake.message.signatures === 0) return { kind: 'absent' };
  if (!exchange.ok) return { kind: 'invalid', reason: 'no agreement says whose signature this is', references: [] };
  const { sendChannel, from } = exchange.value;
  const certificate =
    sendChannel.senderNonRepudiation?.certificate ?? from.defaultChannel.senderNonRepudiation?.certificate;
  if (certificate === undefined) {
    return { kind: 'invalid', reason: 'the CPA names no signing certificate of the sender', references: [] };
  }
  const parts = intake.parts.map((part) => signedPart(part.contentId, part.blob, context.blobs));
  const verdict = await verifySignature(intake.xml, parts, certificate.der, context.signaturePolicy);
  if (verdict.kind !== 'valid') return verdict;
  // Judged at receipt (row 150): the Timestamp is the signer's own word, and older than a list that was just renewed.
  const distrust = context.signerTrust(certificate.der, context.clock.now());
  return distrust === undefined ? verdict : { kind: 'invalid', reason: distrust, references: verdict.references };
}

/** What a signed Acknowledgment repeats: the references of the signature, or equal ones computed here (R92). */
async function acknowledgedReferences(
  intake: Intake,
  exchange: Result<Exchange, readonly Issue[]>,
  signature: SignatureVerdict,
  context: JudgeContext,
): Promise<readonly DigestReference[]> {
  if (signature.kind === 'valid') return signature.digestReferences;
  const wanted = intake.message.ackRequested.some((request) => request.signed);
  if (!wanted || signature.kind === 'invalid' || !exchange.ok || hasError(intake.mimeIssues)) return [];
  const method = exchange.value.sendChannel.senderNonRepudiation?.hashFunction ?? SHA256_URI;
  const parts = intake.parts.map((part) => signedPart(part.contentId, part.blob, context.blobs));
  return computeReferences(intake.xml, parts, method);
}

const SHA256_URI = 'http://www.w3.org/2001/04/xmlenc#sha256';
