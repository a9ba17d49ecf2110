// Reads an HTTP outcome as the partner's answer to a POST: the transport's verdict, and the words of a fault (rows 37–42).
import { readFault, type SoapFault } from '../ebms/index.ts';
import type { StagedBlob, TransmitOutcome } from '../msh/index.ts';
import { classify, type PostOutcome } from '../transport/index.ts';
import { readXml } from '../xml/index.ts';
import { stage } from './blob.ts';
import type { GatewayContext } from './context.ts';

const EVIDENCE_BYTES = 16 * 1024;

export type Response = Extract<PostOutcome, { kind: 'response' }>;

/** The response when it is a success with a body that may be a signal (R145). */
export function signalIn(outcome: PostOutcome, context: GatewayContext): Response | undefined {
  const verdict = classify(outcome, context.clock.now());
  return outcome.kind === 'response' && verdict.kind === 'accepted' && verdict.body ? outcome : undefined;
}

/** `signalDue`: the agreement promises a signal in this response, so an empty one proves nothing (row 37). */
export function readOutcome(outcome: PostOutcome, context: GatewayContext, signalDue = false): TransmitOutcome {
  const verdict = classify(outcome, context.clock.now());
  if (verdict.kind === 'accepted') {
    return signalDue ? { kind: 'retryable', detail: 'an empty response where a signal is due' } : { kind: 'accepted' };
  }
  const evidence = outcome.kind === 'response' ? kept(outcome) : {};
  const fault = outcome.kind === 'response' ? faultIn(outcome) : undefined;
  const detail = fault === undefined ? verdict.detail : `${verdict.detail}, SOAP Fault ${fault.code}`;
  const words = fault === undefined ? {} : { words: fault.detail.slice(0, MAX_WORDS) };
  if (verdict.kind === 'refused') return { kind: 'refused', detail, ...words, ...evidence };
  const { notBefore, unsent } = verdict;
  return {
    kind: 'retryable',
    detail,
    ...words,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(unsent === undefined ? {} : { unsent }),
    ...evidence,
  };
}

/** The beginning of a response, as evidence. */
export const kept = (response: Response): { evidence?: StagedBlob } =>
  response.body.length === 0 ? {} : { evidence: stage(response.body.subarray(0, EVIDENCE_BYTES)) };

const MAX_WORDS = 200;

/** Its code is one of four (DK-014); its text is the partner's own. */
function faultIn(response: Response): SoapFault | undefined {
  if (response.body.length === 0) return undefined;
  const xml = readXml(response.body, { limits: { maxBytes: 1024 * 1024 } });
  return xml.ok ? readFault(xml.value) : undefined;
}
