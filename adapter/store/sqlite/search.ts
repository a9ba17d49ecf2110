// Finding messages for people: filters, newest first, page by page; always along an index (D11).
import type { Database } from 'better-sqlite3';
import { type Found, InvalidCursor, type MessageFilter, type Page } from '../contract.ts';
import { type Row, toRecord } from './row.ts';

const CONDITIONS: Readonly<Record<Exclude<keyof MessageFilter, 'states'>, string>> = {
  direction: 'direction = @direction',
  cpaId: 'cpa_id = @cpaId',
  messageId: 'message_id = @messageId',
  conversationId: 'conversation_id = @conversationId',
  referentienummer: 'referentienummer = @referentienummer',
  functie: 'functie = @functie',
  since: 'accepted_at >= @since',
  until: 'accepted_at < @until',
};
/** Filters that pick few rows: with one of them the few are sorted, otherwise the index gives the order. */
const NARROW = [
  ['messageId', 'by_message_id'],
  ['conversationId', 'by_conversation'],
  ['referentienummer', 'by_reference'],
] as const;
const MAX_PAGE = 1_000;

interface FoundRow extends Row {
  readonly accepted_at: number;
  readonly id: string;
}

/** `since` is inclusive, `until` exclusive. Rejects with InvalidCursor when the cursor is not one that a page gave. */
export function createSearch(db: Database): (filter: MessageFilter, page: Page) => Found {
  return (filter, page) => {
    const limit = Math.min(Math.max(1, Math.trunc(page.limit)), MAX_PAGE);
    const places = [...new Set(filter.states ?? [undefined])];
    // One walk per state, each in order: a rare state is found without walking over all the others.
    const rows = places.flatMap((state) => walk(db, filter, { state, cursor: page.cursor, limit: limit + 1 }));
    rows.sort((a, b) => b.accepted_at - a.accepted_at || (a.id < b.id ? 1 : -1));
    const messages = rows.slice(0, limit).map(toRecord);
    const last = rows[limit - 1];
    return rows.length > limit && last !== undefined ? { messages, next: cursorAt(last) } : { messages };
  };
}

interface Walk {
  readonly state: string | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

function walk(db: Database, filter: MessageFilter, { state, cursor, limit }: Walk): FoundRow[] {
  const values: Record<string, string | number> = { limit };
  const where: string[] = [];
  for (const [name, condition] of Object.entries(CONDITIONS)) {
    const value = filter[name as keyof typeof CONDITIONS];
    if (value === undefined) continue;
    values[name] = value;
    where.push(condition);
  }
  if (state !== undefined) {
    values.state = state;
    where.push('state = @state');
  }
  if (cursor !== undefined) {
    [values.at, values.after] = placeOf(cursor);
    where.push('(accepted_at, id) < (@at, @after)');
  }
  const narrow = NARROW.find(([name]) => filter[name] !== undefined)?.[1];
  const index = narrow ?? (state === undefined ? 'by_time' : 'by_state');
  const conditions = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  return db
    .prepare<[Record<string, string | number>], FoundRow>(
      `SELECT version, document, accepted_at, id FROM messages INDEXED BY ${index} ${conditions}
       ORDER BY accepted_at DESC, id DESC LIMIT @limit`,
    )
    .all(values);
}

const cursorAt = (row: FoundRow): string =>
  Buffer.from(JSON.stringify([row.accepted_at, row.id])).toString('base64url');

function placeOf(cursor: string): [number, string] {
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new InvalidCursor('the cursor is not one that a page gave');
  }
  if (!Array.isArray(place) || typeof place[0] !== 'number' || typeof place[1] !== 'string') {
    throw new InvalidCursor('the cursor is not one that a page gave');
  }
  return [place[0], place[1]];
}
