// iEb 3.0, envelope only: the header by analogy with iEb 1.0, the content open.
import type { StandardTable } from './form.ts';

export const ieb30: StandardTable = {
  id: 'ieb-3.0',
  standard: 'iEb',
  version: '3.0',
  prefix: 'ieb',
  major: 3,
  minor: 0,
  xsdVersion: '1.0.0',
  grade: 'envelope',
  origin: 'iEb 1.0 and the habit of the other standards',
  confidence: 'low',
  basedOn: 'iwmo-3.2',
  shares:
    'LDT_Bedrag LDT_BerichtCode LDT_BerichtSubversie LDT_BerichtVersie LDT_BurgerServicenummer LDT_Datum LDT_Gemeente LDT_IdentificatieBericht LDT_Nummer LDT_StatusAanlevering LDT_Versie CDT_BerichtIdentificatie CDT_XsdVersie',
  simple: {
    LDT_RetourCode: { base: 'string', length: [1, 4] },
  },
  composed: {
    CDT_Kostprijs: 'KostprijsBedrag:LDT_Bedrag KostprijsStartdatum:LDT_Datum',
  },
  messages: [
    {
      code: 'WMO405',
      berichtCode: '578',
      from: 'gemeente',
      to: 'CAK',
      types: { Root: 'Header Client', Client: 'Bsn:LDT_BurgerServicenummer ##any' },
    },
    { code: 'WMO406', berichtCode: '579', returns: 'WMO405' },
    {
      code: 'WMO407',
      berichtCode: '580',
      from: 'gemeente',
      to: 'CAK',
      types: { Root: 'Header Client', Client: 'Bsn:LDT_BurgerServicenummer ##any' },
    },
    { code: 'WMO408', berichtCode: '581', returns: 'WMO407' },
    {
      code: 'WMO409',
      from: 'CAK',
      to: 'gemeente',
      types: { Root: 'Header Client', Client: 'Bsn:LDT_BurgerServicenummer ##any' },
    },
    { code: 'WMO410', returns: 'WMO409' },
  ],
};
