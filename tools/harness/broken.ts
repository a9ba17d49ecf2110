// Gateways built wrongly on purpose: the harness must catch each of them.
import { randomBytes, randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import type { RecordId } from '../../adapter/msh/index.ts';
import { INLINE_BLOB_BYTES, type Store } from '../../adapter/store/index.ts';
import type { Broken } from './orders.ts';

const LATE_MS = 200;

/** The store as a gateway that is broken in this way would use it. */
export function breakStore(store: Store, broken: Broken | undefined): Store {
  if (broken === 'answersEarly') return answeringEarly(store);
  if (broken === 'forgetsDuplicates') return forgettingDuplicates(store);
  if (broken === 'leavesFiles') return leavingFiles(store);
  return store;
}

/** Says that it has what it has not: new messages are written a moment after their sender was told. */
function answeringEarly(store: Store): Store {
  return {
    ...store,
    commit: (change) => {
      if (change.expect !== 'new') return store.commit(change);
      setTimeout(() => void store.commit(change).catch(() => undefined), LATE_MS);
      return Promise.resolve('ok');
    },
  };
}

/** Takes every copy for a new message. */
function forgettingDuplicates(store: Store): Store {
  const isBare = (id: RecordId): boolean => id.startsWith('in|') && !id.includes('#');
  return {
    ...store,
    load: async (ids) => {
      const records = await store.load(ids);
      return records.map((record, i) => (isBare(ids[i] ?? ('' as RecordId)) ? undefined : record));
    },
    commit: (change) =>
      change.expect === 'new' && isBare(change.message.id)
        ? store.commit({
            ...change,
            message: { ...change.message, id: `${change.message.id}#${randomUUID()}` as RecordId },
          })
        : store.commit(change),
  };
}

/** Writes a file beside each new message, and forgets it. */
function leavingFiles(store: Store): Store {
  return {
    ...store,
    commit: async (change) => {
      if (change.expect === 'new') {
        const writer = store.blobs.writer();
        await writer.write(randomBytes(2 * INLINE_BLOB_BYTES));
        await writer.finish();
      }
      return store.commit(change);
    },
  };
}

/** From here on every database of this process is opened without synchronisation. */
export function forgetSync(): void {
  const { pragma } = Database.prototype;
  Database.prototype.pragma = function (this: Database.Database, source: string, ...rest: []) {
    return pragma.call(this, source.replace(/^synchronous = FULL$/, 'synchronous = OFF'), ...rest);
  };
}
