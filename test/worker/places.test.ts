// The rule by which peers share places, as a table and under random use.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { placesLeft, type Share } from '../../adapter/base/index.ts';
import { type JobKind, LANE_OF, LANES, type Lane } from '../../adapter/msh/index.ts';
import { createPlaces, type Use } from '../../adapter/worker/places.ts';

describe('how many more places a peer may take', () => {
  test.each([
    ['a quarter of all while nobody else has any', 64, 0, 16],
    ['no more once it has them', 48, 16, 0],
    ['a quarter of what others leave', 48, 0, 12],
    ['one of few', 3, 0, 1],
    ['the last one when it has none', 1, 0, 1],
    ['not the last one when it has one', 1, 1, 0],
    ['none when nothing is open', 0, 0, 0],
    ['none when others came and its share shrank', 4, 9, 0],
    ['the rest of its share when others have gone', 40, 9, 3],
  ])('%s: of %d open, with %d taken, %d', (_, open, has, left) => {
    expect(placesLeft({ most: 1, of: 4 }, open, has)).toBe(left);
  });

  test.each([
    [{ most: 16, of: 64 }, [16, 12, 9, 6, 5, 4, 3, 2, 1, 1, 1, 1, 1, 1, 1]],
    [{ most: 32, of: 64 }, [32, 16, 8, 4, 2, 1, 1]],
    [{ most: 4, of: 8 }, [4, 2, 1, 1]],
    [{ most: 1, of: 3 }, [1, 1, 1]],
    [{ most: 1, of: 2 }, [1, 1]],
    [{ most: 1, of: 1 }, [1]],
    [{ most: 4, of: 3 }, [3]],
  ] as [Share, number[]][])('with %o peers that take what they can, one after another, have %j', (share, expected) => {
    const held: number[] = [];
    let open = share.of;
    while (open > 0) {
      const takes = placesLeft(share, open, 0);
      held.push(takes);
      open -= takes;
    }
    expect(held).toEqual(expected);
  });
});

const uses = fc.constantFrom<JobKind[]>(['transmit'], ['deliver'], ['notify'], ['answer', 'deliver']);
const steps = fc.array(
  fc.record({ peer: fc.integer({ min: 0, max: 11 }).map(String), kinds: uses, back: fc.boolean(), which: fc.nat(255) }),
  { maxLength: 400 },
);

const shares = fc
  .record({ most: fc.integer({ min: 1, max: 64 }), of: fc.integer({ min: 1, max: 64 }) })
  .map(({ most, of }): Share => ({ most: Math.min(most, of), of }));

describe('the places of a worker', () => {
  test('what a peer has for hand-overs makes its share for posting no smaller, but takes places', () => {
    const places = createPlaces(64, { most: 16, of: 64 });
    const takeAll = (use: Use): number => {
      let taken = 0;
      for (; places.fits(use) && taken < 64; taken += 1) places.take(use);
      return taken;
    };
    expect(takeAll({ peer: 'heavy', kinds: ['deliver'] })).toBe(16);
    expect(takeAll({ peer: 'heavy', kinds: ['transmit'] })).toBe(16);
    expect(places.lanes()).toEqual({
      post: { open: 48, taken: new Map([['heavy', 16]]) },
      handOver: { open: 48, taken: new Map([['heavy', 16]]) },
    });
    expect(takeAll({ peer: 'other', kinds: ['deliver'] })).toBe(12);
    const own: Use = { peer: 'own', kinds: ['notify'] };
    expect(takeAll(own)).toBe(20);
    expect(places.fits({ peer: 'new', kinds: ['deliver'] })).toBe(false);
    expect(places.giveBack(own)).toEqual([]);
    expect(places.fits({ peer: 'new', kinds: ['deliver'] })).toBe(true);
  });

  test('row 18 under random use: never more than there are, none over its share, none refused its first while one is free', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), shares, steps, (all, share, given) => {
        const places = createPlaces(all, share);
        const held: Use[] = [];
        const inUse = (): number => held.reduce((sum, one) => sum + one.kinds.length, 0);
        const inLane = (lane: Lane, peer?: string): number =>
          held
            .filter((one) => peer === undefined || one.peer === peer)
            .flatMap((one) => one.kinds.filter((kind) => LANE_OF[kind] === lane)).length;
        const room = ({ lane, peer }: { lane: Lane; peer: string }): boolean =>
          places.fits({ peer, kinds: [lane === 'post' ? 'transmit' : 'deliver'] });
        for (const { peer, kinds, back, which } of given) {
          if (back && held.length > 0) {
            const barred = LANES.flatMap((lane) =>
              held.filter((one) => inLane(lane, one.peer) > 0).map((one) => ({ lane, peer: one.peer })),
            ).filter((one) => !room(one));
            const [ended] = held.splice(which % held.length, 1) as [Use];
            const freed = new Set(places.giveBack(ended));
            expect(freed).toEqual(new Set(barred.filter(room).map((one) => one.peer)));
          } else if (places.fits({ peer, kinds })) {
            places.take({ peer, kinds });
            held.push({ peer, kinds });
            for (const lane of LANES.filter((one) => kinds.some((kind) => LANE_OF[kind] === one))) {
              const own = inLane(lane, peer);
              const leftByOthers = all - inLane(lane) + own;
              if (own > 1) expect(own * share.of).toBeLessThanOrEqual(leftByOthers * share.most);
            }
          } else if (kinds.length === 1) {
            const lane = LANE_OF[kinds[0] as JobKind];
            if (lane === undefined || inLane(lane, peer) === 0) expect(inUse()).toBe(all);
          }
          expect(inUse()).toBeLessThanOrEqual(all);
          expect(places.free()).toBe(all - inUse());
        }
        for (const one of held) places.giveBack(one);
        expect(places.free()).toBe(all);
        for (const { open, taken } of Object.values(places.lanes())) expect([open, taken.size]).toEqual([all, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
