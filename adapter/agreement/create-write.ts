// The CPA document, written out: one channel for business messages and one for signals per party.
import { ACTOR, formatDateTime, NS } from '../base/index.ts';
import { escapeAttribute, escapeText } from '../xml/index.ts';
import type { CpaDraft, CpaExchange, PartyDraft } from './create.ts';

type Attributes = Readonly<Record<string, string | undefined>>;

/** One element with its children indented below it. */
function el(name: string, attributes: Attributes = {}, ...content: readonly string[]): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : ` ${key}="${escapeAttribute(value)}"`,
  );
  if (content.length === 0) return `<${name}${written.join('')}/>`;
  const inner = content.map((piece) => piece.replace(/^/gm, '  ')).join('\n');
  return `<${name}${written.join('')}>\n${inner}\n</${name}>`;
}

function leaf(name: string, value: string, attributes: Attributes = {}): string {
  return el(name, attributes).replace(/\/>$/, `>${escapeText(value)}</${name}>`);
}

const link = (href: string): Attributes => ({ 'xlink:type': 'simple', 'xlink:href': href });

export function writeCpa(draft: CpaDraft): string {
  const namespaces = { 'xmlns:tp': NS.cppa, 'xmlns:xlink': NS.xlink, 'xmlns:ds': NS.ds };
  const [first, second] = draft.parties;
  const document = el(
    'tp:CollaborationProtocolAgreement',
    { ...namespaces, 'tp:cpaid': draft.cpaId, 'tp:version': '2_0b' },
    el('tp:Status', { 'tp:value': 'agreed' }),
    leaf('tp:Start', formatDateTime(draft.start)),
    leaf('tp:End', formatDateTime(draft.end)),
    partyInfo(draft, first, 0),
    partyInfo(draft, second, 1),
    ...packaging,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${document}\n`;
}

const id = (index: number, name: string): string => `${index === 0 ? 'A' : 'B'}_${name}`;
const isSigned = (draft: CpaDraft): boolean => draft.profile.endsWith('-s');
const isReliable = (draft: CpaDraft): boolean => draft.profile.startsWith('osb-rm');

function partyInfo(draft: CpaDraft, party: PartyDraft, index: 0 | 1): string {
  return el(
    'tp:PartyInfo',
    {
      'tp:partyName': party.name,
      'tp:defaultMshChannelId': id(index, 'signals'),
      'tp:defaultMshPackageId': 'SignalPackage',
    },
    leaf('tp:PartyId', party.oin, { 'tp:type': party.partyType }),
    el('tp:PartyRef', link(party.endpoint)),
    ...roles(draft, party, index),
    certificate(id(index, 'tls'), party.tls),
    certificate(id(index, 'server'), party.server),
    certificate(id(index, 'signing'), party.signing),
    channel(draft, index, 'signals'),
    channel(draft, index, 'business'),
    transport(party, index),
    docExchange(draft, index, 'signals'),
    docExchange(draft, index, 'business'),
  );
}

/** One CollaborationRole per service: all of them the party's one role (DK-029). */
function roles(draft: CpaDraft, party: PartyDraft, index: 0 | 1): string[] {
  const services = new Map<string, CpaExchange>();
  for (const exchange of draft.exchanges) services.set(`${exchange.serviceType ?? ''}|${exchange.service}`, exchange);
  return [...services.values()].map(({ service, serviceType }) =>
    el(
      'tp:CollaborationRole',
      {},
      el('tp:ProcessSpecification', {
        'tp:name': service,
        'tp:version': '1.0',
        ...link(`urn:process:${encodeURIComponent(service)}`),
      }),
      el('tp:Role', { 'tp:name': party.role, ...link(`urn:role:${encodeURIComponent(party.role)}`) }),
      el(
        'tp:ServiceBinding',
        {},
        leaf('tp:Service', service, { 'tp:type': serviceType }),
        ...bindings(draft, index, service, serviceType),
      ),
    ),
  );
}

/** CanSend before CanReceive, as the schema orders them. */
function bindings(draft: CpaDraft, index: 0 | 1, service: string, serviceType: string | undefined): string[] {
  const numbered = draft.exchanges.map((exchange, number) => ({ exchange, number }));
  const mine = numbered.filter(({ exchange }) => exchange.service === service && exchange.serviceType === serviceType);
  const sends = mine
    .filter(({ exchange }) => exchange.from === index)
    .map(({ exchange, number }) => binding(draft, index, exchange, number));
  const receives = mine
    .filter(({ exchange }) => exchange.from !== index)
    .map(({ exchange, number }) => binding(draft, index, exchange, number));
  return [...sends, ...receives];
}

function binding(draft: CpaDraft, index: 0 | 1, exchange: CpaExchange, number: number): string {
  const other = index === 0 ? 1 : 0;
  const signed = isSigned(draft);
  const level = signed ? 'transient-and-persistent' : 'transient';
  return el(
    exchange.from === index ? 'tp:CanSend' : 'tp:CanReceive',
    {},
    el(
      'tp:ThisPartyActionBinding',
      { 'tp:id': id(index, `action${number}`), 'tp:action': exchange.action, 'tp:packageId': 'BusinessPackage' },
      el('tp:BusinessTransactionCharacteristics', {
        'tp:isNonRepudiationRequired': String(signed),
        'tp:isNonRepudiationReceiptRequired': String(signed && isReliable(draft)),
        'tp:isConfidential': 'transient',
        'tp:isAuthenticated': level,
        'tp:isTamperProof': level,
        'tp:isAuthorizationRequired': 'true',
        'tp:isIntelligibleCheckRequired': 'false',
      }),
      leaf('tp:ChannelId', id(index, 'business')),
    ),
    leaf('tp:OtherPartyActionBinding', id(other, `action${number}`)),
  );
}

const certificate = (certId: string, base64: string): string =>
  el(
    'tp:Certificate',
    { 'tp:certId': certId },
    el('ds:KeyInfo', {}, el('ds:X509Data', {}, leaf('ds:X509Certificate', base64))),
  );

type ChannelKind = 'signals' | 'business';

function channel(draft: CpaDraft, index: 0 | 1, kind: ChannelKind): string {
  const reliable = kind === 'business' && isReliable(draft);
  const always = (yes: boolean): string => (yes ? 'always' : 'never');
  return el(
    'tp:DeliveryChannel',
    {
      'tp:channelId': id(index, kind),
      'tp:transportId': id(index, 'transport'),
      'tp:docExchangeId': id(index, `exchange_${kind}`),
    },
    el('tp:MessagingCharacteristics', {
      'tp:syncReplyMode': draft.syncReply,
      'tp:ackRequested': always(reliable),
      'tp:ackSignatureRequested': always(reliable && isSigned(draft)),
      'tp:duplicateElimination': always(reliable),
      'tp:actor': ACTOR.toPartyMsh,
    }),
  );
}

function transport(party: PartyDraft, index: 0 | 1): string {
  const protocol = leaf('tp:TransportProtocol', 'HTTP', { 'tp:version': '1.1' });
  const security = leaf('tp:TransportSecurityProtocol', 'TLS', { 'tp:version': '1.2' });
  return el(
    'tp:Transport',
    { 'tp:transportId': id(index, 'transport') },
    el(
      'tp:TransportSender',
      {},
      protocol,
      el('tp:TransportClientSecurity', {}, security, el('tp:ClientCertificateRef', { 'tp:certId': id(index, 'tls') })),
    ),
    el(
      'tp:TransportReceiver',
      {},
      protocol,
      el('tp:Endpoint', { 'tp:uri': party.endpoint, 'tp:type': 'allPurpose' }),
      el(
        'tp:TransportServerSecurity',
        {},
        security,
        el('tp:ServerCertificateRef', { 'tp:certId': id(index, 'server') }),
      ),
    ),
  );
}

function docExchange(draft: CpaDraft, index: 0 | 1, kind: ChannelKind): string {
  const reliable = kind === 'business' && isReliable(draft);
  const reliability = reliable
    ? [
        el(
          'tp:ReliableMessaging',
          {},
          leaf('tp:Retries', String(draft.retries)),
          leaf('tp:RetryInterval', draft.retryInterval),
          leaf('tp:MessageOrderSemantics', 'NotGuaranteed'),
        ),
        leaf('tp:PersistDuration', draft.persistDuration),
      ]
    : [];
  const algorithms = [
    leaf('tp:NonRepudiationProtocol', NS.ds),
    leaf('tp:HashFunction', draft.hashFunction),
    leaf('tp:SignatureAlgorithm', draft.signatureAlgorithm),
  ];
  const signing = isSigned(draft)
    ? [
        el(
          'tp:SenderNonRepudiation',
          {},
          ...algorithms,
          el('tp:SigningCertificateRef', { 'tp:certId': id(index, 'signing') }),
        ),
      ]
    : [];
  const expecting = isSigned(draft) ? [el('tp:ReceiverNonRepudiation', {}, ...algorithms)] : [];
  return el(
    'tp:DocExchange',
    { 'tp:docExchangeId': id(index, `exchange_${kind}`) },
    el('tp:ebXMLSenderBinding', { 'tp:version': '2.0' }, ...reliability, ...signing),
    el('tp:ebXMLReceiverBinding', { 'tp:version': '2.0' }, ...reliability, ...expecting),
  );
}

const capabilities = el('tp:ProcessingCapabilities', { 'tp:parse': 'true', 'tp:generate': 'true' });
const composite = (compositeId: string, ...parts: readonly string[]): string =>
  el(
    'tp:CompositeList',
    {},
    el(
      'tp:Composite',
      { 'tp:id': compositeId, 'tp:mimetype': 'multipart/related', 'tp:mimeparameters': 'type=text/xml' },
      ...parts.map((part) => el('tp:Constituent', { 'tp:idref': part })),
    ),
  );

const packaging: readonly string[] = [
  el('tp:SimplePart', { 'tp:id': 'Header', 'tp:mimetype': 'text/xml' }),
  el('tp:SimplePart', { 'tp:id': 'Payload', 'tp:mimetype': 'application/xml' }),
  el('tp:Packaging', { 'tp:id': 'SignalPackage' }, capabilities, composite('SignalComposite', 'Header')),
  el('tp:Packaging', { 'tp:id': 'BusinessPackage' }, capabilities, composite('BusinessComposite', 'Header', 'Payload')),
];
