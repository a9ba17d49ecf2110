// Finding elements and attributes by namespace, never by prefix (row 123).
import type { XmlElement } from './types.ts';

/** The children with this name; compare cardinality with the length. */
export function childrenOf(element: XmlElement, ns: string, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name && child.ns === ns);
}

/** The first child with this name. */
export function child(element: XmlElement, ns: string, name: string): XmlElement | undefined {
  return element.children.find((candidate) => candidate.name === name && candidate.ns === ns);
}

/** The value of an attribute; `ns` is '' for one without prefix. Not trimmed. */
export function attribute(element: XmlElement, ns: string, name: string): string | undefined {
  return element.attributes.find((candidate) => candidate.name === name && candidate.ns === ns)?.value;
}

/** The element and everything below it in document order. Iterative: depth costs no stack. */
export function descendants(element: XmlElement): readonly XmlElement[] {
  const found: XmlElement[] = [];
  const waiting: XmlElement[] = [element];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next);
    for (let i = next.children.length - 1; i >= 0; i -= 1) {
      const below = next.children[i];
      if (below !== undefined) waiting.push(below);
    }
  }
  return found;
}

/** Every element of this name at or below `element`, in document order. */
export function findAll(element: XmlElement, ns: string, name: string): readonly XmlElement[] {
  return descendants(element).filter((candidate) => candidate.name === name && candidate.ns === ns);
}

/** XPath-like place without prefixes, with positions among namesakes where there are several: `/Envelope/Header/To[2]`. */
export function pathOf(element: XmlElement): string {
  const steps: string[] = [];
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) {
    const self = at;
    const namesakes = self.parent === undefined ? [self] : childrenOf(self.parent, self.ns, self.name);
    steps.push(namesakes.length > 1 ? `${self.name}[${namesakes.indexOf(self) + 1}]` : self.name);
  }
  return `/${steps.reverse().join('/')}`;
}
