// Takes out of a text what could be a BSN; what names a message, a moment or an address stays whole, or nobody could find it (row 159).

const WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1];
const ZERO = 0x30;

const YEAR = '(?:19|20)\\d\\d';
const MONTH = '(?:0?[1-9]|1[0-2])';
const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
/** A UUID; a digest or other hexadecimal token of 32 and more; a date; an IPv4 address, although a BSN can be written as one. */
const STAYS = [
  '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  '[0-9a-f]{32,}',
  `${YEAR}[./-]${MONTH}[./-]${DAY}(?!\\d)`,
  `${DAY}[./-]${MONTH}[./-]${YEAR}(?!\\d)`,
  `(?<!\\d\\.)(?:${OCTET}\\.){3}${OCTET}(?!\\.?\\d)`,
].join('|');
/** What stays, or a row of numbers with one separator between each two. */
const PLACES = new RegExp(`${STAYS}|(\\d+(?:[\\s./_-](?!${STAYS})\\d+)*)`, 'gi');
const SEPARATOR = /([\s./_-])/;
/** Most texts have no eight digits together, and cost no more than this look. */
const DIGITS = /\d(?:[\s./_-]?\d){7}/;

/** The eleven test on eight or nine digits. */
export function isBsn(digits: string): boolean {
  const padded = digits.padStart(9, '0');
  if (!/^\d{9}$/.test(padded) || padded === '000000000') return false;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * (padded.charCodeAt(i) - ZERO), 0);
  return sum % 11 === 0;
}

/**
 * Replaces by `[bsn]` every number that passes the eleven test: eight or nine digits together, or nine in groups. About one in
 * eleven other numbers goes with them; longer ones (OIN, timestamps) are none.
 */
export function redact(text: string): string {
  if (!DIGITS.test(text)) return text;
  return text.replace(PLACES, (found, row?: string) => (row === undefined || row.length < 8 ? found : redactRow(row)));
}

function redactRow(row: string): string {
  const pieces = row.split(SEPARATOR); // numbers at the even places, separators between them
  let told = '';
  let hidden = -1; // place of the last number that has been replaced; what overlaps goes as one
  for (let at = 0; at < pieces.length; at += 2) {
    const last = lastOfBsn(pieces, at);
    if (at > hidden) told += `${pieces[at - 1] ?? ''}${last === undefined ? pieces[at] : '[bsn]'}`;
    hidden = Math.max(hidden, last ?? hidden);
  }
  return told;
}

/** Place of the number with which a BSN ends that begins with the one at `first`. */
function lastOfBsn(pieces: readonly string[], first: number): number | undefined {
  let digits = '';
  for (let at = first; at < pieces.length && digits.length < 9; at += 2) {
    digits += pieces[at];
    const isWhole = digits.length === 9 || (digits.length === 8 && at === first);
    if (isWhole && standsAlone(pieces, first, at) && isBsn(digits)) return at;
  }
  return undefined;
}

/** What goes on with a separator that it has inside is part of a longer number; a blank stands between words as well. */
function standsAlone(pieces: readonly string[], first: number, last: number): boolean {
  const goesOn = (beside: string | undefined): boolean =>
    beside !== undefined && beside.trim() !== '' && pieces.slice(first + 1, last).includes(beside);
  return !goesOn(pieces[first - 1]) && !goesOn(pieces[last + 1]);
}
