// The other header blocks and the Body elements as values (ebms2.md sections 4.1 and 4.2).
import { type DigestReference, ERROR_CODE_CONTEXT, NS } from '../base/index.ts';
import { attribute, type CanonicalXml, child, standalone, type XmlElement } from '../xml/index.ts';
import { Cursor, dateTimeOf, ebAttribute, oneOf, placeOf, refuse, requiredAttribute, textOf } from './cursor.ts';
import { headerGroup, readPartyId } from './read-header.ts';
import type {
  Acknowledgment,
  AckRequested,
  EbmsError,
  EbmsMessage,
  ErrorList,
  MessageOrder,
  SyncReply,
} from './types.ts';

const SEVERITIES = ['Warning', 'Error'] as const;

export function readSyncReply(element: XmlElement): SyncReply {
  const version = headerGroup(element);
  const actor = actorOf(element) ?? refuse(placeOf(element, 'actor'), 'is missing');
  new Cursor(element).end(true);
  return { version, actor };
}

export function readAckRequested(element: XmlElement): AckRequested {
  const version = headerGroup(element);
  const signed = requiredAttribute(element, 'signed');
  if (!/^(true|false|1|0)$/.test(signed)) refuse(placeOf(element, 'signed'), 'expected true or false');
  new Cursor(element).end(true);
  const actor = actorOf(element);
  return { version, signed: signed === 'true' || signed === '1', ...(actor === undefined ? {} : { actor }) };
}

export const actorOf = (element: XmlElement): string | undefined => attribute(element, NS.soap, 'actor')?.trim();

export function readAcknowledgment(element: XmlElement, xml: CanonicalXml): Acknowledgment {
  const version = headerGroup(element);
  const actor = actorOf(element);
  const cursor = new Cursor(element);
  const timestamp = dateTimeOf(cursor.required('Timestamp'));
  const refToMessageId = textOf(cursor.required('RefToMessageId'));
  const from = cursor.optional('From');
  const references = cursor.many('Reference', NS.ds).map((reference) => readReference(reference, xml));
  cursor.end(true);
  return {
    version,
    ...(actor === undefined ? {} : { actor }),
    timestamp,
    refToMessageId,
    ...(from === undefined ? {} : { from: from.children.filter((one) => one.name === 'PartyId').map(readPartyId) }),
    references,
  };
}

function readReference(element: XmlElement, xml: CanonicalXml): DigestReference {
  const method = child(element, NS.ds, 'DigestMethod');
  const value = child(element, NS.ds, 'DigestValue');
  if (method === undefined || value === undefined) refuse(placeOf(element), 'DigestMethod or DigestValue is missing');
  return {
    uri: attribute(element, '', 'URI') ?? '',
    digestMethod: attribute(method, '', 'Algorithm') ?? '',
    digestValue: value.text.replace(/\s+/g, ''),
    xml: standalone(xml, element),
  };
}

export function readErrorList(element: XmlElement): ErrorList {
  const version = headerGroup(element);
  const highestSeverity = oneOf(element, 'highestSeverity', SEVERITIES);
  const cursor = new Cursor(element);
  const errors = [cursor.required('Error'), ...cursor.many('Error')].map(readError);
  cursor.end(true);
  return { version, highestSeverity, errors };
}

function readError(element: XmlElement): EbmsError {
  const location = ebAttribute(element, 'location');
  const cursor = new Cursor(element);
  const description = cursor.optional('Description');
  cursor.end(true);
  return {
    codeContext: ebAttribute(element, 'codeContext') ?? ERROR_CODE_CONTEXT,
    errorCode: requiredAttribute(element, 'errorCode'),
    severity: oneOf(element, 'severity', SEVERITIES),
    ...(location === undefined ? {} : { location }),
    ...(description === undefined ? {} : { description: textOf(description) }),
  };
}

export function readMessageOrder(element: XmlElement): MessageOrder {
  const version = headerGroup(element);
  const cursor = new Cursor(element);
  const number = cursor.required('SequenceNumber');
  cursor.end(true);
  const text = textOf(number);
  if (!/^\+?\d{1,15}$/.test(text)) refuse(placeOf(number), 'expected a number that is not negative');
  const status =
    ebAttribute(number, 'status') === undefined ? 'Continue' : oneOf(number, 'status', ['Reset', 'Continue']);
  return { version, sequenceNumber: Number(text), status };
}

/** Each item by its href (R41); xlink:role is kept, Schema and Description have no effect (R42, R43). */
export function readManifest(element: XmlElement): NonNullable<EbmsMessage['manifest']> {
  const version = requiredAttribute(element, 'version');
  const cursor = new Cursor(element);
  const references = [cursor.required('Reference'), ...cursor.many('Reference')].map((reference) => {
    const type = attribute(reference, NS.xlink, 'type');
    if (type !== undefined && type !== 'simple') refuse(placeOf(reference, 'type'), 'expected simple');
    const href = attribute(reference, NS.xlink, 'href') ?? refuse(placeOf(reference, 'href'), 'is missing');
    const role = attribute(reference, NS.xlink, 'role');
    const inner = new Cursor(reference);
    for (const schema of inner.many('Schema')) requiredAttribute(schema, 'location');
    for (const description of inner.many('Description')) textOf(description);
    inner.end(true);
    return role === undefined ? { href } : { href, role };
  });
  cursor.end(true);
  return { version, references };
}

export function readStatusRequest(element: XmlElement): NonNullable<EbmsMessage['statusRequest']> {
  const version = requiredAttribute(element, 'version');
  const cursor = new Cursor(element);
  const refToMessageId = textOf(cursor.required('RefToMessageId'));
  cursor.end(true);
  return { version, refToMessageId };
}

const STATUSES = ['UnAuthorized', 'NotRecognized', 'Received', 'Processed', 'Forwarded'] as const;

export function readStatusResponse(element: XmlElement): NonNullable<EbmsMessage['statusResponse']> {
  const version = requiredAttribute(element, 'version');
  const status = oneOf(element, 'messageStatus', STATUSES);
  const cursor = new Cursor(element);
  const refToMessageId = textOf(cursor.required('RefToMessageId'));
  const timestamp = cursor.optional('Timestamp');
  cursor.end(true);
  return { version, refToMessageId, status, ...(timestamp === undefined ? {} : { timestamp: dateTimeOf(timestamp) }) };
}
