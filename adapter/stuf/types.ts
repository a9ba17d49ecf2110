// The StUF messages that GGk uses: Di01, Du01, Fo01, Fo03, Bv03.

export interface StufParty {
  readonly organisatie?: string;
  readonly applicatie: string;
  readonly administratie?: string;
  readonly gebruiker?: string;
}

export interface Stuurgegevens {
  readonly berichtcode: string;
  readonly zender: StufParty;
  readonly ontvanger: StufParty;
  readonly referentienummer: string;
  readonly tijdstipBericht: string;
  readonly crossRefnummer?: string;
  readonly functie?: string;
}

export interface GgkParameters {
  readonly applicatieVersie: string;
  readonly applicatieSubversie: string;
  readonly functieVersie: string;
  readonly functieSubversie: string;
}

export interface StufFault {
  readonly code: string;
  readonly plek: 'client' | 'server';
  readonly omschrijving: string;
  readonly details?: string;
}

/** A heen- or retourbericht. The payload is decoded; `bestandsnaam` only for tekstBestand. */
export interface StufEnvelope {
  readonly kind: 'Di01' | 'Du01';
  readonly stuurgegevens: Stuurgegevens;
  readonly parameters: GgkParameters;
  readonly payload: { readonly kind: 'xmlBestand' | 'tekstBestand'; readonly bytes: Uint8Array; readonly bestandsnaam?: string };
}

export interface StufSignal {
  readonly kind: 'Fo01' | 'Fo03' | 'Bv03';
  readonly stuurgegevens: Stuurgegevens;
  readonly fault?: StufFault;
}

export type StufMessage = StufEnvelope | StufSignal;

/** Why bytes are no usable StUF document. `root` and `referentienummer` are given when they could be read, for an answer. */
export interface StufProblem {
  readonly kind: 'xml' | 'unknownRoot' | 'otherVersion' | 'structure' | 'base64' | 'empty';
  readonly detail: string;
  readonly where: string;
  readonly line?: number;
}
