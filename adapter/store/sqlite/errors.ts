// SQLite's errors in two kinds: the store cannot take work now, or the program is wrong.
import { StoreUnavailable } from '../contract.ts';

const PASSING = /^SQLITE_(FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|NOMEM|PROTOCOL)/;
const DISK = new Set(['ENOSPC', 'EROFS', 'EACCES', 'EPERM', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT']);

/** Disk full, read-only, locked: StoreUnavailable, because it will pass; anything else stays what it is. */
export function asStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  if (PASSING.test(error.code) || DISK.has(error.code)) return new StoreUnavailable(`${error.code}: ${error.message}`);
  return error;
}
