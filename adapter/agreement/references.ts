// Ids are unique, and each reference points to the right kind of element inside the right PartyInfo (C2, V8, row 78).
import { type Issue, NS } from '../base/index.ts';
import type { XmlElement } from '../xml/index.ts';
import { collapse } from './simple-types.ts';
import { fault, type IdUse } from './structure.ts';

type Owner = 'same' | 'other' | 'document';

interface ReferenceRule {
  /** Attribute that holds the reference; undefined when it is the element's text. */
  readonly attribute?: string;
  readonly target: readonly string[];
  readonly owner: Owner;
}

const CERTIFICATE: readonly ReferenceRule[] = [{ attribute: 'certId', target: ['Certificate'], owner: 'same' }];
const SECURITY: readonly ReferenceRule[] = [{ attribute: 'securityId', target: ['SecurityDetails'], owner: 'same' }];
const CHANNEL = { target: ['DeliveryChannel'], owner: 'same' } as const;
const PACKAGE = { target: ['Packaging'], owner: 'document' } as const;

const REFERENCES: Readonly<Record<string, readonly ReferenceRule[]>> = {
  PartyInfo: [
    { attribute: 'defaultMshChannelId', ...CHANNEL },
    { attribute: 'defaultMshPackageId', ...PACKAGE },
  ],
  ThisPartyActionBinding: [{ attribute: 'packageId', ...PACKAGE }],
  OtherPartyActionBinding: [{ target: ['ThisPartyActionBinding'], owner: 'other' }],
  ChannelId: [CHANNEL],
  DeliveryChannel: [
    { attribute: 'transportId', target: ['Transport'], owner: 'same' },
    { attribute: 'docExchangeId', target: ['DocExchange'], owner: 'same' },
  ],
  OverrideMshActionBinding: [{ attribute: 'channelId', ...CHANNEL }],
  Constituent: [{ attribute: 'idref', target: ['SimplePart', 'Composite', 'Encapsulation'], owner: 'document' }],
  ApplicationCertificateRef: CERTIFICATE,
  AnchorCertificateRef: CERTIFICATE,
  ClientCertificateRef: CERTIFICATE,
  ServerCertificateRef: CERTIFICATE,
  SigningCertificateRef: CERTIFICATE,
  EncryptionCertificateRef: CERTIFICATE,
  ApplicationSecurityDetailsRef: SECURITY,
  ServerSecurityDetailsRef: SECURITY,
  ClientSecurityDetailsRef: SECURITY,
  SigningSecurityDetailsRef: SECURITY,
  EncryptionSecurityDetailsRef: SECURITY,
};

/** Checks ids and references of a whole document; lists every fault. */
export function checkReferences(root: XmlElement, ids: readonly IdUse[]): readonly Issue[] {
  const issues: Issue[] = [];
  const known = new Map<string, XmlElement>();
  for (const { value, element } of ids) {
    const first = known.get(value);
    if (first === undefined) known.set(value, element);
    else issues.push(fault(element, 'DuplicateId', `id ${value} bestaat al${atLine(first)}`, 'C2'));
  }
  visit(root, undefined, known, issues);
  return issues;
}

function visit(
  element: XmlElement,
  party: XmlElement | undefined,
  known: ReadonlyMap<string, XmlElement>,
  issues: Issue[],
): void {
  const owner = element.name === 'PartyInfo' && element.ns === NS.cppa ? element : party;
  for (const rule of (element.ns === NS.cppa ? REFERENCES[element.name] : undefined) ?? []) {
    const issue = judge(element, owner, known, rule);
    if (issue !== undefined) issues.push(issue);
  }
  for (const inner of element.children) visit(inner, owner, known, issues);
}

function judge(
  element: XmlElement,
  party: XmlElement | undefined,
  known: ReadonlyMap<string, XmlElement>,
  rule: ReferenceRule,
): Issue | undefined {
  const raw =
    rule.attribute === undefined
      ? element.text
      : element.attributes.find((one) => one.name === rule.attribute && one.ns === NS.cppa)?.value;
  const value = raw === undefined ? '' : collapse(raw);
  // An absent or malformed reference was reported by the structure check.
  if (value === '') return undefined;
  const target = known.get(value);
  const kinds = rule.target.join(' of ');
  const label = rule.attribute ?? element.name;
  if (target === undefined || !standsInCpa(target)) {
    return fault(element, 'DanglingReference', `${label} verwijst naar ${value}, maar die ${kinds} bestaat niet`, 'V8');
  }
  if (target.ns !== NS.cppa || !rule.target.includes(target.name)) {
    return fault(element, 'WrongReference', `${label} ${value} is een ${target.name}, geen ${kinds}`, 'V8');
  }
  if (rule.owner === 'document' || (partyOf(target) === party) === (rule.owner === 'same')) return undefined;
  const should = rule.owner === 'same' ? 'dezelfde' : 'de andere';
  return fault(
    element,
    'WrongReference',
    `${label} ${value} hoort te verwijzen naar een ${kinds} van ${should} partij`,
    'V8',
  );
}

function partyOf(element: XmlElement): XmlElement | undefined {
  let at: XmlElement | undefined = element;
  while (at !== undefined && !(at.name === 'PartyInfo' && at.ns === NS.cppa)) at = at.parent;
  return at;
}

/** What stands within a foreign element, such as a `ds:KeyInfo`, is no part of the agreement, whatever it is called. */
function standsInCpa(element: XmlElement): boolean {
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) if (at.ns !== NS.cppa) return false;
  return true;
}

function atLine(element: XmlElement): string {
  return element.line === undefined ? '' : ` (regel ${element.line})`;
}
