// Takes out of a text what could be a BSN; a UUID or a digest in it stays whole, or nobody could find the message (row 159).

const WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1];

/**
 * First what stays: a UUID, a digest or other hexadecimal token of 32 and more. Then what is judged: eight or nine digits
 * standing alone, also in groups with blanks or points; longer numbers (OIN, timestamps) are none.
 */
const PLACES =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}|(?<!\d)(?:\d{8,9}|\d{3}[ .]\d{3}[ .]\d{3}|\d{4}[ .]\d{2}[ .]\d{3})(?!\d)/gi;

/** The eleven test on eight or nine digits. */
export function isBsn(digits: string): boolean {
  const padded = digits.padStart(9, '0');
  if (!/^\d{9}$/.test(padded) || /^0+$/.test(padded)) return false;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(padded[i]), 0);
  return sum % 11 === 0;
}

/** Replaces every number that passes the eleven test by `[bsn]`; about one in eleven other numbers goes with them. */
export function redact(text: string): string {
  return text.replace(PLACES, (found) => (isBsn(found.replace(/[ .]/g, '')) ? '[bsn]' : found));
}
