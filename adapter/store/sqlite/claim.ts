// Claims due messages: the oldest first, and of what is posted to one peer no more than its share.
import type { Database, Statement } from 'better-sqlite3';
import { type Instant, placesLeft } from '../../base/index.ts';
import { type JobKind, type MessageRecord, POSTS } from '../../msh/index.ts';
import type { ClaimRoom } from '../contract.ts';
import { firstRun, KINDS } from './commit.ts';
import { type Row, toRecord } from './row.ts';

export interface ClaimTerms {
  readonly now: Instant;
  readonly leaseMs: number;
  readonly room: number | ClaimRoom;
}

/** The work of one transaction. */
export type Claim = (kinds: readonly JobKind[], terms: ClaimTerms) => readonly MessageRecord[];

interface Candidate {
  readonly seq: number;
  readonly due: Instant;
  /** Of a kind that is posted; null for the others. */
  readonly peer: string | null;
}

/** The oldest of its peer. */
type First = Candidate & { readonly peer: string };

type Oldest = (kind: JobKind, now: Instant, max: number) => readonly Candidate[];
type OldestOfPeers = (kind: JobKind, now: Instant, room: ClaimRoom) => readonly Candidate[];

/** Whoever asks for a number of messages does not mind whose they are. */
const ALL = { most: 1, of: 1 };

export function createClaim(db: Database): Claim {
  const oldest = createOldest(db);
  const ofPeers = createOldestOfPeers(db);
  const take = createTake(db);
  return (kinds, { now, leaseMs, room: given }) => {
    const room =
      typeof given === 'number' ? { max: given, open: given, share: ALL, taken: new Map<string, number>() } : given;
    if (kinds.length === 0 || room.max < 1) return [];
    const found = kinds.map((kind) => ({ kind, due: oldest(kind, now, room.max) }));
    let chosen = choose(
      found.flatMap(({ due }) => due),
      room,
    );
    if (chosen.passedOver) {
      // The oldest may all be of peers that are full: what lies behind them is found by peer.
      const wider = found.flatMap(({ kind, due }) => (POSTS.includes(kind) ? ofPeers(kind, now, room) : due));
      chosen = choose(wider, room);
    }
    const records = take(kinds, chosen.seqs, now + leaseMs);
    const due = (record: MessageRecord): number => Math.min(...kinds.map((kind) => firstRun(record, kind) ?? Infinity));
    return [...records].sort((a, b) => due(a) - due(b) || a.acceptedAt - b.acceptedAt);
  };
}

/** The oldest for which there is room; `passedOver` when one had to be left for its peer. */
function choose(candidates: readonly Candidate[], room: ClaimRoom): { seqs: readonly number[]; passedOver: boolean } {
  const taken = new Map(room.taken);
  const seqs = new Set<number>();
  let { open } = room;
  let passedOver = false;
  for (const { seq, peer } of [...candidates].sort((a, b) => a.due - b.due)) {
    if (seqs.size === room.max) break;
    if (seqs.has(seq)) continue;
    const before = peer === null ? 0 : (taken.get(peer) ?? 0);
    if (peer !== null && placesLeft(room.share, open, before) === 0) {
      passedOver = true;
      continue;
    }
    if (peer !== null) {
      taken.set(peer, before + 1);
      open -= 1;
    }
    seqs.add(seq);
  }
  return { seqs: [...seqs], passedOver };
}

/** Per kind at most `max` rows of its index are read, however long the backlog is (D11). */
function createOldest(db: Database): Oldest {
  const statements = new Map(
    KINDS.map((kind) => {
      const peer = POSTS.includes(kind) ? 'peer' : 'NULL';
      const sql = `SELECT seq, due_${kind} AS due, ${peer} AS peer FROM messages
        WHERE due_${kind} <= ? ORDER BY due_${kind} LIMIT ?`;
      return [kind, db.prepare<[number, number], Candidate>(sql)];
    }),
  );
  return (kind, now, max) => statements.get(kind)?.all(now, max) ?? [];
}

/**
 * The oldest per peer, for peers that have a place left. One seek per peer with open work finds how old its oldest is, and
 * only peers whose oldest can still be among the `max` oldest are read further: the length of a backlog does not count.
 */
function createOldestOfPeers(db: Database): OldestOfPeers {
  const statements = new Map(
    POSTS.map((kind) => {
      const index = `FROM messages INDEXED BY by_peer_${kind} WHERE due_${kind} IS NOT NULL`;
      const columns = `SELECT seq, due_${kind} AS due, peer`;
      const order = `ORDER BY peer, due_${kind} LIMIT 1`;
      const first = db.prepare<[], First>(`${columns} ${index} ${order}`);
      const next = db.prepare<[string], First>(`${columns} ${index} AND peer > ? ${order}`);
      const ofPeer = db.prepare<[string, number, number], Candidate>(
        `${columns} ${index} AND peer = ? AND due_${kind} <= ? ORDER BY due_${kind} LIMIT ?`,
      );
      return [kind, { first, next, ofPeer }];
    }),
  );
  return (kind, now, { max, open, share, taken }) => {
    const statement = statements.get(kind);
    if (statement === undefined) return [];
    const firsts: (First & { readonly left: number })[] = [];
    for (let one = statement.first.get(); one !== undefined; one = statement.next.get(one.peer)) {
      const left = Math.min(max, placesLeft(share, open, taken.get(one.peer) ?? 0));
      if (one.due <= now && left > 0) firsts.push({ ...one, left });
    }
    firsts.sort((a, b) => a.due - b.due);
    return firsts.slice(0, max).flatMap(({ peer, left }) => statement.ofPeer.all(peer, now, left));
  };
}

/** Moves the due times of all kinds asked: one lease on the message (D1), or a second worker got the same message. */
function createTake(db: Database) {
  const known = new Map<string, Statement<[{ seqs: string; until: number }], Row>>();
  const statementFor = (kinds: readonly JobKind[]): Statement<[{ seqs: string; until: number }], Row> => {
    const key = kinds.join();
    const moved = kinds.map((kind) => `due_${kind} = CASE WHEN due_${kind} < @until THEN @until ELSE due_${kind} END`);
    const statement =
      known.get(key) ??
      db.prepare(
        `UPDATE messages SET version = version + 1, ${moved.join(', ')}
         WHERE seq IN (SELECT value FROM json_each(@seqs)) RETURNING version, document`,
      );
    known.set(key, statement);
    return statement;
  };
  return (kinds: readonly JobKind[], seqs: readonly number[], until: Instant): readonly MessageRecord[] =>
    seqs.length === 0
      ? []
      : statementFor(kinds)
          .all({ seqs: JSON.stringify(seqs), until })
          .map(toRecord);
}
