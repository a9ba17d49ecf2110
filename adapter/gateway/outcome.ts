// Reads an HTTP outcome as the partner's answer to a POST (rows 37–42, R147).
import type { StagedBlob, TransmitOutcome } from '../msh/index.ts';
import { readFault } from '../ebms/index.ts';
import { type PostOutcome, retryAfter } from '../transport/index.ts';
import { readXml } from '../xml/index.ts';
import { stage } from './blob.ts';
import type { GatewayContext } from './context.ts';

/** Statuses that will not change by sending the same bytes again (row 39). */
const FINAL_STATUS = new Set([400, 413, 415, 501, 505]);
const EVIDENCE_BYTES = 16 * 1024;

type Response = Extract<PostOutcome, { kind: 'response' }>;

/** True when a body is XML by its type or, failing that, by its first character; HTML is not (row 38). */
export function isMarkup(response: Response): boolean {
  const type = response.headers['content-type'] ?? '';
  if (/html/i.test(type)) return false;
  if (/^\s*(text|application)\/xml|multipart\/related|\+xml/i.test(type)) return response.body.length > 0;
  return firstCharacter(response.body) === '<' && !/^\s*<(!doctype\s+html|html)/i.test(text(response.body.subarray(0, 64)));
}

/** `signalDue`: the agreement promises a signal in this response, so an empty one is no proof of anything (row 37). */
export async function readOutcome(
  outcome: PostOutcome,
  context: GatewayContext,
  signalDue = false,
): Promise<TransmitOutcome> {
  if (outcome.kind === 'failed') return { kind: 'retryable', detail: outcome.detail };
  const { status } = outcome;
  if (status >= 200 && status <= 299) return readSuccess(outcome, signalDue);
  const detail = `HTTP ${status}${faultText(outcome)}${hint(status)}`;
  const evidence = kept(outcome);
  if (FINAL_STATUS.has(status)) return { kind: 'refused', detail, ...evidence };
  const notBefore = retryAfter(outcome.headers['retry-after'], context.clock.now());
  return { kind: 'retryable', detail, ...(notBefore === undefined ? {} : { notBefore }), ...evidence };
}

function readSuccess(response: Response, signalDue: boolean): TransmitOutcome {
  if (text(response.body.subarray(0, 256)).trim() !== '') {
    return { kind: 'retryable', detail: `HTTP ${response.status} with a body that is no ebMS signal`, ...kept(response) };
  }
  if (signalDue) return { kind: 'retryable', detail: `HTTP ${response.status} with an empty body where a signal is due` };
  return { kind: 'accepted' };
}

const kept = (response: Response): { evidence?: StagedBlob } =>
  response.body.length === 0 ? {} : { evidence: stage(response.body.subarray(0, EVIDENCE_BYTES)) };

function hint(status: number): string {
  return status >= 300 && status <= 399 ? ' (redirects are not followed; the agreed url must answer itself)' : '';
}

/** The fault's code and text, cut short; a fault text of a partner is told to operators only. */
function faultText(response: Response): string {
  if (response.body.length === 0 || !isMarkup(response)) return '';
  const xml = readXml(response.body, { limits: { maxBytes: 1024 * 1024 } });
  const fault = xml.ok ? readFault(xml.value) : undefined;
  return fault === undefined ? '' : `, SOAP Fault ${fault.code}: ${fault.detail.slice(0, 200)}`;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const firstCharacter = (bytes: Uint8Array): string => text(bytes.subarray(0, 64)).trimStart().charAt(0);
