// The message types of the GGk as one table: who sends what to whom, in which envelope, with which payload version.
import type { Direction, MessageType, PartyKind, PayloadGrade, Product } from './types.ts';

interface Family {
  readonly products: readonly Product[];
  readonly functieVersie?: string;
  readonly functieSubversie?: string;
  readonly grade: PayloadGrade;
  readonly legacy?: true;
}

/** functie, omschrijving, soort, direction, counterpart, BerichtCode, rule. */
type Row = readonly [
  string,
  string,
  MessageType['soort'],
  `${PartyKind}>${PartyKind}`,
  string | undefined,
  string | undefined,
  string,
];

const IWMO_32: Family = { products: ['iWmo'], functieVersie: '0003', functieSubversie: '0002', grade: 'strict' };
const IJW_32: Family = { products: ['iJw'], functieVersie: '0003', functieSubversie: '0002', grade: 'strict' };
/** Declaratie/factuur of periods before 2021 (P-082); no version is asked, since several were in use. */
const IJW_LEGACY: Family = { products: ['iJw'], grade: 'envelope', legacy: true };
const IEB_30: Family = { products: ['iEb (CAK)'], functieVersie: '0003', functieSubversie: '0000', grade: 'envelope' };
const IPGB_WMO: Family = {
  products: ['PGB-Wmo'],
  functieVersie: '0002',
  functieSubversie: '0000',
  grade: 'provisional',
};
const IPGB_JW: Family = { products: ['PGB-Jw'], functieVersie: '0002', functieSubversie: '0000', grade: 'provisional' };
/** PGB 1.0: versions in the envelope are not published (stuf-ggk section 16, 7). */
const PGB_WMO: Family = { products: ['PGB-Wmo'], grade: 'envelope' };
const PGB_JW: Family = { products: ['PGB-Jw'], grade: 'envelope' };
const PGB_BOTH: Family = { products: ['PGB-Wmo', 'PGB-Jw'], grade: 'envelope' };

const IWMO_ROWS: readonly Row[] = [
  ['WMO301', 'Toewijzing', 'heen', 'gemeente>aanbieder', 'WMO302', '414', 'P-020'],
  ['WMO302', 'Retourbericht toewijzing ondersteuning', 'retour', 'aanbieder>gemeente', 'WMO301', '415', 'P-021'],
  ['WMO305', 'Start ondersteuning', 'heen', 'aanbieder>gemeente', 'WMO306', '418', 'P-022'],
  ['WMO306', 'Retourbericht start ondersteuning', 'retour', 'gemeente>aanbieder', 'WMO305', '419', 'P-023'],
  ['WMO307', 'Stop ondersteuning', 'heen', 'aanbieder>gemeente', 'WMO308', '420', 'P-024'],
  ['WMO308', 'Retourbericht stop ondersteuning', 'retour', 'gemeente>aanbieder', 'WMO307', '421', 'P-025'],
  ['WMO315', 'Verzoek om toewijzing ondersteuning', 'heen', 'aanbieder>gemeente', 'WMO316', '444', 'P-026'],
  [
    'WMO316',
    'Retourbericht verzoek om toewijzing ondersteuning',
    'retour',
    'gemeente>aanbieder',
    'WMO315',
    '445',
    'P-027',
  ],
  ['WMO317', 'Verzoek om wijziging ondersteuning', 'heen', 'aanbieder>gemeente', 'WMO318', '480', 'P-028'],
  [
    'WMO318',
    'Retourbericht verzoek om wijziging ondersteuning',
    'retour',
    'gemeente>aanbieder',
    'WMO317',
    '481',
    'P-080',
  ],
  ['WMO319', 'Antwoordbericht', 'heen', 'gemeente>aanbieder', 'WMO320', '482', 'P-029'],
  ['WMO320', 'Retourbericht antwoordbericht', 'retour', 'aanbieder>gemeente', 'WMO319', '483', 'P-030'],
  ['WMO323', 'Declaratie', 'heen', 'aanbieder>gemeente', undefined, '484', 'P-031'],
  ['WMO325', 'Declaratie-antwoord', 'heen', 'gemeente>aanbieder', undefined, '485', 'P-032'],
];
const IJW_ROWS: readonly Row[] = [
  ['JW301', 'Toewijzing ondersteuning', 'heen', 'gemeente>aanbieder', 'JW302', '436', 'P-040'],
  ['JW302', 'Retourbericht toewijzing ondersteuning', 'retour', 'aanbieder>gemeente', 'JW301', '437', 'P-041'],
  ['JW305', 'Start ondersteuning', 'heen', 'aanbieder>gemeente', 'JW306', '438', 'P-081'],
  ['JW306', 'Retourbericht start ondersteuning', 'retour', 'gemeente>aanbieder', 'JW305', '439', 'P-043'],
  ['JW307', 'Stop ondersteuning', 'heen', 'aanbieder>gemeente', 'JW308', '440', 'P-044'],
  ['JW308', 'Retourbericht stop ondersteuning', 'retour', 'gemeente>aanbieder', 'JW307', '441', 'P-045'],
  ['JW315', 'Verzoek om toewijzing', 'heen', 'aanbieder>gemeente', 'JW316', '446', 'P-046'],
  [
    'JW316',
    'Retourbericht verzoek om toewijzing ondersteuning',
    'retour',
    'gemeente>aanbieder',
    'JW315',
    '447',
    'P-047',
  ],
  ['JW317', 'Verzoek om wijziging ondersteuning', 'heen', 'aanbieder>gemeente', 'JW318', '486', 'P-048'],
  [
    'JW318',
    'Retourbericht verzoek om wijziging ondersteuning',
    'retour',
    'gemeente>aanbieder',
    'JW317',
    '487',
    'P-080',
  ],
  ['JW319', 'Antwoordbericht', 'heen', 'gemeente>aanbieder', 'JW320', '488', 'P-049'],
  ['JW320', 'Retourbericht antwoordbericht', 'retour', 'aanbieder>gemeente', 'JW319', '489', 'P-050'],
  ['JW323', 'Declaratie', 'heen', 'aanbieder>gemeente', undefined, '490', 'P-051'],
  ['JW325', 'Declaratie-antwoord', 'heen', 'gemeente>aanbieder', undefined, '491', 'P-052'],
];
const IEB_ROWS: readonly Row[] = [
  ['WMO405', 'Start eigen bijdrage', 'heen', 'gemeente>CAK', 'WMO406', '578', 'P-060'],
  ['WMO406', 'Retourbericht start eigen bijdrage', 'retour', 'CAK>gemeente', 'WMO405', '579', 'P-061'],
  ['WMO407', 'Stop eigen bijdrage', 'heen', 'gemeente>CAK', 'WMO408', '580', 'P-062'],
  ['WMO408', 'Retourbericht stop eigen bijdrage', 'retour', 'CAK>gemeente', 'WMO407', '581', 'P-063'],
  [
    'WMO409',
    'Inhoudelijke terugkoppeling op een eigenbijdragebericht',
    'heen',
    'CAK>gemeente',
    'WMO410',
    undefined,
    'P-064',
  ],
  ['WMO410', 'Retourbericht inhoudelijke terugkoppeling', 'retour', 'gemeente>CAK', 'WMO409', undefined, 'P-065'],
];
const IPGB_WMO_ROWS: readonly Row[] = [
  ['WMO501', 'Toekenningsbericht', 'heen', 'gemeente>VWS', 'WMO502', '458', 'P-072'],
  ['WMO502', 'Retourbericht toekenning', 'retour', 'VWS>gemeente', 'WMO501', '459', 'P-073'],
  ['WMO507', 'Budgetafsluitbericht', 'heen', 'gemeente>VWS', 'WMO508', '464', 'P-074'],
  ['WMO508', 'Retourbericht budgetafsluiting', 'retour', 'VWS>gemeente', 'WMO507', '465', 'P-075'],
];
const IPGB_JW_ROWS: readonly Row[] = [
  ['JW501', 'Toekenningsbericht', 'heen', 'gemeente>VWS', 'JW502', '460', 'P-076'],
  ['JW502', 'Retourbericht toekenning', 'retour', 'VWS>gemeente', 'JW501', '461', 'P-077'],
  ['JW507', 'Budgetafsluitbericht', 'heen', 'gemeente>VWS', 'JW508', '466', 'P-078'],
  ['JW508', 'Retourbericht budgetafsluiting', 'retour', 'VWS>gemeente', 'JW507', '467', 'P-079'],
];
const LEGACY_ROWS: readonly Row[] = [
  [
    'JW303',
    'Declaratie/factuur (voor de periode tot 01-01-2021)',
    'heen',
    'aanbieder>gemeente',
    'JW304',
    undefined,
    'P-042',
  ],
  ['JW304', 'Retourbericht declaratie/factuur', 'retour', 'gemeente>aanbieder', 'JW303', undefined, 'P-082'],
];
/** The seed says TKB; the envelope names the law: TKB001 for the Wmo, TKB002 for the Jeugdwet. */
const TKB = 'Toekenningsbeschikking';

/** Every functie that the hub knows, in the order of the portal's catalogue (P-020 … P-082). */
export const messageTypes: readonly MessageType[] = [
  ...table(IWMO_32, IWMO_ROWS),
  ...table(IJW_32, IJW_ROWS),
  ...table(IJW_LEGACY, LEGACY_ROWS),
  ...table(IEB_30, IEB_ROWS),
  ...table(PGB_BOTH, [['TKB', TKB, 'nvt', 'gemeente>SVB', undefined, undefined, 'P-070']]),
  ...table(PGB_WMO, [['TKB001', `${TKB} Wmo`, 'nvt', 'gemeente>SVB', undefined, undefined, 'P-070']]),
  ...table(PGB_JW, [['TKB002', `${TKB} Jeugdwet`, 'nvt', 'gemeente>SVB', undefined, undefined, 'P-070']]),
  ...table(PGB_BOTH, [['BAB', 'Budget Afsluitingsbericht', 'nvt', 'SVB>gemeente', undefined, undefined, 'P-071']]),
  ...table(IPGB_WMO, IPGB_WMO_ROWS),
  ...table(IPGB_JW, IPGB_JW_ROWS),
];

const BY_FUNCTIE: ReadonlyMap<string, MessageType> = new Map(messageTypes.map((type) => [type.functie, type]));

/** The message type of a functie, which is case sensitive and carries no version. */
export function messageType(functie: string): MessageType | undefined {
  return BY_FUNCTIE.get(functie);
}

/** A claim answer has no retourbericht and answers by its payload; hubs differ in which root it takes (section 10). */
export function isDeclaratieAntwoord(type: MessageType): boolean {
  return type.functie === 'WMO325' || type.functie === 'JW325';
}

function table(family: Family, rows: readonly Row[]): readonly MessageType[] {
  return rows.map(([functie, omschrijving, soort, arrow, counterpart, berichtCode, rule]) => ({
    ...family,
    functie,
    omschrijving,
    soort,
    root: soort === 'retour' ? 'Du01' : 'Di01',
    direction: direction(arrow),
    ...(counterpart === undefined ? {} : { counterpart }),
    ...(berichtCode === undefined ? {} : { berichtCode }),
    rule,
  }));
}

function direction(arrow: `${PartyKind}>${PartyKind}`): Direction {
  const [from, to] = arrow.split('>') as [PartyKind, PartyKind];
  return { from, to };
}
