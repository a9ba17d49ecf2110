// Writes that are not on disk yet: who reads such a record waits for it, or what it decides meets a conflict and is done twice.
import type { RecordId } from '../../msh/change.ts';

export class UnderWay {
  readonly #writes = new Map<RecordId, Promise<unknown>>();

  add(id: RecordId, write: Promise<unknown>): void {
    this.#writes.set(id, write);
    const end = (): void => {
      if (this.#writes.get(id) === write) this.#writes.delete(id);
    };
    write.then(end, end);
  }

  /** Resolves when the writes on these records have ended, whichever way; undefined when there are none. */
  ended(ids: readonly RecordId[]): Promise<unknown> | undefined {
    const writes = ids.flatMap((id) => this.#writes.get(id) ?? []);
    return writes.length === 0 ? undefined : Promise.allSettled(writes);
  }
}
