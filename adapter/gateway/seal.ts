// Turns decided values into the bytes that are stored and sent: written canonically, signed when the agreement says so.
import type { NonRepudiation } from '../agreement/index.ts';
import type { SignedDigest } from '../base/index.ts';
import { type SignedPart, type SigningKey, signEnvelope } from '../dsig/index.ts';
import { writeMessage } from '../ebms/index.ts';
import { writeMultipart } from '../mime/index.ts';
import type { AnswerPlan, MessageRecord, PartRecord, StoredAnswer, Submission } from '../msh/index.ts';
import type { PostBody } from '../transport/index.ts';
import { stage, toRef } from './blob.ts';
import type { GatewayContext } from './context.ts';

export const XML_CONTENT_TYPE = 'text/xml; charset=UTF-8';
export const EBXML_ACTION = '"ebXML"';

/** The agreement asks for a signature whose key this gateway does not hold: an operator's matter, never the partner's. */
export class SigningKeyMissing extends Error {
  override readonly name = 'SigningKeyMissing';
}

export interface SealedAnswer {
  readonly bytes: Uint8Array;
  readonly stored: StoredAnswer;
}

/** Writes and, where asked, signs a signal. The bytes are made once and stored: a copy gets the very same (row 46). */
export async function sealAnswer(plan: AnswerPlan, context: GatewayContext): Promise<SealedAnswer> {
  const { envelope } = await sealText(writeMessage(plan.message), [], plan.signing, context);
  const bytes = Buffer.from(envelope, 'utf8');
  const stored: StoredAnswer = {
    kind: plan.kind === 'MessageError' ? 'MessageError' : 'Acknowledgment',
    messageId: plan.message.header.messageId,
    contentType: XML_CONTENT_TYPE,
    body: toRef(stage(bytes)),
    url: plan.url,
    errorCodes: plan.message.errorList?.errors.map((error) => error.errorCode) ?? [],
  };
  return { bytes, stored };
}

export interface SealedSubmission {
  readonly envelope: Uint8Array;
  readonly references: readonly SignedDigest[] | undefined;
}

/** Writes the envelope of a message of ours and signs it together with its parts (R50–R57). */
export async function sealSubmission(
  submission: Submission,
  parts: readonly SignedPart[],
  context: GatewayContext,
): Promise<SealedSubmission> {
  const text = writeMessage(submission.message);
  const sealed = await sealText(text, parts, submission.signing, context);
  return { envelope: Buffer.from(sealed.envelope, 'utf8'), references: sealed.references };
}

async function sealText(
  envelope: string,
  parts: readonly SignedPart[],
  signing: NonRepudiation | undefined,
  context: GatewayContext,
): Promise<{ envelope: string; references: readonly SignedDigest[] | undefined }> {
  if (signing === undefined) return { envelope, references: undefined };
  const methods = { signatureMethod: signing.signatureAlgorithm, digestMethod: signing.hashFunction };
  return signEnvelope({ envelope, parts, key: signingKey(signing, context), methods });
}

function signingKey(signing: NonRepudiation, context: GatewayContext): SigningKey {
  const fingerprint = signing.certificate?.fingerprint;
  const key = fingerprint === undefined ? undefined : context.keyRing(fingerprint);
  if (key === undefined) {
    throw new SigningKeyMissing(`no private key for the CPA's signing certificate ${fingerprint ?? '(none)'}`);
  }
  return key;
}

/** The HTTP body of a stored message: the same bytes at every attempt, boundary included (house rule 6). */
export async function packMessage(record: MessageRecord, context: GatewayContext): Promise<PostBody> {
  const { blobs } = context;
  const envelope = await blobs.read(record.envelope);
  if (record.parts.length === 0) {
    return { headers: headers(XML_CONTENT_TYPE), bytes: envelope.length, body: envelope };
  }
  const root = {
    contentId: `soap-${record.envelope.sha256.slice(0, 16)}@${context.messageIdDomain}`,
    contentType: XML_CONTENT_TYPE,
    bytes: envelope.length,
    body: envelope,
  };
  const parts = await Promise.all(record.parts.map((part) => outboundPart(part, context)));
  const written = writeMultipart([root, ...parts], `dk-${record.envelope.sha256.slice(0, 32)}`);
  return { headers: headers(written.contentType), bytes: written.bytes, body: written.body };
}

async function outboundPart(part: PartRecord, context: GatewayContext) {
  const { blobs } = context;
  const small = part.blob.bytes <= SMALL_PART_BYTES;
  return {
    contentId: part.contentId,
    contentType: part.contentType,
    ...(part.fileName === undefined ? {} : { fileName: part.fileName }),
    bytes: part.blob.bytes,
    body: small ? await blobs.read(part.blob) : () => blobs.get(part.blob),
  };
}

/** Parts up to this size are read whole before the POST; larger ones stream from the blob store. */
const SMALL_PART_BYTES = 1024 * 1024;

/** What MIME writes in its envelope stays out of HTTP but for the Content-Type (R140, DK-008). */
function headers(contentType: string): Record<string, string> {
  return { 'content-type': contentType, soapaction: EBXML_ACTION };
}
