// Reads an HTTP outcome as the partner's answer to a POST: the transport's verdict, and the words of a fault (rows 37–42).
import { readFault } from '../ebms/index.ts';
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
  const detail = verdict.detail + (outcome.kind === 'response' ? faultText(outcome) : '');
  if (verdict.kind === 'refused') return { kind: 'refused', detail, ...evidence };
  const { notBefore, unsent } = verdict;
  return {
    kind: 'retryable',
    detail,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(unsent === undefined ? {} : { unsent }),
    ...evidence,
  };
}

/** The beginning of a response, as evidence. */
export const kept = (response: Response): { evidence?: StagedBlob } =>
  response.body.length === 0 ? {} : { evidence: stage(response.body.subarray(0, EVIDENCE_BYTES)) };

/** The fault's code and text, cut short; for our operators (row 39, DK-014). */
function faultText(response: Response): string {
  if (response.body.length === 0) return '';
  const xml = readXml(response.body, { limits: { maxBytes: 1024 * 1024 } });
  const fault = xml.ok ? readFault(xml.value) : undefined;
  return fault === undefined ? '' : `, SOAP Fault ${fault.code}: ${fault.detail.slice(0, 200)}`;
}
