// A slow disk: COMMIT stands still and the event loop of its process with it, as in a synchronisation that takes long.
import Database from 'better-sqlite3';

/** `delayMs` is asked at each COMMIT of this process; the returned function ends it. */
export function slowCommits(delayMs: () => number): () => void {
  const { exec } = Database.prototype;
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  Database.prototype.exec = function (this: Database.Database, source: string) {
    const ms = source === 'COMMIT' ? delayMs() : 0;
    if (ms > 0) Atomics.wait(nothing, 0, 0, ms);
    return exec.call(this, source);
  };
  return () => {
    Database.prototype.exec = exec;
  };
}
