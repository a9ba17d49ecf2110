// libxml2's validation errors as findings: facet or rule, and a Dutch sentence, without the value that was found (row 159).

interface Pattern {
  readonly code: string;
  readonly test: RegExp;
  /** `$1`… are groups of the pattern; only names, facets and limits may appear. */
  readonly message: string;
}

/**
 * In this order; the first that fits counts. They are fitted to the text behind the place and anchored, so that a value
 * that imitates a text of libxml2 is not read as one. Values stand between quotes and are never taken over.
 */
const PATTERNS: readonly Pattern[] = [
  {
    code: 'unexpected',
    test: /^This element is not expected\. Expected is (?:one of )?\( ([^)]*) \)/,
    message: 'dit element wordt hier niet verwacht; verwacht wordt $1',
  },
  { code: 'unexpected', test: /^This element is not expected/, message: 'dit element wordt hier niet verwacht' },
  {
    code: 'missing',
    test: /^Missing child element\(s\)\. Expected is (?:one of )?\( ([^)]*) \)/,
    message: 'er ontbreekt een element; verwacht wordt $1',
  },
  { code: 'missing', test: /^Missing child element/, message: 'er ontbreekt een element' },
  {
    code: 'attributeMissing',
    test: /^The attribute '([^']*)' is required but missing/,
    message: 'het attribuut $1 ontbreekt',
  },
  {
    code: 'attribute',
    test: /^The attribute '([^']*)' is not allowed/,
    message: 'het attribuut $1 is niet toegestaan',
  },
  { code: 'pattern', test: /^\[facet 'pattern'\]/, message: 'de waarde heeft niet de voorgeschreven vorm (pattern)' },
  {
    code: 'enumeration',
    test: /^\[facet 'enumeration'\]/,
    message: 'de waarde staat niet in de codelijst (enumeration)',
  },
  {
    code: 'maxLength',
    test: /^\[facet 'maxLength'\].* maximum length of '(\d+)'\.$/s,
    message: 'de waarde is langer dan $1 tekens (maxLength)',
  },
  {
    code: 'minLength',
    test: /^\[facet 'minLength'\].* minimum length of '(\d+)'\.$/s,
    message: 'de waarde is korter dan $1 tekens (minLength)',
  },
  { code: 'length', test: /^\[facet 'length'\]/, message: 'de waarde heeft niet de voorgeschreven lengte (length)' },
  {
    code: 'maxInclusive',
    test: /^\[facet 'maxInclusive'\].* maximum value allowed \('([\d.:T-]+)'\)\.$/s,
    message: 'de waarde is groter dan $1 (maxInclusive)',
  },
  {
    code: 'minInclusive',
    test: /^\[facet 'minInclusive'\].* minimum value allowed \('([\d.:T-]+)'\)\.$/s,
    message: 'de waarde is kleiner dan $1 (minInclusive)',
  },
  { code: 'totalDigits', test: /^\[facet 'totalDigits'\]/, message: 'de waarde heeft te veel cijfers (totalDigits)' },
  {
    code: 'fractionDigits',
    test: /^\[facet 'fractionDigits'\]/,
    message: 'de waarde heeft te veel decimalen (fractionDigits)',
  },
  { code: 'facet', test: /^\[facet '([A-Za-z]+)'\]/, message: 'de waarde schendt de regel $1' },
  {
    code: 'fixed',
    test: /^The (?:actual )?value '.*' does not match the fixed value constraint '[^']*'\.$/s,
    message: 'de waarde is niet de voorgeschreven vaste waarde (fixed)',
  },
  {
    code: 'type',
    test: /^(?:'.*'|The character content) is not a valid value of the (?:atomic|list|union) type '(?:\{[^}]*\})?([^']*)'\.$/s,
    message: 'de waarde is niet van het type $1',
  },
  {
    code: 'type',
    test: /^(?:'.*'|The character content) is not a valid value of the local .*type\.$/s,
    message: 'de waarde is niet van het voorgeschreven type',
  },
  // libxml2 cuts its texts off behind 64,000 characters: of a long value only the beginning is told.
  { code: 'type', test: /^'/, message: 'de waarde is niet van het voorgeschreven type' },
  { code: 'nil', test: /^The element is not 'nillable'/, message: 'xsi:nil is hier niet toegestaan' },
  { code: 'xsiType', test: /^The .* of the xsi:type attribute/s, message: 'xsi:type noemt geen type dat hier past' },
  {
    code: 'root',
    test: /^No matching global declaration/,
    message: 'dit element is geen begin van een bericht volgens dit schema',
  },
  {
    code: 'content',
    test: /^Character content (?:is not allowed|other than whitespace is not allowed)/,
    message: 'tekst is hier niet toegestaan',
  },
  { code: 'content', test: /^Element content is not allowed/, message: 'elementen zijn hier niet toegestaan' },
  { code: 'limit', test: /^gave up$/, message: 'een waarde is te lang om te controleren' },
  { code: 'id', test: /(?:xs:ID|xs:IDREF|duplicate)/i, message: 'een id of verwijzing klopt niet' },
];

/** Stands for libxml2's refusal to go on, of which it tells neither place nor reason. */
export const GAVE_UP = 'gave up';

export interface Finding {
  readonly code: string;
  readonly message: string;
  /** Local name of the element or, for an attribute, of its owner. */
  readonly element: string | undefined;
}

const PLACE = /^Element '(?:\{[^}]*\})?([^']*)'(?:, attribute '(?:\{[^}]*\})?[^']*')?: /;

/** Reads one text of libxml2: `Element 'x', attribute 'y': what is wrong.` */
export function readFinding(text: string): Finding {
  const place = PLACE.exec(text);
  const element = place?.[1];
  const said = text.slice(place?.[0].length ?? 0).trimEnd();
  for (const { code, test, message } of PATTERNS) {
    const groups = test.exec(said);
    if (groups === null) continue;
    const rule = code === 'facet' ? (groups[1] ?? code) : code;
    return {
      code: rule,
      element,
      message: message.replace(/\$(\d)/g, (_, n: string) => names(groups[Number(n)] ?? '')),
    };
  }
  return { code: 'schema', element, message: 'het element voldoet niet aan het schema' };
}

/** `{namespace}name` → `name`. */
const names = (list: string): string =>
  list
    .replace(/##\w+(?:\{[^}]*\})?\*?/g, 'een ander element')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\s*,\s*/g, ', ');
