// The rows of the two lifecycle tables, as `dk rules` shows them beside the catalogue.
import { INBOUND, OUTBOUND } from '../../adapter/msh/index.ts';

export interface LifecycleRow {
  readonly direction: 'out' | 'in';
  readonly from: readonly string[];
  readonly event: string;
  /** Absent: the state stays. */
  readonly to?: string;
  readonly rule: string;
}

type Row = (typeof OUTBOUND | typeof INBOUND)[number];

const shown = (direction: LifecycleRow['direction'], { from, event, to, rule }: Row): LifecycleRow => ({
  direction,
  from,
  event,
  ...(to === undefined ? {} : { to }),
  rule,
});

export const LIFECYCLE: readonly LifecycleRow[] = [
  ...OUTBOUND.map((row) => shown('out', row)),
  ...INBOUND.map((row) => shown('in', row)),
];
