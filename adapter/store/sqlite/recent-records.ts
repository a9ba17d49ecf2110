// The records that were just written: a message comes back a moment after its commit, to be sent, answered or acknowledged.
import type { MessageRecord, RecordId } from '../../msh/change.ts';
import { Bounded } from './bounded.ts';
import type { Row } from './row.ts';

/**
 * Some eighty usual messages: those in hand at once. A record may keep the envelope alive that its fields were cut out of, and
 * that counts with it; what falls out is read from the database.
 */
const MAX_BYTES = 512 * 1024;

/** What tells whether a row still holds the record as it was written: another process may have changed it, or begun it anew. */
export interface Mark {
  readonly version: number;
  readonly acceptedAt: number;
}

/** The last written falls out last. */
export class RecentRecords {
  readonly #kept = new Bounded<RecordId, MessageRecord>(MAX_BYTES);

  /** `document` is what the row of this record holds. */
  remember(record: MessageRecord, document: Row['document']): void {
    this.#kept.put(record.id, record, document.length + record.envelope.bytes);
  }

  has(id: RecordId): boolean {
    return this.#kept.has(id);
  }

  /** The record when its row bears the mark; undefined when it has to be read. */
  get(id: RecordId, mark: Mark): MessageRecord | undefined {
    const record = this.#kept.get(id);
    return record?.version === mark.version && record.acceptedAt === mark.acceptedAt ? record : undefined;
  }
}
