// What a round does, drawn from the seed, so that any round can be done again.
import { draw } from '../harness/draw.ts';
import { type GatewayName, type Mode, POINTS, type Point, type PointName } from '../harness/points.ts';
import type { SpecialName } from './circumstances.ts';

interface PlannedLetter {
  readonly referentienummer: string;
  readonly valid: boolean;
  readonly padding: number;
  /** Absent: that of the round. */
  readonly mode?: Mode;
}

export interface RoundPlan {
  readonly point: PointName | SpecialName;
  readonly round: number;
  readonly victim: GatewayName;
  readonly mode: Mode;
  /** Which occurrence of the point. */
  readonly nth: number;
  readonly letters: readonly PlannedLetter[];
  /** The kill is a power cut: what was not synchronised is gone. */
  readonly powerCut: boolean;
  /** Only for kills at random instants: milliseconds after the first submission. */
  readonly delayMs: number;
}

/** In octets of padding: a message that is stored as a file, and one that also waits for its turn at a hub and is read by a worker. */
const LARGE = 120_000;
const IN_TURN = 240_000;
/** About as long as a round takes: retries and acknowledgments are hit as well. */
const LONGEST_DELAY_MS = 600;
/** One round in so many has one of these, and of those one in so many takes turns. */
const LARGE_EVERY = 4;
const IN_TURN_EVERY = 3;

/** `run` differs each time: a referentienummer that came before would be a repetition, not a new message. */
export function planRound(point: PointName, round: number, seed: string, run: string): RoundPlan {
  const from = draw(`${seed}|${point}|${round}`);
  const { victims, large, once }: Point = POINTS[point];
  const mode = from.of<Mode>(['async', 'sync']);
  const victim = from.of(victims[mode]);
  const valid = 1 + from.below(3);
  const invalid = large === true ? 0 : from.below(3);
  const withLarge = large === true || from.below(LARGE_EVERY) === 0;
  const names = draw(`${run}|${seed}|${point}|${round}`);
  const total = valid + invalid;
  const nth = 1 + from.below(occurrences(point, victim, { valid, total, once: once === true }));
  const powerCut = from.below(2) === 1;
  const delayMs = from.below(LONGEST_DELAY_MS);
  const largest = from.below(IN_TURN_EVERY) === 0 ? IN_TURN : LARGE;
  const letters = Array.from({ length: total }, (_, i) => ({
    referentienummer: names.uuid(),
    valid: i < valid,
    padding: i === 0 && withLarge ? largest : 0,
  }));
  return { point, round, victim, mode, nth, letters, powerCut, delayMs };
}

interface Sizes {
  readonly valid: number;
  readonly total: number;
  readonly once: boolean;
}

/** How often a point is reached in a round at the least. */
function occurrences(point: PointName, victim: GatewayName, { valid, total, once }: Sizes): number {
  if (point === 'cpaActivation') return 3;
  if (once) return 1;
  return victim === 'aanbieder' ? valid : total;
}
