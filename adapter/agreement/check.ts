// What a CPA says, judged before it may be used: the semantic import rules V2–V24, all findings at once.
import type { Instant, Issue } from '../base/index.ts';
import { checkBindings } from './check-bindings.ts';
import { checkCertificates } from './check-certificates.ts';
import { checkChannels } from './check-channels.ts';
import { checkHeaderValues } from './check-header.ts';
import type { ActionBinding, Agreement, AgreementParty } from './types.ts';

export interface CpaPolicy {
  readonly ownOins: readonly string[];
  readonly now: Instant;
  /** Production takes no weak algorithm, plain address or test party; elsewhere these are warnings. */
  readonly production: boolean;
  readonly allowHttp?: boolean;
  readonly allowLocalhost?: boolean;
  readonly allowSha1?: boolean;
  /** A CPA between ourselves and ourselves is asked for (row 77). */
  readonly allowLoopback?: boolean;
  /** The live CPAs, without the one that is replaced. */
  readonly existing: readonly Agreement[];
}

/** Findings in Dutch with rule, line where known, and `Error` for what keeps the CPA out. */
export function checkCpa(agreement: Agreement, policy: CpaPolicy): readonly Issue[] {
  return [
    ...checkIdentity(agreement, policy),
    ...checkPeriod(agreement, policy),
    ...checkParties(agreement, policy),
    ...checkHeaderValues(agreement),
    ...agreement.parties.flatMap((party) => checkChannels(party, policy)),
    ...checkBindings(agreement),
    ...agreement.parties.flatMap((party) => checkCertificates(party, agreement, policy)),
    ...checkRivals(agreement, policy),
  ];
}

export function error(code: string, where: string, detail: string, rule: string): Issue {
  return { code, severity: 'Error', where, detail, rule };
}

export function warn(code: string, where: string, detail: string, rule: string): Issue {
  return { ...error(code, where, detail, rule), severity: 'Warning' };
}

/** The finding with the line it is about, where that is known. */
export function onLine(line: number | undefined, issue: Issue): Issue {
  return line === undefined ? issue : { ...issue, line };
}

/** The place of an action in a finding. */
export const placeOf = ({ id }: ActionBinding): string => `ThisPartyActionBinding[@id='${id}']`;

const ROOT = 'CollaborationProtocolAgreement';

/** Whoever means to replace it says so (row 82). */
export const cpaExists = error('CpaExists', `${ROOT}/@cpaid`, 'er is al een CPA met dit id en een andere inhoud', 'V2');

function checkIdentity(agreement: Agreement, policy: CpaPolicy): Issue[] {
  const issues: Issue[] = [];
  const other = policy.existing.find((one) => one.cpaId === agreement.cpaId && one.sha256 !== agreement.sha256);
  if (other !== undefined) issues.push(cpaExists);
  if (/[^A-Za-z0-9_-]/.test(agreement.cpaId)) {
    issues.push(
      warn(
        'CpaIdForm',
        `${ROOT}/@cpaid`,
        'bevat tekens die sommige adapters niet in een bestandsnaam kunnen gebruiken',
        'DK-030',
      ),
    );
  }
  if (agreement.status === 'proposed')
    issues.push(error('Proposed', `${ROOT}/Status`, 'de CPA is voorgesteld, nog niet overeengekomen', 'V3'));
  if (agreement.status === 'signed' && (agreement.signatures ?? 0) === 0) {
    issues.push(error('SignatureMissing', `${ROOT}/Signature`, 'status is signed maar er is geen handtekening', 'V5'));
  }
  if ((agreement.signatures ?? 0) > 0)
    issues.push(
      warn(
        'SignatureNotChecked',
        `${ROOT}/Signature`,
        'de handtekening onder de CPA zelf wordt niet gecontroleerd',
        'V5',
      ),
    );
  if (agreement.constrained === true)
    issues.push(warn('Constraints', `${ROOT}/ConversationConstraints`, 'wordt niet bewaakt', 'C7'));
  return issues;
}

function checkPeriod(agreement: Agreement, { now }: CpaPolicy): Issue[] {
  if (agreement.start >= agreement.end) return [error('Period', `${ROOT}/End`, 'ligt niet na Start', 'V4')];
  if (agreement.end <= now) return [error('Ended', `${ROOT}/End`, 'de CPA is al geëindigd', 'V4')];
  return agreement.start > now ? [warn('NotStarted', `${ROOT}/Start`, 'ligt nog in de toekomst', 'V4')] : [];
}

function checkParties(agreement: Agreement, policy: CpaPolicy): Issue[] {
  const [first, second] = agreement.parties;
  const issues: Issue[] = [];
  const keys = (party: AgreementParty): string[] => party.partyIds.map((id) => `${id.type ?? ''}:${id.value}`);
  if (keys(first).some((key) => keys(second).includes(key)))
    issues.push(
      onLine(second.line, error('SameParty', 'PartyInfo/PartyId', 'beide partijen hebben hetzelfde PartyId', 'V6')),
    );
  if (first.name === second.name)
    issues.push(onLine(second.line, warn('SameName', 'PartyInfo/@partyName', 'beide partijen heten gelijk', 'V6')));
  const ours = agreement.parties.filter((party) => party.partyIds.some((id) => policy.ownOins.includes(id.value)));
  if (policy.ownOins.length > 0 && ours.length === 0)
    issues.push(error('NotOurs', 'PartyInfo/PartyId', 'geen van beide partijen zijn wij', 'V7'));
  if (ours.length === 2 && policy.allowLoopback !== true)
    issues.push(error('Loopback', 'PartyInfo/PartyId', 'beide partijen zijn wij', 'V7'));
  for (const id of agreement.parties.flatMap((party) => party.partyIds)) {
    if (policy.production && /_[OTA]{1,3}$/.test(id.value)) {
      issues.push(
        error(
          'TestParty',
          'PartyInfo/PartyId',
          'een PartyId met omgevingsachtervoegsel hoort niet in productie',
          'DK-026',
        ),
      );
    }
  }
  return issues;
}

/** Two live CPAs for the same parties and actions leave open which one counts (row 83). */
function checkRivals(agreement: Agreement, { existing }: CpaPolicy): Issue[] {
  const ways = ({ parties: [a, b] }: Agreement): string[] =>
    [[a, b] as const, [b, a] as const].flatMap(([party, other]) =>
      party.bindings.map(({ direction, service, action }) =>
        [party.partyIds[0]?.value, other.partyIds[0]?.value, direction, service.type, service.value, action].join('|'),
      ),
    );
  const mine = new Set(ways(agreement));
  return existing
    .filter((other) => other.cpaId !== agreement.cpaId && other.start < agreement.end && agreement.start < other.end)
    .filter((other) => ways(other).some((way) => mine.has(way)))
    .map((other) =>
      warn(
        'Ambiguous',
        'CollaborationRole',
        `dezelfde partijen en acties staan in de gelijktijdige CPA ${other.cpaId}; de route kiest`,
        'OPS-6',
      ),
    );
}
