// iWmo 3.2: simple types, composed types and messages, in the form of form.ts.
import type { StandardTable } from './form.ts';

export const iwmo32: StandardTable = {
  id: 'iwmo-3.2',
  standard: 'iWmo',
  version: '3.2',
  prefix: 'iwmo',
  major: 3,
  minor: 2,
  xsdVersion: '1.0.0',
  grade: 'strict',
  origin: 'published XSDs and overview',
  confidence: 'high',
  simple: {
    LDT_AanduidingWoonadres: { base: 'string', length: [undefined, 2], codes: 'AB BY TO WW' },
    LDT_AdresSoort: { base: 'string', length: [undefined, 2], codes: '01 02 03 04' },
    LDT_AgbCode: { base: 'string', length: [1, 8], pattern: '[0-9]{8}' },
    LDT_Bedrag: { base: 'integer', range: [0, 99999999] },
    LDT_BerichtCode: { base: 'string', length: [1, 3] },
    LDT_BerichtSubversie: { base: 'integer', range: [0, 99] },
    LDT_BerichtVersie: { base: 'integer', range: [0, 99] },
    LDT_Budget: { base: 'integer', range: [0, 99999999] },
    LDT_BurgerServicenummer: { base: 'string', length: [1, 9], pattern: '[0-9]{9}' },
    LDT_Commentaar: { base: 'string', length: [1, undefined], pattern: '\\s*\\S[\\s\\S]*' },
    LDT_Communicatievorm: { base: 'string', length: [undefined, 1], codes: '1 2 3' },
    LDT_Datum: { base: 'date', pattern: '[^:Z]*' },
    LDT_DatumGebruik: { base: 'string', length: [undefined, 1], codes: '1 2 3' },
    LDT_DebetCredit: { base: 'string', length: [undefined, 1], codes: 'C D' },
    LDT_Eenheid: { base: 'string', length: [undefined, 2], codes: '01 04 14 16 82 83 84' },
    LDT_Emailadres: { base: 'string', length: [1, 80], pattern: '.*[^\\s].*' },
    LDT_Frequentie: { base: 'string', length: [undefined, 1], codes: '1 2 4 6' },
    LDT_Gemeente: { base: 'string', length: [1, undefined], pattern: '[0-9]{4}' },
    LDT_Geslacht: { base: 'string', length: [undefined, 1], codes: '0 1 2' },
    LDT_Huisletter: { base: 'string', length: [1, 1], pattern: '.*[^\\s].*' },
    LDT_Huisnummer: { base: 'integer', range: [0, 99999] },
    LDT_HuisnummerToevoeging: { base: 'string', length: [1, 4], pattern: '.*[^\\s].*' },
    LDT_IdentificatieBericht: { base: 'string', length: [1, 12], pattern: '.*[^\\s].*' },
    LDT_IdentificatieDeclaratie: { base: 'string', length: [1, 12] },
    LDT_JaNee: { base: 'string', length: [undefined, 1], codes: '1 2' },
    LDT_JuridischeStatus: { base: 'string', length: [undefined, 2], codes: '01 02 03 04 05 11 12' },
    LDT_LandCode: {
      base: 'string',
      length: [undefined, 2],
      codes:
        'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW',
    },
    LDT_Landnummer: { base: 'string', length: [1, 4], pattern: '.*[^\\s].*' },
    LDT_Naam: { base: 'string', length: [1, 200], pattern: '.*[^\\s].*' },
    LDT_NaamGebruik: { base: 'string', length: [undefined, 1], codes: '1 2 3 4 5 6' },
    LDT_NaamVerwijzer: { base: 'string', length: [1, 64], pattern: '.*[^\\s].*' },
    LDT_Nummer: { base: 'integer', range: [0, 999999999] },
    LDT_Organisatienaam: { base: 'string', length: [1, 35], pattern: '.*[^\\s].*' },
    LDT_Persoonsid: { base: 'string', length: [1, 20], pattern: '.*[^\\s].*' },
    LDT_Plaatsnaam: { base: 'string', length: [1, 80], pattern: '.*[^\\s].*' },
    LDT_Postcode: { base: 'string', length: [1, 8], pattern: '.*[^\\s].*' },
    LDT_ProductCategorie: {
      base: 'string',
      length: [undefined, 2],
      codes: '01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18',
    },
    LDT_ProductCode: { base: 'string', length: [1, 5], pattern: '.*[^\\s].*' },
    LDT_RedenAfwijzingVerzoek: { base: 'string', length: [undefined, 2], codes: '1 2 3 4 5 6 7 8 9' },
    LDT_RedenBeeindiging: { base: 'string', length: [undefined, 2], codes: '02 19 20 21 22 23 31 36 37 38 39' },
    LDT_RedenVerzoek: { base: 'string', length: [undefined, 1], codes: '1 2' },
    LDT_RedenWijziging: { base: 'string', length: [undefined, 2], codes: '01 02 03 04 05 06 07 08 09 10 11 12 13 14' },
    LDT_Referentie: { base: 'string', length: [1, 36], pattern: '.*[^\\s].*' },
    LDT_ReferentieNummer: { base: 'string', length: [1, 20] },
    LDT_RelatieVolgorde: { base: 'integer', range: [0, 99] },
    LDT_RetourCode: {
      base: 'string',
      length: [undefined, 4],
      codes:
        '0001 0200 0233 0611 8001 8017 8021 8187 8214 8848 9019 9056 9063 9069 9071 9074 9307 9308 9319 9321 9322 9326 9332 9333 9338 9339 9340 9341 9346 9347 9349 9350 9351 9355 9357 9359 9360 9361 9365 9366 9367 9369 9373 9374 9375 9379 9384 9385 9387 9388 9389 9390 9411 9412 9413 9414 9415 S300 S329',
    },
    LDT_SoortRelatie: {
      base: 'string',
      length: [undefined, 2],
      codes: '03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25',
    },
    LDT_StatusAanlevering: { base: 'string', length: [undefined, 1], codes: '1 2 3 9' },
    LDT_Straatnaam: { base: 'string', length: [1, 24], pattern: '.*[^\\s].*' },
    LDT_Taal: { base: 'string', length: [1, 25], pattern: '.*[^\\s].*' },
    LDT_Telefoonnummer: { base: 'string', length: [1, 15], pattern: '[0-9]*' },
    LDT_Tijd: { base: 'time', pattern: '[^Z+-]+' },
    LDT_TotaalBedrag: { base: 'integer', range: [0, 999999999999] },
    LDT_TypeVerwijzer: { base: 'string', length: [undefined, 2], codes: '01 02 03 04 05 06 08' },
    LDT_Versie: {
      base: 'string',
      length: [1, undefined],
      pattern: '(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)',
    },
    LDT_VerzoekAntwoord: { base: 'string', length: [undefined, 1], codes: '1 2' },
    LDT_Volume: { base: 'integer', range: [0, 99999999] },
    LDT_Voorletters: { base: 'string', length: [1, 6], pattern: '([a-zA-ZÀ-ỳ])+' },
    LDT_Voorvoegsel: { base: 'string', length: [1, 10], pattern: '.*[^\\s].*' },
    LDT_WettelijkeVertegenwoordiging: { base: 'string', length: [undefined, 2], codes: '06 07 08 09 10' },
  },
  composed: {
    CDT_Achternaam: 'Achternaam:LDT_Naam Voorvoegsel:LDT_Voorvoegsel?',
    CDT_Adres:
      'Huis:CDT_Huis? Postcode:LDT_Postcode? Straatnaam:LDT_Straatnaam? Plaatsnaam:LDT_Plaatsnaam? LandCode:LDT_LandCode?',
    CDT_BedragMetDC: 'Bedrag:LDT_Bedrag DebetCredit:LDT_DebetCredit',
    CDT_BerichtIdentificatie: 'Identificatie:LDT_IdentificatieBericht Dagtekening:LDT_Datum',
    CDT_Communicatie: 'Vorm:LDT_Communicatievorm Taal:LDT_Taal?',
    CDT_Geboortedatum: 'Datum:LDT_Datum DatumGebruik:LDT_DatumGebruik?',
    CDT_GeslotenPeriode: 'Begindatum:LDT_Datum Einddatum:LDT_Datum',
    CDT_Huis:
      'Huisnummer:LDT_Huisnummer Huisletter:LDT_Huisletter? HuisnummerToevoeging:LDT_HuisnummerToevoeging? AanduidingWoonadres:LDT_AanduidingWoonadres?',
    CDT_Omvang: 'Volume:LDT_Volume Eenheid:LDT_Eenheid Frequentie:LDT_Frequentie',
    CDT_OpenPeriode: 'Begindatum:LDT_Datum? Einddatum:LDT_Datum?',
    CDT_Product: 'Categorie:LDT_ProductCategorie Code:LDT_ProductCode?',
    CDT_Referentie: 'ReferentieNummer:LDT_ReferentieNummer VorigReferentieNummer:LDT_ReferentieNummer?',
    CDT_Telefoon: 'Telefoonnummer:LDT_Telefoonnummer Landnummer:LDT_Landnummer',
    CDT_Telefoonnummers: 'Telefoon01:CDT_Telefoon Telefoon02:CDT_Telefoon?',
    CDT_TotaalBedragMetDC: 'TotaalBedrag:LDT_TotaalBedrag DebetCredit:LDT_DebetCredit',
    CDT_VerkorteNaam: 'Geslachtsnaam:CDT_Achternaam Voornamen:LDT_Naam? Voorletters:LDT_Voorletters?',
    CDT_Verwijzer: 'Type:LDT_TypeVerwijzer Naam:LDT_NaamVerwijzer? ZorgverlenerCode:LDT_AgbCode?',
    CDT_VolledigeNaam:
      'Geslachtsnaam:CDT_Achternaam Partnernaam:CDT_Achternaam? Voornamen:LDT_Naam? Voorletters:LDT_Voorletters? NaamGebruik:LDT_NaamGebruik',
    CDT_XsdVersie: 'BasisschemaXsdVersie:LDT_Versie BerichtXsdVersie:LDT_Versie',
  },
  messages: [
    {
      code: 'WMO301',
      berichtCode: '414',
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
    { code: 'WMO302', berichtCode: '415', returns: 'WMO301' },
    {
      code: 'WMO305',
      berichtCode: '418',
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
    { code: 'WMO306', berichtCode: '419', returns: 'WMO305' },
    {
      code: 'WMO307',
      berichtCode: '420',
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
    { code: 'WMO308', berichtCode: '421', returns: 'WMO307' },
    {
      code: 'WMO315',
      berichtCode: '444',
      from: 'aanbieder',
      to: 'gemeente',
      types: {
        Root: 'Header Client',
        Client:
          'Bsn:LDT_BurgerServicenummer Geboortedatum:CDT_Geboortedatum Geslacht:LDT_Geslacht Naam:CDT_VerkorteNaam Commentaar:LDT_Commentaar? AangevraagdeProducten',
        AangevraagdeProducten: 'AangevraagdProduct+',
        AangevraagdProduct:
          'ReferentieAanbieder:LDT_Referentie BeschikkingNummer:LDT_Nummer? Product:CDT_Product? BeschikkingIngangsdatum:LDT_Datum? ToewijzingIngangsdatum:LDT_Datum ToewijzingEinddatum:LDT_Datum? Omvang:CDT_Omvang? Budget:LDT_Budget? Verwijzer:CDT_Verwijzer Raamcontract:LDT_JaNee? Commentaar:LDT_Commentaar?',
      },
    },
    { code: 'WMO316', berichtCode: '445', returns: 'WMO315' },
    {
      code: 'WMO317',
      berichtCode: '480',
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
    { code: 'WMO318', berichtCode: '481', returns: 'WMO317' },
    {
      code: 'WMO319',
      berichtCode: '482',
      from: 'gemeente',
      to: 'aanbieder',
      types: {
        Root: 'Header Antwoord',
        Antwoord:
          'ReferentieAanbieder:LDT_Referentie VerzoekAntwoord:LDT_VerzoekAntwoord RedenAfwijzingVerzoek:LDT_RedenAfwijzingVerzoek?',
      },
    },
    { code: 'WMO320', berichtCode: '483', returns: 'WMO319' },
    {
      code: 'WMO323',
      berichtCode: '484',
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
      code: 'WMO325',
      berichtCode: '485',
      from: 'gemeente',
      to: 'aanbieder',
      answers: 'WMO323',
      types: {
        Root: 'Header DeclaratieAntwoord?',
        Header:
          'BerichtCode:LDT_BerichtCode{485} BerichtVersie:LDT_BerichtVersie{3} BerichtSubversie:LDT_BerichtSubversie{2} Afzender:LDT_Gemeente Ontvanger:LDT_AgbCode BerichtIdentificatie:CDT_BerichtIdentificatie XsdVersie:CDT_XsdVersie DeclaratieIdentificatie:CDT_BerichtIdentificatie XsltVersie:LDT_Versie? XsdVersieDeclaratie:CDT_XsdVersie RetourCodes',
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
