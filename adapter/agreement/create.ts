// Makes a CPA by combining the adapter data of two parties, the way a connection is made in practice (stuf-ggk 8.4, DK-110).
import { X509Certificate } from 'node:crypto';
import {
  addDuration,
  fail,
  type Instant,
  type Issue,
  OIN_FORM,
  OIN_TYPE,
  ok,
  parseDuration,
  type Result,
} from '../base/index.ts';
import { isXmlText } from '../xml/index.ts';
import { writeCpa } from './create-write.ts';
import type { Profile } from './types.ts';

export interface PartyData {
  /** 20 digits, outside production with an environment suffix. */
  readonly oin: string;
  readonly name: string;
  readonly role: string;
  /** https URL of the party's ebMS endpoint. */
  readonly endpoint: string;
  readonly tlsCertificatePem: string;
  /** When the server shows another certificate than the client. */
  readonly serverCertificatePem?: string;
  /** Needed for the signed profiles; the TLS certificate when absent. */
  readonly signingCertificatePem?: string;
}

export type CreatableProfile = Extract<Profile, 'osb-be' | 'osb-rm' | 'osb-be-s' | 'osb-rm-s'>;

export interface CpaExchange {
  /** Which of the two parties sends. */
  readonly from: 0 | 1;
  readonly service: string;
  readonly serviceType?: string;
  readonly action: string;
  readonly profile: CreatableProfile;
}

export interface CpaInput {
  readonly cpaId: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly parties: readonly [PartyData, PartyData];
  readonly exchanges: readonly CpaExchange[];
  /** Default 8. */
  readonly retries?: number;
  /** xs:duration, default PT3H. */
  readonly retryInterval?: string;
  /** xs:duration; by default longer than (retries + 1) × interval. */
  readonly persistDuration?: string;
  readonly syncReply?: 'none' | 'mshSignalsOnly';
  readonly hashFunction?: string;
  readonly signatureAlgorithm?: string;
}

/** Everything with its default filled in; certificates as base64 DER. */
export interface CpaDraft extends Required<Omit<CpaInput, 'parties' | 'exchanges'>> {
  readonly profile: CreatableProfile;
  readonly exchanges: readonly CpaExchange[];
  readonly parties: readonly [PartyDraft, PartyDraft];
}

export interface PartyDraft extends PartyData {
  readonly partyType: string;
  readonly tls: string;
  readonly server: string;
  readonly signing: string;
}

/** The CPA as indented XML; issues name the field that keeps it from being made. */
export function createCpa(input: CpaInput): Result<string, readonly Issue[]> {
  const issues = [
    ...checkInput(input),
    ...input.parties.flatMap((party, i) => checkParty(party, i)),
    ...checkCharacters(input),
  ];
  if (issues.length > 0) return fail(issues);
  return ok(writeCpa(draftOf(input)));
}

const issue = (where: string, detail: string, rule: string): Issue => ({
  code: 'CpaInput',
  severity: 'Error',
  where,
  detail,
  rule,
});

/** Adapters use it as the name of a file (DK-030), which holds no more on any system. */
const LONGEST_CPA_ID = 255;

function checkInput(input: CpaInput): Issue[] {
  const issues: Issue[] = [];
  const profiles = new Set(input.exchanges.map((one) => one.profile));
  if (input.exchanges.length === 0) issues.push(issue('exchanges', 'verwacht ten minste één actie', 'C12'));
  if (profiles.size > 1) {
    issues.push(
      issue(
        'exchanges',
        'alle acties van één CPA delen het profiel, want zij delen het standaardkanaal; maak per profiel een CPA',
        'V24',
      ),
    );
  }
  const seen = new Set(input.exchanges.map((one) => [one.from, one.service, one.serviceType, one.action].join('|')));
  if (seen.size < input.exchanges.length) issues.push(issue('exchanges', 'een actie staat er twee keer', 'V10'));
  if (input.exchanges.some((one) => /\s/.test(one.service + one.action) || one.service === '' || one.action === ''))
    issues.push(issue('exchanges', 'dienst en actie mogen niet leeg zijn of witruimte bevatten', 'DK-034'));
  if (input.cpaId.trim() === '' || /[^A-Za-z0-9_-]/.test(input.cpaId))
    issues.push(issue('cpaId', 'verwacht letters, cijfers, - en _', 'DK-030'));
  if (input.cpaId.length > LONGEST_CPA_ID) {
    const detail = `gevonden ${input.cpaId.length} tekens; verwacht ten hoogste ${LONGEST_CPA_ID}`;
    issues.push(issue('cpaId', detail, 'DK-030'));
  }
  if (input.start >= input.end) issues.push(issue('end', 'ligt niet na start', 'V4'));
  if (parseDuration(reliabilityIn(input).retryInterval) === undefined)
    issues.push(issue('retryInterval', 'verwacht een duur zoals PT3H', 'V13'));
  if (input.persistDuration !== undefined && parseDuration(input.persistDuration) === undefined)
    issues.push(issue('persistDuration', 'verwacht een duur zoals P2D', 'V14'));
  if (input.retries !== undefined && (!Number.isInteger(input.retries) || input.retries < 0))
    issues.push(issue('retries', 'verwacht een geheel getal vanaf 0', 'V13'));
  if (input.parties[0].oin === input.parties[1].oin)
    issues.push(issue('parties', 'beide partijen hebben hetzelfde OIN', 'V6'));
  return issues;
}

function checkParty(party: PartyData, index: number): Issue[] {
  const at = `parties[${index}]`;
  const issues: Issue[] = [];
  if (!OIN_FORM.test(party.oin)) issues.push(issue(`${at}.oin`, 'verwacht 20 cijfers', 'DK-024'));
  if (party.name.trim() === '') issues.push(issue(`${at}.name`, 'is leeg', 'C9'));
  if (party.role.trim() === '') issues.push(issue(`${at}.role`, 'is leeg', 'C10'));
  if (!URL.canParse(party.endpoint)) issues.push(issue(`${at}.endpoint`, 'is geen volledige URL', 'DK-007'));
  for (const name of ['tlsCertificatePem', 'serverCertificatePem', 'signingCertificatePem'] as const) {
    const pem = party[name];
    if (pem !== undefined && derOf(pem) === undefined)
      issues.push(issue(`${at}.${name}`, 'is geen leesbaar certificaat', 'C16'));
  }
  return issues;
}

/** The writer would put another character in its place (row 124). */
function checkCharacters({ parties, exchanges }: CpaInput): Issue[] {
  const texts = [
    ...parties.flatMap(({ name, role, endpoint }, i) =>
      Object.entries({ name, role, endpoint }).map(([field, text]) => [`parties[${i}].${field}`, text] as const),
    ),
    ...exchanges.flatMap(({ service, serviceType, action }, i) =>
      Object.entries({ service, serviceType, action }).map(
        ([field, text]) => [`exchanges[${i}].${field}`, text] as const,
      ),
    ),
  ];
  return texts
    .filter(([, text]) => !isXmlText(text ?? ''))
    .map(([where]) => issue(where, 'bevat een teken dat niet in XML kan staan; verwacht leesbare tekst', 'row 124'));
}

function derOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).raw.toString('base64');
  } catch {
    return undefined;
  }
}

/** The retries and their interval, given or not. */
export const reliabilityIn = ({ retries = 8, retryInterval = 'PT3H' }: CpaInput) => ({ retries, retryInterval });

function draftOf(input: CpaInput): CpaDraft {
  const { retries, retryInterval } = reliabilityIn(input);
  return {
    cpaId: input.cpaId,
    start: input.start,
    end: input.end,
    retries,
    retryInterval,
    persistDuration: input.persistDuration ?? longerThan(retries, retryInterval),
    syncReply: input.syncReply ?? 'none',
    hashFunction: input.hashFunction ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
    signatureAlgorithm: input.signatureAlgorithm ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    profile: input.exchanges[0]?.profile ?? 'osb-rm',
    exchanges: input.exchanges,
    parties: [partyDraft(input.parties[0]), partyDraft(input.parties[1])],
  };
}

function partyDraft(party: PartyData): PartyDraft {
  const tls = derOf(party.tlsCertificatePem) ?? '';
  return {
    ...party,
    partyType: OIN_TYPE,
    tls,
    server: party.serverCertificatePem === undefined ? tls : (derOf(party.serverCertificatePem) ?? ''),
    signing: party.signingCertificatePem === undefined ? tls : (derOf(party.signingCertificatePem) ?? ''),
  };
}

/** Whole days, one more than the retries can take (V14, R98); when these are beyond counting, what is refused for the interval. */
function longerThan(retries: number, interval: string): string {
  const duration = parseDuration(interval) ?? { months: 0, ms: 0 };
  const window = addDuration(0, { months: duration.months * (retries + 1), ms: duration.ms * (retries + 1) });
  const days = Math.floor(window / 86_400_000) + 1;
  return Number.isSafeInteger(days) ? `P${days}D` : interval;
}
