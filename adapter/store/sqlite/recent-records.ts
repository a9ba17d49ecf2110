// The records that were just written: a message comes back a moment after its commit, to be sent, answered or acknowledged.
import type { MessageRecord, RecordId } from '../../msh/change.ts';
import type { Row } from './row.ts';

/**
 * Some sixty messages: those in hand at once. A record keeps the text alive that its fields were cut out of, which is many times
 * as long, so more would cost a hundred megabytes; what falls out is read from the database.
 */
const MAX_CHARS = 256 * 1024;

/** What tells whether a row still holds the record as it was written: another process may have changed it, or begun it anew. */
export interface Mark {
  readonly version: number;
  readonly acceptedAt: number;
}

interface Kept {
  readonly record: MessageRecord;
  readonly chars: number;
}

/** The last written falls out last. */
export class RecentRecords {
  readonly #kept = new Map<RecordId, Kept>();
  #chars = 0;

  /** `document` is what the row of this record holds. */
  remember(record: MessageRecord, document: Row['document']): void {
    this.#forget(record.id);
    this.#kept.set(record.id, { record, chars: document.length });
    this.#chars += document.length;
    for (const id of this.#kept.keys()) {
      if (this.#chars <= MAX_CHARS) return;
      this.#forget(id);
    }
  }

  has(id: RecordId): boolean {
    return this.#kept.has(id);
  }

  /** The record when its row bears the mark; undefined when it has to be read. */
  get(id: RecordId, mark: Mark): MessageRecord | undefined {
    const { record } = this.#kept.get(id) ?? {};
    return record?.version === mark.version && record.acceptedAt === mark.acceptedAt ? record : undefined;
  }

  #forget(id: RecordId): void {
    this.#chars -= this.#kept.get(id)?.chars ?? 0;
    this.#kept.delete(id);
  }
}
