// Makes envelopes and answers: a heenbericht, the retourbericht to it, a Fo01.
import type { Instant } from '../base/index.ts';
import { DETAILS_MAX, OMSCHRIJVING_MAX } from './schema.ts';
import { formatTijdstip } from './tijdstip.ts';
import type { GgkParameters, StufEnvelope, StufFault, StufParty, StufSignal } from './types.ts';

/** What every envelope through the GGk names as the application of its receiver (section 5). */
export const GGK_APPLICATIE = 'GGk';

export interface NewEnvelope {
  /** Message type without version, e.g. `WMO301`. */
  readonly functie: string;
  readonly payload: Uint8Array;
  /** UUID version 4, lower case. */
  readonly referentienummer: string;
  readonly tijdstip: Instant;
  readonly parameters: GgkParameters;
  /** Given: the payload is no XML and travels as tekstBestand. */
  readonly bestandsnaam?: string;
}

/** A Di01 from `zender` to the organisation code `ontvanger`. */
export function wrapHeen(content: NewEnvelope, zender: StufParty, ontvanger: string): StufEnvelope {
  return {
    kind: 'Di01',
    stuurgegevens: {
      berichtcode: 'Di01',
      zender,
      ontvanger: { organisatie: ontvanger, applicatie: GGK_APPLICATIE },
      referentienummer: content.referentienummer,
      tijdstipBericht: formatTijdstip(content.tijdstip),
      functie: content.functie,
    },
    parameters: content.parameters,
    payload: payload(content),
  };
}

/** A Du01 back to the sender of `answerTo`, which it names in crossRefnummer (section 3.2); `applicatie` is our own. */
export function wrapRetour(answerTo: StufEnvelope, content: NewEnvelope, applicatie: string): StufEnvelope {
  const about = answerTo.stuurgegevens;
  return {
    kind: 'Du01',
    stuurgegevens: {
      berichtcode: 'Du01',
      zender: { ...organisatie(about.ontvanger), applicatie },
      ontvanger: { ...organisatie(about.zender), applicatie: GGK_APPLICATIE },
      referentienummer: content.referentienummer,
      tijdstipBericht: formatTijdstip(content.tijdstip),
      crossRefnummer: about.referentienummer,
      functie: content.functie,
    },
    parameters: content.parameters,
    payload: payload(content),
  };
}

function payload({ payload: bytes, bestandsnaam }: NewEnvelope): StufEnvelope['payload'] {
  return bestandsnaam === undefined ? { kind: 'xmlBestand', bytes } : { kind: 'tekstBestand', bytes, bestandsnaam };
}

function organisatie(party: Partial<StufParty>): { organisatie?: string } {
  return party.organisatie === undefined ? {} : { organisatie: party.organisatie };
}

export interface Complaint extends StufFault {
  /** The Di01 or Du01 complained about, as far as it could be read. */
  readonly about: { readonly referentienummer: string; readonly zender?: Partial<StufParty> };
  readonly own: StufParty;
  readonly referentienummer: string;
  readonly tijdstip: Instant;
}

/**
 * A Fo01 to the sender of a refused message (section 3.3). Texts are cut to what the schema allows. detailsXML is left
 * out: it would carry the payload, and with that personal data, a second time.
 */
export function makeFo01(complaint: Complaint): StufSignal {
  const { about, own, code, plek, omschrijving, details } = complaint;
  return {
    kind: 'Fo01',
    stuurgegevens: {
      berichtcode: 'Fo01',
      zender: own,
      ontvanger: { ...organisatie(about.zender ?? {}), applicatie: GGK_APPLICATIE },
      referentienummer: complaint.referentienummer,
      tijdstipBericht: formatTijdstip(complaint.tijdstip),
      crossRefnummer: about.referentienummer,
    },
    fault: {
      code,
      plek,
      omschrijving: cut(omschrijving, OMSCHRIJVING_MAX),
      ...(details === undefined ? {} : { details: cut(details, DETAILS_MAX) }),
    },
  };
}

/** At most `max` characters, never half a surrogate pair. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : Array.from(text).slice(0, max).join('');
}
