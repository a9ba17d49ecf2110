// tijdstipBericht, EEJJMMDD[HHMMSS[mmm]], as Dutch wall-clock time.
import type { Instant } from '../base/index.ts';

const FORMAT = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Amsterdam',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const DIGITS = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})?(\d{2})?(\d{1,3})?)?$/;
const MINUTE = 60_000;
const SUMMER = 120;
const WINTER = 60;

/**
 * `yyyyMMddHHmmssSSS` in Europe/Amsterdam. The standard gives digits without a zone; municipal systems write wall-clock
 * time. In the hour that autumn repeats, the text is not unambiguous, and may be lower than an earlier one.
 */
export function formatTijdstip(at: Instant): string {
  const wall = new Date(at + offsetMinutes(at) * MINUTE).toISOString();
  return wall.replace(/\D/g, '').slice(0, 17);
}

/**
 * Reads 8 to 17 digits; a missing remainder is zero. Undefined when it is no calendar date or time: the XSD lets
 * that through. The first of two possible instants is taken; an hour that spring skips is read as winter time.
 */
export function parseTijdstip(text: string): Instant | undefined {
  const m = DIGITS.exec(text);
  if (m === null) return undefined;
  const n = (i: number): number => Number(m[i] ?? 0);
  const wall = Date.UTC(n(1), n(2) - 1, n(3), n(4), n(5), n(6)) + Number((m[7] ?? '').padEnd(3, '0'));
  const written = [1, 2, 3, 4, 5, 6].map((i) => m[i] ?? '00').join('');
  if (n(1) < 100 || new Date(wall).toISOString().replace(/\D/g, '').slice(0, 14) !== written) return undefined;
  const summer = wall - SUMMER * MINUTE;
  return offsetMinutes(summer) === SUMMER ? summer : wall - WINTER * MINUTE;
}

const HOUR = 3_600_000;
let lastHour = Number.NaN;
let lastOffset = 0;

/** The clocks are only ever put on or back at a whole hour, and messages come in the order of time: the last answer mostly holds. */
function offsetMinutes(at: Instant): number {
  const hour = Math.floor(at / HOUR);
  if (hour !== lastHour) [lastHour, lastOffset] = [hour, askOffset(at)];
  return lastOffset;
}

function askOffset(at: Instant): number {
  const parts = new Map(FORMAT.formatToParts(at).map((part) => [part.type, part.value]));
  const n = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const wall = Date.UTC(n('year'), n('month') - 1, n('day'), n('hour'), n('minute'), n('second'));
  return Math.round((wall - Math.floor(at / 1000) * 1000) / MINUTE);
}
