// The retourbericht of a simulated partner: a valid Du01 with crossRefnummer to each heenbericht that has one.
import { randomUUID } from 'node:crypto';
import type { Agreement } from '../../adapter/agreement/index.ts';
import { actionFor, messageType } from '../../adapter/ggk/index.ts';
import { readStuf, wrapRetour, writeStuf } from '../../adapter/stuf/index.ts';
import { sampleMessage } from '../schemas/sample.ts';
import type { SeenMessage } from './log.ts';
import type { PartnerOptions } from './partner.ts';
import type { Dispatch } from './send.ts';

/** Answers under the first CPA in which this partner may send a Du01. */
export function createResponder(
  self: { readonly oin: string; readonly applicatie: string },
  agreements: readonly Agreement[],
): NonNullable<PartnerOptions['respond']> {
  return (seen: SeenMessage, payload: Uint8Array): readonly Dispatch[] => {
    const read = readStuf(payload);
    if (!read.ok || read.value.kind !== 'Di01') return [];
    const retour = messageType(read.value.stuurgegevens.functie ?? '')?.counterpart;
    const way = wayBack(agreements, self.oin);
    if (retour === undefined || way === undefined) return [];
    const referentienummer = randomUUID();
    const { parameters } = read.value;
    const answer = wrapRetour(
      read.value,
      {
        functie: retour,
        payload: Buffer.from(sampleMessage(retour)),
        referentienummer,
        tijdstip: Date.now(),
        parameters,
      },
      self.applicatie,
    );
    return [
      { ...way, payload: writeStuf(answer), functie: retour, referentienummer, conversationId: seen.conversationId },
    ];
  };
}

function wayBack(
  agreements: readonly Agreement[],
  oin: string,
): Pick<Dispatch, 'cpaId' | 'to' | 'service' | 'action'> | undefined {
  const action = actionFor('Du01');
  for (const agreement of agreements) {
    const own = agreement.parties.find((party) => party.partyIds.some((id) => id.value === oin));
    const other = agreement.parties.find((party) => party !== own);
    const binding = own?.bindings.find((one) => one.direction === 'send' && one.action === action);
    const to = other?.partyIds[0]?.value;
    if (binding !== undefined && to !== undefined)
      return { cpaId: agreement.cpaId, to, service: binding.service, action };
  }
  return undefined;
}
