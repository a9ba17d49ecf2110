// The mixed traffic of a soak: both directions, both modes, valid and not, small and large, at a pace; and what it comes to.
import type { Applications } from '../harness/applications.ts';
import { type Draw, draw } from '../harness/draw.ts';
import { type LetterOptions, writeLetter } from '../harness/letter.ts';
import type { GatewayName, Mode } from '../harness/points.ts';
import type { Entry, Ledger } from './ledger.ts';
import type { Pacer } from './pace.ts';

/** Messages under way at the most: above it nothing new is begun, so that the harness stays small. */
export const MOST_OPEN = 600;
/** An application that has no answer to its submission after this gives up. */
const SUBMIT_MS = 300_000;
const CONFIRM_MS = 300_000;
const TICK_MS = 20;
const LONGEST_MEASURE_MS = 90_000;
const COLLECT_MS = 50;
const SETTLE_MS = 250;
/** Between two questions about one message. */
const ASK_MS = 2_000;
const ASKED_AT_ONCE = 50;
const ENDS: readonly GatewayName[] = ['gemeente', 'aanbieder'];

/** Share of a hundred, and the bytes of comment that the payload gets: 5 kB up to some MB. */
const SIZES: readonly (readonly [share: number, least: number, most: number])[] = [
  [70, 2_000, 15_000],
  [24, 15_000, 120_000],
  [5, 120_000, 600_000],
  [1, 1_000_000, 3_000_000],
];
const INVALID_SHARE = 10;
const RETOUR_SHARE = 40;

export interface Planned extends Omit<LetterOptions, 'referentienummer' | 'answerTo'> {
  readonly from: GatewayName;
}

/** What the next message is, drawn. */
export function planLetter(from: Draw): Planned {
  const size = from.below(100);
  let upTo = 0;
  const [, least, most] = SIZES.find(([share]) => {
    upTo += share;
    return size < upTo;
  }) ?? [0, 0, 1];
  return {
    from: from.below(100) < RETOUR_SHARE ? 'aanbieder' : 'gemeente',
    mode: from.of<Mode>(['async', 'sync']),
    valid: from.below(100) >= INVALID_SHARE,
    padding: least + from.below(most - least),
  };
}

export class Traffic {
  readonly #applications: Applications;
  readonly #ledger: Ledger;
  readonly #draw: Draw;
  readonly #loops: Promise<void>[] = [];
  /** The last heenbericht of each mode that arrived: a retourbericht answers one that is known. */
  readonly #lastHeen = new Map<Mode, string>();
  #ending = false;
  /** Messages that were due and not begun because too many were under way. */
  held = 0;

  constructor(applications: Applications, ledger: Ledger, seed: string) {
    this.#applications = applications;
    this.#ledger = ledger;
    this.#draw = draw(`${seed}|verkeer`);
    for (const name of ENDS) this.#loop(COLLECT_MS, () => applications.collect(name, performance.now() + CONFIRM_MS));
    this.#loop(SETTLE_MS, () => this.#settle());
  }

  /** Sends by the pacer until `until`; what is under way goes on. */
  async send(pacer: Pacer, until: number): Promise<void> {
    while (performance.now() < until) {
      const due = pacer.due(performance.now());
      const room = Math.max(0, Math.min(due, MOST_OPEN - this.#ledger.open));
      this.held += due - room;
      for (let i = 0; i < room; i += 1) this.#begin();
      await pause(TICK_MS);
    }
  }

  /**
   * As many as the chain takes with `width` under way: arrivals a second, from when the first `width` have come, over `ms`
   * and as much longer as it takes to see that many again. Throws when it takes nothing.
   */
  async saturate(width: number, ms: number): Promise<number> {
    const ledger = this.#ledger;
    const latest = performance.now() + LONGEST_MEASURE_MS;
    const fill = async (until: () => boolean): Promise<void> => {
      while (!until()) {
        if (performance.now() > latest)
          throw new Error('de keten neemt te weinig aan om haar tempo te meten; geef --rate');
        while (ledger.submitted - ledger.arrived < width) this.#begin();
        await pause(TICK_MS / 4);
      }
    };
    await fill(() => ledger.arrived >= width);
    const from = { at: performance.now(), arrived: ledger.arrived };
    await fill(() => performance.now() > from.at + ms && ledger.arrived >= from.arrived + width);
    return ((ledger.arrived - from.arrived) * 1000) / (performance.now() - from.at);
  }

  #begin(): void {
    const { from, ...planned } = planLetter(this.#draw);
    const heen = this.#lastHeen.get(planned.mode);
    const retour = from === 'aanbieder' && heen !== undefined;
    const number = this.#ledger.nextNumber();
    const letter = writeLetter({
      ...planned,
      referentienummer: this.#ledger.reference(number),
      ...(retour ? { answerTo: heen } : {}),
    });
    const entry = this.#ledger.begin(number, retour ? 'aanbieder' : 'gemeente', letter);
    if (!retour && planned.valid) entry.mode = planned.mode;
    this.#applications.submit(entry.from, letter, performance.now() + SUBMIT_MS).then(
      (given) => {
        if (given !== undefined) entry.given = given;
      },
      () => undefined,
    );
  }

  async #settle(): Promise<void> {
    const now = performance.now();
    await Promise.all(this.#ledger.ripe(now - ASK_MS, ASKED_AT_ONCE).map((entry) => this.#ask(entry, now)));
  }

  async #ask(entry: Entry, now: number): Promise<void> {
    entry.askedAt = now;
    if (entry.given === undefined) return;
    const state = await this.#applications.stateOf(entry.from, entry.given);
    if (entry.mode !== undefined) this.#lastHeen.set(entry.mode, entry.letter.referentienummer);
    this.#ledger.settle(entry, state);
  }

  /** Judges what is left as it stands, and ends. */
  async end(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#loops);
    for (const entry of this.#ledger.rest()) {
      const { given } = entry;
      const state = given === undefined ? undefined : await this.#applications.stateOf(entry.from, given);
      this.#ledger.settle(entry, state, true);
    }
  }

  #loop(everyMs: number, work: () => Promise<void>): void {
    const run = async (): Promise<void> => {
      while (!this.#ending) {
        await work();
        await pause(everyMs);
      }
    };
    this.#loops.push(run());
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
