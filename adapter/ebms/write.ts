// From a message to its SOAP envelope, written canonically: what we send can be signed as it stands (speed.md, point 2).
import { type DateTime, formatDateTime, NS } from '../base/index.ts';
import { type CanonicalWriter, canonicalWriter, type Markup } from '../xml/index.ts';
import type { EbmsMessage, PartyId, PartyRef, SoapFault } from './types.ts';

const MESSAGE = canonicalWriter({ SOAP: NS.soap, eb: NS.eb, xlink: NS.xlink });
const PLAIN = canonicalWriter({ SOAP: NS.soap });
const w: CanonicalWriter = MESSAGE;

const at = (value: DateTime): string => formatDateTime(value.instant);
const when = <T>(value: T | undefined, write: (value: T) => Markup): Markup[] =>
  value === undefined ? [] : [write(value)];
const group = (version: string) => ({ 'SOAP:mustUnderstand': '1', 'eb:version': version });

/**
 * The envelope in the order of ebms2.md section 4; times in UTC. `readMessage` of the result gives the message back
 * (signatures are added by dsig, so `signatures` is not written).
 */
export function writeMessage(message: EbmsMessage): string {
  const header = w.element(
    'SOAP:Header',
    {},
    messageHeader(message),
    ...when(message.syncReply || undefined, (sync) =>
      w.element('eb:SyncReply', { 'SOAP:actor': sync.actor, ...group(sync.version) }),
    ),
    ...message.ackRequested.map((ack) =>
      w.element('eb:AckRequested', { 'SOAP:actor': ack.actor, ...group(ack.version), 'eb:signed': String(ack.signed) }),
    ),
    ...when(message.acknowledgment, acknowledgment),
    ...when(message.errorList, errorList),
    ...when(message.messageOrder, (order) =>
      w.element(
        'eb:MessageOrder',
        group(order.version),
        w.leaf('eb:SequenceNumber', { 'eb:status': order.status }, String(order.sequenceNumber)),
      ),
    ),
  );
  const body = w.element(
    'SOAP:Body',
    {},
    ...when(message.manifest, manifest),
    ...when(message.statusRequest, (request) =>
      w.element(
        'eb:StatusRequest',
        { 'eb:version': request.version },
        w.leaf('eb:RefToMessageId', {}, request.refToMessageId),
      ),
    ),
    ...when(message.statusResponse, (response) =>
      w.element(
        'eb:StatusResponse',
        { 'eb:version': response.version, 'eb:messageStatus': response.status },
        w.leaf('eb:RefToMessageId', {}, response.refToMessageId),
        ...when(response.timestamp, (timestamp) => w.leaf('eb:Timestamp', {}, at(timestamp))),
      ),
    ),
  );
  return w.root('SOAP:Envelope', {}, header, body);
}

function messageHeader({ header }: EbmsMessage): Markup {
  return w.element(
    'eb:MessageHeader',
    group(header.version),
    party('eb:From', header.from),
    party('eb:To', header.to),
    w.leaf('eb:CPAId', {}, header.cpaId),
    w.leaf('eb:ConversationId', {}, header.conversationId),
    w.leaf('eb:Service', { 'eb:type': header.service.type }, header.service.value),
    w.leaf('eb:Action', {}, header.action),
    w.element(
      'eb:MessageData',
      {},
      w.leaf('eb:MessageId', {}, header.messageId),
      w.leaf('eb:Timestamp', {}, at(header.timestamp)),
      ...when(header.refToMessageId, (id) => w.leaf('eb:RefToMessageId', {}, id)),
      ...when(header.timeToLive, (time) => w.leaf('eb:TimeToLive', {}, at(time))),
    ),
    ...(header.duplicateElimination ? [w.element('eb:DuplicateElimination', {})] : []),
  );
}

function party(name: string, ref: PartyRef): Markup {
  return w.element(name, {}, ...ref.partyIds.map(partyId), ...when(ref.role, (role) => w.leaf('eb:Role', {}, role)));
}

const partyId = (id: PartyId): Markup => w.leaf('eb:PartyId', { 'eb:type': id.type }, id.value);

function acknowledgment(ack: NonNullable<EbmsMessage['acknowledgment']>): Markup {
  return w.element(
    'eb:Acknowledgment',
    { 'SOAP:actor': ack.actor, ...group(ack.version) },
    w.leaf('eb:Timestamp', {}, at(ack.timestamp)),
    w.leaf('eb:RefToMessageId', {}, ack.refToMessageId),
    ...when(ack.from, (ids) => w.element('eb:From', {}, ...ids.map(partyId))),
    ...ack.references.map((reference) => w.embed(reference.xml)),
  );
}

function errorList(list: NonNullable<EbmsMessage['errorList']>): Markup {
  return w.element(
    'eb:ErrorList',
    { ...group(list.version), 'eb:highestSeverity': list.highestSeverity },
    ...list.errors.map((error) =>
      w.element(
        'eb:Error',
        {
          'eb:codeContext': error.codeContext,
          'eb:errorCode': error.errorCode,
          'eb:severity': error.severity,
          'eb:location': error.location,
        },
        ...when(error.description, (text) => w.leaf('eb:Description', { 'xml:lang': 'en' }, text)),
      ),
    ),
  );
}

function manifest(value: NonNullable<EbmsMessage['manifest']>): Markup {
  return w.element(
    'eb:Manifest',
    { 'eb:version': value.version },
    ...value.references.map((reference) =>
      w.element('eb:Reference', { 'xlink:href': reference.href, 'xlink:role': reference.role, 'xlink:type': 'simple' }),
    ),
  );
}

/** A SOAP 1.1 Fault; `detail` is read by strangers. */
export function writeFault(fault: SoapFault): string {
  return PLAIN.root(
    'SOAP:Envelope',
    {},
    PLAIN.element(
      'SOAP:Body',
      {},
      PLAIN.element(
        'SOAP:Fault',
        {},
        PLAIN.leaf('faultcode', {}, `SOAP:${fault.code}`),
        PLAIN.leaf('faultstring', {}, fault.detail),
      ),
    ),
  );
}
