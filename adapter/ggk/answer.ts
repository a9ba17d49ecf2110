// The Fo01 to a refused message, and the identifiers of a document for its record.
import type { Instant, Result } from '../base/index.ts';
import type { BusinessData } from '../msh/index.ts';
import {
  makeFo01,
  type StufMessage,
  type StufParty,
  type StufPeek,
  type StufProblem,
  type StufSignal,
} from '../stuf/index.ts';
import type { ContentFinding } from './types.ts';

export interface FaultFacts {
  readonly read: Result<StufMessage, StufProblem>;
  readonly peek?: StufPeek;
  readonly own: StufParty;
  readonly referentienummer: string;
  readonly tijdstip: Instant;
}

/** Undefined when there is nobody to answer: a Fo01, a document without a referentienummer, or a finding that is not ours to tell. */
export function fo01For(finding: ContentFinding, facts: FaultFacts): StufSignal | undefined {
  const about = facts.read.ok ? facts.read.value.stuurgegevens : facts.peek;
  if (!finding.answerable || about?.referentienummer === undefined) return undefined;
  const { code, plek, omschrijving, details } = finding;
  return makeFo01({
    about: {
      referentienummer: about.referentienummer,
      ...(about.zender === undefined ? {} : { zender: about.zender }),
    },
    own: facts.own,
    code,
    plek,
    omschrijving,
    ...(details === undefined ? {} : { details }),
    referentienummer: facts.referentienummer,
    tijdstip: facts.tijdstip,
  });
}

/** Identifiers only (row 159). */
export function businessData(message: StufMessage): BusinessData {
  const { berichtcode, functie, referentienummer, crossRefnummer, zender, ontvanger } = message.stuurgegevens;
  const versie =
    'parameters' in message ? `${message.parameters.functieVersie}.${message.parameters.functieSubversie}` : undefined;
  return {
    berichtcode,
    ...(functie === undefined ? {} : { functie }),
    ...(versie === undefined ? {} : { versie }),
    referentienummer,
    ...(crossRefnummer === undefined ? {} : { crossRefnummer }),
    zender: zender.organisatie ?? '',
    ontvanger: ontvanger.organisatie ?? '',
  };
}
