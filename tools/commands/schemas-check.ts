// What a file is and what is wrong with it, by its schema and, of a StUF document, by the rules of the hub: the code that the gateway runs.
import { ISTANDAARDEN } from '../../adapter/base/index.ts';
import {
  type CheckName,
  type ContentSettings,
  checkEnvelope,
  type EnvelopeFacts,
  messageType,
  otherEncoding,
} from '../../adapter/ggk/index.ts';
import { MAX_ENVELOPE_BYTES, readStuf, type StufMessage } from '../../adapter/stuf/index.ts';
import { pathOf, readXml } from '../../adapter/xml/index.ts';
import type { Identified, SchemaEntry, SchemaIssue, Schemas, SchemaVerdict } from '../../adapter/xsd/index.ts';
import { isBlank, isRecording } from '../http-file.ts';

/** An issue with `severity` makes nothing invalid. */
export interface CheckIssue extends SchemaIssue {
  readonly severity?: 'Warning';
}

export interface Checked {
  readonly kind: string;
  readonly standard: string | null;
  readonly message: string | null;
  readonly version: string | null;
  readonly grade: string | null;
  readonly valid: boolean;
  readonly issues: readonly CheckIssue[];
}

export const NOTHING_KNOWN = {
  kind: 'unknown',
  standard: null,
  message: null,
  version: null,
  grade: null,
  valid: false,
};

/** The verdict on a file by the schema that its root asks for, and of a StUF document by the rules of a hub as well. */
export async function checkBytes(bytes: Uint8Array, schemas: Schemas): Promise<Checked> {
  const identified = schemas.identify(bytes);
  if (identified?.schema === undefined) return unknown(identified, bytes, schemas);
  const verdict = await schemas.validate(bytes, identified.schema.id);
  if (identified.kind === 'stuf' && verdict.valid) return checkStuf(bytes, identified.schema, schemas);
  const warnings = identified.kind === 'istandaarden' ? encodingWarning(verdict, '/') : [];
  return {
    ...about(identified.kind, identified.schema),
    valid: verdict.valid,
    issues: [...warnings, ...recordingHint(bytes), ...verdict.issues],
  };
}

/** Of an iStandaarden message, alone or in its envelope. */
function encodingWarning({ encoding }: SchemaVerdict, path: string): CheckIssue[] {
  const message = encoding === undefined ? undefined : otherEncoding(encoding);
  return message === undefined ? [] : [{ line: 1, path, code: 'notUtf8', message, severity: 'Warning' }];
}

const about = (kind: string, entry: SchemaEntry) => ({
  kind,
  standard: entry.standard,
  message: entry.message ?? null,
  version: entry.version,
  grade: entry.grade,
});

const RECORDING: SchemaIssue = {
  line: 1,
  path: '/',
  code: 'recording',
  message: 'dit lijkt een opgenomen HTTP- of MIME-bericht, geen XML-document; `dk message inspect` leest het',
};

/** What begins as a recording is not well-formed, whatever element stands further on. */
const recordingHint = (bytes: Uint8Array): readonly SchemaIssue[] => (isRecording(bytes) ? [RECORDING] : []);

const EXPECTED =
  'een bericht van de iStandaarden, StUF-GGk, ebMS 2.0 of SOAP 1.1, of een CPA; `dk schemas list` noemt ze alle';

const EMPTY: SchemaIssue = {
  line: 1,
  path: '/',
  code: 'notWellFormed',
  message: `het bestand is leeg; verwacht ${EXPECTED}`,
};

/** A root that no schema knows is not valid; when it is no XML at all, that is said. */
async function unknown(identified: Identified | undefined, bytes: Uint8Array, schemas: Schemas): Promise<Checked> {
  if (isBlank(bytes)) return { ...NOTHING_KNOWN, issues: [EMPTY] };
  const wellFormed = await schemas.validate(bytes, 'pgb-1.0/tkb');
  const issues = wellFormed.valid ? [foreignRoot(identified)] : [...recordingHint(bytes), ...wellFormed.issues];
  return { ...NOTHING_KNOWN, kind: identified?.kind ?? NOTHING_KNOWN.kind, issues };
}

function foreignRoot(found: Identified | undefined): SchemaIssue {
  const say = (path: string, what: string): SchemaIssue => ({
    line: 1,
    path,
    code: 'root',
    message: `geen schema bekend voor ${what}; verwacht ${EXPECTED}`,
  });
  // So far behind that nobody looked for it.
  if (found === undefined) return say('/', 'dit begin-element');
  const { rootName, rootNamespace } = found;
  const namespace = rootNamespace === '' ? 'zonder naamruimte' : `in naamruimte ${rootNamespace}`;
  return say(`/${rootName}`, `begin-element ${rootName} ${namespace}`);
}

/** The envelope obeys its schema; then what it carries, by the functie and version that it names, and the rules of a hub. */
async function checkStuf(bytes: Uint8Array, entry: SchemaEntry, schemas: Schemas): Promise<Checked> {
  const envelope = about('stuf', entry);
  const read = readStuf(bytes);
  if (!read.ok) {
    const { where, detail, kind, line } = read.error;
    const issue = { line: line ?? 1, path: where, code: kind, message: detail };
    // The schema has no word on how much there is in it.
    return kind === 'empty'
      ? { ...envelope, valid: true, issues: [refusedByHub(issue)] }
      : { ...envelope, valid: false, issues: [issue] };
  }
  const content = await contentOf(bytes, read.value, schemas);
  const broken = brokenRule(bytes, read.value, content);
  const issues = [...(broken === undefined ? [] : [broken]), ...content.issues];
  return {
    ...envelope,
    ...content.about,
    valid: issues.every(({ severity }) => severity === 'Warning'),
    issues,
  };
}

interface Content {
  readonly about: Partial<Checked>;
  readonly issues: readonly CheckIssue[];
  /** What the rules want to know of it. */
  readonly facts: Pick<EnvelopeFacts, 'payloadXsd' | 'payloadHeader'>;
}

const PAYLOAD = 'parameters/bericht/xmlBestand';

async function contentOf(bytes: Uint8Array, message: StufMessage, schemas: Schemas): Promise<Content> {
  if (!('payload' in message) || message.payload.kind !== 'xmlBestand') return { about: {}, issues: [], facts: {} };
  const { functie = '' } = message.stuurgegevens;
  const { functieVersie, functieSubversie } = message.parameters;
  const entry = schemas.forFunctie(functie, functieVersie, functieSubversie);
  if (entry === undefined) {
    const text = `geen schema bekend voor deze functie en versie; de inhoud is niet gecontroleerd${refusedFor(functie)}`;
    const place = placeOf(bytes, PAYLOAD);
    const issue: CheckIssue = { ...place, code: 'noSchema', message: text, severity: 'Warning' };
    return { about: { message: functie }, issues: [issue], facts: { payloadXsd: 'noSchema' } };
  }
  const verdict = await schemas.validate(message.payload.bytes, entry.id);
  const remarks = encodingWarning(verdict, '');
  const within = remarks.length === 0 && verdict.valid ? '' : placeOf(bytes, PAYLOAD).path;
  const inside = (issue: CheckIssue): CheckIssue => ({
    ...issue,
    path: `${within}${issue.path === '/' ? '' : issue.path}`,
  });
  const faults = verdict.issues.map(inside);
  const foreign = isForeign(message.payload.bytes, verdict, schemas);
  return {
    about: about('stuf', entry),
    issues: [...remarks.map(inside), ...(foreign ? faults.map(isStrict(functie) ? refusedByHub : warned) : faults)],
    facts: { payloadXsd: faults.length, payloadHeader: verdict.header },
  };
}

/** No XML, or of a root and a namespace of no standard: there is no schema that it could break. */
function isForeign(bytes: Uint8Array, { issues }: SchemaVerdict, schemas: Schemas): boolean {
  if (!issues.every(({ code }) => NO_MESSAGE.includes(code))) return false;
  const found = schemas.identify(bytes);
  return found === undefined || (found.schema === undefined && !found.rootNamespace.startsWith(ISTANDAARDEN));
}

const NO_MESSAGE = ['root', 'notWellFormed'];
/** Beyond the schemas: a warning, because `valid` is their word. */
const warned = (issue: SchemaIssue): CheckIssue => ({ ...issue, severity: 'Warning' });
const refusedByHub = (issue: SchemaIssue): CheckIssue =>
  warned({ ...issue, message: `een hub weigert dit bericht: ${issue.message}` });

/** Of other contents a hub only warns. */
const isStrict = (functie: string): boolean => (messageType(functie)?.grade ?? 'strict') === 'strict';

/** The verdict on a version is on the schemas that are here (decision 0011); a gateway has more to say. */
const refusedFor = (functie: string): string =>
  isStrict(functie) ? ', en een gateway die de inhoud controleert weigert dit bericht' : '';

/** What is the same at every hub: nothing that an operator sets, no routes, no senders, nothing of earlier messages. */
const ANY_HUB: ContentSettings = {
  role: 'hub',
  codes: 'L25',
  maxBytes: MAX_ENVELOPE_BYTES,
  payload: 'refuse',
  unknownCrossRef: 'off',
  declaratieAntwoordAs: 'either',
  inactive: [],
  directions: {},
};
/** What the schema has said already, with its places. */
const SAID: readonly CheckName[] = ['payloadXsd', 'payloadSchema'];

/** The first rule for which a hub would refuse it. */
function brokenRule(bytes: Uint8Array, message: StufMessage, { facts }: Content): CheckIssue | undefined {
  const read = { ok: true, value: message } as const;
  const verdict = checkEnvelope({ size: bytes.length, read, route: 'found', ...facts }, ANY_HUB);
  if (verdict.kind === 'pass' || SAID.includes(verdict.finding.check)) return undefined;
  const { check, omschrijving, where = '' } = verdict.finding;
  const expected = expectedBy(check, message);
  return refusedByHub({
    ...placeOf(bytes, where),
    code: check,
    message: `${omschrijving}${expected === undefined ? '' : ` Verwacht: ${expected}.`}`,
  });
}

const ORGANISATIE = 'CBS-code van 4 cijfers, AGB-code van 8 cijfers, of een vaste naam zoals SVB of CAK';

function expectedBy(check: CheckName, { stuurgegevens }: StufMessage): string | undefined {
  const type = messageType(stuurgegevens.functie ?? '');
  switch (check) {
    case 'tijdstip':
      return 'een datum en tijd die bestaan, als EEJJMMDD[UUMMSS[mmm]]';
    case 'zenderUnknown':
    case 'ontvangerUnknown':
      return ORGANISATIE;
    case 'functieUnknown':
      return 'een berichtsoort zonder versie, zoals WMO301';
    case 'berichtcodeFunctie':
      return type?.root;
    case 'functieOrganisatie':
      return type && `van ${type.direction.from} naar ${type.direction.to}`;
    default:
      return undefined;
  }
}

/** The element itself or, when it is not there, what it should stand in. */
function placeOf(bytes: Uint8Array, where: string): Pick<CheckIssue, 'line' | 'path'> {
  const xml = readXml(bytes, { lines: true, limits: { maxBytes: MAX_ENVELOPE_BYTES } });
  if (!xml.ok) return { line: 1, path: '/' };
  let at = xml.value.root;
  for (const step of where.split('/')) at = at.children.find(({ name }) => name === step) ?? at;
  return { line: at.line ?? 1, path: pathOf(at) };
}
