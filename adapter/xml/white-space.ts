// White space as XML 1.0 knows it (production 3): four characters, where JavaScript's trim takes away two dozen.

const BLANKS = ' \t\r\n';

/** Without the white space around it. Looks at both ends only: a regular expression would walk every run inside. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && BLANKS.includes(text[start] ?? '')) start += 1;
  while (end > start && BLANKS.includes(text[end - 1] ?? '')) end -= 1;
  return text.slice(start, end);
}
