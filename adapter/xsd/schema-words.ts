// What a schema asks, in Dutch: looked up by what libxml2 says of it and written from the schema alone, so nothing of a document comes along (row 159).
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { attribute, child, childrenOf, descendants, readXml, type XmlElement } from '../xml/index.ts';
import type { SchemaEntry } from './types.ts';

/**
 * A kind of finding and the schema's text behind it, in the spelling of libxml2, such as `pattern:414` or `type:{urn:x}Datum` →
 * what is expected. Empty where one such text stands for different things.
 */
export type SchemaWords = ReadonlyMap<string, string>;

const XS = 'http://www.w3.org/2001/XMLSchema';
/** The most characters of a pattern, a value or the values of a list together. */
const MOST_CHARACTERS = 100;

const WHOLE = 'een geheel getal';
const NAME = 'een naam van letters, cijfers, punten en streepjes, die niet met een cijfer begint';
const BUILT_IN: Readonly<Record<string, string>> = {
  date: 'een datum zoals 2025-01-31',
  time: 'een tijd zoals 13:45:00',
  dateTime: 'een datum en tijd zoals 2025-01-31T13:45:00',
  duration: 'een duur zoals PT30M',
  gYear: 'een jaar zoals 2025',
  integer: WHOLE,
  long: WHOLE,
  int: WHOLE,
  short: WHOLE,
  nonNegativeInteger: `${WHOLE} vanaf 0`,
  positiveInteger: `${WHOLE} vanaf 1`,
  decimal: 'een getal zoals 12.50',
  boolean: 'true, false, 1 of 0',
  base64Binary: 'base64',
  anyURI: 'een URI',
  language: 'een taalcode zoals nl-NL',
  Name: NAME,
  NCName: NAME,
  ID: NAME,
  IDREF: NAME,
  NMTOKEN: 'een woord zonder spaties',
  QName: 'een naam, eventueel met prefix',
};

/** Patterns whose meaning is shorter than they are. */
const PLAIN: Readonly<Record<string, string>> = {
  '.*[^\\s].*': 'ten minste één teken dat geen witruimte is, op één regel',
  '\\s*\\S[\\s\\S]*': 'ten minste één teken dat geen witruimte is',
  '[^:Z]*': 'een waarde zonder tijdzone',
  '[^Z+-]+': 'een waarde zonder tijdzone',
};
const LITERALS = /^[\w-]+(?:\|[\w-]+)*$/;

const FACETS: Readonly<Record<string, (value: string) => string>> = {
  length: (value) => `precies ${counted(value, 'teken', 'tekens')}`,
  minLength: (value) => `minstens ${counted(value, 'teken', 'tekens')}`,
  maxLength: (value) => `hoogstens ${counted(value, 'teken', 'tekens')}`,
  minInclusive: (value) => `${value} of meer`,
  maxInclusive: (value) => `${value} of minder`,
  minExclusive: (value) => `meer dan ${value}`,
  maxExclusive: (value) => `minder dan ${value}`,
  totalDigits: (value) => `hoogstens ${counted(value, 'cijfer', 'cijfers')}`,
  fractionDigits: (value) => `hoogstens ${counted(value, 'decimaal', 'decimalen')}`,
};
/** libxml2 tells these as numbers, the others as they were written. */
const COUNTS = /Length$|^length$|Digits$/;

const counted = (value: string, one: string, more: string): string => `${value} ${value === '1' ? one : more}`;

/** Of the schema of an entry and all that it includes or imports. */
export function schemaWords(folder: string, { file, rootName, rootNamespace }: SchemaEntry): SchemaWords {
  const words = new Map<string, string>([['root:', `${rootName} in naamruimte ${rootNamespace}`]]);
  const add: Add = (key, text) => words.set(key, (words.get(key) ?? text) === text ? text : '');
  const declared = read(folder, file).flatMap((schema) => {
    const namespace = attribute(schema, '', 'targetNamespace') ?? '';
    return descendants(schema).map((element) => ({ element, namespace, name: attribute(element, '', 'name') }));
  });
  const types = new Map<string, XmlElement>();
  for (const { element, namespace, name } of declared)
    if (is(element, 'simpleType') && name !== undefined) types.set(`{${namespace}}${name}`, element);
  for (const { element, namespace, name } of declared) {
    if (is(element, 'restriction')) addFacets(element, add);
    if (name !== undefined) addNamed(element, { namespace, name }, types, add);
  }
  for (const [type, text] of Object.entries(BUILT_IN)) add(`type:xs:${type}`, text);
  return words;
}

type Add = (key: string, text: string) => void;
type Types = ReadonlyMap<string, XmlElement>;

const is = (element: XmlElement, name: string): boolean => element.ns === XS && element.name === name;

/** The schema elements of a file and of what it names, each once; what is not in the folder libxml2 did not read either (row 120). */
function read(folder: string, file: string, seen = new Set<string>()): XmlElement[] {
  const path = join(folder, file);
  if (seen.has(file) || !existsSync(path)) return [];
  seen.add(file);
  const parsed = readXml(readFileSync(path));
  if (!parsed.ok) return [];
  const { root } = parsed.value;
  const others = root.children.flatMap((element) => attribute(element, '', 'schemaLocation') ?? []);
  return [root, ...others.flatMap((other) => read(folder, posix.join(posix.dirname(file), other), seen))];
}

const valuesOf = (restriction: XmlElement, facet: string): string[] =>
  childrenOf(restriction, XS, facet).flatMap((element) => attribute(element, '', 'value') ?? []);

function addFacets(restriction: XmlElement, add: Add): void {
  for (const [facet, write] of Object.entries(FACETS)) {
    for (const value of valuesOf(restriction, facet)) {
      const told = COUNTS.test(facet) ? String(Number(value)) : value;
      add(`${facet}:${told}`, write(told));
    }
  }
  const enumeration = valuesOf(restriction, 'enumeration');
  if (enumeration.length > 0) add(`enumeration:${enumeration.map((one) => `'${one}'`).join(', ')}`, oneOf(enumeration));
  // A value need fit only one of them, and libxml2 names the last.
  const patterns = valuesOf(restriction, 'pattern');
  const last = patterns.at(-1);
  if (last !== undefined) add(`pattern:${last}`, patterns.map(patternWords).join(' of '));
}

function addNamed(
  element: XmlElement,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  types: Types,
  add: Add,
): void {
  const qualified = `{${namespace}}${name}`;
  const names = [name, qualified];
  if (is(element, 'element')) for (const one of names) add(`element:${one}`, name);
  if (is(element, 'attribute')) for (const one of names) add(`attribute:${one}`, name);
  if (is(element, 'simpleType')) add(`type:${qualified}`, `${typeWords(element, types) ?? 'een waarde'} (${name})`);
  const fixed = attribute(element, '', 'fixed');
  if (fixed !== undefined) add(`fixed:${fixed}`, cut(fixed));
  const local = child(element, XS, 'simpleType');
  const words = local === undefined ? undefined : typeWords(local, types);
  if (words !== undefined) for (const one of names) add(`local:${one}`, words);
}

/** Of an atomic type; undefined of a list or a union, and where nothing is known of its base. */
function typeWords(type: XmlElement, types: Types): string | undefined {
  const steps: XmlElement[] = [];
  let base: string | undefined;
  for (let at: XmlElement | undefined = type; at !== undefined; at = types.get(base ?? '')) {
    const restriction = child(at, XS, 'restriction');
    if (restriction === undefined) return undefined;
    steps.push(restriction);
    base = baseOf(restriction);
  }
  const literal = steps.flatMap((step) => valuesOf(step, 'pattern')).find((pattern) => LITERALS.test(pattern));
  if (literal !== undefined) return patternWords(literal);
  const kind = base === undefined ? undefined : BUILT_IN[base];
  const [from] = steps.flatMap((step) => valuesOf(step, 'minInclusive'));
  const [to] = steps.flatMap((step) => valuesOf(step, 'maxInclusive'));
  return kind === undefined || from === undefined || to === undefined ? kind : `${kind} van ${from} tot en met ${to}`;
}

/** `{namespace}name`, or the bare name of a built-in type. */
function baseOf(restriction: XmlElement): string | undefined {
  const [name = '', prefix = ''] = (attribute(restriction, '', 'base') ?? '').split(':').reverse();
  const namespace = restriction.namespaces.get(prefix) ?? '';
  return namespace === XS ? name : `{${namespace}}${name}`;
}

function patternWords(pattern: string): string {
  return PLAIN[pattern] ?? (LITERALS.test(pattern) ? oneOf(pattern.split('|')) : `de vorm ${cut(pattern)}`);
}

/** As many as fit. */
export function oneOf(values: readonly string[]): string {
  const [first = '', ...others] = values;
  if (others.length === 0) return cut(first);
  let length = 0;
  const fitting = values.filter((value) => {
    length += value.length + 2;
    return length <= MOST_CHARACTERS;
  });
  const shown = (fitting.length === 0 ? [cut(first)] : fitting).join(', ');
  return `een van ${shown}${fitting.length === values.length ? '' : ` … (${values.length} waarden)`}`;
}

const cut = (text: string): string => (text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`);
