// Runs a corpus of attacks against a running gateway: the answer, that nothing else comes of it, what it costs, who else is served.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  closePairs,
  freshRequest,
  give,
  openPairs,
  pairOf,
  type RefusalProfile,
  type Request,
} from '../fixtures/changed.ts';
import { type Answer, answerOf } from './answer.ts';
import { type Canary, openCanary } from './canary.ts';
import { type Bounds, boundsFor, cpuSecondsOf, type Ledger, openLedger, openPeak, slowness } from './cost.ts';
import { type Neighbour, openNeighbour } from './neighbour.ts';
import { compose, type Message, takeApart } from './signature/message.ts';

export interface Attack {
  /** Begins with the rows or rules that it shows. */
  readonly name: string;
  /** `canary` is the URL of a server that must not be called, without a slash at its end. */
  readonly build: (correct: Message, canary: string) => Request;
  readonly expected: Answer;
  /** Words that the answer must hold, where another rule could have given it as well. */
  readonly because?: string | ((correct: Message) => string);
  /** Where the entry is about cost; row 118 has bounds of its own. */
  readonly bounds?: Partial<Bounds>;
}

const MB = 1024 * 1024;
/** `cpuSeconds` beside what the octets themselves may take. */
const BOUNDS: Bounds = { cpuSeconds: 2, keptBytes: 32 * MB, peakBytes: 192 * MB };
/** The collector and the compiler run in this process too, at moments of their own: the best of so many goes counts. */
const MAX_GOES = 3;
/** Both ends of the socket are this process, and the kernel's part counts too: tens of megabytes are not free. */
const CPU_SECONDS_PER_MB = 0.1;

export const refusedAs =
  (expected: Answer) =>
  (name: string, build: Attack['build'], because?: Attack['because'], bounds?: Attack['bounds']): Attack => ({
    name,
    build,
    expected,
    ...(because === undefined ? {} : { because }),
    ...(bounds === undefined ? {} : { bounds }),
  });

/** A message changed by a step that keeps its package whole. */
export const changed =
  (step: (message: Message, canary: string) => Message): Attack['build'] =>
  (message, canary) =>
    compose(step(message, canary));

/** The tests of one corpus. */
export function describeCorpus(title: string, profile: RefusalProfile, catalogue: readonly Attack[]): void {
  describe(title, () => {
    let canary: Canary;
    let neighbour: Neighbour;
    let ledger: Ledger;

    beforeAll(async () => {
      await openPairs();
      canary = await openCanary();
      neighbour = await openNeighbour(pairOf(profile));
      for (let warm = 0; warm < 10; warm += 1) await give(profile, await freshRequest(profile));
      expect(await neighbour.isServed()).toBe(true);
      ledger = openLedger();
    });
    afterAll(async () => {
      await neighbour.close();
      await canary.close();
      await closePairs();
    });

    test('every entry has a name of its own that begins with a row or rule', () => {
      expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
      expect(catalogue.filter(({ name }) => !/^(row \d+|[RT]\d+) /.test(name))).toEqual([]);
    });

    /** One go: the attack, and meanwhile a message of the neighbour. */
    async function go({ build, expected, because }: Attack) {
      const correct = await freshRequest(profile);
      const message = takeApart(correct);
      const attack = build(message, canary.url);
      expect(attack).not.toEqual(correct);
      const peak = openPeak();
      const since = pairOf(profile).clock.now() + 1;
      const { result, cpu } = await cpuSecondsOf(() =>
        Promise.all([give(profile, attack), neighbour.isServed()] as const),
      );
      const [{ status, text }, served] = result;
      expect(answerOf(status, text, expected)).toBe(expected);
      expect(text).toContain(typeof because === 'function' ? because(message) : (because ?? ''));
      expect(served).toBe(true);
      // The neighbour's message, and the attack only when it is harmless.
      expect(await pairOf(profile).received(since)).toHaveLength(expected === 'ack' ? 2 : 1);
      const beyond = cpu - (attack.body.length / MB) * CPU_SECONDS_PER_MB * slowness();
      return { correct, cpu: beyond, peak: peak() };
    }

    test.each(catalogue.map((attack) => [attack.name, attack] as const))('%s', async (_name, attack) => {
      const bounds = boundsFor(attack.name, { ...BOUNDS, ...attack.bounds });
      const plain = Object.getOwnPropertyNames(Object.prototype);
      ledger.open(bounds.keptBytes);
      let last = await go(attack);
      for (let goes = 1; goes < MAX_GOES && last.cpu >= bounds.cpuSeconds; goes += 1) last = await go(attack);
      expect(last.cpu).toBeLessThan(bounds.cpuSeconds);
      expect(last.peak).toBeLessThan(bounds.peakBytes);
      expect(await ledger.keptBytes(bounds.keptBytes)).toBeLessThan(bounds.keptBytes);
      expect(canary.calls()).toBe(0);
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(plain);
      // The gateway lives, and the attack has not used up the MessageId of the true message.
      if (attack.expected === 'ack') return;
      const after = await give(profile, last.correct);
      expect(after.text).toContain('<eb:Acknowledgment');
      expect(after.delivered).toBe(1);
    });
  });
}
