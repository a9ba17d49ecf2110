// Claims due messages: the oldest first, and of each peer's in a lane no more than its share.
import type { Database, Statement } from 'better-sqlite3';
import { type Instant, placesLeft } from '../../base/index.ts';
import { type JobKind, LANE_OF, type Lane, type MessageRecord } from '../../msh/index.ts';
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
  readonly peer: string;
}

type Oldest = (kind: JobKind, now: Instant, max: number) => readonly Candidate[];
type OldestOfPeers = (kind: JobKind, now: Instant, room: ClaimRoom) => readonly Candidate[];

/** Whoever asks for a number of messages does not mind whose they are. */
const roomForAll = (max: number): ClaimRoom => {
  const lane = { open: max, taken: new Map<string, number>() };
  return { max, share: { most: 1, of: 1 }, lanes: { post: lane, handOver: lane } };
};

export function createClaim(db: Database): Claim {
  const oldest = createOldest(db);
  const ofPeers = createOldestOfPeers(db);
  const take = createTake(db);
  return (kinds, { now, leaseMs, room: given }) => {
    const room = typeof given === 'number' ? roomForAll(given) : given;
    if (kinds.length === 0 || room.max < 1) return [];
    const found = kinds.map((kind) => ({ kind, due: oldest(kind, now, room.max) }));
    let chosen = choose(found, room);
    if (chosen.passedOver) {
      // The oldest may all be of peers that are full: what lies behind them is found by peer.
      const wider = found.map(({ kind, due }) => ({
        kind,
        due: LANE_OF[kind] === undefined ? due : ofPeers(kind, now, room),
      }));
      chosen = choose(wider, room);
    }
    const records = take(kinds, chosen.seqs, now + leaseMs);
    const due = (record: MessageRecord): number => Math.min(...kinds.map((kind) => firstRun(record, kind) ?? Infinity));
    return [...records].sort((a, b) => due(a) - due(b) || a.acceptedAt - b.acceptedAt);
  };
}

interface Due {
  readonly kind: JobKind;
  readonly due: readonly Candidate[];
}

/** The oldest for which there is room; `passedOver` when one had to be left for its peer. */
function choose(found: readonly Due[], room: ClaimRoom): { seqs: readonly number[]; passedOver: boolean } {
  const lanes = { post: openLane(room, 'post'), handOver: openLane(room, 'handOver') };
  const seqs = new Set<number>();
  let passedOver = false;
  const candidates = found.flatMap(({ kind, due }) => due.map((one) => ({ ...one, lane: LANE_OF[kind] })));
  for (const { seq, peer, lane } of candidates.sort((a, b) => a.due - b.due)) {
    if (seqs.size === room.max) break;
    if (seqs.has(seq)) continue;
    if (lane === undefined || lanes[lane].take(peer)) seqs.add(seq);
    else passedOver = true;
  }
  return { seqs: [...seqs], passedOver };
}

/** A lane while a claim fills it. */
function openLane({ share, lanes }: ClaimRoom, lane: Lane): { take(peer: string): boolean } {
  const taken = new Map(lanes[lane].taken);
  let { open } = lanes[lane];
  return {
    take(peer) {
      const before = taken.get(peer) ?? 0;
      if (placesLeft(share, open, before) === 0) return false;
      taken.set(peer, before + 1);
      open -= 1;
      return true;
    },
  };
}

/** Per kind at most `max` rows of its index are read, however long the backlog is (D11). */
function createOldest(db: Database): Oldest {
  const statements = new Map(
    KINDS.map((kind) => {
      const sql = `SELECT seq, due_${kind} AS due, peer FROM messages WHERE due_${kind} <= ? ORDER BY due_${kind} LIMIT ?`;
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
    KINDS.filter((kind) => LANE_OF[kind] !== undefined).map((kind) => {
      const index = `FROM messages INDEXED BY by_peer_${kind} WHERE due_${kind} IS NOT NULL`;
      const columns = `SELECT seq, due_${kind} AS due, peer`;
      const order = `ORDER BY peer, due_${kind} LIMIT 1`;
      const first = db.prepare<[], Candidate>(`${columns} ${index} ${order}`);
      const next = db.prepare<[string], Candidate>(`${columns} ${index} AND peer > ? ${order}`);
      const ofPeer = db.prepare<[string, number, number], Candidate>(
        `${columns} ${index} AND peer = ? AND due_${kind} <= ? ORDER BY due_${kind} LIMIT ?`,
      );
      return [kind, { first, next, ofPeer }];
    }),
  );
  return (kind, now, { max, share, lanes }) => {
    const statement = statements.get(kind);
    const lane = LANE_OF[kind];
    if (statement === undefined || lane === undefined) return [];
    const { open, taken } = lanes[lane];
    const firsts: (Candidate & { readonly left: number })[] = [];
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
