// The StUF letter that every end of the bench writes, and the algorithms that all of them sign with.
import { wrapHeen, writeStuf } from '../../adapter/stuf/index.ts';

export const METHODS = {
  signatureMethod: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  digestMethod: 'http://www.w3.org/2001/04/xmlenc#sha256',
} as const;

export interface Letter {
  readonly payload: Uint8Array;
  readonly referentienummer: string;
  readonly zender: string;
  readonly ontvanger: string;
}

const PARAMETERS = {
  applicatieVersie: '0001',
  applicatieSubversie: '0000',
  functieVersie: '0003',
  functieSubversie: '0002',
};

export function writeLetter({ payload, referentienummer, zender, ontvanger }: Letter): Buffer {
  const content = { functie: 'WMO301', payload, referentienummer, tijdstip: Date.now(), parameters: PARAMETERS };
  return Buffer.from(writeStuf(wrapHeen(content, { organisatie: zender, applicatie: 'Meting' }, ontvanger)));
}
