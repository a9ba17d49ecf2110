// MessageHeader and its parts as values (ebms2.md section 4.1).
import { type DateTime, NS } from '../base/index.ts';
import { attribute, type XmlElement } from '../xml/index.ts';
import { Cursor, dateTimeOf, ebAttribute, placeOf, refuse, requiredAttribute, textOf } from './cursor.ts';
import { MUST_UNDERSTAND } from './leniencies.ts';
import type { MessageHeader, PartyId, PartyRef, Service } from './types.ts';

/** Header group (R16): eb:version and SOAP:mustUnderstand are both required, an eb:id may be there (DK-023). Returns the version. */
export function headerGroup(element: XmlElement): string {
  const flag = attribute(element, NS.soap, 'mustUnderstand');
  if (flag === undefined) refuse(placeOf(element, 'mustUnderstand'), 'is missing');
  if (MUST_UNDERSTAND[flag.trim()] === undefined) refuse(placeOf(element, 'mustUnderstand'), 'expected 1 or 0');
  return requiredAttribute(element, 'version');
}

export function readHeader(element: XmlElement): MessageHeader {
  const version = headerGroup(element);
  const cursor = new Cursor(element);
  const from = readParty(cursor.required('From'));
  const to = readParty(cursor.required('To'));
  const cpaId = textOf(cursor.required('CPAId'));
  const conversationId = textOf(cursor.required('ConversationId'));
  const service = readService(cursor.required('Service'));
  const action = textOf(cursor.required('Action'));
  const data = readMessageData(cursor.required('MessageData'));
  const duplicateElimination = cursor.optional('DuplicateElimination') !== undefined;
  // Read for its form only: a Description has no effect (R38).
  for (const description of cursor.many('Description')) textOf(description);
  cursor.end(true);
  return { version, from, to, cpaId, conversationId, service, action, ...data, duplicateElimination };
}

function readParty(element: XmlElement): PartyRef {
  const cursor = new Cursor(element);
  const partyIds = [cursor.required('PartyId'), ...cursor.many('PartyId')].map(readPartyId);
  const role = cursor.optional('Role');
  cursor.end(false);
  return role === undefined ? { partyIds } : { partyIds, role: textOf(role) };
}

export function readPartyId(element: XmlElement): PartyId {
  const type = ebAttribute(element, 'type');
  const value = textOf(element);
  return type === undefined ? { value } : { value, type };
}

function readService(element: XmlElement): Service {
  const type = ebAttribute(element, 'type');
  const value = textOf(element);
  return type === undefined ? { value } : { value, type };
}

interface MessageData {
  readonly messageId: string;
  readonly timestamp: DateTime;
  readonly refToMessageId?: string;
  readonly timeToLive?: DateTime;
}

function readMessageData(element: XmlElement): MessageData {
  const cursor = new Cursor(element);
  const messageId = textOf(cursor.required('MessageId'));
  const timestamp = dateTimeOf(cursor.required('Timestamp'));
  const refTo = cursor.optional('RefToMessageId');
  const timeToLive = cursor.optional('TimeToLive');
  cursor.end(false);
  return {
    messageId,
    timestamp,
    ...(refTo === undefined ? {} : { refToMessageId: textOf(refTo) }),
    ...(timeToLive === undefined ? {} : { timeToLive: dateTimeOf(timeToLive) }),
  };
}
