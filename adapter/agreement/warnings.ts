// What is going to end soon: the CPA itself and its certificates (row 61, row 88).
import type { Instant } from '../base/index.ts';
import type { Agreement } from './types.ts';

const DAY_MS = 86_400_000;
/** Days before the end at which a warning is due. */
export const WARNING_DAYS: readonly number[] = [90, 60, 30, 14, 7, 1];

/** Whole days until the CPA ends; negative when it has. */
export function daysLeft(agreement: Pick<Agreement, 'end'>, now: Instant): number {
  return Math.floor((agreement.end - now) / DAY_MS);
}
