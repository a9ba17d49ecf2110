// From the canonical SOAP envelope to the message it carries, or the SOAP Fault that answers it.
import { ACTOR, fail, type Issue, MSH_SERVICE, NS, ok, type Result } from '../base/index.ts';
import { attribute, type CanonicalXml, child, childrenOf, type XmlElement } from '../xml/index.ts';
import { elementsOnly, placeOf, Refusal, refuse } from './cursor.ts';
import { MUST_UNDERSTAND } from './leniencies.ts';
import {
  actorOf,
  readAcknowledgment,
  readAckRequested,
  readErrorList,
  readManifest,
  readMessageOrder,
  readStatusRequest,
  readStatusResponse,
  readSyncReply,
} from './read-blocks.ts';
import { readHeader } from './read-header.ts';
import type { EbmsMessage, MessageKind, SoapFault } from './types.ts';

export interface ReadMessage {
  readonly message: EbmsMessage;
  readonly kind: MessageKind;
  readonly warnings: readonly Issue[];
}

/**
 * Reads strictly by order, cardinality and type (T31, decision 0003); a breach is a SOAP Fault Client that names the field.
 * Another envelope version is VersionMismatch (row 65), an unknown header that must be understood MustUnderstand (R18, T29).
 * `eb:version` is read, not judged. Values lose the white space around them.
 */
export function readMessage(xml: CanonicalXml): Result<ReadMessage, SoapFault> {
  try {
    const { header, body } = envelopeOf(xml.root);
    checkUnderstood(header);
    const message = compose(header, body, xml);
    return ok({ message, kind: kindOf(message), warnings: warningsOf(message) });
  } catch (error) {
    if (error instanceof Refusal) return fail(error.fault);
    throw error;
  }
}

function envelopeOf(root: XmlElement): { header: XmlElement; body: XmlElement } {
  if (root.name !== 'Envelope') refuse('/', `expected a SOAP Envelope, found ${root.name}`);
  if (root.ns !== NS.soap) {
    throw new Refusal({ code: 'VersionMismatch', detail: 'expected a SOAP 1.1 Envelope', where: '/Envelope' });
  }
  const header = only(root, NS.soap, 'Header') ?? refuse('/Envelope', 'Header is missing');
  const body = only(root, NS.soap, 'Body') ?? refuse('/Envelope', 'Body is missing');
  if (root.children[0] !== header || root.children[1] !== body) refuse('/Envelope', 'expected Header and then Body');
  for (const element of [root, header, body]) elementsOnly(element);
  return { header, body };
}

/** At most one child of this name. */
function only(parent: XmlElement, ns: string, name: string): XmlElement | undefined {
  const found = childrenOf(parent, ns, name);
  if (found.length > 1) refuse(placeOf(parent), `found ${found.length} ${name} elements, expected one`);
  return found[0];
}

const HEADER_BLOCKS = new Set([
  'MessageHeader',
  'SyncReply',
  'AckRequested',
  'Acknowledgment',
  'ErrorList',
  'MessageOrder',
]);
/** What an end point plays; a block without actor is for it too (R21). */
const OUR_ACTORS = new Set<string | undefined>([undefined, '', ACTOR.next, ACTOR.nextMsh, ACTOR.toPartyMsh]);

function checkUnderstood(header: XmlElement): void {
  for (const block of header.children) {
    const known =
      (block.ns === NS.eb && HEADER_BLOCKS.has(block.name)) || (block.ns === NS.ds && block.name === 'Signature');
    const flag = MUST_UNDERSTAND[attribute(block, NS.soap, 'mustUnderstand')?.trim() ?? '0'] ?? true;
    if (!known && flag && OUR_ACTORS.has(actorOf(block))) {
      throw new Refusal({
        code: 'MustUnderstand',
        detail: `header block ${block.name} is not understood`,
        where: placeOf(block),
      });
    }
    if (!known && block.ns === NS.eb) refuse(placeOf(block), 'is no ebMS header block');
  }
}

/**
 * Every element of the core and of the optional modules is read, also those that are only answered NotSupported (R2); exactly
 * one MessageHeader (R23). Schema locations are attributes like any other: nothing is fetched (R22).
 */
function compose(header: XmlElement, body: XmlElement, xml: CanonicalXml): EbmsMessage {
  const block = (name: string): XmlElement | undefined => only(header, NS.eb, name);
  const part = (name: string): XmlElement | undefined => only(body, NS.eb, name);
  const messageHeader = block('MessageHeader') ?? refuse('//Header', 'MessageHeader is missing');
  const syncReply = block('SyncReply');
  return {
    header: readHeader(messageHeader),
    syncReply: syncReply === undefined ? false : readSyncReply(syncReply),
    ackRequested: childrenOf(header, NS.eb, 'AckRequested').map(readAckRequested),
    ...optional('acknowledgment', block('Acknowledgment'), (element) => readAcknowledgment(element, xml)),
    ...optional('errorList', block('ErrorList'), readErrorList),
    ...optional('messageOrder', block('MessageOrder'), readMessageOrder),
    ...optional('manifest', part('Manifest'), readManifest),
    ...optional('statusRequest', part('StatusRequest'), readStatusRequest),
    ...optional('statusResponse', part('StatusResponse'), readStatusResponse),
    signatures: childrenOf(header, NS.ds, 'Signature').length,
  };
}

function optional<K extends string, T>(
  name: K,
  element: XmlElement | undefined,
  read: (element: XmlElement) => T,
): { [P in K]?: T } {
  return (element === undefined ? {} : { [name]: read(element) }) as { [P in K]?: T };
}

const SIGNALS: Readonly<Record<string, MessageKind>> = {
  Acknowledgment: 'acknowledgment',
  MessageError: 'error',
  Ping: 'ping',
  Pong: 'pong',
  StatusRequest: 'statusRequest',
  StatusResponse: 'statusResponse',
};

/** By Service and Action; an Acknowledgment or StatusRequest without its element is no signal we know. */
export function kindOf(message: EbmsMessage): MessageKind {
  const { service, action } = message.header;
  if (service.value !== MSH_SERVICE) return 'business';
  const kind = SIGNALS[action] ?? 'unknownSignal';
  if (kind === 'acknowledgment' && message.acknowledgment === undefined) return 'unknownSignal';
  if (kind === 'error' && message.errorList === undefined) return 'unknownSignal';
  if (kind === 'statusRequest' && message.statusRequest === undefined) return 'unknownSignal';
  if (kind === 'statusResponse' && message.statusResponse === undefined) return 'unknownSignal';
  return kind;
}

function warningsOf(message: EbmsMessage): Issue[] {
  const { timestamp, timeToLive } = message.header;
  const unzoned = [
    ['Timestamp', timestamp],
    ['TimeToLive', timeToLive],
  ] as const;
  return unzoned.flatMap(([name, value]): Issue[] =>
    value === undefined || value.zoned
      ? []
      : [
          {
            code: 'Inconsistent',
            severity: 'Warning',
            where: `//Header/MessageHeader/MessageData/${name}`,
            detail: 'no zone given, read as UTC',
            rule: 'R34',
          },
        ],
  );
}

/** The fault in a response of somebody else; undefined when the document is none. The text is theirs: for operators only. */
export function readFault(xml: CanonicalXml): SoapFault | undefined {
  const body = xml.root.name === 'Envelope' ? child(xml.root, NS.soap, 'Body') : undefined;
  const fault = body === undefined ? undefined : child(body, NS.soap, 'Fault');
  if (fault === undefined) return undefined;
  const code = (child(fault, '', 'faultcode')?.text ?? '').trim().replace(/^.*:/, '');
  const known = (['Client', 'Server', 'MustUnderstand', 'VersionMismatch'] as const).find((name) => name === code);
  return { code: known ?? 'Server', detail: (child(fault, '', 'faultstring')?.text ?? '').trim() };
}
