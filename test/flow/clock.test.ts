// Clocks that are set, drift or differ (acceptance rows 15 and 29).
import { describe, expect, test } from '@jest/globals';
import { createClock, createJumpMeter, type Sources } from '../../adapter/clock.ts';
import { createDriftWatch, hearDates } from '../../adapter/drift.ts';
import { createObserver, type EventFields, type EventName, type Observer } from '../../adapter/observe/index.ts';
import type { PostOutcome, ReloadableClient } from '../../adapter/transport/index.ts';
import { inbound } from '../fixtures/gateway.ts';
import { ownPairs } from '../fixtures/pair.ts';
import { OIN_A } from '../fixtures/pki.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const T0 = Date.UTC(2030, 0, 1);

/** A machine whose wall clock can be set while time goes on. */
function machine() {
  let wall = T0;
  let monotonic = 5_000;
  const sources: Sources = { wall: () => wall, monotonic: () => monotonic };
  return {
    sources,
    pass: (ms: number) => {
      wall += ms;
      monotonic += ms;
    },
    set: (ms: number) => {
      wall += ms;
    },
  };
}

describe('row 15 the clock of the gateway when that of the machine is set', () => {
  test('follows the machine, also ahead', () => {
    const { sources, pass, set } = machine();
    const clock = createClock(sources);
    pass(SECOND);
    expect(clock.now()).toBe(T0 + SECOND);
    set(10 * MINUTE);
    expect(clock.now()).toBe(T0 + SECOND + 10 * MINUTE);
  });

  test('set back ten minutes: a retry after a minute comes after two at the latest, and not at once', () => {
    const { sources, pass, set } = machine();
    const clock = createClock(sources);
    const runAt = clock.now() + MINUTE;
    set(-10 * MINUTE);
    expect(clock.now()).toBeLessThan(runAt);
    for (let i = 0; i < 59; i += 1) {
      pass(SECOND);
      expect(clock.now()).toBeLessThan(runAt);
    }
    for (let i = 0; i < 61; i += 1) pass(SECOND);
    expect(clock.now()).toBeGreaterThanOrEqual(runAt);
  });

  test('never goes back, and is level with the machine again after twice the jump', () => {
    const { sources, pass, set } = machine();
    const clock = createClock(sources);
    set(-10 * MINUTE);
    let before = clock.now();
    for (let i = 0; i < 20 * 60; i += 1) {
      pass(SECOND);
      const now = clock.now();
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
    expect(before).toBe(sources.wall());
  });

  test('however often it is asked, it does not stand still', () => {
    const { sources, pass, set } = machine();
    const clock = createClock(sources);
    set(-10 * MINUTE);
    for (let i = 0; i < 10_000; i += 1) {
      pass(0.5);
      clock.now();
    }
    expect(clock.now()).toBe(T0 + 2_500);
  });

  test('a clock that was wrong by more than an hour is not held on to', () => {
    const { sources, set } = machine();
    const clock = createClock(sources);
    set(-61 * MINUTE);
    expect(clock.now()).toBe(T0 - 61 * MINUTE);
  });
});

describe('row 29 drift is told from thirty seconds on', () => {
  const watched = () => {
    const events: { event: EventName; fields: EventFields }[] = [];
    const observer: Observer = createObserver({ name: 'proef', level: 'silent' });
    observer.subscribe((event, fields) => events.push({ event, fields }));
    let monotonic = 0;
    const watch = createDriftWatch(observer, () => monotonic);
    return {
      events,
      watch,
      pass: (ms: number) => {
        monotonic += ms;
      },
    };
  };

  test.each([
    ['29 s ahead', 29 * SECOND, undefined],
    ['31 s ahead', 31 * SECOND, '31 s voor'],
    ['29 s behind', -29 * SECOND, undefined],
    ['10 minutes behind', -10 * MINUTE, '600 s achter'],
  ])('a partner whose clock is %s', (_name, off, words) => {
    const { events, watch } = watched();
    watch.heard(OIN_A, T0 + off, [T0, T0]);
    expect(events.map(({ event }) => event)).toEqual(words === undefined ? [] : ['clock.drift']);
    if (words !== undefined) expect(events[0]?.fields.detail).toContain(words);
  });

  test('one partner is told about once an hour, another at once', () => {
    const { events, watch, pass } = watched();
    const hear = (partner: string): void => watch.heard(partner, T0 + MINUTE, [T0, T0]);
    for (let i = 0; i < 100; i += 1) hear('a');
    expect(events).toHaveLength(1);
    hear('b');
    expect(events).toHaveLength(2);
    pass(61 * MINUTE);
    hear('a');
    expect(events).toHaveLength(3);
  });

  test('an answer that took a minute is no drift; a Date that lies outside that minute is', async () => {
    let now = T0;
    const { events, watch } = watched();
    const answering = (date: string): ReloadableClient =>
      hearDates(
        {
          post: (): Promise<PostOutcome> => {
            now += MINUTE;
            return Promise.resolve({ kind: 'response', status: 204, headers: { date }, body: new Uint8Array() });
          },
          close: () => Promise.resolve(),
          reload: () => Promise.reject(new Error('not here')),
          pools: () => 0,
        },
        watch,
        () => now,
      );
    const post = (at: number) =>
      answering(new Date(at).toUTCString()).post(
        { url: 'https://a.localhost/', peerOin: OIN_A },
        { headers: {}, bytes: 0, body: new Uint8Array() },
      );
    await post(now + 2 * SECOND);
    await post(now + 58 * SECOND);
    expect(events).toEqual([]);
    await post(now - 10 * MINUTE);
    expect(events.map(({ event }) => event)).toEqual(['clock.drift']);
  });

  test('a machine whose clock is set tells by how much; one that goes on does not', () => {
    const { sources, pass, set } = machine();
    const jump = createJumpMeter(sources);
    pass(MINUTE);
    expect(jump()).toBe(0);
    set(-31 * SECOND);
    pass(SECOND);
    expect(jump()).toBe(-31 * SECOND);
    expect(jump()).toBe(0);
  });
});

describe('row 29 messages of a partner whose clock is ten minutes off', () => {
  const pair = ownPairs();

  /** The request that A makes, received by B ten minutes after its TimeToLive of some minutes. */
  async function late(clockToleranceMs: number) {
    const heard: number[] = [];
    const p = await pair({ syncReply: 'mshSignalsOnly' });
    Object.assign(p.b.context, {
      policy: { ...p.b.context.policy, clockToleranceMs },
      heardTime: (_partner: string, said: number) => heard.push(said),
    });
    p.wire.doors.clear();
    const record = await p.submit();
    await p.a.work();
    p.clock.pass((record.timeToLive ?? 0) - p.clock.now() + 9 * MINUTE);
    const post = p.wire.posts[0];
    const reply = await p.b.gateway.receive(inbound(post?.body ?? Buffer.alloc(0), post?.headers ?? {}, OIN_A));
    return { answer: Buffer.from(reply.body ?? []).toString(), received: await p.received(), heard, record };
  }

  test('TimeToLive is judged with the tolerance that is set', async () => {
    const { answer, received, heard, record } = await late(10 * MINUTE);
    expect(answer).toContain('eb:Acknowledgment');
    expect(received).toHaveLength(1);
    expect(heard).toEqual([record.timestamp]);
  });

  test('without tolerance it has expired, and nothing it says about the time is believed', async () => {
    const { answer, received, heard } = await late(0);
    expect(answer).toContain('TimeToLiveExpired');
    expect(received).toEqual([]);
    expect(heard).toEqual([]);
  });
});
