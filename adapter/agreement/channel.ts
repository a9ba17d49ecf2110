// DeliveryChannel elements resolved with their Transport and DocExchange into values (C18-C25).
import { type Duration, type Issue, parseDuration } from '../base/index.ts';
import type { XmlElement } from '../xml/index.ts';
import type { ReadCertificates } from './certificate-element.ts';
import { cppaAttribute, cppaChild, cppaChildren, descend, lineOf, token } from './elements.ts';
import { collapse } from './simple-types.ts';
import type {
  AgreementCertificate,
  ChannelSide,
  DeliveryChannel,
  DigitalEnvelope,
  Endpoint,
  NonRepudiation,
  Presence,
  ProtocolName,
  ReliableMessaging,
  SyncReplyMode,
} from './types.ts';

/** What the channels of one party refer to; `issues` collects certificates that a channel needs and cannot have. */
export interface PartyParts {
  readonly certificates: ReadCertificates;
  /** securityId to the certificates of its TrustAnchors (C17). */
  readonly anchors: ReadonlyMap<string, readonly AgreementCertificate[]>;
  readonly transports: ReadonlyMap<string, XmlElement>;
  readonly docExchanges: ReadonlyMap<string, XmlElement>;
  readonly issues: Map<string, Issue>;
}

/** Reads one DeliveryChannel of a structurally valid document. */
export function readChannel(element: XmlElement, parts: PartyParts): DeliveryChannel {
  const marks = cppaChild(element, 'MessagingCharacteristics');
  const actor = token(marks, 'actor');
  const transport = parts.transports.get(token(element, 'transportId') ?? '');
  const exchange = parts.docExchanges.get(token(element, 'docExchangeId') ?? '');
  const sender = cppaChild(transport, 'TransportSender');
  const receiver = cppaChild(transport, 'TransportReceiver');
  const out = cppaChild(exchange, 'ebXMLSenderBinding');
  const into = cppaChild(exchange, 'ebXMLReceiverBinding');
  return {
    channelId: token(element, 'channelId') ?? '',
    syncReplyMode: (token(marks, 'syncReplyMode') ?? 'none') as SyncReplyMode,
    ackRequested: presence(marks, 'ackRequested'),
    ackSignatureRequested: presence(marks, 'ackSignatureRequested'),
    duplicateElimination: presence(marks, 'duplicateElimination'),
    ...(actor === undefined ? {} : { actor }),
    endpoints: cppaChildren(receiver, 'Endpoint').map(readEndpoint),
    ...transportSecurity(sender, receiver, parts),
    ...defined('senderReliability', reliability(out)),
    ...defined('receiverReliability', reliability(into)),
    ...defined('senderPersistDuration', durationOf(cppaChild(out, 'PersistDuration'))),
    ...defined('receiverPersistDuration', durationOf(cppaChild(into, 'PersistDuration'))),
    ...documentSecurity(out, into, parts),
    messageOrder: guaranteed(out) || guaranteed(into),
    source: {
      ...lineOf(element),
      sender: side(sender, 'TransportClientSecurity', out),
      receiver: side(receiver, 'TransportServerSecurity', into),
    },
  };
}

function transportSecurity(sender: XmlElement | undefined, receiver: XmlElement | undefined, parts: PartyParts) {
  const client = cppaChild(sender, 'TransportClientSecurity');
  const server = cppaChild(receiver, 'TransportServerSecurity');
  return {
    ...defined('clientCertificate', certificate(cppaChild(client, 'ClientCertificateRef'), parts, 'Warning')),
    ...defined('serverCertificate', certificate(cppaChild(server, 'ServerCertificateRef'), parts, 'Warning')),
    ...defined('serverAnchors', anchors(cppaChild(client, 'ServerSecurityDetailsRef'), parts)),
    ...defined('clientAnchors', anchors(cppaChild(server, 'ClientSecurityDetailsRef'), parts)),
  };
}

function documentSecurity(out: XmlElement | undefined, into: XmlElement | undefined, parts: PartyParts) {
  const signs = cppaChild(out, 'SenderNonRepudiation');
  const verifies = cppaChild(into, 'ReceiverNonRepudiation');
  return {
    ...defined('senderNonRepudiation', nonRepudiation(signs, parts)),
    ...defined('receiverNonRepudiation', nonRepudiation(verifies, parts)),
    ...defined('senderEnvelope', envelope(cppaChild(out, 'SenderDigitalEnvelope'), parts)),
    ...defined('receiverEnvelope', envelope(cppaChild(into, 'ReceiverDigitalEnvelope'), parts)),
    ...defined('signerAnchors', anchors(cppaChild(verifies, 'SigningSecurityDetailsRef'), parts)),
  };
}

function side(transport: XmlElement | undefined, security: string, binding: XmlElement | undefined): ChannelSide {
  return {
    transport: transport !== undefined,
    accessAuthentication: cppaChild(transport, 'AccessAuthentication') !== undefined,
    reliableMessaging: cppaChild(binding, 'ReliableMessaging') !== undefined,
    guaranteedOrder: guaranteed(binding),
    ...defined('protocol', protocol(cppaChild(transport, 'TransportProtocol'))),
    ...defined('security', protocol(descend(transport, security, 'TransportSecurityProtocol'))),
    ...defined('bindingVersion', cppaAttribute(binding, 'version')),
  };
}

function readEndpoint(element: XmlElement): Endpoint {
  return {
    uri: collapse(cppaAttribute(element, 'uri') ?? ''),
    type: (token(element, 'type') ?? 'allPurpose') as Endpoint['type'],
    ...lineOf(element),
  };
}

/** Both numbers or nothing (C21); half a definition is seen by the import check through `source` (V13). */
function reliability(binding: XmlElement | undefined): ReliableMessaging | undefined {
  const messaging = cppaChild(binding, 'ReliableMessaging');
  const retries = cppaChild(messaging, 'Retries');
  const retryInterval = durationOf(cppaChild(messaging, 'RetryInterval'));
  if (retries === undefined || retryInterval === undefined) return undefined;
  return { retries: Number(collapse(retries.text)), retryInterval };
}

function nonRepudiation(element: XmlElement | undefined, parts: PartyParts): NonRepudiation | undefined {
  if (element === undefined) return undefined;
  return {
    ...lineOf(element),
    hashFunction: collapse(cppaChild(element, 'HashFunction')?.text ?? ''),
    signatureAlgorithm: algorithm(cppaChild(element, 'SignatureAlgorithm')),
    ...defined('certificate', certificate(cppaChild(element, 'SigningCertificateRef'), parts, 'Error')),
  };
}

function envelope(element: XmlElement | undefined, parts: PartyParts): DigitalEnvelope | undefined {
  if (element === undefined) return undefined;
  return {
    algorithm: algorithm(cppaChild(element, 'EncryptionAlgorithm')),
    ...defined('certificate', certificate(cppaChild(element, 'EncryptionCertificateRef'), parts, 'Error')),
  };
}

/** The URI in `w3c` goes before a short name in the text (C24, T215). */
function algorithm(element: XmlElement | undefined): string {
  return collapse(cppaAttribute(element, 'w3c') ?? element?.text ?? '');
}

function certificate(
  reference: XmlElement | undefined,
  parts: PartyParts,
  severity: Issue['severity'],
): AgreementCertificate | undefined {
  const certId = token(reference, 'certId');
  if (certId === undefined) return undefined;
  const problem = parts.certificates.unusable.get(certId);
  if (problem !== undefined && parts.issues.get(certId)?.severity !== 'Error') {
    parts.issues.set(certId, { ...problem, severity });
  }
  return parts.certificates.byId.get(certId);
}

function anchors(reference: XmlElement | undefined, parts: PartyParts): readonly AgreementCertificate[] | undefined {
  const id = token(reference, 'securityId');
  return id === undefined ? undefined : parts.anchors.get(id);
}

function presence(element: XmlElement | undefined, name: string): Presence {
  return (token(element, name) ?? 'perMessage') as Presence;
}

function protocol(element: XmlElement | undefined): ProtocolName | undefined {
  if (element === undefined) return undefined;
  return { name: collapse(element.text), ...defined('version', cppaAttribute(element, 'version')) };
}

function guaranteed(binding: XmlElement | undefined): boolean {
  return collapse(descend(binding, 'ReliableMessaging', 'MessageOrderSemantics')?.text ?? '') === 'Guaranteed';
}

function durationOf(element: XmlElement | undefined): Duration | undefined {
  return element === undefined ? undefined : parseDuration(collapse(element.text));
}

/** `{ key: value }`, or nothing when the value is undefined (exactOptionalPropertyTypes). */
export function defined<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
