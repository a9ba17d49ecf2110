// Judges one StUF document by the order of section 12: the first check that fails decides.
import { parseTijdstip, type StufEnvelope, type StufMessage, type StufProblem, UUID_V4 } from '../stuf/index.ts';
import { otherEncoding } from './encoding.ts';
import { FAULTS, faultCode, GEMEENTE_FAULT } from './fault-codes.ts';
import { isDeclaratieAntwoord, messageType } from './message-types.ts';
import { fits, partyKind, speakable } from './parties.ts';
import type {
  CheckName,
  ContentFinding,
  ContentSettings,
  ContentVerdict,
  EnvelopeFacts,
  MessageType,
  Notice,
  PayloadIssue,
  PayloadMode,
} from './types.ts';

/** What a check has to say: silent, a reason to stop, or a remark. */
interface Outcome {
  readonly fails?: CheckName;
  readonly notices: readonly Notice[];
  readonly where?: string;
  readonly extra?: string;
}

const FINE: Outcome = { notices: [] };
const fails = (check: CheckName, where?: string, extra?: string): Outcome => ({
  fails: check,
  notices: [],
  ...(where === undefined ? {} : { where }),
  ...(extra === undefined ? {} : { extra }),
});
const remark = (rule: string, detail: string): Outcome => ({ notices: [{ rule, detail }] });

type Check = (facts: EnvelopeFacts, settings: ContentSettings) => Outcome;
type MessageCheck = (message: StufMessage, facts: EnvelopeFacts, settings: ContentSettings) => Outcome;

const onMessage =
  (check: MessageCheck): Check =>
  (facts, settings) =>
    facts.read.ok ? check(facts.read.value, facts, settings) : FINE;

/** The StUF document is the only part (section 8.2): nobody has judged what lies beside it, so it does not go on. */
const parts: Check = ({ parts: found = 1 }) => (found > 1 ? fails('parts', undefined, ` Gevonden: ${found}.`) : FINE);

const size: Check = (facts, settings) => (facts.size > settings.maxBytes ? fails('size') : FINE);

const PROBLEMS: Readonly<Record<StufProblem['kind'], CheckName>> = {
  xml: 'xml',
  unknownRoot: 'version',
  otherVersion: 'version',
  structure: 'structure',
  base64: 'structure',
  empty: 'payloadAbsent',
};

const readable: Check = ({ read }) => {
  if (read.ok) return FINE;
  const { kind, where, facet, detail } = read.error;
  if (kind === 'structure' && facet === 'tooLarge') return fails('size', where);
  if (kind === 'structure' && facet === 'pattern' && /(referentienummer|crossRefnummer)$/i.test(where))
    return fails('uuid', where);
  return fails(PROBLEMS[kind], where, detail);
};

/** These stay between the nodes of the chain, and a Bv03 is no ebMS message at all (sections 7 and 8.2). */
const chainSignal = onMessage(({ kind }) =>
  kind === 'Fo03' || kind === 'Bv03' ? fails('chainSignal', 'stuurgegevens/berichtcode') : FINE,
);

const moment = onMessage((message) =>
  parseTijdstip(message.stuurgegevens.tijdstipBericht) === undefined
    ? fails('tijdstip', 'stuurgegevens/tijdstipBericht')
    : FINE,
);

/** The XSD leaves the numbers of a Fo01 free, the specification does not (section 3.3). */
const numbers = onMessage(({ kind, stuurgegevens: { referentienummer, crossRefnummer } }) => {
  if (kind !== 'Fo01') return FINE;
  if (!UUID_V4.test(referentienummer)) return fails('uuid', 'stuurgegevens/referentienummer');
  return UUID_V4.test(crossRefnummer ?? '') ? FINE : fails('uuid', 'stuurgegevens/crossRefnummer');
});

const unique: Check = ({ usedBefore }) =>
  usedBefore === true ? fails('notUnique', 'stuurgegevens/referentienummer') : FINE;

const zender = onMessage((message, { allowedZenders }) => {
  const { organisatie } = message.stuurgegevens.zender;
  const at = 'stuurgegevens/zender/organisatie';
  if (partyKind(organisatie) === 'onbekend') return fails('zenderUnknown', at);
  return allowedZenders !== undefined && !allowedZenders.includes(organisatie ?? '')
    ? fails('zenderNotAllowed', at, speakable(organisatie))
    : FINE;
});

/** One that is well-formed and that no route leads to is step 11. */
const ontvanger = onMessage((message) =>
  partyKind(message.stuurgegevens.ontvanger.organisatie) === 'onbekend'
    ? fails('ontvangerUnknown', 'stuurgegevens/ontvanger/organisatie')
    : FINE,
);

const functie = onMessage((message, _facts, settings) => {
  if (!isEnvelope(message)) return FINE;
  const type = messageType(message.stuurgegevens.functie ?? '');
  const at = 'stuurgegevens/functie';
  if (type === undefined) return fails('functieUnknown', at);
  if (settings.inactive.includes(type.functie)) return fails('functieInactive', at);
  if (!isRootOf(type, message.kind, settings)) return fails('berichtcodeFunctie', at);
  const { zender: from, ontvanger: to } = message.stuurgegevens;
  const direction = settings.directions[type.functie] ?? type.direction;
  const right = fits(direction, partyKind(from.organisatie), partyKind(to.organisatie), type.soort === 'retour');
  return right ? FINE : fails('functieOrganisatie', at);
});

/** All texts of a Fo01 at their longest take less than half of it (section 3.3). */
const FAULT_BYTES = 64 * 1024;
/** Another writer may spell the same document with twice the octets: UTF-16, or a namespace on every element. */
const RESPELLED = 2;

/** detailsXML is for the message complained about and nothing else (section 3.3), so that one says how large it may be. */
const roomOfFault = (answered: number | 'unknown'): number =>
  FAULT_BYTES + (answered === 'unknown' ? 0 : RESPELLED * answered);

/** What a Fo01 may say and to whom: the nodes of the chain send them but get none (sections 4 and 7). */
const fault = onMessage((message, { size: bytes, answered }) => {
  if (message.kind !== 'Fo01') return FINE;
  const { zender: from, ontvanger: to } = message.stuurgegevens;
  if (['VECOZO', 'IB', 'RINIS'].includes(partyKind(to.organisatie)))
    return fails('ontvangerUnknown', 'stuurgegevens/ontvanger/organisatie', speakable(to.organisatie));
  const allowed = partyKind(from.organisatie) !== 'gemeente' || message.fault?.code === GEMEENTE_FAULT;
  if (!allowed) return fails('faultCode', 'body/code');
  return answered !== undefined && bytes > roomOfFault(answered) ? fails('faultSize', 'body/detailsXML') : FINE;
});

const isRootOf = (type: MessageType, kind: StufMessage['kind'], { declaratieAntwoordAs }: ContentSettings): boolean =>
  isDeclaratieAntwoord(type) ? declaratieAntwoordAs === 'either' || declaratieAntwoordAs === kind : type.root === kind;

const route: Check = ({ route: found, read }) => {
  if (!read.ok || found === 'found') return FINE;
  return fails(found === 'noCpa' ? 'noCpa' : 'noRoute', 'stuurgegevens/ontvanger/organisatie');
};

const crossReference: Check = ({ answered }, settings) => {
  if (answered !== 'unknown' || settings.unknownCrossRef === 'off') return FINE;
  return settings.unknownCrossRef === 'refuse'
    ? fails('crossRefUnknown', 'stuurgegevens/crossRefnummer')
    : remark('STUF-2', 'crossRefnummer verwijst naar een onbekend bericht');
};

/** Step 13 has no code for a hub: what the XML reader takes goes on as it is, and is told. */
const encoding: Check = ({ payloadEncoding }) => {
  const found = payloadEncoding === undefined ? undefined : otherEncoding(payloadEncoding);
  return found === undefined ? FINE : remark('STUF-4', `parameters/bericht/xmlBestand: ${found}`);
};

/** Payload checks refuse only where the stream is set so and its structure is known for certain (D9). */
const payload = onMessage((message, facts, settings) => {
  if (!isEnvelope(message)) return FINE;
  const type = messageType(message.stuurgegevens.functie ?? '');
  if (type === undefined) return FINE;
  // What is no XML is nothing to validate, unless it stands for a message that is XML (section 3).
  if (message.payload.kind !== 'xmlBestand' && type.grade !== 'strict') return FINE;
  const mode = modeOf(type, settings);
  if (mode === 'off') return FINE;
  const found = payloadFault(message, type, facts);
  if (found === undefined) return FINE;
  // Step 15 is for a hub: an end point only writes it down.
  const isOurs = found.fails !== 'payloadParty' || settings.role === 'hub';
  if (mode === 'refuse' && type.grade === 'strict' && isOurs) return found;
  const check = found.fails ?? 'payloadXsd';
  return remark(
    `STUF-${check}`,
    `${FAULTS[check].tekst}${type.grade === 'strict' ? '' : ' (voorlopig schema: alleen een waarschuwing)'}`,
  );
});

const modeOf = (type: MessageType, { payload: mode }: ContentSettings): PayloadMode =>
  typeof mode === 'function' ? mode(type) : mode;

function payloadFault(
  message: StufEnvelope,
  type: MessageType,
  { payloadHeader: header, payloadXsd, payloadFirst }: EnvelopeFacts,
): Outcome | undefined {
  const at = `parameters/bericht/${message.payload.kind}`;
  if (message.payload.kind !== 'xmlBestand') return fails('payloadForm', at);
  if (header !== undefined && hasOtherVersion(message, type, header)) return fails('payloadVersion', at);
  if (payloadXsd === 'noSchema') return fails('payloadSchema', 'parameters/functieVersie', supported(type));
  if (payloadXsd !== undefined && payloadXsd > 0)
    return fails('payloadXsd', at, ` ${payloadXsd} ${payloadXsd === 1 ? 'fout' : 'fouten'}${firstWords(payloadFirst)}`);
  if (header === undefined) return undefined;
  return samePartners(message, type, header) ? undefined : fails('payloadParty', at);
}

/**
 * What is wrong with an element that the schema knows, so that its path holds the schema's names only; elsewhere names are the
 * document's own words, and stay out (row 159).
 */
const OF_A_KNOWN_ELEMENT = /^(?:pattern|enumeration|type|fixed|missing|(?:min|max)(?:L|In|Ex)\w+|length|\w+Digits)$/;

function firstWords(first: PayloadIssue | undefined): string {
  if (first === undefined) return '.';
  const { line, path, code, message } = first;
  if (code === 'attribute') return `; regel ${line}: een attribuut dat hier niet is toegestaan`;
  const place = OF_A_KNOWN_ELEMENT.test(code) ? `regel ${line}, ${path}` : `regel ${line}`;
  return `; ${place}: ${message}`;
}

/** Step 13 comes before the XSD, step 14. */
function hasOtherVersion({ parameters }: StufEnvelope, { berichtCode }: MessageType, header: Header): boolean {
  const inPayload = header.get('BerichtCode');
  return (
    differs(header.get('BerichtVersie'), parameters.functieVersie) ||
    differs(header.get('BerichtSubversie'), parameters.functieSubversie) ||
    (berichtCode !== undefined && inPayload !== undefined && inPayload !== berichtCode)
  );
}

type Header = NonNullable<EnvelopeFacts['payloadHeader']>;

const supported = ({ functieVersie, functieSubversie }: MessageType): string =>
  functieVersie === undefined ? '' : ` Verwacht: ${functieVersie}/${functieSubversie ?? '0000'}.`;

const differs = (inPayload: string | undefined, inEnvelope: string): boolean =>
  inPayload !== undefined && Number(inPayload) !== Number(inEnvelope);

/**
 * A retourbericht repeats the header of its heenbericht unswapped, so its Afzender is our ontvanger (section 4). The message is
 * valid: a party that it does not name is one that its schema does not ask for, such as the CAK.
 */
function samePartners(message: StufEnvelope, type: MessageType, header: Header): boolean {
  const { zender: from, ontvanger: to } = message.stuurgegevens;
  const [afzender, ontvangerCode] =
    type.soort === 'retour' ? [to.organisatie, from.organisatie] : [from.organisatie, to.organisatie];
  const same = (inHeader: string | undefined, inEnvelope: string | undefined): boolean =>
    inHeader === undefined || inHeader === inEnvelope || inEnvelope === 'VECOZO';
  return same(header.get('Afzender'), afzender) && same(header.get('Ontvanger'), ontvangerCode);
}

const isEnvelope = (message: StufMessage): message is StufEnvelope => 'payload' in message;

/** The order of section 12, after what is no document at all. */
const CHECKS: readonly Check[] = [
  parts,
  size,
  readable,
  chainSignal,
  moment,
  numbers,
  unique,
  zender,
  ontvanger,
  functie,
  fault,
  route,
  crossReference,
  encoding,
  payload,
];

/** The verdict on a document. A Fo01 is never answered with another, nor is what else is an answer (section 12). */
export function checkEnvelope(facts: EnvelopeFacts, settings: ContentSettings): ContentVerdict {
  const notices: Notice[] = [];
  for (const check of CHECKS) {
    const outcome = check(facts, settings);
    notices.push(...outcome.notices);
    if (outcome.fails !== undefined)
      return { kind: 'refuse', finding: findingOf(outcome.fails, outcome, facts, settings), notices };
  }
  return { kind: 'pass', notices };
}

const MAX_TEKST = 200;

function findingOf(
  check: CheckName,
  outcome: Outcome,
  facts: EnvelopeFacts,
  settings: ContentSettings,
): ContentFinding {
  const { read, peek } = facts;
  const toAanbieder =
    partyKind(read.ok ? read.value.stuurgegevens.ontvanger.organisatie : peek?.ontvanger?.organisatie) === 'aanbieder';
  const asGemeente = settings.role === 'gemeente';
  const details = detailsOf(facts);
  const kind = read.ok ? read.value.kind : peek?.kind;
  const isSignal = kind !== undefined && kind !== 'Di01' && kind !== 'Du01';
  const referentienummer = read.ok ? read.value.stuurgegevens.referentienummer : peek?.referentienummer;
  const payloadCheck = check.startsWith('payload') && check !== 'payloadAbsent';
  return {
    check,
    code: asGemeente && payloadCheck ? GEMEENTE_FAULT : faultCode(check, settings.codes, toAanbieder),
    plek: FAULTS[check].plek,
    omschrijving: `${FAULTS[check].tekst}${spaced(outcome.extra)}`.slice(0, MAX_TEKST),
    ...(details === undefined ? {} : { details }),
    answerable: !isSignal && referentienummer !== undefined && (!asGemeente || payloadCheck),
    ...(outcome.where === undefined ? {} : { where: outcome.where }),
  };
}

const spaced = (text: string | undefined): string =>
  text === undefined || text === '' ? '' : text.startsWith(' ') ? text : ` ${text}`;

/** `<functie>-<applicatieVersie><applicatieSubversie>` (section 3.3). */
function detailsOf({ read, peek }: EnvelopeFacts): string | undefined {
  if (read.ok && isEnvelope(read.value)) {
    const { applicatieVersie, applicatieSubversie } = read.value.parameters;
    return `${read.value.stuurgegevens.functie ?? ''}-${applicatieVersie}${applicatieSubversie}`;
  }
  if (peek?.functie === undefined || peek.applicatieVersie === undefined) return undefined;
  return `${peek.functie}-${peek.applicatieVersie}${peek.applicatieSubversie ?? ''}`;
}
