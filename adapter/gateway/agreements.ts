// The parsed CPAs in memory: loaded once, refreshed when the store's revision moves.
import { type Agreement, type AgreementIndex, indexAgreements, rereadCpa } from '../agreement/index.ts';
import type { Clock } from '../base/index.ts';
import type { Store } from '../store/index.ts';

/** How long another process's import may stay unseen. */
const REFRESH_MS = 2_000;

export interface AgreementCache {
  /** The index as of at most two seconds ago; never waits for parsing when nothing changed. */
  current(): Promise<AgreementIndex>;
  /** Reads the store again now: after an import or removal in this process. */
  refresh(): Promise<AgreementIndex>;
}

export function createAgreementCache(store: Store, clock: Clock): AgreementCache {
  const parsed = new Map<string, Agreement>();
  let index: AgreementIndex | undefined;
  let revision = -1;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<AgreementIndex> | undefined;

  const load = async (): Promise<AgreementIndex> => {
    const newest = await store.agreements.revision();
    if (index === undefined || newest !== revision) {
      index = indexAgreements(await readAll(store, parsed));
      revision = newest;
    }
    checkedAt = clock.now();
    return index;
  };
  const refresh = (): Promise<AgreementIndex> => {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };
  return {
    refresh,
    current: () => (index !== undefined && clock.now() - checkedAt < REFRESH_MS ? Promise.resolve(index) : refresh()),
  };
}

/** Reads what is not in memory yet; a stored CPA was checked at import, so one that is no longer what it was then is damaged. */
async function readAll(store: Store, parsed: Map<string, Agreement>): Promise<Agreement[]> {
  const rows = await store.agreements.list();
  const agreements: Agreement[] = [];
  for (const row of rows) {
    const known = parsed.get(row.sha256);
    if (known !== undefined) {
      agreements.push(known);
      continue;
    }
    const document = await store.agreements.get(row.cpaId);
    if (document === undefined) continue;
    const agreement = rereadCpa(document.xml, document.sha256);
    if (agreement === undefined)
      throw new Error(`stored CPA ${row.cpaId} is not what was imported: the store is damaged`);
    parsed.set(document.sha256, agreement);
    agreements.push(agreement);
  }
  return agreements;
}
