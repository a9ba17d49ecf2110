// Takes out of free text what could be a BSN; field values that are identifiers by their nature stay whole.

const WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1];
const DIGITS = /(?<![0-9A-Za-z-])\d{8,9}(?![0-9A-Za-z]|-\d)/g;

/** The eleven test on eight or nine digits. */
export function isBsn(digits: string): boolean {
  const padded = digits.padStart(9, '0');
  if (!/^\d{9}$/.test(padded) || /^0+$/.test(padded)) return false;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(padded[i]), 0);
  return sum % 11 === 0;
}

/** Replaces every number that passes the eleven test by `[bsn]`. */
export function redact(text: string): string {
  return text.replace(DIGITS, (digits) => (isBsn(digits) ? '[bsn]' : digits));
}
