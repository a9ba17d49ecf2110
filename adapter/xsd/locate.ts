// Finds the element that libxml2 means by name and line, and writes its path with positions.
import { descendants, pathOf, type XmlElement } from '../xml/index.ts';

/** Several namesakes on one line are told apart by the order in which they are asked for. */
export function createLocator(root: XmlElement): (name: string | undefined, line: number) => string {
  const byPlace = new Map<string, XmlElement[]>();
  let indexed = false;
  const index = (): void => {
    for (const element of descendants(root)) {
      const key = `${element.line ?? 0}|${element.name}`;
      const list = byPlace.get(key);
      if (list === undefined) byPlace.set(key, [element]);
      else list.push(element);
    }
    indexed = true;
  };
  return (name, line) => {
    if (name === undefined) return '/';
    if (!indexed) index();
    const found = byPlace.get(`${line}|${name}`)?.[0];
    return found === undefined ? `//${name}` : pathOf(found);
  };
}
