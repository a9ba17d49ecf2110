// iJw 3.2: messages, and the types that differ from iWmo 3.2.
import type { StandardTable } from './form.ts';

export const ijw32: StandardTable = {
  id: 'ijw-3.2',
  standard: 'iJw',
  version: '3.2',
  prefix: 'ijw',
  major: 3,
  minor: 2,
  xsdVersion: '0.1.0',
  grade: 'strict',
  origin: 'published XSDs',
  confidence: 'high',
  basedOn: 'iwmo-3.2',
  simple: {
    LDT_ProductCategorie: {
      base: 'string',
      length: [undefined, 2],
      codes: '31 32 33 34 35 36 37 38 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55',
    },
    LDT_RedenBeeindiging: { base: 'string', length: [undefined, 2], codes: '02 20 31 32 33 34 35 36 37 38 39' },
  },
  composed: {},
  messages: [
    {
      code: 'JW301',
      berichtCode: '436',
      from: 'gemeente',
      to: 'aanbieder',
      types: {
        Root: 'Header Client',
        Client:
          'Bsn:LDT_BurgerServicenummer Geboortedatum:CDT_Geboortedatum Geslacht:LDT_Geslacht Naam:CDT_VolledigeNaam Communicatie:CDT_Communicatie? JuridischeStatus:LDT_JuridischeStatus? WettelijkeVertegenwoordiging:LDT_WettelijkeVertegenwoordiging? Commentaar:LDT_Commentaar? Relaties? Contactgegevens ToegewezenProducten',
        Relaties: 'Relatie+',
        Relatie:
          'Nummer:LDT_Persoonsid Volgorde:LDT_RelatieVolgorde? Soort:LDT_SoortRelatie Geboortedatum:CDT_Geboortedatum? Geslacht:LDT_Geslacht? Naam:CDT_VolledigeNaam Contact',
        Contact:
          'Soort:LDT_AdresSoort Adres:CDT_Adres? Organisatie:LDT_Organisatienaam? Telefoon:CDT_Telefoonnummers? Emailadres:LDT_Emailadres? Periode:CDT_OpenPeriode?',
        Contactgegevens: 'Contact+',
        ToegewezenProducten: 'ToegewezenProduct+',
        ToegewezenProduct:
          'ToewijzingNummer:LDT_Nummer ReferentieAanbieder:LDT_Referentie? Product:CDT_Product? Toewijzingsdatum:LDT_Datum Toewijzingstijd:LDT_Tijd Ingangsdatum:LDT_Datum Einddatum:LDT_Datum? RedenWijziging:LDT_RedenWijziging? Omvang:CDT_Omvang? Budget:LDT_Budget? Commentaar:LDT_Commentaar?',
      },
    },
    { code: 'JW302', berichtCode: '437', returns: 'JW301' },
    {
      code: 'JW305',
      berichtCode: '438',
      from: 'aanbieder',
      to: 'gemeente',
      types: {
        Root: 'Header Client',
        Client:
          'Bsn:LDT_BurgerServicenummer Geboortedatum:CDT_Geboortedatum Geslacht:LDT_Geslacht Naam:CDT_VerkorteNaam StartProducten',
        StartProducten: 'StartProduct+',
        StartProduct:
          'ToewijzingNummer:LDT_Nummer? Product:CDT_Product? ToewijzingIngangsdatum:LDT_Datum? Begindatum:LDT_Datum StatusAanlevering:LDT_StatusAanlevering',
      },
    },
    { code: 'JW306', berichtCode: '439', returns: 'JW305' },
    {
      code: 'JW307',
      berichtCode: '440',
      from: 'aanbieder',
      to: 'gemeente',
      types: {
        Root: 'Header Client',
        Client:
          'Bsn:LDT_BurgerServicenummer Geboortedatum:CDT_Geboortedatum Geslacht:LDT_Geslacht Naam:CDT_VerkorteNaam StopProducten',
        StopProducten: 'StopProduct+',
        StopProduct:
          'ToewijzingNummer:LDT_Nummer? Product:CDT_Product? ToewijzingIngangsdatum:LDT_Datum? Begindatum:LDT_Datum RedenBeeindiging:LDT_RedenBeeindiging Einddatum:LDT_Datum StatusAanlevering:LDT_StatusAanlevering',
      },
    },
    { code: 'JW308', berichtCode: '441', returns: 'JW307' },
    {
      code: 'JW315',
      berichtCode: '446',
      from: 'aanbieder',
      to: 'gemeente',
      types: {
        Root: 'Header Client',
        Client:
          'Bsn:LDT_BurgerServicenummer Geboortedatum:CDT_Geboortedatum Geslacht:LDT_Geslacht Naam:CDT_VerkorteNaam GezagsdragerBekend:LDT_JaNee? Commentaar:LDT_Commentaar? AangevraagdeProducten',
        AangevraagdeProducten: 'AangevraagdProduct+',
        AangevraagdProduct:
          'ReferentieAanbieder:LDT_Referentie BeschikkingNummer:LDT_Nummer? Product:CDT_Product? BeschikkingIngangsdatum:LDT_Datum? ToewijzingIngangsdatum:LDT_Datum ToewijzingEinddatum:LDT_Datum? Omvang:CDT_Omvang? Budget:LDT_Budget? Verwijzer:CDT_Verwijzer Raamcontract:LDT_JaNee? Commentaar:LDT_Commentaar?',
      },
    },
    { code: 'JW316', berichtCode: '447', returns: 'JW315' },
    {
      code: 'JW317',
      berichtCode: '486',
      from: 'aanbieder',
      to: 'gemeente',
      types: {
        Root: 'Header Client',
        Client: 'Bsn:LDT_BurgerServicenummer Verzoek',
        Verzoek:
          'ReferentieAanbieder:LDT_Referentie RedenVerzoek:LDT_RedenVerzoek OngewijzigdeProducten? TeWijzigenProducten? NieuweProducten?',
        OngewijzigdeProducten: 'OngewijzigdProduct+',
        OngewijzigdProduct: 'ToewijzingNummer:LDT_Nummer',
        TeWijzigenProducten: 'TeWijzigenProduct+',
        TeWijzigenProduct:
          'ToewijzingNummer:LDT_Nummer GewensteIngangsdatum:LDT_Datum Einddatum:LDT_Datum? Omvang:CDT_Omvang? Budget:LDT_Budget?',
        NieuweProducten: 'NieuwProduct+',
        NieuwProduct:
          'Product:CDT_Product? GewensteIngangsdatum:LDT_Datum Einddatum:LDT_Datum? Omvang:CDT_Omvang? Budget:LDT_Budget?',
      },
    },
    { code: 'JW318', berichtCode: '487', returns: 'JW317' },
    {
      code: 'JW319',
      berichtCode: '488',
      from: 'gemeente',
      to: 'aanbieder',
      types: {
        Root: 'Header Antwoord',
        Antwoord:
          'ReferentieAanbieder:LDT_Referentie VerzoekAntwoord:LDT_VerzoekAntwoord RedenAfwijzingVerzoek:LDT_RedenAfwijzingVerzoek? Woonplaatsbeginsel?',
        Woonplaatsbeginsel: 'Gemeente:LDT_Gemeente',
      },
    },
    { code: 'JW320', berichtCode: '489', returns: 'JW319' },
    {
      code: 'JW323',
      berichtCode: '490',
      from: 'aanbieder',
      to: 'gemeente',
      types: {
        Root: 'Header Declaratie',
        Declaratie:
          'DeclaratieNummer:LDT_IdentificatieDeclaratie{([a-zA-Z0-9])+} DeclaratiePeriode:CDT_GeslotenPeriode DeclaratieDagtekening:LDT_Datum TotaalIngediendBedrag:CDT_TotaalBedragMetDC Clienten',
        Clienten: 'Client+',
        Client: 'Bsn:LDT_BurgerServicenummer Prestaties',
        Prestaties: 'Prestatie+',
        Prestatie:
          'ProductReferentie:CDT_Referentie ToewijzingNummer:LDT_Nummer ProductCategorie:LDT_ProductCategorie ProductCode:LDT_ProductCode ProductPeriode:CDT_GeslotenPeriode GeleverdVolume:LDT_Volume Eenheid:LDT_Eenheid ProductTarief:LDT_Bedrag? IngediendBedrag:CDT_BedragMetDC',
      },
    },
    {
      code: 'JW325',
      berichtCode: '491',
      from: 'gemeente',
      to: 'aanbieder',
      answers: 'JW323',
      types: {
        Root: 'Header DeclaratieAntwoord?',
        Header:
          'BerichtCode:LDT_BerichtCode{491} BerichtVersie:LDT_BerichtVersie{3} BerichtSubversie:LDT_BerichtSubversie{2} Afzender:LDT_Gemeente Ontvanger:LDT_AgbCode BerichtIdentificatie:CDT_BerichtIdentificatie XsdVersie:CDT_XsdVersie DeclaratieIdentificatie:CDT_BerichtIdentificatie XsltVersie:LDT_Versie? XsdVersieDeclaratie:CDT_XsdVersie RetourCodes',
        RetourCodes: 'RetourCode:LDT_RetourCode+',
        DeclaratieAntwoord:
          'DeclaratieNummer:LDT_IdentificatieDeclaratie TotaalIngediendBedrag:CDT_TotaalBedragMetDC TotaalToegekendBedrag:CDT_TotaalBedragMetDC Clienten? RetourCodes',
        Clienten: 'Client+',
        Client: 'Bsn:LDT_BurgerServicenummer Prestaties RetourCodes',
        Prestaties: 'Prestatie+',
        Prestatie:
          'ProductReferentie:CDT_Referentie ToewijzingNummer:LDT_Nummer ProductCategorie:LDT_ProductCategorie ProductCode:LDT_ProductCode ProductPeriode:CDT_GeslotenPeriode GeleverdVolume:LDT_Volume Eenheid:LDT_Eenheid ProductTarief:LDT_Bedrag? IngediendBedrag:CDT_BedragMetDC RetourCodes',
      },
    },
  ],
};
