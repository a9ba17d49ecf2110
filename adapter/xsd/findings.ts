// libxml2's validation errors as findings: facet or rule, and a Dutch sentence of what is wrong and what is expected, without the value that was found (row 159).
import type { SchemaWords } from './schema-words.ts';

/** What is expected, of what libxml2 said at a place. */
type Expected = (said: string, owner: string, words: SchemaWords) => string | undefined;

interface Pattern {
  readonly code: string;
  readonly test: RegExp;
  /** `$1` is the first group of the pattern; only names may appear. */
  readonly message: string;
  readonly expected?: Expected;
}

/**
 * The schema's text stands behind the last of libxml2's words; a value before it may imitate them. It is looked up and not told,
 * because of a long value the end is cut off and the last words may be the value's (row 159).
 */
const behind =
  (key: string, before: string, after: string): Expected =>
  (said, _, words) => {
    const at = said.lastIndexOf(before);
    return at < 0 || !said.endsWith(after)
      ? undefined
      : words.get(`${key}:${said.slice(at + before.length, -after.length)}`);
  };

const always =
  (text: string): Expected =>
  () =>
    text;

/** libxml2 names ten at most. A namesake of none of the schema's elements is an imitation, and then nothing is told. */
const elements: Expected = (said, _, words) => {
  const list = /Expected is (?:one of )?\( (.*) \)\.$/s.exec(said)?.[1]?.split(', ') ?? [];
  const names = list.map((one) => (/^##|\*$/.test(one) ? 'een ander element' : words.get(`element:${one}`)));
  if (names.some((name) => name === undefined)) return undefined;
  return names.length > 1 ? `een van ${names.join(', ')}` : names[0];
};

const ofOwner: Expected = (_, owner, words) => words.get(`local:${owner}`);

/**
 * In this order; the first that fits counts. They are fitted to the text behind the place and anchored, so that a value
 * that imitates a text of libxml2 is not read as one. Values stand between quotes and are never taken over.
 */
const PATTERNS: readonly Pattern[] = [
  {
    code: 'unexpected',
    test: /^This element is not expected\.$/,
    message: 'dit element wordt hier niet verwacht',
    expected: always('geen element meer op deze plaats'),
  },
  {
    code: 'unexpected',
    test: /^This element is not expected/,
    message: 'dit element wordt hier niet verwacht',
    expected: elements,
  },
  { code: 'missing', test: /^Missing child element/, message: 'er ontbreekt een element', expected: elements },
  {
    code: 'attributeMissing',
    test: /^The attribute '[^']*' is required but missing/,
    message: 'er ontbreekt een attribuut',
    expected: behind('attribute', "The attribute '", "' is required but missing."),
  },
  {
    code: 'attribute',
    test: /^The attribute '(?:\{[^}]*\})?([^']{1,100})' is not allowed/,
    message: 'het attribuut $1 is niet toegestaan',
  },
  {
    code: 'attribute',
    test: /^The attribute '[^']*' is not allowed/,
    message: 'een attribuut is hier niet toegestaan',
  },
  {
    code: 'pattern',
    test: /^\[facet 'pattern'\]/,
    message: 'de waarde heeft niet de voorgeschreven vorm (pattern)',
    expected: behind('pattern', " is not accepted by the pattern '", "'."),
  },
  {
    code: 'enumeration',
    test: /^\[facet 'enumeration'\]/,
    message: 'de waarde staat niet in de codelijst (enumeration)',
    expected: behind('enumeration', ' is not an element of the set {', '}.'),
  },
  {
    code: 'maxLength',
    test: /^\[facet 'maxLength'\]/,
    message: 'de waarde is te lang (maxLength)',
    expected: behind('maxLength', " maximum length of '", "'."),
  },
  {
    code: 'minLength',
    test: /^\[facet 'minLength'\]/,
    message: 'de waarde is te kort (minLength)',
    expected: behind('minLength', " minimum length of '", "'."),
  },
  {
    code: 'length',
    test: /^\[facet 'length'\]/,
    message: 'de waarde heeft niet de voorgeschreven lengte (length)',
    expected: behind('length', " allowed length of '", "'."),
  },
  {
    code: 'maxInclusive',
    test: /^\[facet 'maxInclusive'\]/,
    message: 'de waarde is te groot (maxInclusive)',
    expected: behind('maxInclusive', " maximum value allowed ('", "')."),
  },
  {
    code: 'minInclusive',
    test: /^\[facet 'minInclusive'\]/,
    message: 'de waarde is te klein (minInclusive)',
    expected: behind('minInclusive', " minimum value allowed ('", "')."),
  },
  {
    code: 'maxExclusive',
    test: /^\[facet 'maxExclusive'\]/,
    message: 'de waarde is te groot (maxExclusive)',
    expected: behind('maxExclusive', " must be less than '", "'."),
  },
  {
    code: 'minExclusive',
    test: /^\[facet 'minExclusive'\]/,
    message: 'de waarde is te klein (minExclusive)',
    expected: behind('minExclusive', " must be greater than '", "'."),
  },
  {
    code: 'totalDigits',
    test: /^\[facet 'totalDigits'\]/,
    message: 'de waarde heeft te veel cijfers (totalDigits)',
    expected: behind('totalDigits', " more digits than are allowed ('", "')."),
  },
  {
    code: 'fractionDigits',
    test: /^\[facet 'fractionDigits'\]/,
    message: 'de waarde heeft te veel decimalen (fractionDigits)',
    expected: behind('fractionDigits', " more fractional digits than are allowed ('", "')."),
  },
  { code: 'facet', test: /^\[facet '/, message: 'de waarde voldoet niet aan een regel van haar type' },
  {
    code: 'fixed',
    test: /^The (?:actual |initial )?value '.*' does not match the fixed value constraint '[^']*'\.$/s,
    message: 'de waarde is niet de voorgeschreven vaste waarde (fixed)',
    expected: behind('fixed', " fixed value constraint '", "'."),
  },
  {
    code: 'type',
    test: /^(?:'.*'|The character content) is not a valid value of the local .*type\.$/s,
    message: 'de waarde is niet van het voorgeschreven type',
    expected: ofOwner,
  },
  // libxml2 cuts its texts off behind 64,000 characters: of a long value only the beginning is told.
  {
    code: 'type',
    test: /^(?:'|The character content is not a valid value)/,
    message: 'de waarde is niet van het voorgeschreven type',
    expected: behind('type', " type '", "'."),
  },
  { code: 'nil', test: /^The element is not 'nillable'/, message: 'xsi:nil is hier niet toegestaan' },
  { code: 'xsiType', test: /^The .* of the xsi:type attribute/s, message: 'xsi:type noemt geen type dat hier past' },
  {
    code: 'root',
    test: /^No matching global declaration/,
    message: 'dit element is geen begin van een bericht volgens dit schema',
    expected: (_said, _owner, words) => words.get('root:'),
  },
  {
    code: 'content',
    test: /^Character content other than whitespace is not allowed/,
    message: 'tekst is hier niet toegestaan',
    expected: always('alleen elementen'),
  },
  {
    code: 'content',
    test: /^Character content is not allowed/,
    message: 'tekst is hier niet toegestaan',
    expected: always('een leeg element'),
  },
  {
    code: 'content',
    test: /^Element content is not allowed/,
    message: 'elementen zijn hier niet toegestaan',
    expected: always('hoogstens tekst'),
  },
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

const PLACE = /^Element '((?:\{[^}]*\})?([^']*))'(?:, attribute '((?:\{[^}]*\})?[^']*)')?: /;

/** Reads one text of libxml2: `Element 'x', attribute 'y': what is wrong.` */
export function readFinding(text: string, words: SchemaWords): Finding {
  const [place = '', qualified = '', element, attribute] = PLACE.exec(text) ?? [];
  const said = text.slice(place.length).trimEnd();
  for (const { code, test, message, expected } of PATTERNS) {
    const groups = test.exec(said);
    if (groups === null) continue;
    const wanted = expected?.(said, attribute ?? qualified, words) ?? '';
    const wrong = message.replace('$1', () => groups[1] ?? '');
    return { code, element, message: wanted === '' ? wrong : `${wrong}; verwacht ${wanted}` };
  }
  return { code: 'schema', element, message: 'het element voldoet niet aan het schema' };
}
