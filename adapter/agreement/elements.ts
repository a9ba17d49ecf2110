// Reading CPPA elements: children, attributes and texts by local name in the CPPA namespace.
import { NS } from '../base/index.ts';
import { trimmed, type XmlElement } from '../xml/index.ts';
import { collapse } from './simple-types.ts';

/** First child of that name in the CPPA namespace. */
export function cppaChild(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name && child.ns === NS.cppa);
}

export function cppaChildren(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name && child.ns === NS.cppa) ?? [];
}

/** Value of a CPPA attribute as it stands. */
export function cppaAttribute(element: XmlElement | undefined, name: string): string | undefined {
  return element?.attributes.find((attribute) => attribute.name === name && attribute.ns === NS.cppa)?.value;
}

/** Value of an attribute that a message header will carry: without the white space around it, as the header's reader takes it. */
export function carriedAttribute(element: XmlElement | undefined, name: string): string | undefined {
  const value = cppaAttribute(element, name);
  return value === undefined ? undefined : trimmed(value);
}

/** Text of an element that a message header will carry; '' without the element. */
export function carriedText(element: XmlElement | undefined): string {
  return trimmed(element?.text ?? '');
}

/** Value of an enumerated, boolean, id or idref attribute: white space collapsed (C3). */
export function token(element: XmlElement | undefined, name: string): string | undefined {
  const value = cppaAttribute(element, name);
  return value === undefined ? undefined : collapse(value);
}

/** Child by a path of names. */
export function descend(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  return names.reduce<XmlElement | undefined>((found, name) => cppaChild(found, name), element);
}

export function lineOf(element: XmlElement): { readonly line?: number } {
  return element.line === undefined ? {} : { line: element.line };
}
