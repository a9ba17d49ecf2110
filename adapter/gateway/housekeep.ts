// Use case: what has to be done now and then: old records and orphaned blobs go, ends that come near are told.
import { daysLeft, WARNING_DAYS } from '../agreement/index.ts';
import type { GatewayContext } from './context.ts';

/** A blob younger than this may belong to a message that is still being read. */
const ORPHAN_MS = 6 * 3_600_000;
const PURGE_STEP = 1_000;
const MAX_STEPS = 50;

export interface Housekeeping {
  readonly purged: number;
  readonly swept: number;
}

/** Purges what its time is over for (row 49), sweeps orphans (rows 1, 2), and warns of CPAs that end (row 61). */
export async function housekeep(context: GatewayContext): Promise<Housekeeping> {
  const now = context.clock.now();
  let purged = 0;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const gone = await context.store.purge(now, PURGE_STEP);
    purged += gone;
    if (gone < PURGE_STEP) break;
  }
  const swept = await context.blobs.sweep(now - ORPHAN_MS);
  await warnOfEnds(context);
  return { purged, swept };
}

interface DaysOfCpa {
  readonly cpaId: string;
  readonly days: number;
}

/** The gauge holds the CPAs that there are: what this process imports or removes shows at once, what another does within the hour. */
export async function tellDays(context: GatewayContext): Promise<readonly DaysOfCpa[]> {
  const index = await context.agreements.current();
  const now = context.clock.now();
  const all = [...index.all()].map((agreement) => ({ cpaId: agreement.cpaId, days: daysLeft(agreement, now) }));
  context.observer.setAgreementDays(new Map(all.map(({ cpaId, days }) => [cpaId, days])));
  return all;
}

async function warnOfEnds(context: GatewayContext): Promise<void> {
  for (const { cpaId, days } of await tellDays(context)) {
    if (WARNING_DAYS.includes(days) || days < 0) {
      const detail = days < 0 ? 'de CPA is geëindigd' : `de CPA eindigt over ${days} ${days === 1 ? 'dag' : 'dagen'}`;
      context.observer.emit('cpa.expiring', { cpaId, detail });
    }
  }
}
