// Compares an element with the structure table: the XSD's verdict, with the place of the first violation.
import { NS } from '../base/index.ts';
import type { XmlAttribute, XmlElement } from '../xml/index.ts';
import type { Part, TextRule } from './schema.ts';
import type { Facet, StufProblem } from './types.ts';

const BLANK = /^[\t\n\r ]*$/;
/** Attributes that XML Schema allows on every element and that change no verdict. */
const SCHEMA_HINTS: ReadonlySet<string> = new Set(['schemaLocation', 'noNamespaceSchemaLocation']);
/** White space around it is refused, as libxml2 does. */
const QNAME = /^(?:([^:\s]+):)?([^:\s]+)$/;

/** Texts by their path below the root, e.g. `stuurgegevens/zender/organisatie`, and the elements left open. */
export interface Walked {
  readonly texts: Map<string, string>;
  readonly open: Map<string, XmlElement>;
}

export function problem(element: XmlElement | undefined, where: string, facet: Facet, detail: string): StufProblem {
  const line = element?.line;
  return { kind: 'structure', detail, where, facet, ...(line === undefined ? {} : { line }) };
}

/** Reads the children of `element` in the order of its parts; the first violation is returned, else everything is in `into`. */
export function walk(
  element: XmlElement,
  { parts, xsdType }: Pick<Part & { type: 'group' }, 'parts' | 'xsdType'>,
  path: string,
  into: Walked,
): StufProblem | undefined {
  const loose = checkOwn(element, path, { xsdType }) ?? checkNoText(element, path);
  if (loose !== undefined) return loose;
  let next = 0;
  for (const part of parts) {
    const child = element.children[next];
    const place = `${path}/${part.name}`;
    if (child === undefined || child.name !== part.name || child.ns !== part.ns) {
      if (part.optional) continue;
      return problem(child ?? element, place, 'missing', `${part.name} ontbreekt of staat niet op zijn plaats.`);
    }
    const found = readPart(child, part, place, into);
    if (found !== undefined) return found;
    next += 1;
  }
  const extra = element.children[next];
  return extra === undefined
    ? undefined
    : problem(extra, `${path}/*[${next + 1}]`, 'unexpected', `Op deze plaats is geen element (meer) toegestaan.`);
}

function readPart(child: XmlElement, part: Part, place: string, into: Walked): StufProblem | undefined {
  const key = place.slice(place.indexOf('/', 1) + 1);
  if (part.type === 'group') return walk(child, part, place, into);
  if (part.type === 'open') {
    into.open.set(key, child);
    return checkOwn(child, place, part);
  }
  const found = checkOwn(child, place, part) ?? checkSimple(child, place) ?? checkText(child, part.rule, place);
  if (found !== undefined) return found;
  into.texts.set(key, child.text === '' ? (part.rule.fixed ?? '') : child.text);
  return undefined;
}

/** No attributes are declared anywhere in the envelope but `bestandsnaam`, which has its own reader. */
export function checkOwn(
  element: XmlElement,
  place: string,
  allowed: { readonly xsdType?: string | undefined; readonly named?: string | undefined },
): StufProblem | undefined {
  for (const attribute of element.attributes) {
    if (attribute.ns === NS.xsi && SCHEMA_HINTS.has(attribute.name)) continue;
    if (attribute.ns === '' && attribute.name === allowed.named) continue;
    if (saysItsType(element, attribute, allowed.xsdType)) continue;
    return problem(element, place, 'attribute', 'Dit element mag dit attribuut niet hebben.');
  }
  return undefined;
}

/** An xsi:type that says what the XSD says already; any other type would change what may stand in the element. */
function saysItsType(element: XmlElement, attribute: XmlAttribute, xsdType: string | undefined): boolean {
  if (attribute.ns !== NS.xsi || attribute.name !== 'type' || xsdType === undefined) return false;
  const [, prefix = '', name] = QNAME.exec(attribute.value) ?? [];
  return `{${element.namespaces.get(prefix) ?? ''}}${name}` === xsdType;
}

export function checkNoText(element: XmlElement, place: string): StufProblem | undefined {
  return BLANK.test(element.text)
    ? undefined
    : problem(element, place, 'text', 'Tussen de elementen mag geen tekst staan.');
}

export function checkSimple(element: XmlElement, place: string): StufProblem | undefined {
  return element.children.length === 0
    ? undefined
    : problem(element, place, 'unexpected', 'Hier is alleen tekst toegestaan, geen element.');
}

/** One text against one rule; the value itself is never repeated (row 159). */
export function checkText(element: XmlElement, rule: TextRule, place: string): StufProblem | undefined {
  return checkValue(element, element.text, rule, place);
}

export function checkValue(element: XmlElement, value: string, rule: TextRule, place: string): StufProblem | undefined {
  if (rule.fixed !== undefined && value === '') return undefined;
  const length = characters(value);
  if (rule.minLength !== undefined && length < rule.minLength) {
    return problem(element, place, 'minLength', `Ten minste ${rule.minLength} tekens vereist, gevonden: ${length}.`);
  }
  if (rule.maxLength !== undefined && length > rule.maxLength) {
    return problem(
      element,
      place,
      'maxLength',
      `Ten hoogste ${rule.maxLength} tekens toegestaan, gevonden: ${length}.`,
    );
  }
  if (rule.values !== undefined && !rule.values.includes(value)) {
    return problem(element, place, 'enumeration', `Toegestaan: ${rule.values.join(', ')}.`);
  }
  if (rule.pattern !== undefined && !rule.pattern.test(value)) {
    return problem(element, place, 'pattern', 'De waarde voldoet niet aan het voorgeschreven patroon.');
  }
  return undefined;
}

/** Characters as XML Schema counts them: a surrogate pair is one. */
function characters(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      count -= 1;
      i += 1;
    }
  }
  return count;
}
