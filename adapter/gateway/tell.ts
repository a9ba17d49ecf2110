// Passes happenings of decisions to the observer, with the identifiers that make them findable.
import type { MessageHeader } from '../ebms/index.ts';
import { messageType } from '../ggk/index.ts';
import type { Happening, MessageRecord } from '../msh/index.ts';
import { type EventFields, faultOf, isEventName } from '../observe/index.ts';
import { BlobDamaged, StoreUnavailable } from '../store/index.ts';
import { UUID_V4 } from '../stuf/index.ts';
import type { InboundRequest, Peer } from '../transport/index.ts';
import { ValidationStopped } from '../xsd/index.ts';
import type { GatewayContext } from './context.ts';
import { SigningKeyMissing } from './seal.ts';

export interface About {
  readonly cid?: string;
  readonly header?: MessageHeader;
  readonly record?: MessageRecord;
  readonly peer?: Peer | undefined;
}

export function tell(happenings: readonly Happening[], about: About, context: GatewayContext): void {
  if (happenings.length === 0) return;
  const fields = { ...headerFields(about.header), ...recordFields(about.record), ...peerFields(about) };
  for (const { event, detail, rule, code } of happenings) {
    if (!isEventName(event)) throw new Error(`no such event: ${event}`);
    context.observer.emit(event, { ...fields, ...defined({ detail, rule, code }) });
  }
}

/** Faults whose words are ours and name no content. */
const OWN_WORDS = [StoreUnavailable, SigningKeyMissing, BlobDamaged, ValidationStopped];

/** What an operator may read of a fault: its words when they are ours, else its class; they may be content (row 159). */
export function wordsOf(error: unknown): string {
  if (error instanceof Error && OWN_WORDS.some((own) => error instanceof own)) return error.message;
  return `a fault of this program (${faultOf(error).detail.split('\n')[0]})`;
}

/** Work of the gateway broke off: the store is away, a key is missing, or something is wrong with us. Returns its words. */
export function tellBrokenOff(
  error: unknown,
  about: Pick<EventFields, 'cid' | 'messageId' | 'job'>,
  { observer }: Pick<GatewayContext, 'observer'>,
): string {
  const detail = wordsOf(error);
  if (error instanceof StoreUnavailable) observer.emit('store.unavailable', { ...about, detail });
  else if (error instanceof SigningKeyMissing) observer.emit('key.missing', { ...about, detail });
  else if (error instanceof ValidationStopped) observer.emit('job.released', { ...about, detail });
  else observer.emit('job.released', { ...about, ...faultOf(error) });
  return detail;
}

export function tellRefusedRequest(detail: string, request: InboundRequest, context: GatewayContext): void {
  const { cid, remoteAddress, peer } = request;
  context.observer.emit('http.refused', { cid, detail, remoteAddress, ...defined({ peerOin: peer?.oin }) });
}

function headerFields(header: MessageHeader | undefined): EventFields {
  if (header === undefined) return {};
  const { cpaId, messageId, conversationId, refToMessageId } = header;
  return { cpaId, messageId, conversationId, ...defined({ refToMessageId }) };
}

function recordFields(record: MessageRecord | undefined): EventFields {
  if (record === undefined) return {};
  const { cpaId, messageId, conversationId, refToMessageId, direction, state, business } = record;
  const { functie, referentienummer } = spokenOf(business);
  return {
    cpaId,
    messageId,
    conversationId,
    direction,
    state,
    ...defined({ refToMessageId, functie, referentienummer }),
  };
}

/** Whoever sends a document fills these in: what is no functie, or no UUID, may be anything (row 159). */
function spokenOf(business: MessageRecord['business']): EventFields {
  const { functie = '', referentienummer = '' } = business ?? {};
  return defined({
    functie: messageType(functie)?.functie,
    referentienummer: UUID_V4.test(referentienummer) ? referentienummer : undefined,
  });
}

const peerFields = ({ cid, peer }: About): EventFields => defined({ cid, peerOin: peer?.oin });

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
