// The faults of a soak, drawn from the seed: which, where, and for how long.
import { draw } from '../harness/draw.ts';
import { GATEWAYS, type GatewayName, type Mode, POINT_NAMES, POINTS, type PointName } from '../harness/points.ts';

/** For people. */
export const FAULTS = {
  kill: 'gestopt met SIGKILL, meteen opnieuw gestart',
  point: 'gestopt op een punt in de verwerking',
  freeze: 'bevroren (SIGSTOP), daarna verder',
  down: 'partner een tijd weg',
  slow: 'opslag traag',
  cut: 'alle verbindingen verbroken',
  full: 'schijf vol (schrijven geweigerd)',
  clock: 'klok tien minuten versprongen',
  cpa: 'CPA opnieuw geïmporteerd onder verkeer',
  certificate: 'certificaatbestanden vervangen',
  terminate: 'gestopt met SIGTERM, opnieuw gestart',
} as const;
export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

export interface Fault {
  readonly fault: FaultName;
  readonly victim: GatewayName;
  /** How long it lasts, or how long a point is waited for. */
  readonly ms: number;
  /** Only for `point`. */
  readonly point: PointName;
  readonly nth: number;
  /** Only for `clock`. */
  readonly offsetMs: number;
  /** Only for `cpa`: which agreement of the victim. */
  readonly mode: Mode;
  /** Only for `slow`: calls that wait, or a COMMIT that holds the event loop. */
  readonly where: 'calls' | 'commit';
}

const TEN_MINUTES_MS = 600_000;
/** Every point but the kill at any moment, which is a fault of its own. */
const AT = POINT_NAMES.filter((name) => name !== 'random');
const LONGEST: Readonly<Partial<Record<FaultName, number>>> = { down: 10_000, clock: 10_000, point: 10_000 };
const USUAL_MS = 5_000;

/** Each kind comes once before any comes again, in an order of its own: a short soak has all of them. */
function kindOf(seed: string, number: number): FaultName {
  const cycle = Math.floor(number / FAULT_NAMES.length);
  const from = draw(`${seed}|volgorde|${cycle}`);
  const left = [...FAULT_NAMES];
  const order = FAULT_NAMES.flatMap(() => left.splice(from.below(left.length), 1));
  return order[number % FAULT_NAMES.length] ?? 'kill';
}

/** The same number of the same seed is the same fault; none lasts longer than half the time between two. */
export function planFault(seed: string, number: number, everyMs: number): Fault {
  const from = draw(`${seed}|storing|${number}`);
  const fault = kindOf(seed, number);
  const point = from.of(AT);
  const { async, sync } = POINTS[point].victims;
  const reachable = [...new Set<GatewayName>([...async, ...sync])];
  return {
    fault,
    victim: from.of(fault === 'point' ? reachable : GATEWAYS),
    ms: Math.min(LONGEST[fault] ?? USUAL_MS, Math.round(everyMs / 2)),
    point,
    nth: 1 + from.below(3),
    offsetMs: from.of([-TEN_MINUTES_MS, TEN_MINUTES_MS]),
    mode: from.of<Mode>(['async', 'sync']),
    where: from.of(['calls', 'commit'] as const),
  };
}
