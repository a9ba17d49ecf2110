// What a schema says of data that somebody wrote, in Dutch: that it is missing, or what was found, and what is expected.
import { z } from 'zod';

const { localeError } = z.locales.nl();

const KINDS: Readonly<Record<string, string>> = {
  string: 'tekst',
  number: 'een getal',
  int: 'een geheel getal',
  boolean: 'true of false',
  array: 'een lijst',
  tuple: 'een lijst',
  object: 'een object',
  record: 'een object',
};

/**
 * For `safeParse`; JSON holds no `undefined`, so a field without a value is not there. Values are not repeated, for they may be
 * secret; a number out of its bounds is.
 */
export const DUTCH = {
  error: (issue: z.core.$ZodRawIssue) => {
    if (issue.code === 'too_small' || issue.code === 'too_big') return outOfBounds(issue);
    const expected = expectedOf(issue);
    if (expected === undefined) return localeError(issue);
    if (issue.input === undefined) return missing(`verwacht ${expected}`);
    return issue.code === 'invalid_type'
      ? `gevonden ${kindOf(issue.input)}; verwacht ${expected}`
      : `verwacht ${expected}`;
  },
};

/** A schema's own words for what it expects, for a field that is missing as well. */
export const expecting = (text: string) => ({
  error: (issue: z.core.$ZodRawIssue) => (issue.input === undefined ? missing(text) : text),
});

const missing = (expectation: string): string => `ontbreekt; ${expectation}`;

function expectedOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? issue.expected;
  return issue.code === 'invalid_value' ? issue.values.join(', ').replace(/, ([^,]*)$/, ' of $1') : undefined;
}

type OutOfBounds = z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall> | z.core.$ZodRawIssue<z.core.$ZodIssueTooBig>;

/** Of what is counted: the word for one, and for more. */
const COUNTED: Readonly<Record<string, readonly [one: string, more: string]>> = {
  string: ['teken', 'tekens'],
  array: ['element', 'elementen'],
};

function outOfBounds(issue: OutOfBounds): string {
  const [bound, least] = issue.code === 'too_small' ? [issue.minimum, true] : [issue.maximum, false];
  const counted = COUNTED[issue.origin];
  if (counted === undefined) return `gevonden ${issue.input}, verwacht een getal ${beyond(issue, least)} ${bound}`;
  return `verwacht ten ${least ? 'minste' : 'hoogste'} ${bound} ${bound === 1 ? counted[0] : counted[1]}`;
}

function beyond({ inclusive }: OutOfBounds, least: boolean): string {
  if (inclusive === false) return least ? 'groter dan' : 'kleiner dan';
  return least ? 'van ten minste' : 'van ten hoogste';
}

function kindOf(input: unknown): string {
  if (input === null) return 'null';
  return KINDS[Array.isArray(input) ? 'array' : typeof input] ?? typeof input;
}
