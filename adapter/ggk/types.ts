// The words of the hub's content rules: message types, parties, facts, findings, routes.
import type { Result } from '../base/index.ts';
import type { StufMessage, StufPeek, StufProblem } from '../stuf/index.ts';
import type { SourceEncoding } from '../xml/index.ts';

/** The products of P-005. */
export type Product = 'iWmo' | 'iJw' | 'iEb (CAK)' | 'PGB-Wmo' | 'PGB-Jw';
export type PartyKind =
  | 'gemeente'
  | 'aanbieder'
  | 'SVB'
  | 'CAK'
  | 'CBS'
  | 'UWV'
  | 'VWS'
  | 'VECOZO'
  | 'IB'
  | 'RINIS'
  | 'onbekend';
/** How much is known of the payload's structure, and so how hard a verdict on it may be (D9). */
export type PayloadGrade = 'strict' | 'provisional' | 'envelope';

export interface Direction {
  readonly from: PartyKind;
  readonly to: PartyKind;
}

export interface MessageType {
  readonly functie: string;
  readonly products: readonly Product[];
  readonly omschrijving: string;
  readonly soort: 'heen' | 'retour' | 'nvt';
  readonly root: 'Di01' | 'Du01';
  readonly direction: Direction;
  /** The functie it is answered by, or that it answers. */
  readonly counterpart?: string;
  /** Header/BerichtCode of the payload; a warning only where the grade is not strict. */
  readonly berichtCode?: string;
  readonly functieVersie?: string;
  readonly functieSubversie?: string;
  readonly grade: PayloadGrade;
  /** Outside the current standards; kept for old periods (P-082). */
  readonly legacy?: true;
  /** Row of the portal's catalogue. */
  readonly rule: string;
}

/** Generation of the fault code list: IB001–IB023 have other meanings in each (section 11). */
export type CodeList = 'L18' | 'L25';
/** `hub`: we route and may refuse with a Fo01. `gemeente`: end point, may only say StUF055 (section 7). */
export type OwnRole = 'hub' | 'gemeente';
export type PayloadMode = 'off' | 'warn' | 'refuse';

export interface ContentSettings extends OperatorRules {
  readonly role: OwnRole;
  readonly codes: CodeList;
  /** Largest envelope accepted, in bytes (P-106). */
  readonly maxBytes: number;
  /** What to do with a payload that breaks its XSD or disagrees with the envelope, per stream. */
  readonly payload: PayloadMode | ((type: MessageType) => PayloadMode);
}

/** What an operator may set otherwise from one day to the next. */
export interface OperatorRules {
  /** What to do with a crossRefnummer of which no message is known (STUF-2). */
  readonly unknownCrossRef: 'off' | 'warn' | 'refuse';
  /** A 325 as Du01 with a crossRefnummer to the 323, or as Di01 (section 10); at an end point as its hub asks. */
  readonly declaratieAntwoordAs: 'Di01' | 'Du01' | 'either';
  /** Functies that may not be used now: out of use, or a freeze around a release (IB103, IB023). */
  readonly inactive: readonly string[];
  /** Other directions than the catalogue's, by functie (P-086). */
  readonly directions: Readonly<Record<string, Direction>>;
}

/** What is known about one document when it is judged; everything that needs a store or a schema comes from outside. */
export interface EnvelopeFacts {
  /** Length of the document in bytes. */
  readonly size: number;
  /** How many payload parts the ebMS message has, the document being the first; undefined when it came without one. */
  readonly parts?: number;
  readonly read: Result<StufMessage, StufProblem>;
  readonly peek?: StufPeek;
  /** Another message had the same zender and referentienummer; the very same one is done already and not judged (section 9). */
  readonly usedBefore?: boolean;
  /** Organisaties for which the sending ebMS party may speak; undefined when that is not administered (row 64). */
  readonly allowedZenders?: readonly string[];
  readonly route: 'found' | 'noCpa' | 'noRoute';
  /** Bytes of the message that crossRefnummer names, or that none is known; undefined when it was not looked up. */
  readonly answered?: number | 'unknown';
  /** Local name → text of the fields in the payload's Header, as the reader that validated it saw them; undefined when it was not looked at. */
  readonly payloadHeader?: ReadonlyMap<string, string>;
  /** How the payload was written, as that same reader saw it. */
  readonly payloadEncoding?: SourceEncoding;
  /** Number of XSD violations of the payload, or that there is no schema for its version; undefined when it was not looked at. */
  readonly payloadXsd?: number | 'noSchema';
  /** The first of those, for whoever has to mend it. */
  readonly payloadFirst?: PayloadIssue;
}

/** One XSD violation of the payload; `path` and `message` repeat no value of it. */
export interface PayloadIssue {
  readonly line: number;
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Names of the checks of section 12, in its order. */
export type CheckName =
  | 'parts'
  | 'size'
  | 'xml'
  | 'version'
  | 'structure'
  | 'uuid'
  | 'payloadAbsent'
  | 'chainSignal'
  | 'tijdstip'
  | 'notUnique'
  | 'zenderUnknown'
  | 'zenderNotAllowed'
  | 'ontvangerUnknown'
  | 'functieUnknown'
  | 'functieInactive'
  | 'berichtcodeFunctie'
  | 'functieOrganisatie'
  | 'faultCode'
  | 'faultSize'
  | 'noCpa'
  | 'noRoute'
  | 'crossRefUnknown'
  | 'payloadForm'
  | 'payloadVersion'
  | 'payloadSchema'
  | 'payloadXsd'
  | 'payloadParty';

/** One finding about a message, ready for a Fo01 or a log line; nothing of the payload is in it (row 159). */
export interface ContentFinding {
  readonly check: CheckName;
  readonly code: string;
  readonly plek: 'client' | 'server';
  /** Dutch, at most 200 characters. */
  readonly omschrijving: string;
  /** `<functie>-<applicatieVersie><applicatieSubversie>` (section 3.3). */
  readonly details?: string;
  /** Whether our role may answer it with a Fo01. */
  readonly answerable: boolean;
  /** Place in the envelope, where it is one. */
  readonly where?: string;
}

/** The first check that fails decides; what does not stop the message is in `notices`. */
export type ContentVerdict =
  | { readonly kind: 'pass'; readonly notices: readonly Notice[] }
  | { readonly kind: 'refuse'; readonly finding: ContentFinding; readonly notices: readonly Notice[] };

export interface Notice {
  readonly rule: string;
  /** Dutch, without values from the payload. */
  readonly detail: string;
}
