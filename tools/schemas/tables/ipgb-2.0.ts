// iPgb 2.0, provisional: own types, the iWmo 3.2 types it shares, and messages whose element order is not known.
import type { StandardTable } from './form.ts';

export const ipgb20: StandardTable = {
  id: 'ipgb-2.0',
  standard: 'iPgb',
  version: '2.0',
  prefix: 'ipgb',
  major: 2,
  minor: 0,
  xsdVersion: '1.0.0',
  grade: 'provisional',
  origin: 'information model 2.1 of the publisher',
  confidence: 'medium',
  orderFree: true,
  subversions: '[01]',
  basedOn: 'iwmo-3.2',
  shares:
    'CDT_Achternaam CDT_Adres CDT_BerichtIdentificatie CDT_GeslotenPeriode CDT_Huis CDT_Telefoon CDT_Telefoonnummers CDT_VolledigeNaam CDT_XsdVersie LDT_AanduidingWoonadres LDT_Bedrag LDT_BerichtCode LDT_BerichtSubversie LDT_BerichtVersie LDT_BurgerServicenummer LDT_Datum LDT_Emailadres LDT_Gemeente LDT_Geslacht LDT_Huisletter LDT_Huisnummer LDT_HuisnummerToevoeging LDT_IdentificatieBericht LDT_LandCode LDT_Landnummer LDT_Naam LDT_NaamGebruik LDT_Organisatienaam LDT_Persoonsid LDT_Plaatsnaam LDT_Postcode LDT_Referentie LDT_Straatnaam LDT_Telefoonnummer LDT_Versie LDT_Voorletters LDT_Voorvoegsel',
  simple: {
    LDT_KvkNummer: { base: 'string', length: [undefined, 8], pattern: '[0-9]{8}' },
    LDT_RedenBudgetafsluiting: { base: 'string', length: [undefined, 2], codes: '1 2 3' },
    LDT_RetourCode: {
      base: 'string',
      length: [undefined, 4],
      codes:
        '0001 0200 0233 9016 9056 9101 9501 9502 9503 9504 9506 9507 9508 9509 9510 9511 9512 9513 9514 9515 9516 9562 9574 D005 D025 D504 D505 S002 S003 S023 S050 S064 S089 S300 S318 S501 S502',
    },
    LDT_SoortVertegenwoordiging: { base: 'string', length: [undefined, 2], codes: '1 2 3 4 5 6 7 8 9 10' },
    LDT_ZorgfunctiePgbJw: {
      base: 'string',
      length: [undefined, 2],
      codes: '31 32 33 34 35 36 37 38 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 99',
    },
    LDT_ZorgfunctiePgbWmo: {
      base: 'string',
      length: [undefined, 2],
      codes: '01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 99',
    },
  },
  composed: {},
  messages: [
    {
      code: 'WMO501',
      berichtCode: '458',
      from: 'gemeente',
      to: 'VWS',
      types: {
        Root: 'Header Client',
        FunctieBudget:
          'Zorgfunctie:LDT_ZorgfunctiePgbWmo FunctieBudgetPeriode:CDT_GeslotenPeriode FunctieBudgetBedrag:LDT_Bedrag VerantwoordingsvrijBedrag:LDT_Bedrag?',
        Contact: 'Adres:CDT_Adres? Telefoon:CDT_Telefoonnummers? Emailadres:LDT_Emailadres? Ingangsdatum:LDT_Datum?',
        Client: 'Bsn:LDT_BurgerServicenummer Relaties? Contact? Budget',
        Relatie:
          'Nummer:LDT_Persoonsid Soort:LDT_SoortVertegenwoordiging Bsn:LDT_BurgerServicenummer? KvkNummer:LDT_KvkNummer? Geslacht:LDT_Geslacht? Naam:CDT_VolledigeNaam? Organisatie:LDT_Organisatienaam? Ingangsdatum:LDT_Datum? Contact?',
        Budget:
          'BudgetIdentificatie:LDT_Referentie BudgetIdentificatieOud:LDT_Referentie? Afgiftedatum:LDT_Datum? BudgetPeriode:CDT_GeslotenPeriode? FunctieBudgetten',
        Relaties: 'Relatie+',
        FunctieBudgetten: 'FunctieBudget+',
      },
    },
    { code: 'WMO502', berichtCode: '459', returns: 'WMO501' },
    {
      code: 'JW501',
      berichtCode: '460',
      from: 'gemeente',
      to: 'VWS',
      types: {
        Root: 'Header Client',
        Client: 'Bsn:LDT_BurgerServicenummer Relaties? Contact? Budget',
        Budget:
          'BudgetIdentificatie:LDT_Referentie BudgetIdentificatieOud:LDT_Referentie? Afgiftedatum:LDT_Datum? BudgetPeriode:CDT_GeslotenPeriode? FunctieBudgetten',
        Relatie:
          'Nummer:LDT_Persoonsid Soort:LDT_SoortVertegenwoordiging Bsn:LDT_BurgerServicenummer? KvkNummer:LDT_KvkNummer? Geslacht:LDT_Geslacht? Naam:CDT_VolledigeNaam? Organisatie:LDT_Organisatienaam? Ingangsdatum:LDT_Datum? Contact?',
        FunctieBudget:
          'Zorgfunctie:LDT_ZorgfunctiePgbJw FunctieBudgetPeriode:CDT_GeslotenPeriode FunctieBudgetBedrag:LDT_Bedrag VerantwoordingsvrijBedrag:LDT_Bedrag?',
        Contact: 'Adres:CDT_Adres? Telefoon:CDT_Telefoonnummers? Emailadres:LDT_Emailadres? Ingangsdatum:LDT_Datum?',
        Relaties: 'Relatie+',
        FunctieBudgetten: 'FunctieBudget+',
      },
    },
    { code: 'JW502', berichtCode: '461', returns: 'JW501' },
    {
      code: 'WMO507',
      berichtCode: '464',
      from: 'VWS',
      to: 'gemeente',
      types: {
        Root: 'Header Client',
        Client: 'Bsn:LDT_BurgerServicenummer FunctieBudgettenBesteed',
        FunctieBudgetBesteed:
          'BudgetIdentificatie:LDT_Referentie Zorgfunctie:LDT_ZorgfunctiePgbWmo BestedingsPeriode:CDT_GeslotenPeriode FunctieBudgetBesteed:LDT_Bedrag VerantwoordingsvrijBedragBesteed:LDT_Bedrag? ZiekengeldBesteed:LDT_Bedrag? RedenBudgetafsluiting:LDT_RedenBudgetafsluiting',
        FunctieBudgettenBesteed: 'FunctieBudgetBesteed+',
      },
    },
    { code: 'WMO508', berichtCode: '465', returns: 'WMO507' },
    {
      code: 'JW507',
      berichtCode: '466',
      from: 'VWS',
      to: 'gemeente',
      types: {
        Root: 'Header Client',
        Client: 'Bsn:LDT_BurgerServicenummer FunctieBudgettenBesteed',
        FunctieBudgetBesteed:
          'BudgetIdentificatie:LDT_Referentie Zorgfunctie:LDT_ZorgfunctiePgbJw BestedingsPeriode:CDT_GeslotenPeriode FunctieBudgetBesteed:LDT_Bedrag VerantwoordingsvrijBedragBesteed:LDT_Bedrag? ZiekengeldBesteed:LDT_Bedrag? RedenBudgetafsluiting:LDT_RedenBudgetafsluiting',
        FunctieBudgettenBesteed: 'FunctieBudgetBesteed+',
      },
    },
    { code: 'JW508', berichtCode: '467', returns: 'JW507' },
  ],
};
