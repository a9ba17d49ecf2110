// What a message header must be able to carry of a CPA: a CPA that holds else is agreed and never used (R24, R25, R31).
import { type Issue, isReserved } from '../base/index.ts';
import { error, onLine, placeOf, warn } from './check.ts';
import { isAbsoluteUri } from './simple-types.ts';
import type { ActionBinding, Agreement, AgreementParty } from './types.ts';

/** Every value that is copied from the CPA into a header, judged as the header's reader will; white space around it is gone. */
export function checkHeaderValues(agreement: Agreement): Issue[] {
  const cpaId = notCarried(agreement.cpaId);
  return [
    ...(cpaId === undefined ? [] : [error('Blank', 'CollaborationProtocolAgreement/@cpaid', cpaId, 'R27')]),
    ...agreement.parties.flatMap((party) => [...checkPartyIds(party), ...party.bindings.flatMap(checkBinding)]),
  ];
}

/** The first PartyId is the one that this gateway sends; a partner that sends one which no header may carry is refused. */
function checkPartyIds({ partyIds, line }: AgreementParty): Issue[] {
  return partyIds.flatMap((id, at) => {
    const reason = notCarried(id.value, id);
    const finding = at === 0 ? error : warn;
    return reason === undefined ? [] : [onLine(line, finding('PartyIdForm', 'PartyInfo/PartyId', reason, 'R25'))];
  });
}

function checkBinding(binding: ActionBinding): Issue[] {
  const { line, role, service, action } = binding;
  const bad = (name: string, reason: string | undefined, rule: string): Issue[] =>
    reason === undefined ? [] : [onLine(line, error(`${name}Form`, placeOf(binding), `${name} ${reason}`, rule))];
  // Some CPAs list the signals of the MSH as actions: they run all the same, over the MSH channels (C27, C28).
  const reserved = 'Service is van de MSH zelf; daaronder gaan geen berichten van toepassingen';
  return [
    ...bad('Role', notCarried(role), 'R26'),
    ...bad('Service', notCarried(service.value, service), 'R31'),
    ...bad('Action', notCarried(action), 'R32'),
    ...(isReserved(service.value) ? [onLine(line, warn('ServiceReserved', placeOf(binding), reserved, 'R31'))] : []),
  ];
}

/** Why a header may not hold this value: it is blank, its type is, or it has no type and is no URI. Undefined when it may. */
function notCarried(value: string, typed?: { readonly type?: string }): string | undefined {
  if (value === '') return 'is leeg of bestaat uit witruimte; verwacht een tekst';
  if (typed === undefined) return undefined;
  if (typed.type === '') return 'heeft een leeg attribuut type; verwacht een type, of geen attribuut';
  if (typed.type !== undefined || isAbsoluteUri(value)) return undefined;
  return `heeft geen type en is geen URI; gevonden ${value}; verwacht een type (zoals urn:osb:oin) of een URI`;
}
