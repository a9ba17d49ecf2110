// Which rule ids exist: the families of the fact sheets with their ranges, and our own.

export interface Family {
  /** Matches an id in text; the first group is the number. */
  readonly form: RegExp;
  readonly first: number;
  readonly last: number;
  readonly source: string;
  readonly level: 'must' | 'should';
}

export const FAMILIES: readonly Family[] = [
  { form: /\bR(\d{1,3})\b/g, first: 1, last: 150, source: 'ebMS 2.0', level: 'must' },
  { form: /\bC(\d{1,2})\b/g, first: 1, last: 31, source: 'CPPA 2.0', level: 'must' },
  { form: /\bV(\d{1,2})\b/g, first: 1, last: 24, source: 'CPA import', level: 'must' },
  { form: /\bT(\d{1,3})\b/g, first: 1, last: 216, source: 'conformance case', level: 'must' },
  { form: /\bDK-(\d{3})\b/g, first: 1, last: 130, source: 'Digikoppeling ebMS2', level: 'must' },
  { form: /\bP-(\d{3})\b/g, first: 1, last: 199, source: 'portaal Zorg', level: 'must' },
  { form: /\bTLS(\d{3})\b/g, first: 1, last: 6, source: 'Digikoppeling security', level: 'must' },
  { form: /\bPKI(\d{3})\b/g, first: 1, last: 5, source: 'Digikoppeling security', level: 'must' },
  { form: /\brow (\d{1,3})\b/g, first: 1, last: 176, source: 'acceptance list', level: 'must' },
  { form: /\bOPS-(\d)\b/g, first: 1, last: 6, source: 'our own: operation', level: 'must' },
  { form: /\bSTUF-(\d)\b/g, first: 1, last: 3, source: 'our own: StUF', level: 'must' },
];
