// A structurally valid CPA document becomes an Agreement (C4-C31).
import { type Issue, NS, parseDateTime } from '../base/index.ts';
import type { PartyId } from '../ebms/types.ts';
import type { XmlElement } from '../xml/index.ts';
import { readCertificates } from './certificate-element.ts';
import { defined, type PartyParts, readChannel } from './channel.ts';
import { carriedAttribute, carriedText, cppaAttribute, cppaChild, cppaChildren, lineOf, token } from './elements.ts';
import { collapse } from './simple-types.ts';
import type { ActionBinding, Agreement, AgreementCertificate, AgreementParty, DeliveryChannel } from './types.ts';

export interface Built {
  readonly agreement: Agreement;
  readonly issues: readonly Issue[];
}

/** Reads all of it; the caller has checked structure and references, so everything referred to is there. */
export function buildAgreement(root: XmlElement, sha256: string): Built {
  const [first, second] = cppaChildren(root, 'PartyInfo');
  if (first === undefined || second === undefined) throw new Error('a CPA has two PartyInfo elements');
  const issues: Issue[] = [];
  const agreement: Agreement = {
    cpaId: carriedAttribute(root, 'cpaid') ?? '',
    version: cppaAttribute(root, 'version') ?? '',
    status: (token(cppaChild(root, 'Status'), 'value') ?? 'proposed') as Agreement['status'],
    start: instant(cppaChild(root, 'Start')),
    end: instant(cppaChild(root, 'End')),
    parties: [readParty(first, issues), readParty(second, issues)],
    signatures: cppaChild(root, 'Signature')?.children.filter((child) => child.ns === NS.ds).length ?? 0,
    constrained: cppaChild(root, 'ConversationConstraints') !== undefined,
    sha256,
  };
  return { agreement, issues };
}

function readParty(element: XmlElement, issues: Issue[]): AgreementParty {
  const parts = partsOf(element);
  const channels = new Map(
    cppaChildren(element, 'DeliveryChannel').map(
      (one) => [token(one, 'channelId') ?? '', readChannel(one, parts)] as const,
    ),
  );
  const channel = (id: string | undefined): DeliveryChannel => {
    const found = channels.get(id ?? '');
    if (found === undefined) throw new Error('a channel reference passed the reference check but is not there');
    return found;
  };
  const unused = [...parts.certificates.unusable].filter(([certId]) => !parts.issues.has(certId));
  issues.push(...parts.issues.values(), ...unused.map(([, issue]) => ({ ...issue, severity: 'Warning' as const })));
  return {
    name: cppaAttribute(element, 'partyName') ?? '',
    partyIds: cppaChildren(element, 'PartyId').map(readPartyId),
    bindings: cppaChildren(element, 'CollaborationRole').flatMap((role) => readRole(role, channel)),
    defaultChannel: channel(token(element, 'defaultMshChannelId')),
    overrides: new Map(
      cppaChildren(element, 'OverrideMshActionBinding').map(
        (one) => [carriedAttribute(one, 'action') ?? '', channel(token(one, 'channelId'))] as const,
      ),
    ),
    certificates: [...parts.certificates.byId.values()],
    ...lineOf(element),
  };
}

function partsOf(party: XmlElement): PartyParts {
  const certificates = readCertificates(cppaChildren(party, 'Certificate'));
  const anchorsOf = (details: XmlElement): readonly AgreementCertificate[] =>
    cppaChildren(cppaChild(details, 'TrustAnchors'), 'AnchorCertificateRef').flatMap(
      (one) => certificates.byId.get(token(one, 'certId') ?? '') ?? [],
    );
  return {
    certificates,
    anchors: new Map(
      cppaChildren(party, 'SecurityDetails').map((one) => [token(one, 'securityId') ?? '', anchorsOf(one)] as const),
    ),
    transports: byId(party, 'Transport', 'transportId'),
    docExchanges: byId(party, 'DocExchange', 'docExchangeId'),
    issues: new Map(),
  };
}

function byId(party: XmlElement, name: string, attribute: string): ReadonlyMap<string, XmlElement> {
  return new Map(cppaChildren(party, name).map((one) => [token(one, attribute) ?? '', one] as const));
}

function readPartyId(element: XmlElement): PartyId {
  const type = token(element, 'type');
  return { value: carriedText(element), ...defined('type', type) };
}

type ChannelLookup = (id: string | undefined) => DeliveryChannel;

function readRole(role: XmlElement, channel: ChannelLookup): readonly ActionBinding[] {
  const service = cppaChild(cppaChild(role, 'ServiceBinding'), 'Service');
  const context = {
    role: carriedAttribute(cppaChild(role, 'Role'), 'name') ?? '',
    service: { value: carriedText(service), ...defined('type', carriedAttribute(service, 'type')) },
  };
  return readBindings(cppaChild(role, 'ServiceBinding'), context, channel, false);
}

/** CanSend and CanReceive of an element; then those nested in them (C13). */
function readBindings(
  parent: XmlElement | undefined,
  context: Pick<ActionBinding, 'role' | 'service'>,
  channel: ChannelLookup,
  nested: boolean,
): readonly ActionBinding[] {
  return [...cppaChildren(parent, 'CanSend'), ...cppaChildren(parent, 'CanReceive')].flatMap((can) => [
    readBinding(can, context, channel, nested),
    ...readBindings(can, context, channel, true),
  ]);
}

function readBinding(
  can: XmlElement,
  context: Pick<ActionBinding, 'role' | 'service'>,
  channel: ChannelLookup,
  nested: boolean,
): ActionBinding {
  const own = cppaChild(can, 'ThisPartyActionBinding');
  const other = cppaChild(can, 'OtherPartyActionBinding');
  const marks = cppaChild(own, 'BusinessTransactionCharacteristics');
  const nonRepudiation = token(marks, 'isNonRepudiationRequired');
  return {
    id: token(own, 'id') ?? '',
    direction: can.name === 'CanSend' ? 'send' : 'receive',
    ...context,
    action: carriedAttribute(own, 'action') ?? '',
    ...(other === undefined ? {} : { otherId: collapse(other.text) }),
    nonRepudiation: nonRepudiation === 'true' || nonRepudiation === '1',
    confidentialPersistent: (token(marks, 'isConfidential') ?? '').includes('persistent'),
    // Several channels are alternatives; the first is used (C14).
    channel: channel(collapse(cppaChild(own, 'ChannelId')?.text ?? '')),
    ...(nested ? { nested } : {}),
    ...(own === undefined ? {} : lineOf(own)),
  };
}

/** xs:dateTime without a zone is read as UTC (C6). */
function instant(element: XmlElement | undefined): number {
  const read = parseDateTime(collapse(element?.text ?? ''));
  if (read === undefined) throw new Error('a date passed the structure check but cannot be read');
  return read.instant;
}
