// The element tree of CPPA 2.0 as a table: attributes, children and text of each element (cpa2 section 2).

/** Notation: attributes `name!:type` (required) or `name?:type`; children as in content-model.ts; or the type of the text. */
export interface ElementRow {
  readonly attributes?: string;
  readonly children?: string;
  readonly text?: string;
  /** Character data between the children is allowed. */
  readonly mixed?: boolean;
}

const PROTOCOL: ElementRow = { text: 'nes', attributes: 'version?:nes' };
const CERTIFICATE_REF: ElementRow = { attributes: 'certId!:idref' };
const SECURITY_REF: ElementRow = { attributes: 'securityId!:idref' };
const ALGORITHM = 'oid?:nes w3c?:nes enumerationType?:nes';
const PACKAGE = 'id!:id mimetype!:nes mimeparameters?:nes';
const LINK = 'xlink:type?:simple xlink:href!:uri';

export const CPPA_ELEMENTS: Readonly<Record<string, ElementRow>> = {
  CollaborationProtocolAgreement: {
    attributes: 'cpaid!:nes version!:nes',
    children: 'Status Start End ConversationConstraints? PartyInfo{2} SimplePart+ Packaging+ Signature? Comment*',
  },
  Status: { attributes: 'value!:status' },
  Start: { text: 'dateTime' },
  End: { text: 'dateTime' },
  ConversationConstraints: { attributes: 'invocationLimit?:int concurrentConversations?:int' },
  PartyInfo: {
    attributes: 'partyName!:nes defaultMshChannelId!:idref defaultMshPackageId!:idref',
    children:
      'PartyId+ PartyRef+ CollaborationRole+ Certificate* SecurityDetails* DeliveryChannel+ Transport+ DocExchange+ OverrideMshActionBinding*',
  },
  PartyId: { text: 'nes', attributes: 'type?:uri' },
  PartyRef: { attributes: `${LINK} type?:uri schemaLocation?:uri` },
  CollaborationRole: {
    children: 'ProcessSpecification Role ApplicationCertificateRef* ApplicationSecurityDetailsRef? ServiceBinding',
  },
  ProcessSpecification: { attributes: `name!:nes version!:nes ${LINK} uuid?:uri`, children: 'ds:Reference*' },
  Role: { attributes: `name!:nes ${LINK}` },
  ApplicationCertificateRef: CERTIFICATE_REF,
  ApplicationSecurityDetailsRef: SECURITY_REF,
  ServiceBinding: { children: 'Service CanSend* CanReceive*' },
  Service: { text: 'nes', attributes: 'type?:nes' },
  CanSend: { children: 'ThisPartyActionBinding OtherPartyActionBinding? CanReceive*' },
  CanReceive: { children: 'ThisPartyActionBinding OtherPartyActionBinding? CanSend*' },
  ThisPartyActionBinding: {
    attributes: 'id!:id action!:nes packageId!:idref xlink:href?:uri xlink:type?:simple',
    children: 'BusinessTransactionCharacteristics ActionContext? ChannelId+ other*',
  },
  OtherPartyActionBinding: { text: 'idref' },
  ChannelId: { text: 'idref' },
  BusinessTransactionCharacteristics: {
    attributes:
      'isNonRepudiationRequired?:boolean isNonRepudiationReceiptRequired?:boolean isConfidential?:level isAuthenticated?:level ' +
      'isTamperProof?:level isAuthorizationRequired?:boolean isIntelligibleCheckRequired?:boolean ' +
      'timeToAcknowledgeReceipt?:duration timeToAcknowledgeAcceptance?:duration timeToPerform?:duration retryCount?:integer',
  },
  ActionContext: {
    attributes: 'binaryCollaboration!:nes businessTransactionActivity!:nes requestOrResponseAction!:nes',
    children: 'CollaborationActivity? other*',
  },
  CollaborationActivity: { attributes: 'name?:nes', children: 'CollaborationActivity?' },
  Certificate: { attributes: 'certId!:id', children: 'ds:KeyInfo' },
  SecurityDetails: { attributes: 'securityId!:id', children: 'TrustAnchors? SecurityPolicy?' },
  TrustAnchors: { children: 'AnchorCertificateRef+' },
  AnchorCertificateRef: CERTIFICATE_REF,
  SecurityPolicy: {},
  DeliveryChannel: {
    attributes: 'channelId!:id transportId!:idref docExchangeId!:idref',
    children: 'MessagingCharacteristics',
  },
  MessagingCharacteristics: {
    attributes:
      'syncReplyMode?:syncReply ackRequested?:presence ackSignatureRequested?:presence duplicateElimination?:presence actor?:actor',
  },
  Transport: { attributes: 'transportId!:id', children: 'TransportSender? TransportReceiver?' },
  TransportSender: { children: 'TransportProtocol AccessAuthentication* TransportClientSecurity?' },
  TransportReceiver: { children: 'TransportProtocol AccessAuthentication* Endpoint+ TransportServerSecurity?' },
  TransportProtocol: PROTOCOL,
  AccessAuthentication: { text: 'access' },
  Endpoint: { attributes: 'uri!:uri type?:endpoint' },
  TransportClientSecurity: {
    children: 'TransportSecurityProtocol ClientCertificateRef? ServerSecurityDetailsRef? EncryptionAlgorithm*',
  },
  TransportServerSecurity: {
    children: 'TransportSecurityProtocol ServerCertificateRef ClientSecurityDetailsRef? EncryptionAlgorithm*',
  },
  TransportSecurityProtocol: PROTOCOL,
  ClientCertificateRef: CERTIFICATE_REF,
  ServerCertificateRef: CERTIFICATE_REF,
  ServerSecurityDetailsRef: SECURITY_REF,
  ClientSecurityDetailsRef: SECURITY_REF,
  EncryptionAlgorithm: { text: 'nes', attributes: `minimumStrength?:integer ${ALGORITHM}` },
  DocExchange: { attributes: 'docExchangeId!:id', children: 'ebXMLSenderBinding? ebXMLReceiverBinding?' },
  ebXMLSenderBinding: {
    attributes: 'version!:nes',
    children: 'ReliableMessaging? PersistDuration? SenderNonRepudiation? SenderDigitalEnvelope? NamespaceSupported*',
  },
  ebXMLReceiverBinding: {
    attributes: 'version!:nes',
    children:
      'ReliableMessaging? PersistDuration? ReceiverNonRepudiation? ReceiverDigitalEnvelope? NamespaceSupported*',
  },
  ReliableMessaging: { children: 'Retries? RetryInterval? MessageOrderSemantics' },
  Retries: { text: 'integer' },
  RetryInterval: { text: 'duration' },
  MessageOrderSemantics: { text: 'order' },
  PersistDuration: { text: 'duration' },
  SenderNonRepudiation: { children: 'NonRepudiationProtocol HashFunction SignatureAlgorithm+ SigningCertificateRef' },
  ReceiverNonRepudiation: {
    children: 'NonRepudiationProtocol HashFunction SignatureAlgorithm+ SigningSecurityDetailsRef?',
  },
  NonRepudiationProtocol: PROTOCOL,
  HashFunction: { text: 'nes' },
  SignatureAlgorithm: { text: 'nes', attributes: ALGORITHM },
  SigningCertificateRef: CERTIFICATE_REF,
  SigningSecurityDetailsRef: SECURITY_REF,
  SenderDigitalEnvelope: { children: 'DigitalEnvelopeProtocol EncryptionAlgorithm+ EncryptionSecurityDetailsRef?' },
  ReceiverDigitalEnvelope: { children: 'DigitalEnvelopeProtocol EncryptionAlgorithm+ EncryptionCertificateRef' },
  DigitalEnvelopeProtocol: PROTOCOL,
  EncryptionSecurityDetailsRef: SECURITY_REF,
  EncryptionCertificateRef: CERTIFICATE_REF,
  NamespaceSupported: { text: 'uri', attributes: 'location!:uri version?:nes' },
  OverrideMshActionBinding: { attributes: 'action!:nes channelId!:idref' },
  SimplePart: { attributes: `${PACKAGE} xlink:role?:uri`, children: 'NamespaceSupported*' },
  Packaging: { attributes: 'id!:id', children: 'ProcessingCapabilities CompositeList+' },
  ProcessingCapabilities: { attributes: 'parse!:boolean generate!:boolean' },
  CompositeList: { children: '(Encapsulation|Composite)+' },
  Encapsulation: { attributes: PACKAGE, children: 'Constituent' },
  Composite: { attributes: PACKAGE, children: 'Constituent+' },
  Constituent: {
    attributes: 'idref!:idref excludedFromSignature?:boolean minOccurs?:count maxOccurs?:count',
    children: 'SignatureTransforms? EncryptionTransforms?',
  },
  SignatureTransforms: { children: 'ds:Transform+' },
  EncryptionTransforms: { children: 'ds:Transform+' },
  Signature: { children: 'ds:Signature{1,3}' },
  Comment: { text: 'nes', attributes: 'xml:lang?:language' },
};
