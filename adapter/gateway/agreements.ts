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

/** `onDamaged` hears the CPAId of each stored CPA that is no longer what was imported, whenever the store is read. */
export function createAgreementCache(
  store: Store,
  clock: Clock,
  onDamaged: (cpaId: string) => void = () => undefined,
): AgreementCache {
  const parsed = new Map<string, Agreement>();
  let index: AgreementIndex | undefined;
  let revision = -1;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<AgreementIndex> | undefined;

  const load = async (): Promise<AgreementIndex> => {
    const newest = await store.agreements.revision();
    if (index === undefined || newest !== revision) {
      const stored = await readAll(store, parsed);
      for (const cpaId of stored.damaged) onDamaged(cpaId);
      index = indexStored(stored);
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

interface Stored {
  readonly agreements: readonly Agreement[];
  /** CPAIds of those that are no longer what was imported. */
  readonly damaged: ReadonlySet<string>;
}

/** Reads what is not in memory yet; each was checked at its import. */
async function readAll(store: Store, parsed: Map<string, Agreement>): Promise<Stored> {
  const rows = await store.agreements.list();
  const agreements: Agreement[] = [];
  const damaged = new Set<string>();
  for (const row of rows) {
    const known = parsed.get(row.sha256);
    if (known !== undefined) {
      agreements.push(known);
      continue;
    }
    const document = await store.agreements.get(row.cpaId);
    if (document === undefined) continue;
    const agreement = rereadCpa(document.xml, document.sha256);
    if (agreement === undefined) {
      damaged.add(row.cpaId);
      continue;
    }
    parsed.set(document.sha256, agreement);
    agreements.push(agreement);
  }
  return { agreements, damaged };
}

/** What only a damaged CPA could decide is not decided: it fails, so that the partner sends again; the others go on. */
function indexStored({ agreements, damaged }: Stored): AgreementIndex {
  const index = indexAgreements(agreements);
  return {
    ...index,
    byCpaId(cpaId) {
      if (damaged.has(cpaId)) throw new Error(`stored CPA ${cpaId} is not what was imported: the store is damaged`);
      return index.byCpaId(cpaId);
    },
  };
}
