// The envelope's structure as data: order, cardinality, lengths and patterns of ggk0210 patch 04 (stuf-ggk section 3).
import { NS } from '../base/index.ts';
import type { StufMessage } from './types.ts';

/** What a simple element's text must look like; lengths count characters, not UTF-16 units. */
export interface TextRule {
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Only patterns of bounded length, so that they cannot backtrack. */
  readonly pattern?: RegExp;
  readonly values?: readonly string[];
  /** An empty element stands for this value, as XSD says of `fixed`. */
  readonly fixed?: string;
}

interface Named {
  readonly ns: string;
  readonly name: string;
  readonly optional?: true;
  /** The type that the XSD names here, as `{namespace}name`: all that an xsi:type may say. Absent where that type has no name. */
  readonly xsdType?: string;
}
/** `open` content is judged elsewhere: the payload, or detailsXML which the XSD skips. */
export type Part =
  | (Named & { readonly type: 'text'; readonly rule: TextRule })
  | (Named & { readonly type: 'group'; readonly parts: readonly Part[] })
  | (Named & { readonly type: 'open' });

export interface RootSchema {
  readonly kind: StufMessage['kind'];
  readonly ns: string;
  readonly name: string;
  readonly parts: readonly Part[];
}

/** UUID version 4, lower case only (3.1, 1.4). */
export const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
export const BESTANDSNAAM: TextRule = { minLength: 4, maxLength: 255, pattern: /^[A-Za-z0-9\-._]+$/ };
export const MAX_REFNUMMER = 40;

export const inStuf = (type: string): string => `{${NS.stuf}}${type}`;
const inGgk = (type: string): string => `{${NS.ggk}}${type}`;

const text = (name: string, rule: TextRule): Part => ({ type: 'text', ns: NS.stuf, name, rule });
const group = (ns: string, name: string, parts: readonly Part[]): Part => ({ type: 'group', ns, name, parts });
const optional = (part: Part): Part => ({ ...part, optional: true });
const ofType = (xsdType: string, part: Part): Part => ({ ...part, xsdType });
const stuf = (name: string, rule: TextRule, xsdType: string): Part => ofType(inStuf(xsdType), text(name, rule));

const versie = (name: string): Part => ({ ...stuf(name, { pattern: /^[0-9]{4}$/ }, 'Versienr'), ns: NS.ggk });
/** The XSD restricts Refnummer on the spot, so the type has no name. */
const uuid = (name: string): Part => text(name, { maxLength: MAX_REFNUMMER, pattern: UUID_V4 });
const refnummer = (name: string): Part => stuf(name, { maxLength: MAX_REFNUMMER }, 'Refnummer');
const tijdstipBericht = stuf('tijdstipBericht', { pattern: /^[0-9]{8,17}$/ }, 'Tijdstip');

const organisatie = stuf('organisatie', { maxLength: 200 }, 'Organisatie');
const systeem: readonly Part[] = [
  organisatie,
  stuf('applicatie', { minLength: 3, maxLength: 50 }, 'Applicatie'),
  optional(stuf('administratie', { maxLength: 50 }, 'Administratie')),
  optional(stuf('gebruiker', { maxLength: 100 }, 'Gebruiker')),
];
const parties = (parts: readonly Part[], xsdType: string): readonly Part[] =>
  ['zender', 'ontvanger'].map((name) => ofType(inStuf(xsdType), group(NS.stuf, name, parts)));
/** In Fo01, Fo03 and Bv03 the XSD leaves organisatie optional (3.3). */
const signalSysteem = [optional(organisatie), ...systeem.slice(1)];

const parameters = ofType(
  inGgk('Parameters_ggkberichten'),
  group(NS.ggk, 'parameters', [
    versie('applicatieVersie'),
    versie('applicatieSubversie'),
    versie('functieVersie'),
    versie('functieSubversie'),
    { type: 'open', ns: NS.ggk, name: 'bericht', xsdType: inGgk('BinaireInhoud-basis_ggkberichten') },
  ]),
);

function envelope(kind: 'Di01' | 'Du01', name: string): RootSchema {
  const stuurgegevens = group(NS.ggk, 'stuurgegevens', [
    stuf('berichtcode', { values: [kind] }, `Berichtcode${kind}`),
    ...parties(systeem, 'Systeem_ggkberichten'),
    uuid('referentienummer'),
    tijdstipBericht,
    ...(kind === 'Du01' ? [uuid('crossRefnummer')] : []),
    stuf('functie', { maxLength: 30 }, 'Functie'),
  ]);
  const xsdType = inStuf(`Stuurgegevens${kind}-envelop${kind === 'Du01' ? 'Retour' : 'Heen'}bericht`);
  return { kind, ns: NS.ggk, name, parts: [ofType(xsdType, stuurgegevens), parameters] };
}

function signal(kind: 'Fo01' | 'Fo03' | 'Bv03', body: readonly Part[]): RootSchema {
  const stuurgegevens = group(NS.stuf, 'stuurgegevens', [
    stuf('berichtcode', { values: [kind], fixed: kind }, 'Berichtcode'),
    ...parties(signalSysteem, 'Systeem'),
    refnummer('referentienummer'),
    tijdstipBericht,
    refnummer('crossRefnummer'),
  ]);
  return { kind, ns: NS.stuf, name: `${kind}Bericht`, parts: [stuurgegevens, ...body] };
}

export const OMSCHRIJVING_MAX = 200;
export const DETAILS_MAX = 1000;

const foutbericht = ofType(
  inStuf('Foutbericht'),
  group(NS.stuf, 'body', [
    stuf('code', { maxLength: 7 }, 'Foutcode'),
    stuf('plek', { values: ['client', 'server'] }, 'Foutplek'),
    stuf('omschrijving', { maxLength: OMSCHRIJVING_MAX }, 'Foutomschrijving'),
    optional(stuf('details', { maxLength: DETAILS_MAX }, 'Foutdetails')),
    { type: 'open', ns: NS.stuf, name: 'detailsXML', optional: true, xsdType: inStuf('FoutdetailsXML') },
  ]),
);

export const ROOTS: readonly RootSchema[] = [
  envelope('Di01', 'envelopHeenbericht-ggk_Di01'),
  envelope('Du01', 'envelopRetourbericht-ggk_Du01'),
  signal('Fo01', [foutbericht]),
  signal('Fo03', [foutbericht]),
  signal('Bv03', []),
];

/** Roots of earlier or generic StUF editions, recognised so that the refusal can name the version (section 14, IB798). */
export const OTHER_VERSIONS: ReadonlyMap<string, string> = new Map([
  ['http://www.egem.nl/StUF/sector/ggk/0310', 'ggk0310 (2.0 tot en met 2.1.01)'],
  ['http://www.stufstandaarden.nl/sectormodel/ggk/0210', 'ggk0310 (2.1.02 en 2.1.03)'],
  ['http://www.egem.nl/StUF/StUF0204', 'StUF 02.04'],
  ['http://www.egem.nl/StUF/StUF0300', 'StUF 03.00'],
  ['http://www.egem.nl/StUF/StUF0302', 'StUF 03.02'],
]);
