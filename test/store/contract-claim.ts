// Contract of claim: leases, their order, and the fence against late writers.
import { expect, test } from '@jest/globals';
import type { LaneRoom } from '../../adapter/base/index.ts';
import type { JobKind, MessageRecord } from '../../adapter/msh/change.ts';
import type { ClaimRoom } from '../../adapter/store/index.ts';
import { changed, type Given, ids, inserted, job, NOW, record } from './record.ts';

const WORK: readonly JobKind[] = ['transmit', 'answer', 'deliver', 'notify'];

export function claims(given: Given): void {
  test('D1 a claim gives due messages of the kinds asked, oldest first, with a raised version', async () => {
    const store = given();
    await store.commit(inserted(record('late', { jobs: [job('transmit', NOW - 1)] })));
    await store.commit(inserted(record('early', { jobs: [job('transmit', NOW - 9)] })));
    await store.commit(inserted(record('future', { jobs: [job('transmit', NOW + 1)] })));
    await store.commit(inserted(record('other', { jobs: [job('collect', NOW - 9)] })));
    const claimed = await store.claim(WORK, NOW, 1_000, 10);
    expect(ids(claimed)).toEqual(['early', 'late']);
    expect(claimed.map((one) => one.version)).toEqual([2, 2]);
    expect(claimed[0]?.jobs).toEqual([job('transmit', NOW - 9)]);
  });

  test('a claim takes at most what was asked, the oldest over all kinds', async () => {
    const store = given();
    for (const [i, kind] of WORK.entries()) {
      await store.commit(inserted(record(`m${i}`, { jobs: [job(kind, NOW - 10 + i)] })));
    }
    expect(ids(await store.claim([...WORK].reverse(), NOW, 1_000, 3))).toEqual(['m0', 'm1', 'm2']);
    expect(ids(await store.claim(WORK, NOW, 1_000, 3))).toEqual(['m3']);
    expect(await store.claim([], NOW, 1_000, 3)).toEqual([]);
  });

  test('a message with several jobs is claimed once', async () => {
    const store = given();
    await store.commit(inserted(record('m1', { jobs: [job('answer', NOW), job('deliver', NOW - 5)] })));
    expect(ids(await store.claim(WORK, NOW, 1_000, 10))).toEqual(['m1']);
    expect(await store.claim(WORK, NOW, 1_000, 10)).toEqual([]);
  });

  test('pains 12 parallel claims never give one message to two', async () => {
    const store = given();
    for (let i = 0; i < 40; i += 1) {
      await store.commit(inserted(record(`m${i}`, { jobs: [job('transmit', NOW)] })));
    }
    const claimed = await Promise.all(Array.from({ length: 10 }, () => store.claim(WORK, NOW, 1_000, 7)));
    const all = claimed.flatMap(ids);
    expect(all).toHaveLength(40);
    expect(new Set(all).size).toBe(40);
  });

  test('row 12 a worker that was frozen past its lease is told conflict', async () => {
    const store = given();
    const message = record('m1', { jobs: [job('transmit', NOW)] });
    await store.commit(inserted(message));
    const [frozen] = await store.claim(WORK, NOW, 1_000, 1);
    expect(await store.claim(WORK, NOW + 999, 1_000, 1)).toEqual([]);
    const [second] = await store.claim(WORK, NOW + 1_000, 1_000, 1);
    expect([frozen?.version, second?.version]).toEqual([2, 3]);
    expect(await store.commit(changed(2, { ...message, jobs: [] }))).toBe('conflict');
    expect(await store.commit(changed(3, { ...message, jobs: [] }))).toBe('ok');
    expect((await store.journal(message.id)).map((line) => line.event)).toEqual(['accepted', 'after 3']);
    expect(await store.claim(WORK, NOW + 9_000, 1_000, 1)).toEqual([]);
  });

  test('D1 a commit sets the due times anew from its jobs, so that the next job falls due at once', async () => {
    const store = given();
    const message = record('m1', { jobs: [job('answer', NOW), job('deliver', NOW)] });
    await store.commit(inserted(message));
    const [claimed] = await store.claim(WORK, NOW, 60_000, 1);
    await store.commit(changed(claimed?.version ?? 0, { ...message, jobs: [job('deliver', NOW)] }));
    expect(ids(await store.claim(WORK, NOW, 60_000, 1))).toEqual(['m1']);
  });

  test('rows 7 12 a commit for another job does not offer a collected message a second time', async () => {
    const store = given();
    const collect = job('collect', NOW);
    const message = record('m1', { jobs: [job('answer', NOW), collect] });
    await store.commit(inserted(message));
    await store.claim(['collect'], NOW, 60_000, 1);
    const [worker] = await store.claim(WORK, NOW, 60_000, 1);
    expect(await store.commit(changed(worker?.version ?? 0, { ...message, jobs: [collect] }))).toBe('ok');
    expect(await store.claim(['collect'], NOW + 59_999, 60_000, 1)).toEqual([]);
    expect(ids(await store.claim(['collect'], NOW + 60_000, 60_000, 1))).toEqual(['m1']);
  });

  test('a collect job that is moved by an operator falls due at its new time', async () => {
    const store = given();
    const message = record('m1', { jobs: [job('collect', NOW)] });
    await store.commit(inserted(message));
    const [claimed] = await store.claim(['collect'], NOW, 60_000, 1);
    await store.commit(changed(claimed?.version ?? 0, { ...message, jobs: [job('collect', NOW + 5)] }));
    expect(ids(await store.claim(['collect'], NOW + 5, 60_000, 1))).toEqual(['m1']);
  });

  test('backlog counts what is due per kind, leased work not, and gives a row for each kind', async () => {
    const store = given();
    await store.commit(inserted(record('m1', { jobs: [job('transmit', NOW - 50)] })));
    await store.commit(inserted(record('m2', { jobs: [job('transmit', NOW - 20), job('answer', NOW + 1)] })));
    await store.commit(inserted(record('m3', { jobs: [job('notify', NOW - 5)] })));
    await store.claim(['notify'], NOW, 1_000, 1);
    expect([...(await store.backlog(NOW))].sort((a, b) => a.kind.localeCompare(b.kind))).toEqual([
      { kind: 'answer', ready: 0 },
      { kind: 'collect', ready: 0 },
      { kind: 'deliver', ready: 0 },
      { kind: 'notify', ready: 0 },
      { kind: 'transmit', ready: 2, oldestDueAt: NOW - 50 },
    ]);
  });
}

/** A message that is to be posted to this peer, unless its jobs are given. */
function toPeer(id: string, peerOin: string, jobs: MessageRecord['jobs']): MessageRecord {
  const plain = record(id);
  return { ...plain, terms: { ...plain.terms, peerOin }, jobs };
}

interface Posting extends LaneRoom {
  readonly max: number;
  readonly share: ClaimRoom['share'];
}

/** Room of which nobody has any for hand-overs. */
const posting = ({ max, share, ...post }: Posting): ClaimRoom => ({
  max,
  share,
  lanes: { post, handOver: { open: max, taken: new Map() } },
});

/** The same room with other places taken for posting. */
const withPost = (room: ClaimRoom, change: Partial<LaneRoom>): ClaimRoom => ({
  ...room,
  lanes: { ...room.lanes, post: { ...room.lanes.post, ...change } },
});

export function claimsWithRoom(given: Given): void {
  test('of what is posted to one peer a claim takes its share, however much older than the rest it is', async () => {
    const store = given();
    for (let i = 0; i < 30; i += 1) {
      const kind = i % 2 === 0 ? 'transmit' : 'answer';
      await store.commit(inserted(toPeer(`old${i}`, 'slow', [job(kind, NOW - 100 + i)])));
    }
    await store.commit(inserted(toPeer('young', 'sound', [job('transmit', NOW - 1)])));
    await store.commit(inserted(toPeer('later', 'sound', [job('transmit', NOW + 1)])));
    await store.commit(inserted(toPeer('nameless', '', [job('answer', NOW)])));
    const room = posting({ max: 8, open: 8, share: { most: 3, of: 8 }, taken: new Map<string, number>() });
    expect(ids(await store.claim(WORK, NOW, 1_000, room))).toEqual(['old0', 'old1', 'old2', 'young', 'nameless']);
    const rest = withPost(room, { taken: new Map([['slow', 2]]) });
    expect(ids(await store.claim(WORK, NOW, 1_000, rest))).toEqual(['old3']);
  });

  test('a peer without places left is passed over as it is, and is given when it has them again', async () => {
    const store = given();
    await store.commit(inserted(toPeer('m1', 'slow', [job('transmit', NOW - 5)])));
    const room = posting({ max: 8, open: 8, share: { most: 1, of: 4 }, taken: new Map([['slow', 2]]) });
    expect(await store.claim(WORK, NOW, 1_000, room)).toEqual([]);
    expect(await store.claim(WORK, NOW, 1_000, withPost(room, { taken: new Map([['slow', 3]]) }))).toEqual([]);
    const [claimed] = await store.claim(WORK, NOW, 1_000, withPost(room, { taken: new Map([['slow', 1]]) }));
    expect(claimed).toMatchObject({ version: 2, jobs: [job('transmit', NOW - 5)] });
  });

  test('of what one peer gave to be handed over a claim takes its share, and what is posted to it makes that no smaller', async () => {
    const store = given();
    for (let i = 0; i < 20; i += 1)
      await store.commit(inserted(toPeer(`heavy${i}`, 'heavy', [job('deliver', NOW - 100 + i)])));
    await store.commit(inserted(toPeer('other', 'sound', [job('deliver', NOW - 1)])));
    const none = { open: 8, taken: new Map<string, number>() };
    const post = { open: 5, taken: new Map([['heavy', 3]]) };
    const room = { max: 8, share: { most: 1, of: 4 }, lanes: { post, handOver: none } };
    expect(ids(await store.claim(WORK, NOW, 1_000, room))).toEqual(['heavy0', 'heavy1', 'other']);
    const full = { open: 6, taken: new Map([['heavy', 2]]) };
    const later = { ...room, lanes: { post: none, handOver: full } };
    expect(await store.claim(WORK, NOW, 1_000, later)).toEqual([]);
    await store.commit(inserted(toPeer('post', 'heavy', [job('transmit', NOW)])));
    expect(ids(await store.claim(WORK, NOW, 1_000, later))).toEqual(['post']);
  });

  test('work in one lane needs no place of its peer in the other', async () => {
    const store = given();
    await store.commit(inserted(toPeer('both', 'slow', [job('answer', NOW - 9), job('deliver', NOW - 8)])));
    await store.commit(inserted(toPeer('post', 'slow', [job('answer', NOW - 7)])));
    await store.commit(inserted(toPeer('told', 'slow', [job('notify', NOW - 6)])));
    const room = posting({ max: 8, open: 8, share: { most: 1, of: 9 }, taken: new Map([['slow', 1]]) });
    expect(ids(await store.claim(WORK, NOW, 1_000, room))).toEqual(['both', 'told']);
  });

  test('the oldest over all peers are taken while each has its share of what the others leave, at most what was asked', async () => {
    const store = given();
    for (let i = 0; i < 20; i += 1) {
      await store.commit(inserted(toPeer(`m${i}`, `peer${i % 4}`, [job('transmit', NOW - 50 + i)])));
    }
    const room = posting({ max: 12, open: 12, share: { most: 1, of: 4 }, taken: new Map([['peer0', 4]]) });
    // m9 would be the third of peer1, of the eight places that the others leave it.
    expect(ids(await store.claim(WORK, NOW, 1_000, room))).toEqual(['m1', 'm2', 'm3', 'm5', 'm6', 'm7']);
    expect(ids(await store.claim(WORK, NOW, 1_000, withPost({ ...room, max: 1 }, { open: 1 })))).toEqual(['m9']);
  });

  test('one claim for many peers with old backlogs leaves places, and a peer without any gets one while there is one', async () => {
    const store = given();
    for (let i = 0; i < 40; i += 1) {
      await store.commit(inserted(toPeer(`old${i}`, `slow${Math.floor(i / 8)}`, [job('transmit', NOW - 90 + i)])));
    }
    await store.commit(inserted(toPeer('young', 'sound', [job('transmit', NOW - 1)])));
    const room = posting({ max: 16, open: 16, share: { most: 1, of: 4 }, taken: new Map<string, number>() });
    const claimed = await store.claim(WORK, NOW, 1_000, room);
    const peers = claimed.map((one) => one.terms.peerOin);
    const count = (peer: string): number => peers.filter((one) => one === peer).length;
    expect(['slow0', 'slow1', 'slow2', 'slow3', 'slow4', 'sound'].map(count)).toEqual([4, 3, 2, 1, 1, 1]);
    await store.commit(inserted(toPeer('new', 'fresh', [job('answer', NOW)])));
    const taken = new Map([...peers, 'slow4'].map((peer) => [peer, count(peer)]));
    const last = withPost({ ...room, max: 1 }, { open: 1, taken });
    expect(ids(await store.claim(WORK, NOW, 1_000, last))).toEqual(['new']);
  });

  test('a share is of the places that no peer has, also when other work is in some of them', async () => {
    const store = given();
    for (let i = 0; i < 4; i += 1)
      await store.commit(inserted(toPeer(`m${i}`, 'slow', [job('transmit', NOW - 9 + i)])));
    const room = posting({ max: 2, open: 8, share: { most: 1, of: 4 }, taken: new Map<string, number>() });
    expect(ids(await store.claim(WORK, NOW, 1_000, withPost(room, { open: 2 })))).toEqual(['m0']);
    expect(ids(await store.claim(WORK, NOW, 1_000, room))).toEqual(['m1', 'm2']);
    expect(await store.claim(WORK, NOW, 1_000, withPost(room, { taken: new Map([['slow', 2]]) }))).toEqual([]);
  });

  test('a claim follows a message to the peer that a later commit names', async () => {
    const store = given();
    await store.commit(inserted(toPeer('m1', 'slow', [job('transmit', NOW)])));
    await store.commit(changed(1, toPeer('m1', 'sound', [job('transmit', NOW)])));
    const room = posting({ max: 8, open: 8, share: { most: 1, of: 9 }, taken: new Map([['slow', 1]]) });
    expect(ids(await store.claim(WORK, NOW, 1_000, room))).toEqual(['m1']);
  });
}
