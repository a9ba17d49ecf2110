// Strict check of a document's structure: the verdict of the CPPA schema, with every fault on its line (V1, C1, C2, C3).
import { type Issue, NS } from '../base/index.ts';
import type { XmlAttribute, XmlElement } from '../xml/index.ts';
import { type ContentFault, contentModel, matchContent, type Particle } from './content-model.ts';
import { collapse, describeType, isOfType } from './simple-types.ts';
import { CPPA_ELEMENTS, type ElementRow } from './structure-cppa.ts';
import { DSIG_ELEMENTS } from './structure-dsig.ts';

interface AttributeRule {
  readonly type: string;
  readonly required: boolean;
}

interface ElementRule {
  readonly ns: string;
  readonly attributes: ReadonlyMap<string, AttributeRule>;
  readonly children?: Particle;
  readonly text?: string;
  readonly mixed: boolean;
}

const PREFIXES: Readonly<Record<string, string>> = { xlink: NS.xlink, xml: NS.xml, ds: NS.ds };

/** Elements by `namespace name`. CPPA attributes are qualified (C1), those of XML Signature are not. */
const RULES: ReadonlyMap<string, ElementRule> = new Map([
  ...Object.entries(CPPA_ELEMENTS).map(([name, row]) => [`${NS.cppa} ${name}`, rule(row, NS.cppa, NS.cppa)] as const),
  ...Object.entries(DSIG_ELEMENTS).map(([name, row]) => [`${NS.ds} ${name}`, rule(row, NS.ds, '')] as const),
]);

function rule(row: ElementRow, ns: string, attributeNs: string): ElementRule {
  const qualify = (name: string, own: string): string => {
    const colon = name.indexOf(':');
    return colon < 0 ? `${own} ${name}` : `${PREFIXES[name.slice(0, colon)] ?? ''} ${name.slice(colon + 1)}`;
  };
  const attributes = (row.attributes ?? '').split(' ').filter((part) => part !== '');
  const entry = (notation: string): readonly [string, AttributeRule] => {
    const mark = notation.search(/[!?]/);
    return [
      qualify(notation.slice(0, mark), attributeNs),
      { type: notation.slice(mark + 2), required: notation[mark] === '!' },
    ];
  };
  return {
    ns,
    attributes: new Map(attributes.map(entry)),
    mixed: row.mixed === true,
    ...(row.children === undefined ? {} : { children: contentModel(row.children, (name) => qualify(name, ns)) }),
    ...(row.text === undefined ? {} : { text: row.text }),
  };
}

/** An xs:ID or xs:IDREF value found on the way. */
export interface IdUse {
  readonly value: string;
  readonly element: XmlElement;
}

export interface Structure {
  readonly issues: readonly Issue[];
  readonly ids: readonly IdUse[];
}

/** Checks an element with everything in it. All faults are listed; ids are collected for the reference check. */
export function checkStructure(root: XmlElement): Structure {
  const issues: Issue[] = [];
  const ids: IdUse[] = [];
  walk(root, issues, ids);
  return { issues, ids };
}

/** A document with more faults than this is not a CPA with mistakes; the list stays readable and the work bounded. */
const MAX_ISSUES = 500;

function walk(element: XmlElement, issues: Issue[], ids: IdUse[]): void {
  if (issues.length >= MAX_ISSUES) return;
  const found = RULES.get(`${element.ns} ${element.name}`);
  if (found !== undefined) {
    checkAttributes(element, found, issues, ids);
    checkText(element, found, issues);
    checkChildren(element, found, issues);
  }
  // An element that the tables do not know stands behind a lax wildcard or was reported by its parent.
  for (const inner of element.children) walk(inner, issues, ids);
}

function checkAttributes(element: XmlElement, rules: ElementRule, issues: Issue[], ids: IdUse[]): void {
  const seen = new Set<string>();
  for (const attribute of element.attributes) {
    const key = `${attribute.ns} ${attribute.name}`;
    seen.add(key);
    const expected = rules.attributes.get(key);
    if (expected === undefined) {
      if (!isSchemaHint(attribute)) issues.push(unexpectedAttribute(element, attribute, rules));
      continue;
    }
    if (!isOfType(expected.type, attribute.value)) {
      issues.push(
        fault(element, 'InvalidValue', `attribuut ${attribute.name} moet ${describeType(expected.type)} zijn`, 'C3'),
      );
    } else if (expected.type === 'id') ids.push({ value: collapse(attribute.value), element });
  }
  for (const [key, expected] of rules.attributes) {
    if (expected.required && !seen.has(key)) {
      issues.push(fault(element, 'MissingAttribute', `attribuut ${key.slice(key.indexOf(' ') + 1)} ontbreekt`));
    }
  }
}

/** Only hints where a schema could be found; `xsi:type` and `xsi:nil` would change what the element is. */
function isSchemaHint(attribute: XmlAttribute): boolean {
  return (
    attribute.ns === NS.xsi && (attribute.name === 'schemaLocation' || attribute.name === 'noNamespaceSchemaLocation')
  );
}

function unexpectedAttribute(element: XmlElement, attribute: XmlAttribute, rules: ElementRule): Issue {
  const unprefixed = attribute.ns === '' && rules.attributes.has(`${NS.cppa} ${attribute.name}`);
  const detail = unprefixed
    ? `attribuut ${attribute.name} staat zonder prefix; het hoort in de CPPA-namespace`
    : `attribuut ${attribute.name} is hier niet toegestaan`;
  return fault(element, 'UnexpectedAttribute', detail, unprefixed ? 'C1' : 'V1');
}

function checkText(element: XmlElement, rules: ElementRule, issues: Issue[]): void {
  if (rules.mixed) return;
  if (rules.text !== undefined) {
    if (element.children.length > 0) {
      issues.push(fault(element, 'UnexpectedElement', 'hier hoort tekst, geen elementen'));
    } else if (!isOfType(rules.text, element.text)) {
      issues.push(fault(element, 'InvalidValue', `de waarde moet ${describeType(rules.text)} zijn`, 'C3'));
    }
    return;
  }
  const allowed = rules.children === undefined ? element.text === '' : collapse(element.text) === '';
  if (!allowed) issues.push(fault(element, 'UnexpectedText', 'hier mag geen tekst staan'));
}

function checkChildren(element: XmlElement, rules: ElementRule, issues: Issue[]): void {
  if (rules.text !== undefined) return;
  if (rules.children === undefined) {
    const extra = element.children[0];
    if (extra !== undefined) issues.push(fault(extra, 'UnexpectedElement', `${element.name} hoort leeg te zijn`));
    return;
  }
  for (const found of matchContent(rules.children, element.children, rules.ns)) {
    issues.push(contentIssue(element, found));
  }
}

function contentIssue(element: XmlElement, found: ContentFault): Issue {
  const expected = found.expected.length === 0 ? '' : found.expected.join(' of ');
  if (found.kind === 'missing') return fault(element, 'MissingElement', `${expected} ontbreekt in ${element.name}`);
  const child = element.children[found.index] ?? element;
  const hint = expected === '' ? '' : `; verwacht: ${expected}`;
  return fault(child, 'UnexpectedElement', `${child.name} is hier niet toegestaan${hint}`);
}

/** An issue on an element; `where` is its path. */
export function fault(element: XmlElement, code: string, detail: string, ruleId = 'V1'): Issue {
  return {
    code,
    severity: 'Error',
    where: pathOf(element),
    detail,
    rule: ruleId,
    ...(element.line === undefined ? {} : { line: element.line }),
  };
}

/** Path of local names from the root, with a position where siblings share the name. */
export function pathOf(element: XmlElement): string {
  const parent = element.parent;
  if (parent === undefined) return `/${element.name}`;
  const twins = parent.children.filter((child) => child.name === element.name && child.ns === element.ns);
  const position = twins.length > 1 ? `[${twins.indexOf(element) + 1}]` : '';
  return `${pathOf(parent)}/${element.name}${position}`;
}
