// Tells broken infrastructure (503, it may pass) from a wrong program, for SQLite and for the file system.
import { StoreUnavailable } from '../contract.ts';

const PASSING = /^SQLITE_(FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|NOMEM|PROTOCOL|PERM|AUTH|CORRUPT|NOTADB|NOLFS)/;
/** better-sqlite3 has no code for a read that comes after the end. */
const CLOSED = /^The database connection is not open/;
const SYSTEM = /^E[A-Z0-9]+$/;

export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';

export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));

/** Disk full, read-only, locked, damaged: StoreUnavailable (rows 16, 21, 24); anything else stays what it is. */
export function asStoreError(error: unknown): unknown {
  const code = codeOf(error);
  if (CLOSED.test(messageOf(error))) {
    return new StoreUnavailable('the store is closed', { cause: error });
  }
  if (!PASSING.test(code) && !SYSTEM.test(code)) return error;
  return new StoreUnavailable(`the store cannot take work now (${code})`, { cause: error });
}

/** Runs `work`; what is broken outside the program comes out as StoreUnavailable. */
export async function guarded<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStoreError(error);
  }
}
