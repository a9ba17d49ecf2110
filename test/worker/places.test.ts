// The rule by which peers share places, as a table and under random use.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { placesLeft, type Share } from '../../adapter/base/index.ts';
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

const uses = fc.oneof(fc.constantFrom({ places: 1, posts: 1 }, { places: 1, posts: 0 }, { places: 2, posts: 1 }));
const steps = fc.array(
  fc.record({ peer: fc.integer({ min: 0, max: 11 }).map(String), use: uses, back: fc.boolean(), which: fc.nat(255) }),
  { maxLength: 400 },
);

const shares = fc
  .record({ most: fc.integer({ min: 1, max: 64 }), of: fc.integer({ min: 1, max: 64 }) })
  .map(({ most, of }): Share => ({ most: Math.min(most, of), of }));

describe('the places of a worker', () => {
  test('work that is not posted takes nothing of what a peer may have, but a place', () => {
    const places = createPlaces(64, { most: 16, of: 64 });
    for (let one = 0; one < 40; one += 1) places.take({ peer: 'own', places: 1, posts: 0 });
    const post = { peer: 'partner', places: 1, posts: 1 };
    let posts = 0;
    for (; places.fits(post) && posts < 64; posts += 1) places.take(post);
    expect([posts, places.free(), places.open()]).toEqual([16, 8, 48]);
    for (let one = 0; one < 8; one += 1) places.take({ peer: 'own', places: 1, posts: 0 });
    expect(places.fits({ peer: 'new', places: 1, posts: 1 })).toBe(false);
    expect(places.giveBack({ peer: 'own', places: 1, posts: 0 })).toBe(false);
    expect(places.fits({ peer: 'new', places: 1, posts: 1 })).toBe(true);
  });

  test('row 18 under random use: never more than there are, none over its share, none refused its first while one is free', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), shares, steps, (all, share, given) => {
        const places = createPlaces(all, share);
        const held: Use[] = [];
        const inUse = (): number => held.reduce((sum, one) => sum + one.places, 0);
        const postsOf = (peer: string): number =>
          held.reduce((sum, one) => sum + (one.peer === peer ? one.posts : 0), 0);
        const room = (peer: string): boolean => places.fits({ peer, places: 1, posts: 1 });
        for (const { peer, use, back, which } of given) {
          if (back && held.length > 0) {
            const barred = held.map((one) => one.peer).filter((one) => postsOf(one) > 0 && !room(one));
            const [ended] = held.splice(which % held.length, 1) as [Use];
            expect(places.giveBack(ended)).toBe(barred.some(room));
          } else if (places.fits({ peer, ...use })) {
            places.take({ peer, ...use });
            held.push({ peer, ...use });
            const own = postsOf(peer);
            const leftByOthers = all - held.reduce((sum, one) => sum + one.posts, 0) + own;
            if (use.posts > 0 && own > 1) expect(own * share.of).toBeLessThanOrEqual(leftByOthers * share.most);
          } else if (use.posts === 1 && use.places === 1 && postsOf(peer) === 0) {
            expect(inUse()).toBe(all);
          }
          expect(inUse()).toBeLessThanOrEqual(all);
          expect(places.free()).toBe(all - inUse());
        }
        for (const one of held) places.giveBack(one);
        expect([places.free(), places.taken.size]).toEqual([all, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
