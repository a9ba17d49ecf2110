// Reads the children of one element in schema order; the first breach of order, cardinality or type becomes a fault.
import { type DateTime, NS, parseDateTime } from '../base/index.ts';
import { attribute, pathOf, trimmed, type XmlElement } from '../xml/index.ts';
import type { SoapFault } from './types.ts';

/** Carries a fault out of nested reading; it never leaves this module (see `readMessage`). */
export class Refusal extends Error {
  readonly fault: SoapFault;
  constructor(fault: SoapFault) {
    super(fault.detail);
    this.fault = fault;
  }
}

export function refuse(where: string, detail: string): never {
  throw new Refusal({ code: 'Client', detail: `${where}: ${detail}`, where });
}

/** Location as told to partners: `//Header/MessageHeader/CPAId`, or with `/@name` for an attribute. */
export function placeOf(element: XmlElement, attributeName?: string): string {
  const path = pathOf(element).replace(/^\/Envelope\//, '//');
  return attributeName === undefined ? path : `${path}/@${attributeName}`;
}

export class Cursor {
  readonly #parent: XmlElement;
  readonly #children: readonly XmlElement[];
  #at = 0;

  constructor(parent: XmlElement) {
    this.#parent = parent;
    this.#children = parent.children;
  }

  /** The next child when it has this name. */
  optional(name: string, ns: string = NS.eb): XmlElement | undefined {
    const next = this.#children[this.#at];
    if (next === undefined || next.name !== name || next.ns !== ns) return undefined;
    this.#at += 1;
    return next;
  }

  required(name: string, ns: string = NS.eb): XmlElement {
    const found = this.optional(name, ns);
    if (found !== undefined) return found;
    const next = this.#children[this.#at];
    return refuse(
      placeOf(this.#parent),
      next === undefined ? `${name} is missing` : `expected ${name}, found ${next.name}`,
    );
  }

  many(name: string, ns: string = NS.eb): XmlElement[] {
    const found: XmlElement[] = [];
    for (let next = this.optional(name, ns); next !== undefined; next = this.optional(name, ns)) found.push(next);
    return found;
  }

  /** What is left must be of other namespaces, and only where the schema has a wildcard (R20). */
  end(wildcard: boolean): void {
    elementsOnly(this.#parent);
    for (const left of this.#children.slice(this.#at)) {
      if (left.ns === NS.eb || left.ns === '' || !wildcard) refuse(placeOf(left), 'is not expected here');
    }
  }
}

/** No element with children has text of its own: nobody would read it (decision 0003). */
export function elementsOnly(element: XmlElement): void {
  if (trimmed(element.text) !== '') refuse(placeOf(element), 'expected elements only, found text beside them');
}

/** Character data that may not be blank; it is given as it stands, without the white space around it. */
export function textOf(element: XmlElement): string {
  if (element.children.length > 0) refuse(placeOf(element), 'expected text, found an element');
  const value = trimmed(element.text);
  if (value === '') refuse(placeOf(element), 'is empty');
  return value;
}

export function dateTimeOf(element: XmlElement): DateTime {
  const parsed = parseDateTime(element.text);
  return parsed ?? refuse(placeOf(element), 'expected an xs:dateTime such as 2030-01-31T12:00:00Z');
}

/** An `eb:` attribute (R15); undefined when absent, refused when blank. */
export function ebAttribute(element: XmlElement, name: string): string | undefined {
  const value = attribute(element, NS.eb, name);
  if (value !== undefined && trimmed(value) === '') refuse(placeOf(element, name), 'is empty');
  return value === undefined ? undefined : trimmed(value);
}

export function requiredAttribute(element: XmlElement, name: string): string {
  return ebAttribute(element, name) ?? refuse(placeOf(element, name), 'is missing');
}

export function oneOf<T extends string>(element: XmlElement, name: string, values: readonly T[]): T {
  const value = requiredAttribute(element, name);
  const found = values.find((known) => known === value);
  return found ?? refuse(placeOf(element, name), `expected ${values.join(' or ')}`);
}
