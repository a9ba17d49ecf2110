// Knows which OINs have an agreement with us, for a door that must not wait to ask.
import type { AgreementIndex } from './agreement/index.ts';
import type { AgreementCache } from './gateway/index.ts';
import { withoutSuffix } from './msh/index.ts';

/**
 * Answers at once by the agreements that were read last, and has them read again when they are old. Nobody is a stranger until
 * they have been read.
 */
export function partnersOf(agreements: AgreementCache): (oin: string) => boolean {
  let index: AgreementIndex | undefined;
  let partners: ReadonlySet<string> | undefined;
  const take = (fresh: AgreementIndex): void => {
    if (fresh === index) return;
    index = fresh;
    partners = oinsOf(fresh);
  };
  return (oin) => {
    // A store that is unavailable is told by who needs it; what was read last still counts.
    agreements.current().then(take, () => undefined);
    return partners?.has(oin) ?? true;
  };
}

function oinsOf(index: AgreementIndex): ReadonlySet<string> {
  const oins = new Set<string>();
  for (const { parties } of index.all())
    for (const { partyIds } of parties) for (const { value } of partyIds) oins.add(withoutSuffix(value));
  return oins;
}
