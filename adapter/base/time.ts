// xs:dateTime and xs:duration, as ebMS and CPAs use them.
import type { Instant } from './clock.ts';

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?$/;
const DURATION = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/;

export interface DateTime {
  readonly instant: Instant;
  /** False when the text carried no zone and was read as UTC (R34, row 70). */
  readonly zoned: boolean;
}

/** Reads an xs:dateTime with a four-digit year; undefined when it is none (row 70: blanks, 24:00:00 and year 10000 are refused). */
export function parseDateTime(text: string): DateTime | undefined {
  const m = DATE_TIME.exec(text);
  if (m === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = m;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const roundTrip = new Date(at).toISOString().slice(0, 19);
  if (roundTrip !== `${year}-${month}-${day}T${hour}:${minute}:${second}`) return undefined;
  const offset = zone === undefined || zone === 'Z' ? 0 : zoneOffsetMinutes(zone);
  if (offset === undefined) return undefined;
  const ms = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000);
  return { instant: at + ms - offset * 60_000, zoned: zone !== undefined };
}

function zoneOffsetMinutes(zone: string): number | undefined {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  const total = hours * 60 + minutes;
  if (total > 14 * 60 || minutes > 59) return undefined;
  return zone[0] === '-' ? -total : total;
}

/** UTC with milliseconds and `Z`, e.g. `2030-01-01T10:00:00.000Z` (R34, DK-037). */
export function formatDateTime(at: Instant): string {
  return new Date(at).toISOString();
}

export interface Duration {
  readonly months: number;
  readonly ms: number;
}

/** Reads a non-negative xs:duration; years and months have no fixed length and stay months (cpa2 §4.9). Undefined when it is none. */
export function parseDuration(text: string): Duration | undefined {
  const m = DURATION.exec(text);
  if (m === null || text.endsWith('P') || text.endsWith('T')) return undefined;
  const n = (i: number): number => Number(m[i] ?? 0);
  const seconds = n(6) + (m[7] === undefined ? 0 : Number(`0.${m[7]}`));
  return { months: n(1) * 12 + n(2), ms: Math.round(((n(3) * 24 + n(4)) * 60 + n(5)) * 60_000 + seconds * 1000) };
}

/** Adds a duration calendar-wise in UTC; the day is cut to the length of the month reached. */
export function addDuration(at: Instant, duration: Duration): Instant {
  if (duration.months === 0) return at + duration.ms;
  const from = new Date(at);
  const target = new Date(at);
  target.setUTCDate(1);
  target.setUTCMonth(target.getUTCMonth() + duration.months);
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return target.getTime() + duration.ms;
}
