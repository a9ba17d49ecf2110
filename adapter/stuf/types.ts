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
  readonly payload: {
    readonly kind: 'xmlBestand' | 'tekstBestand';
    readonly bytes: Uint8Array;
    readonly bestandsnaam?: string;
  };
}

export interface StufSignal {
  readonly kind: 'Fo01' | 'Fo03' | 'Bv03';
  readonly stuurgegevens: Stuurgegevens;
  readonly fault?: StufFault;
}

export type StufMessage = StufEnvelope | StufSignal;

/** Why bytes are no usable StUF document; what could still be read of it for an answer is the business of `peekStuf`. */
export interface StufProblem {
  readonly kind: 'xml' | 'unknownRoot' | 'otherVersion' | 'structure' | 'base64' | 'empty';
  /** Dutch, safe to show: names of fields, lengths, enumerations and codes, never a value found (row 159). */
  readonly detail: string;
  /** Path of local names, e.g. `/envelopHeenbericht-ggk_Di01/stuurgegevens/zender/organisatie`. */
  readonly where: string;
  readonly line?: number;
  /** The facet broken, where it was one: `tooLarge` also for the document as a whole. */
  readonly facet?: Facet;
}

export type Facet =
  | 'missing'
  | 'unexpected'
  | 'attribute'
  | 'text'
  | 'minLength'
  | 'maxLength'
  | 'pattern'
  | 'enumeration'
  | 'tooLarge';

/** What could be read of a document, however broken, to answer it with a Fo01. */
export interface StufPeek {
  readonly root?: string;
  readonly kind?: StufMessage['kind'];
  readonly referentienummer?: string;
  readonly crossRefnummer?: string;
  readonly functie?: string;
  readonly zender?: Partial<StufParty>;
  readonly ontvanger?: Partial<StufParty>;
  readonly applicatieVersie?: string;
  readonly applicatieSubversie?: string;
}
