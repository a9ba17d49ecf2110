// Which fault code each check has in each published list, where the cause lies, and the Dutch text (section 11 and 12).
import type { CheckName, CodeList } from './types.ts';

export interface FaultRow {
  readonly L18: string;
  /**
   * Where L25 has no code of its own, the L18 code stays when its number was not given another meaning; else the
   * nearest L25 code is taken: IB009 is a bad UUID in L18 and a missing toestemmingsverklaring in L25, so IB001.
   */
  readonly L25: string;
  /** Published for few codes; the same meaning keeps its plek, the rest follows from who must act. */
  readonly plek: 'client' | 'server';
  readonly tekst: string;
}

const row = (L18: string, L25: string, plek: 'client' | 'server', tekst: string): FaultRow => ({
  L18,
  L25,
  plek,
  tekst,
});

export const FAULTS: Readonly<Record<CheckName, FaultRow>> = {
  parts: row('RIN001', 'IB001', 'client', 'Bericht heeft meer dan één bijlage; verwacht: alleen het StUF-bericht.'),
  size: row('IB007', 'IB003', 'server', 'Bericht is groter dan 25 MB. Verdeel de inhoud over meer berichten.'),
  xml: row('RIN001', 'IB001', 'client', 'StUF-envelop is geen leesbaar XML.'),
  version: row('IB798', 'IB798', 'server', 'StUF-versie of naamruimte van het bericht wordt niet ondersteund.'),
  structure: row('RIN001', 'IB001', 'client', 'StUF-envelop voldoet niet aan de XSD.'),
  uuid: row('IB009', 'IB001', 'client', 'Referentienummer of crossRefnummer is geen geldige UUID versie 4.'),
  payloadAbsent: row('RIN001', 'IB001', 'client', 'StUF-envelop bevat geen bericht.'),
  chainSignal: row('IB240', 'IB006', 'client', 'Een Bv03 of Fo03 wordt niet doorgezonden.'),
  tijdstip: row('RIN001', 'IB001', 'client', 'TijdstipBericht is geen bestaande datum of tijd.'),
  notUnique: row('IB216', 'IB016', 'client', 'Referentienummer is niet uniek.'),
  zenderUnknown: row('IB213', 'IB005', 'client', 'Verzendende organisatie onbekend.'),
  zenderNotAllowed: row('IB002', 'IB002', 'server', 'Verzendende organisatie is niet geautoriseerd.'),
  ontvangerUnknown: row('IB210', 'IB005', 'client', 'Ontvangende organisatie onbekend.'),
  functieUnknown: row('IB240', 'IB004', 'client', 'Functie wordt niet ondersteund.'),
  functieInactive: row('IB103', 'IB023', 'server', 'Functie is (tijdelijk) niet actief.'),
  berichtcodeFunctie: row('IB240', 'IB006', 'client', 'Combinatie van berichtcode en functie is niet toegestaan.'),
  functieOrganisatie: row('IB234', 'IB007', 'client', 'Combinatie van functie en organisatie is niet toegestaan.'),
  faultCode: row('IB240', 'IB006', 'client', 'Een gemeente mag in een Fo01 alleen StUF055 melden.'),
  faultSize: row('IB007', 'IB003', 'client', 'Fo01 is groter dan het bericht waarover het gaat verklaart.'),
  noCpa: row('IB101', 'IB101', 'server', 'Geen geldige CPA voor deze organisatie en dit berichttype.'),
  noRoute: row('IB102', 'IB102', 'server', 'Geen routering bekend voor deze ontvanger en dit berichttype.'),
  crossRefUnknown: row('CC07', 'IB021', 'client', 'Het bericht waarnaar crossRefnummer verwijst is niet bekend.'),
  payloadForm: row('CC02', 'IB014', 'client', 'Inhoud van het bericht is niet het voorgeschreven XML.'),
  payloadVersion: row('CC02', 'IB014', 'client', 'Berichtsoort of -versie in de inhoud wijkt af van de envelop.'),
  payloadSchema: row('CC02', 'IB014', 'client', 'Versie van deze berichtsoort wordt niet ondersteund.'),
  payloadXsd: row('CC02', 'IB014', 'client', 'Inhoud van het bericht voldoet niet aan de XSD.'),
  payloadParty: row('CC09', 'CC09', 'client', 'Afzender of ontvanger in de inhoud wijkt af van de envelop.'),
};

/** An aanbieder that is not connected has its own code in L25. */
const ONTVANGER_AANBIEDER_L25 = 'IB010';
/** The only code with which a gemeente may answer (section 7). */
export const GEMEENTE_FAULT = 'StUF055';

export function faultCode(check: CheckName, list: CodeList, ontvangerIsAanbieder: boolean): string {
  if (check === 'ontvangerUnknown' && list === 'L25' && ontvangerIsAanbieder) return ONTVANGER_AANBIEDER_L25;
  return FAULTS[check][list];
}
